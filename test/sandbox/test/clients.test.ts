import { execFile, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it, type TestContext } from 'vitest';
import { cacheRuleArmId, identityArmId } from '../../../src/domain/armId.ts';
import { explainPullText, type KnownRule } from '../../../src/provisioning/verification/explainPullText.ts';
import type { PullProblem } from '../../../src/provisioning/verification/pullErrors.ts';
import { group, startWorld, type World } from '../../src/provisioning/world.ts';
import { mapping } from '../../src/provisioning/links.ts';
import { dockerHostIn, startDockerEngine, type DockerEngine } from '../../tools/dockerEngine.ts';
import { proxyEnvironment } from '../src/trust.ts';

/** Codes for the rules `denied`, whose identity has no role, and `anonymous`, which has none. */
type Refusals = Readonly<Record<'denied' | 'anonymous', PullProblem['code']>>;

/** A container client: what its program is called with. */
interface Client {
  /** Its own below `base`, so that it finds nothing of the others in the cache. */
  readonly repository: string;
  readonly needs?: 'engine' | 'containerd';
  /** Absent where `pull` says who pulls. */
  readonly login?: (host: string) => readonly string[];
  readonly pull: (image: string) => readonly string[];
  /** How many it pulls of an image for two platforms; absent: the index, and that of its own platform. */
  readonly manifests?: number;
  /** Prints the digest of what was pulled. */
  readonly digest: (image: string) => readonly string[];
  readonly remove?: (image: string) => readonly string[];
  /** How the extension explains what it prints when a rule may not read its source; absent: by Azure's own words. */
  readonly refusals?: Refusals;
}

const timeout = 120_000;
const folder = mkdtempSync(path.join(tmpdir(), 'acr-clients-'));
const inFolder = (name: string): string => path.join(folder, name);
let world: World;
let engine: DockerEngine | string;
let environment: NodeJS.ProcessEnv;
let rules: readonly KnownRule[];
let login: { readonly username: string; readonly password: string };

const asUser = (host: string): string[] => ['login', '--username', login.username, '--password-stdin', host];
/** Images and locks in the test's own folder. */
const storage = ['--root', inFolder('storage'), '--runroot', inFolder('run'), '--storage-driver', 'vfs'];
const podman = (...args: string[]): string[] => [...storage, '--cgroup-manager', 'cgroupfs', ...args];
const buildah = (...args: string[]): string[] => [...storage, ...args];
const skopeo = (...args: string[]): string[] => ['--policy', inFolder('policy.json'), ...args];
const ctr = (...args: string[]): string[] => [...['--address', containerd(), '--namespace', 'clients'], ...args];

const clients: Readonly<Record<string, Client>> = {
  docker: {
    repository: 'dotnet',
    needs: 'engine',
    login: asUser,
    pull: (image) => ['pull', image],
    digest: (image) => ['image', 'inspect', '--format', '{{json .RepoDigests}}', image],
    remove: (image) => ['image', 'rm', image],
  },
  podman: {
    repository: 'node',
    login: (host) => podman(...asUser(host)),
    pull: (image) => podman('pull', image),
    digest: (image) => podman('image', 'inspect', '--format', '{{json .RepoDigests}}', image),
    remove: (image) => podman('image', 'rm', image),
  },
  buildah: {
    repository: 'python',
    login: (host) => buildah(...asUser(host)),
    pull: (image) => buildah('pull', image),
    digest: () => buildah('images', '--json'),
    remove: (image) => buildah('rmi', image),
  },
  skopeo: {
    repository: 'java',
    login: (host) => skopeo(...asUser(host)),
    pull: (image) => skopeo('copy', '--all', `docker://${image}`, `dir:${inFolder('image')}`),
    manifests: 3,
    digest: () => ['manifest-digest', path.join(inFolder('image'), 'manifest.json')],
  },
  ctr: {
    repository: 'go',
    needs: 'containerd',
    pull: (image) => ctr('images', 'pull', '--snapshotter', 'native', '--user', userAndPassword(), image),
    digest: () => ctr('images', 'list'),
    remove: (image) => ctr('images', 'remove', '--sync', image),
    // It asks by HEAD, whose answer has no words. Of 401 the client's own sign-in may be the cause as well.
    refusals: { denied: 'sourceDenied', anonymous: 'unauthenticated' },
  },
};
const byWords: Refusals = { denied: 'sourceDenied', anonymous: 'sourceUnauthenticated' };

function containerd(): string {
  return (typeof engine === 'string' ? undefined : engine.containerd) ?? '';
}

function userAndPassword(): string {
  return `${login.username}:${login.password}`;
}

interface Outcome {
  readonly code: number;
  /** Both outputs. */
  readonly text: string;
}

/** Runs a client that trusts only the sandbox's CA, knows only its proxy, and keeps everything in the test's folder. */
function run(program: string, args: readonly string[], input = ''): Promise<Outcome> {
  return new Promise((resolve) => {
    const child = execFile(program, args, { timeout, env: environment }, (error, out, err) =>
      resolve({ code: error === null ? 0 : Number(error.code ?? 1), text: `${out}${err}` }),
    );
    // A client that ends without reading is no error of the test.
    child.stdin?.on('error', () => undefined).end(input);
  });
}

async function succeed(program: string, args: readonly string[], input?: string): Promise<string> {
  const { code, text } = await run(program, args, input);
  if (code !== 0) throw new Error(`${program} ended with ${code}: ${text}`);
  return text;
}

beforeAll(async () => {
  world = await startWorld({ hosts: 'names' });
  const { sandbox, azure } = world;
  environment = {
    ...process.env,
    ...proxyEnvironment(sandbox.info),
    SSL_CERT_FILE: sandbox.info.ca,
    HOME: folder,
    XDG_RUNTIME_DIR: folder,
    REGISTRY_AUTH_FILE: inFolder('auth.json'),
    DOCKER_CONFIG: inFolder('docker'),
    DOCKER_HOST: dockerHostIn(folder),
  };
  writeFileSync(inFolder('policy.json'), JSON.stringify({ default: [{ type: 'insecureAcceptAnything' }] }));
  engine = await startDockerEngine(folder, environment);
  await world.setUp(world.link({ mappings: [mapping('base-images', 'base/*', 'cache/*')] }));
  const identityId = identityArmId(world.subscriptionId, group, 'WithoutRole');
  await azure.identities.create(identityId, 'eastus');
  for (const [name, identity] of [
    ['Denied', { identityId }],
    ['Anonymous', {}],
  ] as const) {
    await azure.cacheRules.create(cacheRuleArmId(world.id('myregistry'), name), {
      sourceRepository: `${world.link().source.loginServer}/myapp`,
      targetRepository: name.toLowerCase(),
      ...identity,
    });
  }
  const registry = await world.registry('myregistry');
  rules = (await azure.cacheRules.list(registry.id)).map((rule) => ({ registry, rule }));
  login = await azure.registry(registry).loginCredentials();
});
afterAll(async () => {
  if (typeof engine !== 'string') await engine.stop();
  await world.close();
  rmSync(folder, { recursive: true, force: true });
});

describe.each(Object.entries(clients))('%s', (program, client) => {
  const host = (): string => world.link().downstream.loginServer;

  /** Skips where the client or its engine is absent, else logs in. */
  async function ready({ skip }: TestContext): Promise<void> {
    if (spawnSync(program, ['--version']).error) skip(`${program} is not installed`);
    if (client.needs && typeof engine === 'string') skip(engine);
    if (client.needs === 'containerd' && containerd() === '') skip('The engine has no containerd of its own');
    if (client.login) await succeed(program, client.login(host()), login.password);
  }

  it('pulls through a rule what the upstream has, and again from the cache', { timeout }, async (context) => {
    await ready(context);
    const { sandbox, azure } = world;
    const upstream = [...sandbox.state.content.values()].find(({ loginServer }) => loginServer.startsWith('upstream'));
    const digest = upstream?.repositories.get(`base/${client.repository}`)?.tags.get('latest')?.digest;
    expect(digest).toMatch(/^sha256:/);
    const content = azure.registry(await world.registry('myregistry'));
    const cached = `cache/${client.repository}`;
    const image = `${host()}/${cached}:latest`;

    expect(await content.headManifest(cached, 'latest')).toMatchObject({ digest, fromUpstream: true });
    await succeed(program, client.pull(image));
    expect(await succeed(program, client.digest(image))).toContain(digest);
    if (client.remove) await succeed(program, client.remove(image));

    await expect.poll(async () => (await content.storedManifests(cached)).length).toBe(client.manifests ?? 2);
    expect(await content.headManifest(cached, 'latest')).toMatchObject({ digest, fromUpstream: false });
    const { requests } = await world.requestsOf(() => succeed(program, client.pull(image)));
    expect(requests.filter(({ url }) => url.startsWith('upstream'))).toEqual([]);
    expect(requests.filter(({ url }) => url.includes('/blobs/'))).not.toEqual([]);
    expect(await succeed(program, client.digest(image))).toContain(digest);
  });

  it.for(['denied', 'anonymous'] as const)(
    'is refused by a rule that may not read its source (%s), and what it prints is understood',
    { timeout },
    async (repository, context) => {
      await ready(context);
      const { code: exitCode, text } = await run(program, client.pull(`${host()}/${repository}:latest`));
      expect(exitCode).not.toBe(0);
      const { problem, ruleId } = explainPullText(text, rules);
      expect([text, problem.code, ruleId?.split('/').at(-1)?.toLowerCase()]).toEqual([
        text,
        (client.refusals ?? byWords)[repository],
        repository,
      ]);
    },
  );
});
