import * as l10n from '@vscode/l10n';
import { codeSpan, escapeMarkdown as text, list } from '../../common/markdown.ts';
import { roleName, shortRoleName } from '../../domain/roles.ts';
import type { Registry } from '../../domain/types.ts';
import type { Holder } from '../access/principalNames.ts';
import type { KeptAccess } from '../types.ts';
import { abacSwitchEffects, type AffectedAssignment } from './abacImpact.ts';
import { type ReplacementOffers, whoLoses } from './replacementOffers.ts';

/** Of one list: more are no longer read one by one. */
const maxItems = 200;

/** What the two permission modes of a registry are, on one screen. `docs`: where the cloud's documentation begins. */
export function whatIsAbac(docs: string): string {
  return [
    `# ${text(l10n.t('What is ABAC?'))}`,
    text(l10n.t('A registry is in one of two permission modes. They decide which roles let someone read images.')),
    list([
      `**RBAC**: ${text(l10n.t('roles such as AcrPull, for the whole registry. Whoever can pull one image can pull all of them.'))}`,
      `**ABAC**: ${text(l10n.t('roles such as Container Registry Repository Reader. A condition can limit them to single repositories.'))}`,
    ]),
    `## ${text(l10n.t('For a cache'))}`,
    list([
      text(
        l10n.t(
          'ABAC is the documented way: the identity of a cache rule can read the cached repositories and nothing else.',
        ),
      ),
      text(
        l10n.t(
          'With RBAC the identity gets AcrPull and can read everything. Microsoft does not document this for cache rules.',
        ),
      ),
    ]),
    `## ${text(l10n.t('What a switch to ABAC changes'))}`,
    list([
      text(
        l10n.t(
          'AcrPull, AcrPush and AcrDelete stop working. Owner, Contributor and Reader can no longer pull or push images.',
        ),
      ),
      text(l10n.t('Every client must log in again. On AKS, restart the kubelet or replace the nodes.')),
      text(l10n.t('Listing repositories needs a role of its own, Container Registry Repository Catalog Lister.')),
      text(l10n.t('Microsoft does not document what happens when a registry is switched back.')),
    ]),
    `## ${text(l10n.t('How to switch without an outage'))}`,
    text(
      l10n.t(
        'Give everyone who pulls or pushes the roles that replace theirs, then switch. This extension does it in that order, and shows each step before.',
      ),
    ),
    `[${text(l10n.t('Documentation'))}](${docs}/container-registry/container-registry-rbac-abac-repository-permissions)`,
    '',
  ].join('\n\n');
}

/**
 * Whom and what a switch of the registry hits, by name; ids are at the end.
 * @param kept who gets new roles first
 * @param localTime writes an ISO 8601 time as the reader does
 */
export function affectedMarkdown(
  registry: Registry,
  offers: ReplacementOffers,
  kept: readonly KeptAccess[],
  localTime: (time: string) => string,
): string {
  const losing = whoLoses(offers, kept);
  const sections = [
    `# ${text(l10n.t('Switching {0} to ABAC', registry.name))}`,
    `## ${text(l10n.t('Stops pulling'))}`,
    losing.length === 0
      ? text(l10n.t('Nobody is known who would lose access.'))
      : list(losing.slice(0, maxItems).map((one) => text(offers.nameOf(one)))),
    `## ${text(l10n.t('Gets new roles first'))}`,
    kept.length === 0 ? text(l10n.t('Nobody.')) : list(kept.map(keptText)),
    ...section(l10n.t('Gets no new roles from here'), whoGetsNone(offers, localTime)),
    ...section(
      l10n.t('Could not be read'),
      offers.unknown.map((one) => text(one)),
    ),
    `## ${text(l10n.t('Role assignments that lose their effect'))}`,
    assignmentsText(offers.affected),
    `## ${text(l10n.t('What else changes'))}`,
    list(abacSwitchEffects(registry.name).map((one) => text(one))),
    ...section(l10n.t('IDs'), idsOf(offers)),
  ];
  return `${sections.join('\n\n')}\n`;
}

function section(title: string, items: readonly string[]): string[] {
  return items.length === 0 ? [] : [`## ${text(title)}`, list(items)];
}

function keptText({ name, principalId, roleIds, isSelf }: KeptAccess): string {
  const roles = roleIds.map((id) => shortRoleName(roleName(id))).join(', ');
  const who = name ?? principalId;
  return text(isSelf ? l10n.t('You ({0}): {1}', who, roles) : l10n.t('{0}: {1}', who, roles));
}

function whoGetsNone({ temporary, left, conditioned, nameOf }: ReplacementOffers, localTime: (time: string) => string) {
  return [
    ...temporary.map(({ assignment, endsAt }) =>
      text(
        endsAt === undefined
          ? l10n.t(
              '{0}: temporary role {1}. Make an eligible assignment of a repository role instead.',
              nameOf(assignment),
              roleName(assignment.roleId),
            )
          : l10n.t(
              '{0}: role {1}, temporary until {2}. Make an eligible assignment of a repository role instead.',
              nameOf(assignment),
              roleName(assignment.roleId),
              localTime(endsAt),
            ),
      ),
    ),
    ...conditioned.map(({ role, ...holder }) =>
      text(
        l10n.t(
          '{0}: has {1} with a condition, which is kept. Extend it by hand if more is needed.',
          nameOf(holder),
          role.name,
        ),
      ),
    ),
    ...left.map((assignment) =>
      text(l10n.t('{0}: cannot be given roles from here. Assign them in the portal.', nameOf(assignment))),
    ),
  ];
}

function assignmentsText(affected: readonly AffectedAssignment[]): string {
  if (affected.length === 0) return text(l10n.t('None was found.'));
  const items = affected
    .slice(0, maxItems)
    .map(({ principal, roleName: role, where, consequence }) =>
      text(l10n.t('{0}: {1}, {2}. {3}', principal, role, where, consequence)),
    );
  const rest = affected.length - items.length;
  return rest > 0 ? `${list(items)}\n\n${text(l10n.t('{0} more are not shown.', rest))}` : list(items);
}

/** Once for each principal that the document names. */
function idsOf({ affected, offers, nameOf }: ReplacementOffers): string[] {
  const holders = new Map<string, Holder>();
  for (const holder of [...offers, ...affected.map(({ assignment }) => assignment)])
    holders.set(holder.principalId.toLowerCase(), holder);
  return [...holders.values()]
    .slice(0, maxItems)
    .map((holder) => `${text(nameOf(holder))}: ${codeSpan(holder.principalId)}`);
}
