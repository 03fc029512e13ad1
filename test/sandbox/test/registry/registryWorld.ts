import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createCertificates } from '../../src/network/ca.ts';
import { createClock } from '../../src/clock.ts';
import { createFaultPlan } from '../../src/faults.ts';
import { namesOf } from '../../src/network/names.ts';
import { listen } from '../../src/httpServer.ts';
import { startRegistryServers } from '../../src/registry/server.ts';
import { defaultOptions } from '../../src/options.ts';
import { roleDefinitions } from '../../src/rbac/roleDefinitions.ts';
import { createTokens } from '../../src/tokens.ts';
import type { Core, Listener, RegistryHost } from '../../src/core.ts';
import type { FaultRule, Principal, RegistryContentState, ResourceState, ScenarioRegistry } from '../../src/types.ts';

const subscription = '/subscriptions/11111111-1111-1111-1111-111111111111';
const group = `${subscription}/resourceGroups/MyResourceGroup`;

/** The registry half of a sandbox without ARM: a test writes the state that ARM would. */
export interface World {
  readonly core: Core;
  readonly host: RegistryHost;
  /** Path of the CA's file, for clients that take one. */
  readonly caFile: string;
  readonly folder: string;
  setFaults(rules: readonly FaultRule[]): void;
  principal(name: string, type?: Principal['type'], tenantId?: string): Principal;
  registry(
    name: string,
    properties?: Record<string, unknown>,
    seed?: ScenarioRegistry['repositories'],
  ): Promise<RegistryPort>;
  assign(principal: Principal, role: string, scope: string, condition?: string): string;
  /** A user-assigned identity with its service principal. */
  identity(name: string): { readonly id: string; readonly principal: Principal };
  rule(
    registry: RegistryPort,
    name: string,
    source: string,
    target: string,
    identity?: { readonly id: string; readonly principal: Principal },
  ): ResourceState;
  close(): Promise<void>;
}

export interface RegistryPort {
  readonly id: string;
  readonly resource: ResourceState;
  readonly loginServer: string;
  readonly content: RegistryContentState;
}

export async function createWorld(): Promise<World> {
  const folder = mkdtempSync(path.join(tmpdir(), 'acr-registry-test-'));
  const certificates = await createCertificates();
  const caFile = path.join(folder, 'ca.pem');
  writeFileSync(caFile, certificates.ca);
  const tenantId = '22222222-2222-2222-2222-222222222222';
  const clock = createClock({ standsStill: true });
  const faults = createFaultPlan();
  const listeners: Listener[] = [];
  const core: Core = {
    state: {
      tenantId,
      principals: new Map(),
      subscriptions: new Map([[subscription, { id: subscription.split('/')[2] ?? '', name: 'One', tenantId }]]),
      resourceGroups: new Map(),
      resources: new Map(),
      roleAssignments: new Map(),
      denyAssignments: new Map(),
      features: new Map(),
      content: new Map(),
    },
    options: { ...defaultOptions, pageSize: 100 },
    clock,
    tokens: createTokens(clock, () => 'https://localhost/'),
    faults: [],
    log: [],
    folder,
    ca: certificates.ca,
    names: namesOf.ports,
    hosts: new Map(),
    armEndpoint: 'https://localhost:1/',
    armPort: 1,
    registryHost: undefined,
    runLater: (milliseconds, work) => clock.runLater(milliseconds, work),
    async listen(definition) {
      const listener = await listen(
        { certificates, options: core.options, faults, log: core.log, startedAt: Date.now() },
        definition,
      );
      listeners.push(listener);
      return listener;
    },
  };
  const host = await startRegistryServers(core);
  const world: World = {
    core,
    host,
    caFile,
    folder,
    setFaults: (rules) => faults.set(rules),
    principal(name, type = 'User', tenant = tenantId) {
      const principal: Principal = { objectId: randomUUID(), tenantId: tenant, type, name, createdAt: clock.now() };
      core.state.principals.set(principal.objectId, principal);
      return principal;
    },
    async registry(name, properties = {}, repositories) {
      const id = `${group}/providers/Microsoft.ContainerRegistry/registries/${name}`;
      const resource: ResourceState = {
        id,
        name,
        type: 'Microsoft.ContainerRegistry/registries',
        properties: { roleAssignmentMode: 'LegacyRegistryPermissions', ...properties },
        createdAt: clock.now(),
      };
      core.state.resources.set(id.toLowerCase(), resource);
      await host.start(resource, { name, sku: 'Premium', ...(repositories === undefined ? {} : { repositories }) });
      const content = core.state.content.get(id.toLowerCase());
      if (content === undefined) throw new Error('The registry has no content.');
      return { id, resource, loginServer: content.loginServer, content };
    },
    assign(principal, roleName, scope, condition) {
      const role = roleDefinitions.find((known) => known.roleName === roleName);
      if (role === undefined) throw new Error(`No role ${roleName}`);
      const name = randomUUID();
      const id = `${scope}/providers/Microsoft.Authorization/roleAssignments/${name}`;
      core.state.roleAssignments.set(id.toLowerCase(), {
        id,
        name,
        scope,
        roleDefinitionId: `${subscription}/providers/Microsoft.Authorization/roleDefinitions/${role.name}`,
        principalId: principal.objectId,
        principalType: principal.type,
        ...(condition === undefined ? {} : { condition, conditionVersion: '2.0' }),
        createdAt: clock.now(),
        updatedAt: clock.now(),
      });
      return id.toLowerCase();
    },
    identity(name) {
      const principal = world.principal(name, 'ServicePrincipal');
      const id = `${group}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/${name}`;
      core.state.resources.set(id.toLowerCase(), {
        id,
        name,
        type: 'Microsoft.ManagedIdentity/userAssignedIdentities',
        properties: { principalId: principal.objectId, clientId: randomUUID(), tenantId },
        createdAt: clock.now(),
      });
      return { id, principal };
    },
    rule(registry, name, source, target, identity) {
      const id = `${registry.id}/cacheRules/${name}`;
      const rule: ResourceState = {
        id,
        name,
        type: 'Microsoft.ContainerRegistry/registries/cacheRules',
        properties: { sourceRepository: source, targetRepository: target, provisioningState: 'Succeeded' },
        ...(identity === undefined
          ? {}
          : {
              identity: {
                type: 'UserAssigned',
                userAssignedIdentities: {
                  [identity.id]: { principalId: identity.principal.objectId, clientId: randomUUID() },
                },
              },
            }),
        createdAt: clock.now(),
      };
      core.state.resources.set(id.toLowerCase(), rule);
      return rule;
    },
    async close() {
      clock.close();
      await Promise.all(listeners.map((listener) => listener.close()));
      rmSync(folder, { recursive: true, force: true });
    },
  };
  return world;
}
