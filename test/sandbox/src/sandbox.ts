import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createArmHandler } from './arm/server.ts';
import { createCertificates } from './network/ca.ts';
import { createClock } from './clock.ts';
import { createControl } from './control.ts';
import type { Core, Listener } from './core.ts';
import { defaultOptions } from './options.ts';
import type { LiveOptions, SandboxOptions } from './options.ts';
import { createFaultPlan } from './faults.ts';
import { createGraph } from './graph.ts';
import { listen } from './httpServer.ts';
import { guidOf } from './ids.ts';
import { createIdentityEndpoints } from './identityEndpoints.ts';
import { loadScenario } from './loadScenario.ts';
import { findPrincipal } from './principals.ts';
import { startRegistryServers } from './registry/server.ts';
import { articleScenario } from './scenarios.ts';
import { snapshotOf } from './snapshot.ts';
import { createTokens } from './tokens.ts';
import { namesOf, proxyTarget } from './network/names.ts';
import { startProxy, type Proxy } from './network/proxy.ts';
import type { LogEntry, Sandbox, SandboxInfo, SandboxState } from './types.ts';

/**
 * Starts an embedded Azure on loopback: ARM and one registry per port, https with a CA of its own, and the proxy that makes names of
 * the ports. The caller closes it. Use it first: `useSandbox` in this process, HTTPS_PROXY and NODE_EXTRA_CA_CERTS elsewhere.
 */
export async function startSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
  const { scenario = articleScenario(), folder: givenFolder, hosts = 'names', ...more } = options;
  const { proxyCredentials, proxyOpensTls = false, ...live } = more;
  const folder = givenFolder ?? (await mkdtemp(path.join(tmpdir(), 'azure-sandbox-')));
  await mkdir(folder, { recursive: true });
  const certificates = await createCertificates();
  const caFile = path.join(folder, 'ca.pem');
  await writeFile(caFile, certificates.ca);
  const proxyCa = proxyOpensTls ? await createCertificates('Sandbox proxy CA') : undefined;
  const proxyCaFile = proxyCa && path.join(folder, 'proxy-ca.pem');
  if (proxyCaFile) await writeFile(proxyCaFile, proxyCa.ca);

  const clock = createClock();
  const log: LogEntry[] = [];
  const faults = createFaultPlan();
  const liveOptions: LiveOptions = { ...defaultOptions, ...defined(live) };
  const listeners: Listener[] = [];
  let proxy: Proxy | undefined;
  const names = namesOf[hosts];
  const http = { certificates, options: liveOptions, faults, log, startedAt: Date.now() };
  const core: Core = {
    state: emptyState(scenario.tenantId ?? guidOf('tenant', 'sandbox')),
    options: liveOptions,
    clock,
    tokens: createTokens(clock, () => core.armEndpoint),
    get faults() {
      return faults.rules;
    },
    log,
    folder,
    ca: certificates.ca,
    names,
    hosts: new Map(),
    armEndpoint: '',
    armPort: 0,
    registryHost: undefined,
    runLater: (milliseconds, work) => clock.runLater(milliseconds, work),
    async listen(definition) {
      const listener = await listen(http, definition);
      listeners.push(listener);
      return listener;
    },
  };

  const close = async (): Promise<void> => {
    clock.close();
    await Promise.all([...(proxy ? [proxy] : []), ...listeners].map((one) => one.close()));
    if (givenFolder === undefined) await rm(folder, { recursive: true, force: true });
  };

  try {
    const arm = createArmHandler(core);
    const identity = createIdentityEndpoints(core);
    const graph = createGraph(core);
    const control = createControl(core, faults, () => info);
    const { port } = await core.listen({
      kind: 'arm',
      async handle(request) {
        return (await control(request)) ?? (await identity(request)) ?? (await graph(request)) ?? arm(request);
      },
      error: (status, code, message) => ({ status, json: { error: { code, message } } }),
    });
    core.armPort = port;
    core.armEndpoint = names.arm(port);
    for (const url of [names.arm(port), names.login(port), names.portal(port)]) core.hosts.set(new URL(url).host, port);
    core.registryHost = await startRegistryServers(core);
    const withContent = loadScenario(core, scenario).filter(({ seed }) => seed.withoutContent !== true);
    for (const { registry, seed } of withContent) await core.registryHost.start(registry, seed);
    if (hosts === 'names') {
      const opens = proxyCa && { certificates: proxyCa, upstreamCa: certificates.ca };
      proxy = await startProxy({ target: proxyTarget(core), credentials: proxyCredentials, opens });
    }
  } catch (error) {
    await close();
    throw error;
  }

  const info: SandboxInfo = {
    arm: core.armEndpoint,
    login: names.login(core.armPort),
    portal: names.portal(core.armPort),
    registrySuffix: names.registrySuffix,
    ca: caFile,
    ...(proxy && { proxy: proxy.url }),
    ...(proxyCaFile && { proxyCa: proxyCaFile }),
    token: `${names.login(core.armPort)}msi/token`,
    control: `https://localhost:${core.armPort}/sandbox/`,
    tenantId: core.state.tenantId,
    subscriptionId: scenario.subscriptions[0]?.id ?? '',
    registries: [...core.state.content].map(([id, { loginServer }]) => ({
      name: core.state.resources.get(id)?.name ?? '',
      loginServer,
    })),
  };
  return {
    info,
    ca: certificates.ca,
    state: core.state,
    log,
    setFaults: (rules) => faults.set(rules),
    setLatency(milliseconds) {
      liveOptions.latencyMs = milliseconds;
    },
    setOptions(changed) {
      Object.assign(liveOptions, defined(changed));
    },
    now: () => clock.now(),
    advance: (milliseconds) => clock.advance(milliseconds),
    token(principalName, audience, lifetimeSeconds) {
      const principal = findPrincipal(core.state, principalName);
      if (!principal) throw new Error(`The sandbox has no principal '${principalName}'.`);
      return core.tokens.issue(principal, audience, lifetimeSeconds);
    },
    snapshot: () => snapshotOf(core.state),
    close,
  };
}

function emptyState(tenantId: string): SandboxState {
  return {
    tenantId,
    principals: new Map(),
    subscriptions: new Map(),
    resourceGroups: new Map(),
    resources: new Map(),
    roleAssignments: new Map(),
    denyAssignments: new Map(),
    features: new Map(),
    content: new Map(),
  };
}

function defined<T extends object>(values: T): Partial<T> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as Partial<T>;
}
