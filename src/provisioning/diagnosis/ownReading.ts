import * as l10n from '@vscode/l10n';
import type { SignedInPrincipal } from '../../azure/azure.ts';
import type { AzureError } from '../../azure/errors.ts';
import { ifReadable } from '../../azure/failures.ts';
import { lossOf, roles } from '../../domain/roles.ts';
import type { Registry, RepositoryPattern } from '../../domain/types.ts';
import { isBelow } from '../access/grants.ts';
import { readAssignments } from '../engine/reads.ts';
import { ownAccess } from '../requirements/ownAccess.ts';
import { replacementRole } from '../requirements/replacementRoles.ts';
import { unknown } from '../checks/check.ts';
import type { RuleFacts } from '../checks/facts.ts';
import { isDenial } from '../checks/sample.ts';
import type { CacheLink, Finding, Repair } from '../types.ts';

/**
 * What a check says that the signed-in user may not make since the registry is in ABAC mode, with the role that would help. Undefined:
 * the cause is another.
 * @throws AzureError `cancelled` only
 */
export async function explainDenial(facts: RuleFacts, error: AzureError): Promise<Finding | undefined> {
  return isDenial(error) ? ifReadable(() => explainOwnReading(facts, error)) : undefined;
}

async function explainOwnReading(facts: RuleFacts, error: AzureError): Promise<Finding | undefined> {
  const host = URL.parse(error.request?.split(' ')[1] ?? '')?.host.toLowerCase();
  const [downstream, upstream] = await Promise.all([facts.registry(), facts.upstream()]);
  const registry = [upstream, downstream].find((one) => one?.loginServer.toLowerCase() === host);
  if (registry?.roleAssignmentMode !== 'AbacRepositoryPermissions') return undefined;
  const { azure, memo, signal } = facts.context;
  const who = await memo({ kind: 'signedIn', id: registry.id }, () => azure.roles.signedIn(registry.id, { signal }));
  const held = who ? await uselessRoles(facts, registry, who) : [];
  const repair = who && (await ownAccessRepair(facts, registry, who, registry === upstream));
  const reason =
    held.length > 0
      ? l10n.t('{0} no longer reads images since {1} is in ABAC mode.', held.join(', '), registry.name)
      : l10n.t(
          'You cannot read this image in {0}: it is in ABAC mode, where only repository roles allow reading images.',
          registry.name,
        );
  const role = roles.repositoryReader.name;
  const next = repair
    ? l10n.t('Give yourself {0} on {1}.', role, registry.name)
    : l10n.t('Get {0} on {1}, or ask someone who has it to diagnose.', role, registry.name);
  return unknown('ownReadingDenied', reason, next, { repair });
}

/** Names of the roles that the principal holds and that read images in RBAC mode only. */
async function uselessRoles({ context }: RuleFacts, registry: Registry, who: SignedInPrincipal): Promise<string[]> {
  const assignments = await readAssignments(context, registry.id, who.principalId);
  const names = assignments
    .filter(({ scope }) => !isBelow(scope, registry.id))
    .flatMap(({ roleId }) => lossOf(roleId)?.role.name ?? []);
  return [...new Set(names)];
}

/** Only for the repositories of the rule; those of a wildcard can be found only with the right to list all. */
async function ownAccessRepair(
  facts: RuleFacts,
  registry: Registry,
  who: SignedInPrincipal,
  isUpstream: boolean,
): Promise<Repair | undefined> {
  const found = await facts.link();
  if (!found.ok) return undefined;
  const { link } = found;
  const lister = roles.catalogLister;
  const of = ({ mappings }: CacheLink): RepositoryPattern[] =>
    mappings.map(({ source, target }) => (isUpstream ? source : target));
  const needsList = (all: CacheLink): boolean => of(all).some(({ kind }) => kind !== 'repository');
  return {
    id: isUpstream ? 'readUpstream' : 'readDownstream',
    about: [registry.id],
    link,
    title: (all) =>
      needsList(all)
        ? l10n.t('Give yourself Repository Reader and Catalog Lister on {0}', registry.name)
        : l10n.t('Give yourself Repository Reader on {0}', registry.name),
    once: (all) => [
      ownAccess(registry.id, who, of(all)),
      ...(needsList(all) ? [replacementRole(registry.id, { ...who, roleIds: [lister.id] }, lister)] : []),
    ],
  };
}
