import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { buildImage, seedImages } from '../../src/registry/images.ts';
import type { RegistryContentState } from '../../src/types.ts';

const sha256 = (bytes: Uint8Array): string => `sha256:${createHash('sha256').update(bytes).digest('hex')}`;

interface Manifest {
  readonly config: { readonly digest: string; readonly size: number };
  readonly layers: readonly { readonly digest: string; readonly size: number }[];
}

describe('images', () => {
  it('are the same for the same names, and others for others', () => {
    // Fixed: another machine, or another day, must make the same files. The configuration names every layer's content.
    const { config } = JSON.parse(buildImage('a/b', '1').manifests[0]?.bytes.toString() ?? '') as Manifest;
    expect(config.digest).toBe('sha256:7796e715af223324180e48935694975de57ed45903e42443cda69ed9f4da7422');
    const digests = [
      buildImage('a/b', '1'),
      buildImage('a/b', '2'),
      buildImage('a/c', '1'),
      buildImage('a/b', '1', ['linux/arm64']),
    ];
    expect(new Set(digests.map(({ digest }) => digest)).size).toBe(4);
  });

  it('have layers, sizes and diff ids that fit together', () => {
    const image = buildImage('myapp', '1.0', ['linux/amd64', 'linux/arm64/v8']);
    expect(image.manifests).toHaveLength(3);
    for (const manifest of image.manifests.slice(0, 2)) {
      const { config, layers } = JSON.parse(manifest.bytes.toString()) as Manifest;
      const configBytes = image.blobs.get(config.digest) ?? Buffer.alloc(0);
      expect(configBytes.length).toBe(config.size);
      const { rootfs } = JSON.parse(configBytes.toString()) as { rootfs: { diff_ids: string[] } };
      expect(layers.map(({ digest }) => sha256(gunzipSync(image.blobs.get(digest) ?? '')))).toEqual(rootfs.diff_ids);
      for (const { digest, size } of layers) expect(image.blobs.get(digest)?.length).toBe(size);
    }
    for (const [digest, bytes] of image.blobs) expect(sha256(bytes)).toBe(digest);
  });

  it.skipIf(spawnSync('tar', ['--version']).status !== 0)('have layers that tar unpacks (skipped without tar)', () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'acr-image-'));
    const image = buildImage('myapp', '1.0');
    const { layers } = JSON.parse(image.manifests[0]?.bytes.toString() ?? '') as Manifest;
    const file = path.join(folder, 'layer.tar.gz');
    writeFileSync(file, image.blobs.get(layers[1]?.digest ?? '') ?? '');
    execFileSync('tar', ['-xzf', file, '-C', folder, '--no-same-owner']);
    expect(readFileSync(path.join(folder, 'app/run'), 'utf8')).toContain('myapp:1.0 for linux/amd64');
    expect(readFileSync(path.join(folder, 'app/data.bin'))).toHaveLength(16_384);
    rmSync(folder, { recursive: true });
  });

  it('are seeded with latest on the last version, newest first by time', () => {
    const content: RegistryContentState = {
      registryId: '/r',
      loginServer: 'localhost:1',
      repositories: new Map(),
      blobs: new Map(),
      credentialsValidFrom: 0,
    };
    seedImages(content, 'myapp', ['latest', '1.0', '1.1'], ['linux/amd64', 'linux/arm64'], 1_000_000_000);
    const repository = content.repositories.get('myapp');
    const byTime = [...(repository?.tags ?? [])].sort(([, a], [, b]) => b.updatedAt - a.updatedAt);
    expect(byTime.map(([tag]) => tag)).toEqual(['latest', '1.1', '1.0']);
    expect(repository?.tags.get('latest')?.digest).toBe(repository?.tags.get('1.1')?.digest);
    expect(repository?.manifests.size).toBe(6);
    for (const digest of repository?.blobDigests ?? []) expect(content.blobs.has(digest)).toBe(true);
  });
});
