import * as l10n from '@vscode/l10n';
import { ifReadable } from '../../azure/failures.ts';
import { extendCondition, generateCondition, maxConditionLength } from '../../domain/condition/abacCondition.ts';
import { shownCondition } from '../../domain/condition/conditionReading.ts';
import { armIdName } from '../../domain/armId.ts';
import { roleAssignmentName } from '../../domain/guid.ts';
import { accepted, rejected, type Parsed } from '../../domain/parsed.ts';
import { shortRoleName } from '../../domain/roles.ts';
import type { Identity, RepositoryPattern, RoleAssignment } from '../../domain/types.ts';
import { aboutAssignments, assignRole, recheckDelaysMs } from '../access/assignRole.ts';
import { assessGrants, listPatterns, roleOf, wantedAccess, type GrantReport } from '../access/grants.ts';
import { conflicting, missing, satisfied } from '../engine/inspection.ts';
import {
  identityKey,
  isNewPrincipal,
  readAssignments,
  readIdentity,
  readRegistry,
  registryKey,
} from '../engine/reads.ts';
import type { CacheLink, Description, Inspection, Requirement, WalkContext } from '../types.ts';
import { explainClientIdGrants, readClientIdGrants } from './absence/withoutClientIdGrants.ts';

/**
 * The identity may read every source of the link: one assignment at the upstream registry per identity, whose condition grows with
 * each repository. A grant that already suffices, wherever it is made, is left as it is.
 */
export function roleAssignment(link: CacheLink): Requirement {
  return {
    id: 'roleAssignment',
    ...aboutAssignments(link.source.id, identityKey(link.authentication.identityId), registryKey(link.source.id)),
    needs: link.access === 'acrPull' ? ['identity'] : ['identity', 'abacMode'],
    describe: () => describe(link),
    inspect: (context) => inspect(context, link),
    satisfy: (context) => satisfy(context, link),
  };
}

function describe(link: CacheLink): Description {
  const identity = armIdName(link.authentication.identityId);
  const upstream = armIdName(link.source.id);
  const role = roleOf(link).name;
  const repositories = listPatterns(sources(link));
  const title = l10n.t('Give {0} {1}', identity, shortRoleName(role));
  if (link.access === 'acrPull') {
    return {
      title,
      todo: l10n.t('On {0}, every repository; not documented for cache rules', upstream),
      done: l10n.t('{0} now has {1} on {2}.', identity, role, upstream),
    };
  }
  if (link.access === 'registry' || grantsAll(link)) {
    return {
      title,
      todo: l10n.t('On {0}, every repository', upstream),
      done: l10n.t('{0} can now read every repository in {1}.', identity, upstream),
    };
  }
  return {
    title,
    todo: l10n.t('On {0}, only {1}', upstream, repositories),
    done: l10n.t('{0} can now read {1} in {2}.', identity, repositories, upstream),
  };
}

async function inspect(context: WalkContext, link: CacheLink): Promise<Inspection> {
  const name = armIdName(link.authentication.identityId);
  const upstream = armIdName(link.source.id);
  if (link.access === 'acrPull') {
    const { roleAssignmentMode } = await readRegistry(context, link.source.id);
    if (roleAssignmentMode === 'AbacRepositoryPermissions') {
      return conflicting(
        l10n.t('{0} is in ABAC mode, which ignores AcrPull. Choose access to only the chosen repositories.', upstream),
        [{ text: `roleAssignmentMode: ${roleAssignmentMode}`, resourceId: link.source.id }],
      );
    }
  }
  const identity = await readIdentity(context, link.authentication.identityId);
  const undocumented =
    link.access === 'acrPull'
      ? [
          {
            text: l10n.t('Microsoft documents only repository roles for cache rules, not AcrPull.'),
          },
        ]
      : [];
  if (!identity) {
    return missing(l10n.t('Identity {0} does not exist yet.', name), undocumented);
  }
  const report = assessGrants(wantedAccess(link), await readAssignments(context, link.source.id, identity.principalId));
  const evidence = [...undocumented, ...report.evidence];
  const warnings = report.warnings;
  if (report.missing.length === 0) {
    const may =
      link.access === 'registry'
        ? l10n.t('{0} can read every repository in {1}.', name, upstream)
        : l10n.t('{0} can read {1} in {2}.', name, listPatterns(sources(link)), upstream);
    return satisfied(may, evidence, { warnings });
  }
  const lacking = l10n.t('{0} cannot read {1} yet.', name, listPatterns(report.missing));
  const condition = conditionFor(link, report);
  if (!condition.ok) {
    return conflicting(`${lacking} ${condition.problem.message}`, evidence, { warnings });
  }
  const how = !report.extendable
    ? ''
    : link.access === 'condition'
      ? l10n.t("Its role assignment's condition will be extended.")
      : l10n.t("Its role assignment's condition will be removed.");
  const isNew = await isNewPrincipal(context, identity.principalId);
  const mistaken = isNew ? [] : await ifReadable(() => readClientIdGrants(context, link.source.id, identity));
  const why = explainClientIdGrants(mistaken ?? [], identity);
  return missing(`${lacking} ${how}`.trim(), evidence, { warnings: why === undefined ? warnings : [...warnings, why] });
}

/**
 * The condition is replaced as a whole, and Azure has no ETag for it, so a writer who read before our write can put it back to what
 * it was. Therefore the assignment is read right before it is written and again a moment after, and extended again if it lost what we
 * wrote.
 */
async function satisfy(context: WalkContext, link: CacheLink): Promise<void> {
  const identity = await readIdentity(context, link.authentication.identityId);
  if (!identity) throw new Error(l10n.t('Identity {0} does not exist.', armIdName(link.authentication.identityId)));
  const { azure, signal } = context;
  const { principalId } = identity;
  const wanted = wantedAccess(link);
  const read = (): Promise<RoleAssignment[]> => azure.roles.listForPrincipal(link.source.id, principalId, { signal });
  const isNew = await isNewPrincipal(context, principalId);
  let present = isNew ? [] : await read();
  for (const wait of recheckDelaysMs) {
    const report = assessGrants(wanted, present);
    if (report.missing.length === 0) return;
    const written = await write(context, link, identity, report);
    // Nobody else writes for an identity made a moment ago.
    if (isNew && assessGrants(wanted, [...present, written]).missing.length === 0) return;
    await context.sleep(wait);
    present = await read();
  }
  if (assessGrants(wanted, present).missing.length > 0) {
    throw new Error(l10n.t('Someone else is changing the same role assignment. Run the setup again.'));
  }
}

async function write(
  context: WalkContext,
  link: CacheLink,
  identity: Identity,
  report: GrantReport,
): Promise<RoleAssignment> {
  const role = roleOf(link);
  const { extendable } = report;
  const wanted = conditionFor(link, report);
  if (!wanted.ok) throw new Error(wanted.problem.message);
  return assignRole(context, {
    scope: link.source.id,
    name: extendable?.name ?? roleAssignmentName(link.source.id, identity.principalId, role.id),
    roleId: role.id,
    principalId: identity.principalId,
    description: extendable?.description ?? `Lets the cache rules that use ${identity.name} read from this registry.`,
    condition: wanted.value,
  });
}

/** The condition to be written, undefined for none; rejected where what is there must not be written again, or not so long. */
function conditionFor(link: CacheLink, { extendable, unwritable, missing }: GrantReport): Parsed<string | undefined> {
  if (unwritable) {
    const text = l10n.t(
      'Add the repositories to the condition of its role assignment manually, since this extension does not change such a condition, or use another identity. Condition: {0}',
      shownCondition(unwritable.condition),
    );
    return rejected('condition.notWritable', text);
  }
  if (link.access !== 'condition') return accepted(undefined);
  if (extendable) return extendCondition(extendable.condition, missing);
  const condition = generateCondition(sources(link));
  if (condition === undefined || condition.length <= maxConditionLength) return accepted(condition);
  return rejected(
    'condition.tooLong',
    l10n.t(
      'The condition for this many repositories exceeds the {0} characters Azure allows. Use a wildcard, or another identity.',
      maxConditionLength,
    ),
  );
}

function sources(link: CacheLink): RepositoryPattern[] {
  return link.mappings.map((mapping) => mapping.source);
}

function grantsAll(link: CacheLink): boolean {
  return link.mappings.some((mapping) => mapping.source.kind === 'all');
}
