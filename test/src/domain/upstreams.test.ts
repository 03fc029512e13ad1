import { describe, expect, it } from 'vitest';
import { readingOf, upstreamOf, upstreams } from '../../../src/domain/upstreams.ts';

describe('the catalogue of upstreams', () => {
  it.each([
    ['docker.io', 'Docker Hub', 'credentialSet'],
    ['DOCKER.IO', 'Docker Hub', 'credentialSet'],
    ['registry-1.docker.io', 'Docker Hub', 'credentialSet'],
    ['mcr.microsoft.com', 'Microsoft Artifact Registry', 'anonymous'],
    ['europe-west1-docker.pkg.dev', 'Google Artifact Registry', 'credentialSet'],
    ['ghcr.io', 'GitHub Container Registry', 'either'],
  ])('%s is %s: %s', (host, name, authentication) => {
    expect(upstreamOf(host)).toMatchObject({ name, authentication });
  });

  it.each([
    'myregistry.azurecr.io',
    'evil-docker.io',
    'docker.io.evil.example',
    'pkg.dev',
    'xpkg.dev',
    '',
    'docker.io:443',
  ])('does not know %s', (host) => {
    expect(upstreamOf(host)).toBeUndefined();
  });

  it('says in few words how each is read', () => {
    // A page has room for 160 characters, and a sentence of 44 follows.
    expect(upstreams.map(readingOf).filter((words) => words.length > 115)).toEqual([]);
  });

  it('names each host once', () => {
    expect(new Set(upstreams.map(({ host }) => host)).size).toBe(upstreams.length);
  });
});
