import { execFile, spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { login } from './registryClient.ts';
import { createWorld } from './registryWorld.ts';
import type { Principal } from '../../src/types.ts';
import type { RegistryPort, World } from './registryWorld.ts';

/** Clients that no one here wrote, on content of a registry; pulls through a rule: clients.test.ts. */
const has = (tool: string): boolean => spawnSync(tool, ['--version']).status === 0;
const nullUser = '00000000-0000-0000-0000-000000000000';
const timeout = 120_000;

let world: World;
let dev: Principal;
let reader: Principal;
let registry: RegistryPort;
let abac: RegistryPort;

beforeAll(async () => {
  world = await createWorld();
  dev = world.principal('dev');
  reader = world.principal('reader');
  world.assign(dev, 'Owner', '/');
  const seed = { myapp: { tags: ['latest', '1.0', '1.1'], platforms: ['linux/amd64', 'linux/arm64'] } };
  registry = await world.registry('myregistry', {}, { 'team/tool': { tags: ['1'] } });
  abac = await world.registry('upstreamregistry', { roleAssignmentMode: 'AbacRepositoryPermissions' }, seed);
  world.assign(dev, 'Container Registry Repository Contributor', abac.id);
  world.assign(reader, 'AcrPull', registry.id);
  mkdirSync(path.join(world.folder, 'run'), { recursive: true });
  writeFileSync(
    path.join(world.folder, 'policy.json'),
    JSON.stringify({ default: [{ type: 'insecureAcceptAnything' }] }),
  );
});
afterAll(() => world.close());

interface Outcome {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** Runs a client that trusts only the sandbox's CA and keeps everything in the test's folder. */
function run(tool: string, args: readonly string[], input = ''): Promise<Outcome> {
  return new Promise((resolve) => {
    const child = execFile(
      tool,
      args,
      {
        timeout,
        env: {
          ...process.env,
          SSL_CERT_FILE: world.caFile,
          REGISTRY_AUTH_FILE: path.join(world.folder, 'auth.json'),
          STORAGE_DRIVER: 'vfs',
          XDG_RUNTIME_DIR: path.join(world.folder, 'run'),
          HOME: world.folder,
        },
      },
      (error, out, err) => resolve({ code: error === null ? 0 : Number(error.code ?? 1), out, err }),
    );
    // A client that ends without reading is no error of the test.
    child.stdin?.on('error', () => undefined).end(input);
  });
}

/** Where podman keeps its images: the test's own folder. */
const storage = (): string[] => [
  `--root=${path.join(world.folder, 'storage')}`,
  `--runroot=${path.join(world.folder, 'run')}`,
  '--storage-driver=vfs',
  '--cgroup-manager=cgroupfs',
];

async function loginWith(
  tool: string,
  target: RegistryPort,
  principal: Principal,
  options: string[] = [],
): Promise<Outcome> {
  const password = await login(world, target, principal);
  return run(tool, [...options, 'login', '--username', nullUser, '--password-stdin', target.loginServer], password);
}

function succeeded(outcome: Outcome): string {
  if (outcome.code !== 0) throw new Error(`exit ${outcome.code}: ${outcome.err}`);
  return outcome.out;
}

describe.skipIf(!has('skopeo'))('skopeo (skipped where it is not installed)', () => {
  const policy = (): string[] => ['--policy', path.join(world.folder, 'policy.json')];

  it('logs in, lists tags and inspects', { timeout }, async () => {
    succeeded(await loginWith('skopeo', abac, dev));
    const list = JSON.parse(
      succeeded(await run('skopeo', ['list-tags', `docker://${abac.loginServer}/myapp`])),
    ) as unknown;
    expect(list).toEqual({ Repository: `${abac.loginServer}/myapp`, Tags: ['1.0', '1.1', 'latest'] });
    const image = JSON.parse(
      succeeded(await run('skopeo', ['inspect', '--override-arch=arm64', `docker://${abac.loginServer}/myapp:1.0`])),
    ) as { Architecture: string; Digest: string; Layers: string[] };
    expect(image.Architecture).toBe('arm64');
    expect(image.Digest).toBe(abac.content.repositories.get('myapp')?.tags.get('1.0')?.digest);
    expect(image.Layers).toHaveLength(2);
  });

  it('is refused a wrong password', { timeout }, async () => {
    const outcome = await run(
      'skopeo',
      ['login', '--username', nullUser, '--password-stdin', registry.loginServer],
      'not a token',
    );
    expect(outcome.code).not.toBe(0);
  });

  it('copies all platforms to another registry and back to disk, digests kept', { timeout }, async () => {
    succeeded(await loginWith('skopeo', abac, dev));
    succeeded(await loginWith('skopeo', registry, dev));
    const from = `docker://${abac.loginServer}/myapp:latest`;
    const to = `docker://${registry.loginServer}/pushed/myapp:latest`;
    succeeded(await run('skopeo', [...policy(), 'copy', '--all', '--preserve-digests', from, to]));
    expect(registry.content.repositories.get('pushed/myapp')?.tags.get('latest')?.digest).toBe(
      abac.content.repositories.get('myapp')?.tags.get('latest')?.digest,
    );
    succeeded(await run('skopeo', [...policy(), 'copy', to, `dir:${path.join(world.folder, 'image')}`]));
    succeeded(
      await run('skopeo', [
        ...policy(),
        'copy',
        '--format=v2s2',
        `dir:${path.join(world.folder, 'image')}`,
        `docker://${registry.loginServer}/pushed/docker:1`,
      ]),
    );
    expect(registry.content.repositories.get('pushed/docker')?.manifests.size).toBe(1);
    succeeded(await run('skopeo', ['delete', `docker://${registry.loginServer}/pushed/docker:1`]));
    expect(registry.content.repositories.get('pushed/docker')?.manifests.size).toBe(0);
  });

  it('may pull but not push with AcrPull', { timeout }, async () => {
    succeeded(await loginWith('skopeo', registry, reader));
    const from = `docker://${registry.loginServer}/team/tool:1`;
    succeeded(await run('skopeo', [...policy(), 'copy', from, `dir:${path.join(world.folder, 'tool')}`]));
    const refused = await run('skopeo', [...policy(), 'copy', from, `docker://${registry.loginServer}/team/copy:1`]);
    expect(refused.code).not.toBe(0);
    expect(refused.err).toMatch(/authentication required|unauthorized/);
    expect(registry.content.repositories.has('team/copy')).toBe(false);
  });
});

describe.skipIf(!has('podman'))('podman (skipped where it is not installed)', () => {
  it('pushes what it pulled', { timeout }, async () => {
    succeeded(await loginWith('podman', registry, dev, storage()));
    const image = `${registry.loginServer}/team/tool:1`;
    succeeded(await run('podman', [...storage(), 'pull', '--quiet', image]));
    succeeded(await run('podman', [...storage(), 'push', '--quiet', image, `${registry.loginServer}/team/pushed:2`]));
    expect([...(registry.content.repositories.get('team/pushed')?.tags.keys() ?? [])]).toEqual(['2']);
  });
});
