import { generateCondition } from '../../domain/condition/abacCondition.ts';
import { armIdKey, armIdResourceGroup, armIdSubscription } from '../../domain/armId.ts';
import { formatRepositoryPattern } from '../../domain/repositoryPattern.ts';
import { roles, type Role } from '../../domain/roles.ts';
import { roleOf } from '../access/grants.ts';
import { abacMode } from '../requirements/abacMode.ts';
import { cacheRule } from '../requirements/cacheRule.ts';
import { featureFlag } from '../requirements/featureFlag.ts';
import { identity } from '../requirements/identity.ts';
import { replacementRole, rolesKept } from '../requirements/replacementRoles.ts';
import { repositoryScopeAssignment } from '../requirements/repositoryScopeAssignment.ts';
import { roleAssignment } from '../requirements/roleAssignment.ts';
import type { CacheLink, KeptAccess, Requirement, RepositoryMapping } from '../types.ts';

/** One section of an exported text, for one requirement of the link. `symbol`: its name in templates. */
export type Section = { readonly title: string } & (
  | { readonly kind: 'identity'; readonly isFirst: boolean }
  | { readonly kind: 'abacMode' | 'feature' }
  | ({ readonly kind: 'keptAccess' } & KeptRole)
  | ({ readonly kind: 'grant' } & Grant)
  | ({ readonly kind: 'rule' } & Rule)
);

/** A role that someone is given at the upstream before its switch to ABAC mode. */
export interface KeptRole extends Pick<KeptAccess, 'principalId' | 'principalType'> {
  readonly symbol: string;
  readonly role: Role;
}

/** A role of the identity at the upstream registry, or, in the article's form, at one repository of it. */
export interface Grant {
  readonly symbol: string;
  readonly role: Pick<Role, 'id' | 'name'>;
  readonly condition?: string | undefined;
  readonly repository?: string;
}

export interface Rule {
  readonly symbol: string;
  readonly mapping: RepositoryMapping;
}

/** A link with the names of its things in a text that may hold several links. */
export interface ExportedLink extends CacheLink {
  /** Symbolic names: `identity`, the second one `identity2`, … */
  readonly symbols: { readonly identity: string; readonly upstream: string; readonly subscription: string };
  /** The identity is in the resource group that a template for the downstream registry is deployed to. */
  readonly isIdentityBeside: boolean;
  /** In the order of the graph of requirements. */
  readonly sections: readonly Section[];
}

/** The links of one text. Names are given in the order of the links; what several links share is set up by the first. */
export function exportedLinks(links: readonly CacheLink[]): ExportedLink[] {
  const name = createNames();
  return links.map((link) => {
    const { identityId } = link.authentication;
    const own = name('identity', armIdKey(identityId));
    const symbols = {
      identity: own.symbol,
      upstream: name('upstream', armIdKey(link.source.id)).symbol,
      // azurerm's provider is bound to a subscription: each subscription with an identity has its own.
      subscription: name('subscription', armIdSubscription(identityId).toLowerCase()).symbol,
    };
    const sections: Section[] = [{ kind: 'identity', title: titleOf(identity(link)), isFirst: own.isNew }];
    if (link.access !== 'acrPull') {
      for (const [one, role] of link.allowAbacSwitch ? rolesKept(link.keepAccess ?? []) : []) {
        const { principalId, principalType } = one;
        const { symbol } = name('keptAccess', [symbols.upstream, principalId.toLowerCase(), role.id].join('/'));
        // Whoever runs the script may be somebody else.
        const title = titleOf(replacementRole(link.source.id, { ...one, isSelf: undefined }, role));
        sections.push({ kind: 'keptAccess', title, symbol, principalId, principalType, role });
      }
      const mode = abacMode(link.source.id, { isAllowed: link.allowAbacSwitch === true });
      if (name('abacMode', symbols.upstream).isNew) sections.push({ kind: 'abacMode', title: titleOf(mode) });
    }
    if (link.allowFeatureRegistration && name('feature', '').isNew) {
      sections.push({ kind: 'feature', title: titleOf(featureFlag(link)) });
    }
    for (const [requirement, grant] of grantsOf(link)) {
      const key = [symbols.identity, symbols.upstream, link.access, grant.repository ?? ''].join('/');
      sections.push({
        kind: 'grant',
        title: titleOf(requirement),
        ...grant,
        symbol: name('upstreamAccess', key).symbol,
      });
    }
    for (const mapping of link.mappings) {
      const { symbol } = name('cacheRule', mapping.ruleName.toLowerCase());
      sections.push({ kind: 'rule', title: titleOf(cacheRule(link, mapping)), symbol, mapping });
    }
    return { ...link, symbols, isIdentityBeside: groupKey(identityId) === groupKey(link.downstream.id), sections };
  });
}

function grantsOf(link: CacheLink): [Requirement, Omit<Grant, 'symbol'>][] {
  const sources = link.mappings.map(({ source }) => source);
  if (link.access !== 'repositoryScope') {
    const condition = link.access === 'condition' ? generateCondition(sources)?.replace(/\s+/g, ' ') : undefined;
    return [[roleAssignment(link), { role: roleOf(link), condition }]];
  }
  return link.mappings.map((mapping) => [
    repositoryScopeAssignment(link, mapping),
    { role: roles.repositoryReader, repository: formatRepositoryPattern(mapping.source) },
  ]);
}

function titleOf(requirement: Requirement): string {
  return requirement.describe().title;
}

function groupKey(id: string): string {
  return `${armIdSubscription(id)}/${armIdResourceGroup(id)}`.toLowerCase();
}

/** Symbolic names: `identity`, the second one `identity2`, …; the same key has the same name. */
function createNames(): (kind: string, key: string) => { readonly symbol: string; readonly isNew: boolean } {
  const keys = new Map<string, string[]>();
  return (kind, key) => {
    const known = keys.get(kind) ?? [];
    const index = known.indexOf(key);
    const count = index < 0 ? known.length : index;
    if (index < 0) keys.set(kind, [...known, key]);
    return { symbol: count === 0 ? kind : `${kind}${count + 1}`, isNew: index < 0 };
  };
}
