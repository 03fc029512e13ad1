import { armIdKey, sameArmId } from '../../../domain/armId.ts';
import type { Registry } from '../../../domain/types.ts';
import type { Upstream } from '../../../domain/upstreams.ts';
import type { CachedUse, Resolution, ServedImage } from '../../../inventory/resolutionTypes.ts';
import { canCacheFrom } from '../../setUp/draft.ts';
import type { ResolvedReference } from '../scan/references.lazy.ts';

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
export interface MoveRepository {
  /** Of the repository, unlike any other's. */
  readonly key: string;
  readonly host: string;
  readonly repository: string;
  readonly way: MoveWay;
  /** Those whose name can be replaced where they stand. */
  readonly movable: readonly ResolvedReference[];
  readonly fixed: readonly ResolvedReference[];
}

/** What is pulled from one registry, or through one. */
export interface MoveGroup {
  readonly host: string;
  readonly repositories: readonly MoveRepository[];
}

export interface MovePlan {
  readonly downstream: Registry;
  /** By host, those with something to move first. */
  readonly groups: readonly MoveGroup[];
}

/** Which repositories the references name, and what can be done about each with rules of `downstream`. Pure; nothing is asked. */
export function planMove(references: readonly ResolvedReference[], downstream: Registry): MovePlan {
  const repositories = Map.groupBy(references, ({ resolution: { image } }) => `${image.host}/${image.repository}`);
  const all = [...repositories].flatMap(([key, named]) =>
    named[0] ? [repositoryOf(key, named, named[0], downstream)] : [],
  );
  const groups = Map.groupBy(all, ({ host }) => host);
  return {
    downstream,
    groups: [...groups]
      .map(([host, members]) => ({
        host,
        repositories: members.sort((a, b) => rank(a) - rank(b) || compare(a.repository, b.repository)),
      }))
      .sort((a, b) => groupRank(a) - groupRank(b) || compare(a.host, b.host)),
  };
}

function repositoryOf(
  key: string,
  references: readonly ResolvedReference[],
  { resolution }: ResolvedReference,
  downstream: Registry,
): MoveRepository {
  const { host, repository } = resolution.image;
  const isFixed = ({ found }: ResolvedReference) => found.name.kind === 'fixed';
  return {
    key,
    host,
    repository,
    way: wayOf(resolution, downstream),
    movable: references.filter((one) => !isFixed(one)),
    fixed: references.filter(isFixed),
  };
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

/** Whether anything of it can be changed. */
export function canMove({ way, movable }: MoveRepository): boolean {
  return movable.length > 0 && (way.kind === 'served' || way.kind === 'newRule');
}

export function repositoriesOf(plan: MovePlan): MoveRepository[] {
  return plan.groups.flatMap(({ repositories }) => repositories);
}

/** Rules to be made before the chosen repositories can be pulled through the downstream, by upstream. */
export interface MissingRules {
  readonly upstream: Registry;
  readonly sourceRepositories: readonly string[];
}

/** @param chosen keys of repositories */
export function missingRules(plan: MovePlan, chosen: ReadonlySet<string>): MissingRules[] {
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
export function countServed(references: readonly ResolvedReference[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  const add = (id: string): Map<string, number> => counts.set(id, (counts.get(id) ?? 0) + 1);
  for (const { resolution } of references) {
    if (resolution.served) add(armIdKey(resolution.served.match.rule.registryId));
    for (const id of new Set(resolution.cachedBy.map(({ entry }) => armIdKey(entry.registry.id)))) add(id);
  }
  return counts;
}

const ranks: readonly MoveWay['kind'][] = ['served', 'newRule', 'cached', 'impossible'];

function rank(repository: MoveRepository): number {
  return canMove(repository) ? ranks.indexOf(repository.way.kind) : ranks.length + ranks.indexOf(repository.way.kind);
}

function groupRank({ repositories }: MoveGroup): number {
  return repositories.reduce((best, repository) => Math.min(best, rank(repository)), Number.POSITIVE_INFINITY);
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
