import { isDigest, isTag, parseImageReference } from '../../domain/imageReference.ts';
import type { ImageReference } from '../../domain/types.ts';
import { isOfRuleData } from '../infrastructure/ruleData.ts';
import { flatImagesIn } from '../kubernetes/flatImages.ts';
import { collect, firstOf, getOrInsert } from '../text/collect.ts';
import type { FoundReference, NameSite } from '../types.ts';
import { readImageScalar, type ImagePlace } from './imageScalar.ts';
import { usesOf } from './scalarReferences.ts';
import { holderKey, pathKey, type Scalar } from './scalars.ts';

/** What a mapping says of one image. */
interface ImageMapping {
  /** The key that the mapping is the value of. */
  readonly key: string | number | undefined;
  readonly parts: Map<string, Scalar>;
  /** It takes what it does not say itself from other mappings. */
  readonly isMerging: boolean;
  /** Other mappings take from it. */
  readonly isMerged: boolean;
}

/**
 * Keys that belong to an image; `image` and `imageTag` as ingress-nginx' and Elastic's charts have them, `sha` as Grafana's. `name` does,
 * too, if it has a host or the mapping is called an image.
 */
const partKeys = new Set(['registry', 'repository', 'image', 'tag', 'imageTag', 'digest', 'sha', 'pullPolicy']);
/** One of these is in every mapping that is an image in parts. */
const decisiveKeys = new Set<string | number | undefined>(['registry', 'repository', 'tag', 'imageTag', 'digest']);
/** Where one of these stands too, `repository` is one of source code or of charts. */
const otherRepositoryKeys = new Set(['url', 'branch', 'revision', 'ref', 'commit', 'chart', 'gitRepository']);
/** A `repository` under one of these is one of source code or of charts, too. */
const otherHolders = new Set(['git', 'source', 'sources', 'chart', 'charts']);
/** What keel is told: where in the values the repository is (keel.sh/docs/#helm-provider). */
const valuePath = /^[A-Za-z]\w*(?:\.\w+)*\.(?:repository|name|image)$/;

interface ImageOptions {
  /** The values only change some of others, which may have the `registry` of a `repository` without host. */
  readonly isOverlay?: boolean;
  /** Parts may be told apart by their keys alone: `imageName`, `imageTag`. */
  readonly hasFlatNames?: boolean;
}

/**
 * Images that are given in parts, and those that are one text where `placeOf` says so; none that are data of cache rules.
 *
 * In parts, `registry`, `repository`, `tag` and `digest`, as values of Helm charts do: under a key `image` or `…Image`, or wherever
 * another part stands beside `repository`. Without a tag the chart decides on it. `global.imageRegistry` goes before every `registry`,
 * as in the charts that have it.
 */
export function findImages(
  text: string,
  all: readonly Scalar[],
  placeOf: (scalar: Scalar) => ImagePlace | undefined,
  { isOverlay = false, hasFlatNames = false }: ImageOptions = {},
): FoundReference[] {
  const scalars = /cach/i.test(text) ? all.filter((scalar) => !isOfRuleData(scalar)) : all;
  const named = namedMappingsIn(scalars, hasFlatNames);
  const inParts = new Set<Scalar>();
  for (const { name } of named) inParts.add(name.repository);
  const users = usersOf(named);
  const found = collect(named, ({ mapping, name }) => referenceOf(text, mapping, name, users, isOverlay));
  for (const scalar of scalars) {
    const place = inParts.has(scalar) ? undefined : placeOf(scalar);
    const reference = place && readImageScalar(text, scalar, place);
    if (reference) found.push(reference);
  }
  return found;
}

interface NamedMapping {
  readonly mapping: ImageMapping;
  readonly name: Name;
}

function namedMappingsIn(scalars: readonly Scalar[], hasFlatNames: boolean): readonly NamedMapping[] {
  const flat = hasFlatNames
    ? flatImagesIn(scalars).map((parts) => ({ key: 'image', parts, isMerging: false, isMerged: false }))
    : [];
  // Most manifests have none.
  const hasParts = firstOf(scalars, ({ path }) => decisiveKeys.has(path.at(-1)) || undefined);
  if (hasParts === undefined && flat.length === 0) return [];
  const globalRegistries = globalRegistriesIn(scalars);
  const named = collect([...mappingsIn(scalars), ...flat], (mapping) => {
    const name = nameOf(mapping, globalRegistries);
    return name && { mapping, name };
  });
  const withRegistries = new Set<number>();
  for (const {
    name: { registry, repository },
  } of named) {
    if (registry) withRegistries.add(repository.document);
  }
  return named.filter(
    ({ mapping, name }) => !withRegistries.has(name.repository.document) || !lacksRegistry(mapping, name),
  );
}

/** A document whose images have their registry beside them has it elsewhere for what is called neither image nor has a host. */
function lacksRegistry(mapping: ImageMapping, { repository, registry }: Name): boolean {
  const { parts } = mapping;
  const isVersioned = ['tag', 'imageTag', 'pullPolicy'].some((part) => parts.has(part)) || hasDigest(parts);
  const isImage = isOfImage(mapping) && isVersioned;
  return registry === undefined && !isImage && parts.has('repository') && !hasHost(repository.value);
}

function hasDigest(parts: ReadonlyMap<string, Scalar>): boolean {
  return parts.has('sha') || (parts.get('digest')?.value ?? '') !== '';
}

function hasHost(name: string): boolean {
  const [host = '', path] = name.split('/', 2);
  return path !== undefined && /[.:]/.test(host);
}

function isOfImage({ key }: ImageMapping): boolean {
  return typeof key === 'string' && /image$/i.test(key);
}

function mappingsIn(scalars: readonly Scalar[]): readonly ImageMapping[] {
  const mappings = new Map<string, ImageMapping>();
  const others = new Set<string>();
  // Those that take from others by `<<`, and those that they take from.
  const merging = new Set<string>();
  const merged = new Set<string>();
  for (const scalar of scalars) {
    const { path, merges } = scalar;
    if (!merges) continue;
    merging.add(pathKey(scalar, path.slice(0, path.lastIndexOf('<<'))));
    merged.add(pathKey(scalar, merges));
  }
  for (const scalar of scalars) {
    const { path } = scalar;
    const key = path.at(-1);
    if (typeof key !== 'string') continue;
    const isOther = otherRepositoryKeys.has(key);
    const isPart = partKeys.has(key) || (key === 'name' && (/image$/i.test(holderOf(path)) || hasHost(scalar.value)));
    if (!isOther && !isPart) continue;
    const id = holderKey(scalar);
    if (isOther || otherHolders.has(holderOf(path))) {
      others.add(id);
      continue;
    }
    const mapping = getOrInsert(mappings, id, () => ({
      key: path.at(-2),
      parts: new Map<string, Scalar>(),
      isMerging: merging.has(id),
      isMerged: merged.has(id),
    }));
    mapping.parts.set(key, scalar);
  }
  return collect(mappings, ([id, mapping]) => (others.has(id) ? undefined : mapping));
}

/** The key that the mapping of a scalar stands under, also in a list. */
function holderOf(path: Scalar['path']): string {
  const holder = typeof path.at(-2) === 'number' ? path.at(-3) : path.at(-2);
  return typeof holder === 'string' ? holder : '';
}

/** By document. */
function globalRegistriesIn(scalars: readonly Scalar[]): ReadonlyMap<number, Scalar> {
  const registries = new Map<number, Scalar>();
  for (const scalar of scalars) {
    const { document, path, value } = scalar;
    if (path.length === 2 && path[0] === 'global' && path[1] === 'imageRegistry' && value !== '') {
      registries.set(document, scalar);
    }
  }
  return registries;
}

interface Name {
  readonly repository: Scalar;
  readonly registry: Scalar | undefined;
  /** Of all images of the document. */
  readonly isRegistryGlobal: boolean;
  readonly written: string;
}

function nameOf(mapping: ImageMapping, globalRegistries: ReadonlyMap<number, Scalar>): Name | undefined {
  const { parts, isMerging } = mapping;
  const has = (...keys: readonly string[]) => keys.some((part) => parts.has(part));
  const repository = parts.get('repository') ?? parts.get('image') ?? parts.get('name');
  if (!repository || valuePath.test(repository.value)) return undefined;
  const isEnough = parts.has('repository')
    ? isOfImage(mapping) || has('registry', 'tag', 'imageTag', 'pullPolicy') || hasDigest(parts)
    : has('registry', 'tag', 'imageTag', 'digest');
  if (!isEnough) return undefined;
  const own = parts.get('registry');
  // What it takes from elsewhere may be the registry.
  if (isMerging && !own) return undefined;
  const global = own && globalRegistries.get(repository.document);
  const registry = global ?? (own?.value === '' ? undefined : own);
  return {
    repository,
    registry,
    isRegistryGlobal: global !== undefined,
    written: registry ? `${registry.value}/${repository.value}` : repository.value,
  };
}

/** Which names each place is part of, by where it starts. */
function usersOf(named: readonly NamedMapping[]): ReadonlyMap<number, ReadonlySet<string>> {
  const users = new Map<number, Set<string>>();
  for (const {
    name: { repository, registry, written },
  } of named) {
    for (const scalar of registry ? [registry, repository] : [repository]) {
      getOrInsert(users, scalar.range.start, () => new Set<string>()).add(written);
    }
  }
  return users;
}

function referenceOf(
  text: string,
  { parts, isMerged }: ImageMapping,
  name: Name,
  users: ReadonlyMap<number, ReadonlySet<string>>,
  isOverlay: boolean,
): FoundReference | undefined {
  const { range } = name.repository;
  const parsed = parseImageReference(withSplitDigest(name.written, parts));
  if (!parsed.ok || range.end <= range.start) return undefined;
  const { value } = parsed;
  const version = versionOf(value, parts);
  return {
    range,
    written: text.slice(range.start, range.end),
    uses: usesOf(name.repository),
    usage: 'image',
    image: { ...(value.host !== undefined && { host: value.host }), repository: value.repository, ...version },
    openTag: version.tag === undefined && version.digest === undefined,
    certain: !isOverlay || value.host !== undefined || parts.has('registry'),
    name: isMerged ? { kind: 'fixed', because: 'sharedVariable' } : siteOf(value, name, users),
  };
}

/** `repository: x@sha256` with the digits as `tag`. */
function withSplitDigest(written: string, parts: ReadonlyMap<string, Scalar>): string {
  return written.endsWith('@sha256') ? `${written}:${tagOf(parts) ?? ''}` : written;
}

function tagOf(parts: ReadonlyMap<string, Scalar>): string | undefined {
  return (parts.get('tag') ?? parts.get('imageTag'))?.value;
}

/** Of the parts, or of the repository itself, which has a tag where the chart knows no other key for it. */
function versionOf(image: ImageReference, parts: ReadonlyMap<string, Scalar>): { tag?: string; digest?: string } {
  const tag = tagOf(parts) || image.tag;
  const sha = parts.get('sha')?.value;
  const digest = parts.get('digest')?.value || (sha ? `sha256:${sha}` : image.digest);
  // The tag is its digits.
  if (tag !== undefined && image.digest?.endsWith(`:${tag}`)) return { digest: image.digest };
  if ((tag !== undefined && !isTag(tag)) || (digest !== undefined && !isDigest(digest))) return {};
  return { ...(tag !== undefined && { tag }), ...(digest !== undefined && { digest }) };
}

function siteOf(
  { host, repository: path, tag, digest }: ImageReference,
  { repository, registry, isRegistryGlobal, written }: Name,
  users: ReadonlyMap<number, ReadonlySet<string>>,
): NameSite {
  const isShared = (scalar: Scalar) => (users.get(scalar.range.start)?.size ?? 0) > 1;
  if (isRegistryGlobal || isShared(repository) || (registry && isShared(registry))) {
    return { kind: 'fixed', because: 'sharedVariable' };
  }
  if (!repository.literal || registry?.literal === false) return { kind: 'fixed', because: 'escaped' };
  const { start, end } = repository.range;
  const versionLength =
    tag === undefined && digest === undefined ? 0 : written.length - nameLength(written, host, path);
  const range = { start, end: end - versionLength };
  return registry ? { kind: 'split', registry: registry.range, repository: range } : { kind: 'whole', range };
}

function nameLength(written: string, host: string | undefined, repository: string): number {
  return Math.min(written.length, (host === undefined ? 0 : host.length + 1) + repository.length);
}
