import { identityArmId, sameArmId } from '../../domain/armId.ts';
import { suggestIdentityName } from '../../domain/names.ts';
import { formatRepositoryPattern, parseRepositoryPattern, samePattern } from '../../domain/repositoryPattern.ts';
import type { Identity, Registry, RepositoryPattern } from '../../domain/types.ts';
import type {
  AccessForm,
  CacheLink,
  KeptAccess,
  LinkAuthentication,
  RepositoryMapping,
} from '../../provisioning/types.ts';

/** The pages of the setup, in their order. Everything else has a default, which the review shows and changes. */
export const pageIds = ['downstream', 'upstream', 'repositories', 'review'] as const;
export type PageId = (typeof pageIds)[number];

/** An identity to be made. Absent parts have defaults, see `newIdentityOf`. */
export interface NewIdentity {
  readonly name?: string;
  readonly subscriptionId?: string;
  readonly resourceGroup?: string;
  readonly location?: string;
}

/** Everything the user has said so far. Immutable: the functions below return the next one. */
export interface Draft {
  readonly downstream?: Registry;
  readonly upstream?: Registry;
  readonly sources: readonly RepositoryPattern[];
  /** Put before every target that was not named by hand; '' keeps the upstream's names. No slash at the end. */
  readonly targetPrefix: string;
  /** Targets named by hand, by the source's text. Kept for sources that are not chosen any more, should they return. */
  readonly targetNames: ReadonlyMap<string, string>;
  readonly identity?: { readonly kind: 'existing'; readonly identity: Identity } | { readonly kind: 'new' };
  /** Kept while an existing identity is chosen. */
  readonly newIdentity: NewIdentity;
  /** For an upstream in RBAC mode: switch it, or leave it and use AcrPull. `switch` was confirmed by the user. */
  readonly permissionMode?: 'switch' | 'keep';
  /** With `switch`: who gets roles before it. */
  readonly keepAccess?: readonly KeptAccess[];
  readonly access?: AccessForm;
  /** Rule names typed by hand, by the source's text. */
  readonly ruleNames: ReadonlyMap<string, string>;
}

export const emptyDraft: Draft = {
  sources: [],
  targetPrefix: '',
  targetNames: new Map(),
  newIdentity: {},
  ruleNames: new Map(),
};

/** The first page whose answer a draft does not have. */
export function firstOpenPage(draft: Draft): PageId {
  if (!draft.downstream) return 'downstream';
  if (!draft.upstream) return 'upstream';
  return draft.sources.length === 0 ? 'repositories' : 'review';
}

/** Whether it has to be said how the upstream is read: what its mode allows has consequences that only the user can weigh. */
export function isUndecided({ upstream, permissionMode }: Draft): boolean {
  return upstream?.roleAssignmentMode === 'LegacyRegistryPermissions' && permissionMode === undefined;
}

/** Another downstream keeps everything that is still possible with it. */
export function chooseDownstream(draft: Draft, downstream: Registry): Draft {
  const next: Draft = { ...draft, downstream };
  if (draft.downstream && sameArmId(draft.downstream.id, downstream.id)) return next;
  const upstreamFits = draft.upstream && canCacheFrom(downstream, draft.upstream);
  const sameTenant = draft.downstream?.tenantId === downstream.tenantId;
  return {
    ...(upstreamFits || !draft.upstream ? next : withoutUpstream(next)),
    identity: sameTenant ? draft.identity : undefined,
    // Group and region follow the downstream; only the typed name says nothing about a place.
    newIdentity: { name: draft.newIdentity.name },
  };
}

/** Another upstream has other repositories and permissions: what was said about them is dropped, the rest is kept. */
export function chooseUpstream(draft: Draft, upstream: Registry): Draft {
  if (draft.upstream && sameArmId(draft.upstream.id, upstream.id)) return { ...draft, upstream };
  return { ...withoutUpstream(draft), upstream };
}

function withoutUpstream(draft: Draft): Draft {
  return {
    ...draft,
    upstream: undefined,
    sources: [],
    targetPrefix: '',
    targetNames: new Map(),
    permissionMode: undefined,
    keepAccess: undefined,
    access: undefined,
    ruleNames: new Map(),
  };
}

/** Replaces the chosen repositories; names already given to any of them stay. Doubles are dropped. */
export function chooseSources(draft: Draft, sources: readonly RepositoryPattern[]): Draft {
  const distinct = sources.filter(
    (source, index) => sources.findIndex((other) => samePattern(other, source)) === index,
  );
  return { ...draft, sources: distinct };
}

/** One prefix for all targets. Names given by hand are dropped, since the prefix is meant for all. */
export function choosePrefix(draft: Draft, prefix: string): Draft {
  return { ...draft, targetPrefix: prefix, targetNames: new Map() };
}

/** Names one target by hand. */
export function nameTarget(draft: Draft, source: RepositoryPattern, text: string): Draft {
  return { ...draft, targetNames: withEntry(draft.targetNames, sourceKey(source), text) };
}

/** Names one rule by hand. */
export function nameRule(draft: Draft, source: RepositoryPattern, name: string): Draft {
  return { ...draft, ruleNames: withEntry(draft.ruleNames, sourceKey(source), name) };
}

function withEntry(map: ReadonlyMap<string, string>, key: string, value: string): ReadonlyMap<string, string> {
  return new Map(map).set(key, value);
}

/** What the maps of a draft are keyed by: `team/app`, `team/*`, `*`. */
export function sourceKey(source: RepositoryPattern): string {
  return formatRepositoryPattern(source);
}

/** The target's text for a source: named by hand, else below the prefix. It may be unacceptable: see `checkTarget`. */
export function targetTextOf(draft: Draft, source: RepositoryPattern): string {
  const key = sourceKey(source);
  return draft.targetNames.get(key) ?? (draft.targetPrefix ? `${draft.targetPrefix}/${key}` : key);
}

/** Whether one registry can cache from the other as a managed identity: two registries of one tenant. */
export function canCacheFrom(downstream: Registry, upstream: Registry): boolean {
  return !sameArmId(downstream.id, upstream.id) && sameTenant(downstream.tenantId, upstream.tenantId);
}

function sameTenant(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase();
}

/** The new identity with its defaults: beside the downstream, named after both registries. Needs both registries. */
export function newIdentityOf(draft: Draft): Required<NewIdentity> | undefined {
  const { downstream, upstream, newIdentity } = draft;
  if (!downstream || !upstream) return undefined;
  return {
    name: newIdentity.name ?? suggestIdentityName(downstream.name, upstream.name),
    subscriptionId: newIdentity.subscriptionId ?? downstream.subscriptionId,
    resourceGroup: newIdentity.resourceGroup ?? downstream.resourceGroup,
    location: newIdentity.location ?? downstream.location,
  };
}

/** True when the upstream stays in RBAC mode, where only AcrPull can give access. */
function keepsLegacyMode(draft: Draft): boolean {
  return draft.upstream?.roleAssignmentMode === 'LegacyRegistryPermissions' && draft.permissionMode === 'keep';
}

/** The forms of access this draft can use, the best first. */
export function accessForms(draft: Draft): readonly AccessForm[] {
  if (keepsLegacyMode(draft)) return ['acrPull'];
  // A rule for everything needs to read everything: a condition would be empty.
  if (draft.sources.some((source) => source.kind === 'all')) return ['registry'];
  const oneSegment = draft.sources.every((source) => source.kind === 'repository' && !source.repository.includes('/'));
  return oneSegment ? ['condition', 'registry', 'repositoryScope'] : ['condition', 'registry'];
}

/** The chosen form of access if it is still possible, else the best one. */
export function accessOf(draft: Draft): AccessForm {
  const forms = accessForms(draft);
  return draft.access && forms.includes(draft.access) ? draft.access : (forms[0] ?? 'condition');
}

/**
 * The desired state the draft stands for, or undefined while something is missing or a target cannot be parsed.
 * `ruleNames`: one per source, by `sourceKey`.
 */
export function linkOf(draft: Draft, ruleNames: ReadonlyMap<string, string>): CacheLink | undefined {
  const { downstream, upstream, sources } = draft;
  const authentication = authenticationOf(draft);
  const mappings = mappingsOf(draft, ruleNames);
  if (!downstream || !upstream || !authentication || !mappings || sources.length === 0) return undefined;
  const switches = upstream.roleAssignmentMode === 'LegacyRegistryPermissions' && draft.permissionMode === 'switch';
  return {
    downstream: { id: downstream.id, loginServer: downstream.loginServer },
    source: { kind: 'registry', id: upstream.id, loginServer: upstream.loginServer },
    mappings,
    authentication,
    access: accessOf(draft),
    ...(switches && { allowAbacSwitch: true, keepAccess: draft.keepAccess }),
  };
}

/** What is cached as what, by which rule; undefined while a target cannot be parsed. `ruleNames`: see `linkOf`. */
export function mappingsOf(draft: Draft, ruleNames: ReadonlyMap<string, string>): RepositoryMapping[] | undefined {
  const mappings: RepositoryMapping[] = [];
  for (const source of draft.sources) {
    const target = parseRepositoryPattern(targetTextOf(draft, source));
    const ruleName = ruleNames.get(sourceKey(source));
    if (!target.ok || !ruleName) return undefined;
    mappings.push({ ruleName, source, target: target.value });
  }
  return mappings;
}

function authenticationOf(draft: Draft): LinkAuthentication | undefined {
  if (draft.identity?.kind === 'existing') return { kind: 'identity', identityId: draft.identity.identity.id };
  const fresh = draft.identity && newIdentityOf(draft);
  if (!fresh) return undefined;
  return {
    kind: 'identity',
    identityId: identityArmId(fresh.subscriptionId, fresh.resourceGroup, fresh.name),
    create: { location: fresh.location },
  };
}
