import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { digestOf } from './digest.ts';
import { mediaTypes } from './mediaTypes.ts';
import { putBlob, putManifest, repositoryFor, tagManifest } from './store.ts';
import { tar } from './tar.ts';
import type { RegistryContentState } from '../types.ts';

/** An image or index ready to be stored: bytes by digest. */
export interface BuiltImage {
  /** Digest of the index if there are several platforms, else of the manifest. */
  readonly digest: string;
  /** Children before parents. */
  readonly manifests: readonly { readonly digest: string; readonly mediaType: string; readonly bytes: Buffer }[];
  readonly blobs: ReadonlyMap<string, Buffer>;
}

const hour = 3_600_000;

/** Made once per process: every sandbox of a test run has the same images. */
const built = new Map<string, BuiltImage>();

/**
 * Makes a small but real OCI image of a repository's and tag's name: the same names give the same digests. One platform
 * (`linux/amd64`, `linux/arm64/v8`) gives a manifest, several give an index.
 */
export function buildImage(
  repository: string,
  tag: string,
  platforms: readonly string[] = ['linux/amd64'],
): BuiltImage {
  const key = JSON.stringify([repository, tag, platforms]);
  const image = built.get(key) ?? makeImage(repository, tag, platforms);
  built.set(key, image);
  return image;
}

function makeImage(repository: string, tag: string, platforms: readonly string[]): BuiltImage {
  const blobs = new Map<string, Buffer>();
  const manifests: { digest: string; mediaType: string; bytes: Buffer; platform: Platform }[] = [];
  const addBlob = (mediaType: string, bytes: Buffer) => {
    const digest = digestOf(bytes);
    blobs.set(digest, bytes);
    return { mediaType, digest, size: bytes.length };
  };
  const created = createdTime(repository, tag);
  for (const name of platforms) {
    const platform = parsePlatform(name);
    const layers = [baseLayer(platform), applicationLayer(repository, tag, name)];
    const config = json({
      created,
      architecture: platform.architecture,
      os: platform.os,
      ...(platform.variant === undefined ? {} : { variant: platform.variant }),
      config: {
        Env: ['PATH=/usr/local/bin:/usr/bin:/bin'],
        Cmd: ['/app/run'],
        WorkingDir: '/app',
        Labels: { 'org.opencontainers.image.title': repository, 'org.opencontainers.image.version': tag },
      },
      rootfs: { type: 'layers', diff_ids: layers.map(digestOf) },
      history: [
        { created, created_by: 'base' },
        { created, created_by: `application ${repository}:${tag}` },
      ],
    });
    const bytes = json({
      schemaVersion: 2,
      mediaType: mediaTypes.ociManifest,
      config: addBlob(mediaTypes.ociConfig, config),
      layers: layers.map((layer) => addBlob(mediaTypes.ociLayer, gzip(layer))),
    });
    manifests.push({ digest: digestOf(bytes), mediaType: mediaTypes.ociManifest, bytes, platform });
  }
  const [only] = manifests;
  if (only === undefined) throw new Error('An image needs a platform.');
  const stored = manifests.map(({ digest, mediaType, bytes }) => ({ digest, mediaType, bytes }));
  if (manifests.length === 1) return { digest: only.digest, manifests: stored, blobs };
  const index = json({
    schemaVersion: 2,
    mediaType: mediaTypes.ociIndex,
    manifests: manifests.map(({ digest, mediaType, bytes, platform }) => ({
      mediaType,
      digest,
      size: bytes.length,
      platform,
    })),
  });
  const digest = digestOf(index);
  return { digest, manifests: [...stored, { digest, mediaType: mediaTypes.ociIndex, bytes: index }], blobs };
}

/**
 * Puts deterministic images into a registry's content. `latest` is the image of the last other tag and the newest of all;
 * the others were pushed an hour apart in the order given, the last one an hour before `now` (ms since epoch).
 */
export function seedImages(
  content: RegistryContentState,
  repository: string,
  tags: readonly string[],
  platforms?: readonly string[],
  now: number = Date.now(),
): void {
  const versions = tags.filter((tag) => tag !== 'latest');
  const ordered = [...versions, ...(tags.includes('latest') ? ['latest'] : [])];
  const target = repositoryFor(content, repository, now - (ordered.length + 1) * hour);
  ordered.forEach((tag, position) => {
    const time = now - (ordered.length - position) * hour;
    const image = buildImage(repository, tag === 'latest' ? (versions.at(-1) ?? tag) : tag, platforms);
    for (const bytes of image.blobs.values()) putBlob(content, target, bytes);
    for (const manifest of image.manifests)
      putManifest(target, manifest.digest, manifest.mediaType, manifest.bytes, time);
    tagManifest(target, tag, image.digest, time);
  });
}

interface Platform {
  readonly architecture: string;
  readonly os: string;
  readonly variant?: string;
}

function parsePlatform(text: string): Platform {
  const [os, architecture, variant] = text.split('/');
  if (os === undefined || architecture === undefined) throw new Error(`Not a platform: ${text}`);
  return { architecture, os, ...(variant === undefined ? {} : { variant }) };
}

/** The same for all images of a platform, as base layers are. */
function baseLayer(platform: Platform): Buffer {
  return tar([
    { path: 'etc' },
    {
      path: 'etc/os-release',
      content: Buffer.from(`ID=sandbox\nNAME="Sandbox ${platform.os}/${platform.architecture}"\n`),
    },
    { path: 'tmp', mode: 0o1777 },
  ]);
}

function applicationLayer(repository: string, tag: string, platform: string): Buffer {
  const text = `${repository}:${tag} for ${platform}\n`;
  return tar([
    { path: 'app' },
    { path: 'app/run', content: Buffer.from(`#!/bin/sh\necho '${text.trim()}'\n`), mode: 0o755 },
    { path: 'app/data.bin', content: noise(text, 16_384) },
  ]);
}

/** Bytes that do not compress, so that a layer has a size worth showing. */
function noise(seed: string, length: number): Buffer {
  return createHash('shake256', { outputLength: length }).update(seed).digest();
}

function createdTime(repository: string, tag: string): string {
  const minutes = createHash('sha256').update(`${repository}:${tag}`).digest().readUInt16BE(0);
  return new Date(Date.UTC(2026, 0, 1) + minutes * 60_000).toISOString();
}

/**
 * Stored, not compressed: what a compressor makes differs between zlib's versions and processors. So would byte 9 of the header,
 * which names the operating system.
 */
function gzip(bytes: Buffer): Buffer {
  const compressed = gzipSync(bytes, { level: 0 });
  compressed[9] = 255;
  return compressed;
}

function json(value: unknown): Buffer {
  return Buffer.from(JSON.stringify(value));
}
