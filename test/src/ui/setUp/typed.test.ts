import { describe, expect, it } from 'vitest';
import { publicCloud } from '../../../../src/azure/clouds.ts';
import { formatRepositoryPattern } from '../../../../src/domain/repositoryPattern.ts';
import { upstreams } from '../../../../src/domain/upstreams.ts';
import { checkNoHost, readRepository, readUpstream, registryHosts } from '../../../../src/ui/setUp/typed.ts';
import { inventoryState, registry } from '../../../samples.ts';

const up = registry('upstreamregistry');
const isHost = registryHosts(
  inventoryState({ registry: up, rulesFreshness: 'never' }, { registry: registry('other'), rulesFreshness: 'never' }),
);

describe('a text typed for the upstream', () => {
  const read = (text: string) => {
    const parsed = readUpstream(text, publicCloud);
    if (!parsed.ok) return parsed.problem.code;
    const { value } = parsed;
    if (value.kind === 'id') return value.id;
    const source = value.source && formatRepositoryPattern(value.source);
    return { ...(value.kind === 'other' && { name: value.upstream.name }), host: value.host, source };
  };

  it.each([
    ['upstreamregistry.azurecr.io', undefined],
    ['https://UpstreamRegistry.azurecr.io/', undefined],
    ['upstreamregistry.azurecr.io/myapp', 'myapp'],
    ['upstreamregistry.azurecr.io/team/*', 'team/*'],
    ['upstreamregistry.azurecr.io/team/app:1.0', 'team/app'],
  ])('%s: a login server with what it keeps of the path', (text, source) => {
    expect(read(text)).toEqual({ host: 'upstreamregistry.azurecr.io', source });
  });

  it.each([
    ['docker.io', 'Docker Hub', 'docker.io', undefined],
    ['docker.io/nginx', 'Docker Hub', 'docker.io', 'library/nginx'],
    ['https://docker.io/library/nginx:1.27', 'Docker Hub', 'docker.io', 'library/nginx'],
    ['docker.io/bitnami/*', 'Docker Hub', 'docker.io', 'bitnami/*'],
    ['index.docker.io/nginx', 'Docker Hub', 'docker.io', 'library/nginx'],
    ['ghcr.io/org/app', 'GitHub Container Registry', 'ghcr.io', 'org/app'],
    ['Europe-docker.pkg.dev/p/r/app', 'Google Artifact Registry', 'europe-docker.pkg.dev', 'p/r/app'],
  ])('%s: %s, for which the setup makes no rule', (text, name, host, source) => {
    expect(read(text)).toEqual({ name, host, source });
  });

  it('knows every registry of the catalogue', () => {
    const hosts = upstreams.map(({ host }) => host.replace('*', 'europe-docker'));
    expect(hosts.map(read)).toEqual(
      hosts.map((host) => ({ name: expect.any(String) as string, host, source: undefined })),
    );
  });

  it.each([
    ['nginx', 'upstream.notALoginServer'],
    ['library/nginx', 'upstream.notALoginServer'],
    ['127.0.0.1/app', 'upstream.notALoginServer'],
    ['upstreamregistry.azurecr.cn', 'upstream.otherCloud'],
    ['upstreamregistry.azurecr.io/My App', 'repository.upperCase'],
    [up.id.replace('registries', 'disks'), 'upstream.notARegistry'],
    ['/subscriptions/x', 'armId.shape'],
  ])('%s: refused, %s', (text, code) => {
    expect(read(text)).toBe(code);
  });

  it('takes a resource id', () => {
    expect(read(`${up.id}/`)).toBe(up.id);
  });
});

describe('a text typed for a repository of the upstream', () => {
  const read = (text: string, listed?: readonly string[]) => {
    const parsed = readRepository(text, up, listed, isHost);
    if (!parsed.ok) return parsed.problem.code;
    return `${formatRepositoryPattern(parsed.value)}${parsed.notice === undefined ? '' : ' (notice)'}`;
  };

  it.each([
    ['myapp', 'myapp'],
    ['team/*', 'team/*'],
    [`${up.loginServer}/myapp:1.0`, 'myapp'],
    ['my.app/web', 'my.app/web'],
    ['docker.io', 'repository.otherHost'],
    ['docker.io/library/nginx', 'repository.otherHost'],
    ['docker.io/library/nginx:1.27', 'repository.otherHost'],
    ['other.example/app', 'repository.otherHost'],
    ['elsewhere.example:5000/app', 'repository.hasHost'],
    ['myapp:1.0', 'repository.hasTag'],
  ])('%s: %s', (text, expected) => {
    expect(read(text, ['base/node'])).toBe(expected);
  });

  it('leaves a path that begins like a host where there are such, or where that is not known', () => {
    expect(read('docker.io/library/redis', ['docker.io/library/nginx'])).toBe('docker.io/library/redis');
    expect(read('docker.io/*', ['docker.io/library/nginx'])).toBe('docker.io/*');
    expect(read('docker.io/library/nginx')).toBe('docker.io/library/nginx (notice)');
  });
});

it('a target is without the login server of its registry', () => {
  const check = (text: string) => checkNoHost(text, registry('myregistry'))?.code;
  expect(['myregistry.example/myapp', 'https://MyRegistry.example/a', 'myregistry.example'].map(check)).toEqual(
    Array(3).fill('target.host'),
  );
  expect(['myapp', 'docker.io/library/nginx', 'myregistry/app'].map(check)).toEqual(Array(3).fill(undefined));
});
