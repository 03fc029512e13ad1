import { armIdKey, sameArmId } from '../../../domain/armId.ts';
import type { Registry } from '../../../domain/types.ts';
import type { Upstream } from '../../../domain/upstreams.ts';
import { keepName, replacedNames } from '../../../files/replacedNames.ts';
import type { Sliced } from '../../../common/slices.ts';
import type { FoundReference, NameSite } from '../../../files/types.ts';
import type { CachedUse, Resolution, Resolver, ServedImage } from '../../../inventory/resolutionTypes.ts';
import { canCacheFrom } from '../../setUp/draft.ts';

/** A file with what was found in it; the plan hands it through. */
export interface MoveFile {
  /** With `/`; tells what kind of file it is. */
  readonly path: string;
  readonly references: readonly FoundReference[];
}

/** A reference and where it stands. */
export interface PlacedReference<F extends MoveFile> {
  readonly file: F;
  readonly found: FoundReference;
  readonly resolution: Resolution;
}

/** Why a repository cannot be pulled through the chosen downstream. */
export type Obstacle =
  /** Not a host that is known here. */
  | { readonly kind: 'unknownHost' }
  /** An upstream that artifact cache supports, but for which this product makes no rule. */
  | { readonly kind: 'catalogue'; readonly upstream: Upstream }
  /** It is in the downstream itself, and no rule serves it. */
  | { readonly kind: 'ownRepository' }
  /** It is in the downstream itself, whose rules could not be read. */
  | { readonly kind: 'ownRulesUnknown' }
  /** The registry belongs to another tenant, where a managed identity of this one is nobody. */
  | { readonly kind: 'otherTenant'; readonly registry: Registry };

/** What can be done about one repository. */
export type MoveWay =
  /** It is pulled through a cache already, of this or another downstream. */
  | { readonly kind: 'cached'; readonly served: ServedImage }
  /** A rule of the chosen downstream serves it under another name. */
  | { readonly kind: 'served'; readonly use: CachedUse }
  /** A rule can be made for it. */
  | { readonly kind: 'newRule'; readonly upstream: Registry }
  | { readonly kind: 'impossible'; readonly obstacle: Obstacle };

/** Everything that names one repository. */
export interface MoveRepository<F extends MoveFile> {
  /** Of the repository, unlike any other's. */
  readonly key: string;
  readonly host: string;
  readonly repository: string;
  readonly way: MoveWay;
  /** Those whose name can be replaced where they stand. */
  readonly movable: readonly PlacedReference<F>[];
  readonly fixed: readonly (PlacedReference<F> & { readonly because: FixedReason })[];
}

export type FixedReason = Extract<NameSite, { kind: 'fixed' }>['because'];

/** What is pulled from one registry, or through one. */
export interface MoveGroup<F extends MoveFile> {
  readonly host: string;
  readonly registry?: Registry;
  readonly repositories: readonly MoveRepository<F>[];
}

export interface MovePlan<F extends MoveFile> {
  readonly downstream: Registry;
  /** By host, those with something to move first. */
  readonly groups: readonly MoveGroup<F>[];
}

/**
 * Which repositories the files name, and what can be done about each with rules of `downstream`. Pure; nothing is asked.
 * @param references those of the files, by `placedReferences`
 */
export function* planMove<F extends MoveFile>(
  files: readonly F[],
  references: readonly PlacedReference<F>[],
  downstream: Registry,
): Sliced<MovePlan<F>> {
  const repositories = new Map<string, PlacedReference<F>[]>();
  for (const placed of references) {
    const { host, repository } = placed.resolution.image;
    const key = keyOf(host, repository);
    const known = repositories.get(key);
    if (known) known.push(placed);
    else repositories.set(key, [placed]);
    yield;
  }
  const kept = replacedNames(files);
  yield;
  const groups = new Map<string, { registry?: Registry; repositories: MoveRepository<F>[] }>();
  for (const [key, placed] of repositories) {
    const [first] = placed;
    if (!first) continue;
    const { resolution } = first;
    const { host, repository } = resolution.image;
    const group = groups.get(host) ?? { registry: resolution.entry?.registry, repositories: [] };
    groups.set(host, group);
    group.repositories.push({ key, host, repository, way: wayOf(resolution, downstream), ...split(placed, kept) });
    yield;
  }
  return {
    downstream,
    groups: [...groups]
      .map(([host, { registry, repositories: members }]) => ({
        host,
        ...(registry && { registry }),
        repositories: members.sort((a, b) => rank(a) - rank(b) || compare(a.repository, b.repository)),
      }))
      .sort((a, b) => groupRank(a) - groupRank(b) || compare(a.host, b.host)),
  };
}

/** All references with what they mean; those that only look like one, and whose host is not known, are none. */
export function* placedReferences<F extends MoveFile>(
  files: readonly F[],
  resolver: Resolver,
): Sliced<PlacedReference<F>[]> {
  const all: PlacedReference<F>[] = [];
  for (const file of files) {
    for (const found of file.references) {
      const { certain, image } = found;
      const counts = certain || (image.host !== undefined && resolver.knowsHost(image.host));
      if (counts) all.push({ file, found, resolution: resolver.resolve(image) });
      yield;
    }
  }
  return all;
}

function wayOf(resolution: Resolution, downstream: Registry): MoveWay {
  if (resolution.served) return { kind: 'cached', served: resolution.served };
  const use = resolution.cachedBy.find(({ entry }) => sameArmId(entry.registry.id, downstream.id));
  if (use) return { kind: 'served', use };
  const upstream =
    resolution.upstream?.kind === 'registry' ? resolution.upstream.entry.registry : resolution.entry?.registry;
  return upstream
    ? wayFrom(upstream, resolution, downstream)
    : { kind: 'impossible', obstacle: obstacleOf(resolution) };
}

function wayFrom(upstream: Registry, { verdict }: Resolution, downstream: Registry): MoveWay {
  if (canCacheFrom(downstream, upstream)) return { kind: 'newRule', upstream };
  if (!sameArmId(upstream.id, downstream.id)) {
    return { kind: 'impossible', obstacle: { kind: 'otherTenant', registry: upstream } };
  }
  return {
    kind: 'impossible',
    obstacle: { kind: verdict === 'rulesUnknown' ? 'ownRulesUnknown' : 'ownRepository' },
  };
}

function obstacleOf({ upstream }: Resolution): Obstacle {
  return upstream?.kind === 'catalogue' ? { kind: 'catalogue', upstream: upstream.upstream } : { kind: 'unknownHost' };
}

function split<F extends MoveFile>(
  placed: readonly PlacedReference<F>[],
  kept: ReadonlySet<FoundReference>,
): Pick<MoveRepository<F>, 'movable' | 'fixed'> {
  const movable: PlacedReference<F>[] = [];
  const fixed: MoveRepository<F>['fixed'][number][] = [];
  for (const one of placed) {
    const { name } = keepName(one.found, kept);
    if (name.kind === 'fixed') fixed.push({ ...one, because: name.because });
    else movable.push(one);
  }
  return { movable, fixed };
}

/** Whether anything of it can be changed. */
export function canMove({ way, movable }: MoveRepository<MoveFile>): boolean {
  return movable.length > 0 && (way.kind === 'served' || way.kind === 'newRule');
}

export function repositoriesOf<F extends MoveFile>(plan: MovePlan<F>): MoveRepository<F>[] {
  return plan.groups.flatMap(({ repositories }) => repositories);
}

/** Rules to be made before the chosen repositories can be pulled through the downstream, by upstream. */
export interface MissingRules {
  readonly upstream: Registry;
  readonly sourceRepositories: readonly string[];
}

/** @param chosen keys of repositories */
export function missingRules(plan: MovePlan<MoveFile>, chosen: ReadonlySet<string>): MissingRules[] {
  const missing = new Map<string, { upstream: Registry; sourceRepositories: string[] }>();
  for (const { key, way, repository } of repositoriesOf(plan)) {
    if (way.kind !== 'newRule' || !chosen.has(key)) continue;
    const id = armIdKey(way.upstream.id);
    const known = missing.get(id) ?? { upstream: way.upstream, sourceRepositories: [] };
    missing.set(id, known);
    known.sourceRepositories.push(repository);
  }
  return [...missing.values()];
}

/** How many of the references each registry, by `armIdKey`, would serve with the rules it has. */
export function* countServed(references: readonly PlacedReference<MoveFile>[]): Sliced<ReadonlyMap<string, number>> {
  const counts = new Map<string, number>();
  const add = (id: string): Map<string, number> => counts.set(id, (counts.get(id) ?? 0) + 1);
  for (const { resolution } of references) {
    if (resolution.served) add(armIdKey(resolution.served.match.rule.registryId));
    for (const id of new Set(resolution.cachedBy.map(({ entry }) => armIdKey(entry.registry.id)))) add(id);
    yield;
  }
  return counts;
}

function keyOf(host: string, repository: string): string {
  return `${host}/${repository}`;
}

const ranks: readonly MoveWay['kind'][] = ['served', 'newRule', 'cached', 'impossible'];

function rank(repository: MoveRepository<MoveFile>): number {
  return canMove(repository) ? ranks.indexOf(repository.way.kind) : ranks.length + ranks.indexOf(repository.way.kind);
}

function groupRank({ repositories }: MoveGroup<MoveFile>): number {
  return repositories.reduce((best, repository) => Math.min(best, rank(repository)), Number.POSITIVE_INFINITY);
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
