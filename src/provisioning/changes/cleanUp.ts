import * as l10n from '@vscode/l10n';
import type { Azure } from '../../azure/azure.ts';
import { isAzureError } from '../../azure/errors.ts';
import { orError, undefinedIf } from '../../azure/failures.ts';
import { mapBounded } from '../../common/mapBounded.ts';
import { parentArmId } from '../../domain/armId.ts';
import { whyManaged } from '../../domain/managedRules.ts';
import type { CacheRule } from '../../domain/types.ts';
import { accessRevocations } from '../access/accessRevocations.ts';
import { readUsageBeside, type IdentityReference } from '../access/identityUsage.ts';
import type { JournalEntry } from '../engine/journal.ts';
import { readIdentity } from '../engine/reads.ts';
import { createWalkContext, inspectSafely } from '../engine/walkContext.ts';
import { deriveLink, type LinkOfRule } from '../link/linkOfRule.ts';
import { findSurely, keptThing } from '../requirements/absence/absence.ts';
import { deletedRule, deletedRuleId } from '../requirements/absence/withoutRule.ts';
import { withoutAssignment } from '../requirements/absence/withoutAssignment.ts';
import { nameOfIdentity, withoutIdentity } from '../requirements/absence/withoutIdentity.ts';
import type {
  CacheLink,
  CleanUpPurpose,
  Fingerprint,
  Inspection,
  Plan,
  PlannedStep,
  Requirement,
  StepProgress,
  StepState,
  WalkContext,
} from '../types.ts';
import { cachedRepositories } from './cachedRepositories.ts';

export interface CleanUpPlan extends Plan {
  readonly purpose: CleanUpPurpose;
}

export interface CleanUpOptions {
  readonly signal?: AbortSignal;
  /** A clean-up that is not finished: what to look for when the rule itself is gone, and what was chosen. */
  readonly begun?: CleanUpPurpose | undefined;
}

/**
 * The dry run: what the rule's setup left in Azure, and who else needs it. Steps are in the order in which they are done, what depends
 * on a thing before the thing, and none after a failure. Chosen at first are neither repositories, nor what belongs to an identity that
 * was made again, nor a rule that alone leads to an identity that cannot be read.
 * @throws AzureError `cancelled`; `notFound` when the rule is gone and no clean-up of it was begun; whatever else keeps the rule from
 * being read. What else cannot be read is a step that is kept and says why.
 */
export async function cleanUpPlan(
  azure: Azure,
  ruleId: string,
  { signal, begun }: CleanUpOptions = {},
): Promise<CleanUpPlan> {
  const context = createWalkContext(azure, { signal, assumesNeeds: true });
  const read = azure.cacheRules.get(ruleId, { signal: context.signal });
  const rule = await (begun ? undefinedIf(['notFound'], read) : read);
  const derived = rule && (await deriveLink(context, rule));
  const link = derived ? (derived.ok ? derived.link : undefined) : begun?.link;
  const principalId = rule ? rule.identity?.principalId : begun?.principalId;
  const target = rule?.targetRepository ?? begun?.target ?? '';
  const isManaged = whyManaged(rule?.name ?? '') !== undefined;

  const [access, repositories] = isManaged
    ? [[], []]
    : await Promise.all([
        link ? accessOf(context, link, ruleId, principalId) : unknownAccess(rule, derived),
        cachedRepositories(context, parentArmId(ruleId) ?? '', target, rule),
      ]);
  const parts: Part[] = [
    ...(rule ? [ruleOf(rule, derived)] : []),
    ...access,
    ...repositories.map((requirement) => ({ requirement, isChosen: false })),
  ];
  const purpose: CleanUpPurpose = {
    ...{ kind: 'cleanUp', ruleId, target, chosen: [], kept: [] },
    ...(rule && { rule: fingerprintOf(rule) }),
    ...(link && { link }),
    ...(principalId !== undefined && { principalId }),
  };
  // What was chosen for a rule says nothing about another one that was made since.
  const before = !purpose.rule || isSame(begun?.rule, purpose.rule) ? begun : undefined;
  const steps = await mapBounded([...parts.entries()], 8, async ([index, part]) => {
    const needs = parts.slice(0, index).map(({ requirement }) => requirement.id);
    const requirement = { ...part.requirement, needs };
    return stepOf({ ...part, requirement }, await inspectSafely(requirement, context), before);
  });
  const chosen = steps.flatMap(({ requirement, isLeftOut }) => (isLeftOut ? [] : [requirement.id]));
  return withChoice({ purpose, steps, findings: [], canApply: true }, new Set(chosen));
}

/** The plan with these of its steps chosen, of those that may be. */
export function withChoice<P extends Plan>(plan: P, chosen: ReadonlySet<string>): P {
  const steps = plan.steps.map((step) => ({ ...step, isLeftOut: isOffered(step) && !chosen.has(step.requirement.id) }));
  const idsOf = (isLeftOut: boolean): string[] =>
    steps.flatMap((step) => (isOffered(step) && step.isLeftOut === isLeftOut ? [step.requirement.id] : []));
  if (plan.purpose?.kind !== 'cleanUp') return { ...plan, steps };
  const purpose = { ...plan.purpose, chosen: idsOf(false), kept: idsOf(true) };
  return { ...plan, purpose, steps, isFinished: (ended) => isFinished(purpose, steps, ended) };
}

function isOffered({ inspection }: PlannedStep): boolean {
  return inspection.verdict === 'missing';
}

/** What a clean-up that was cut off has left; undefined: the entry is of something else. */
export function begunCleanUp({ purpose, steps }: Pick<JournalEntry, 'purpose' | 'steps'>): CleanUpPurpose | undefined {
  if (purpose.kind !== 'cleanUp') return undefined;
  const gone = new Set(steps.flatMap(({ requirementId, state }) => (isGone(state) ? [requirementId] : [])));
  const { rule, ...rest } = purpose;
  // What has such a name by now may be something else.
  const chosen = purpose.chosen.filter((id) => !gone.has(id));
  return { ...rest, chosen, ...(rule && !gone.has(deletedRuleId) && { rule }) };
}

/**
 * Whether no other run could take more away. What was chosen and is kept is in use by now; and nothing but the journal leads to what
 * could not be checked once the rule is gone, if it knows the link.
 */
function isFinished(
  { rule, link }: CleanUpPurpose,
  steps: readonly PlannedStep[],
  ended: readonly StepProgress[],
): boolean {
  const states = new Map(ended.map(({ requirementId, state }) => [requirementId, state]));
  const isRuleGone = !rule || isGone(states.get(deletedRuleId));
  return !steps.some((step) =>
    isOffered(step)
      ? !step.isLeftOut && states.get(step.requirement.id) === 'kept'
      : isRuleGone &&
        step.inspection.verdict === 'unknown' &&
        (link !== undefined || step.requirement.kind !== 'withoutIdentity'),
  );
}

function isGone(state: StepState | undefined): boolean {
  return state === 'done' || state === 'alreadyDone';
}

/** Something that was found, and whether it is taken away unless the user says otherwise. */
interface Part extends Pick<PlannedStep, 'requirement' | 'because'> {
  readonly isChosen: boolean;
}

function stepOf(
  { requirement, isChosen, because }: Part,
  inspection: Inspection,
  before: CleanUpPurpose | undefined,
): PlannedStep {
  const step = { requirement, inspection };
  if (because) return { ...step, isLeftOut: true, because };
  const { chosen = [], kept = [] } = before ?? {};
  const isNow = isChosen ? !kept.includes(requirement.id) : chosen.includes(requirement.id);
  return { ...step, isLeftOut: !isNow, ...(isNow !== isChosen && { because: isNow ? 'chosenBefore' : 'keptBefore' }) };
}

/** Without the rule nothing leads to its identity any more: while that cannot be read, the rule goes only when the user says so. */
function ruleOf(rule: CacheRule, derived: LinkOfRule | undefined): Part {
  const mayHaveIdentity = rule.identity !== undefined || rule.identityUnknown === true;
  const isTrailLost = derived?.ok === false && ['unreadable', 'upstreamNotVisible'].includes(derived.code);
  const isLast = mayHaveIdentity && isTrailLost && whyManaged(rule.name) === undefined;
  return { requirement: deletedRule(rule), isChosen: !isLast, ...(isLast && { because: 'lastTrace' }) };
}

/** The identity's permissions on the upstream, and the identity. */
async function accessOf(
  context: WalkContext,
  link: CacheLink,
  ruleId: string,
  principalId: string | undefined,
): Promise<Part[]> {
  const { identityId: id } = link.authentication;
  const present = await orError(findSurely(context, (now) => readIdentity(now, id)));
  if (present instanceof Error) {
    if (!isAzureError(present)) throw present;
    return [keptIdentity(id, l10n.t('Could not read the identity: {0}', present.message))];
  }
  const assignmentsOf = async (identity: IdentityReference): Promise<Requirement[]> =>
    accessRevocations(link, await readUsageBeside(context, link, identity, ruleId)).map((revocation) =>
      withoutAssignment(link, ruleId, revocation),
    );
  const isFormer = principalId !== undefined && present?.principalId.toLowerCase() !== principalId.toLowerCase();
  // Someone made it again, perhaps for something else: it is taken away only when the user says so. The permissions of the one that
  // the rule was made with outlive it.
  const part = (requirement: Requirement): Part => ({
    ...{ requirement, isChosen: !isFormer },
    ...(isFormer && { because: 'madeAgain' }),
  });
  const [ofPresent, ofFormer] = await Promise.all([
    present ? assignmentsOf(present) : [],
    isFormer ? assignmentsOf({ id, principalId, isGone: true }) : [],
  ]);
  return [
    ...ofPresent.map(part),
    ...ofFormer.map((requirement) => ({ requirement, isChosen: true })),
    ...(present ? [part(withoutIdentity(link, ruleId, present.principalId))] : []),
  ];
}

/** Without the upstream nobody can say which permissions the identity has there. */
function unknownAccess(rule: CacheRule | undefined, derived: LinkOfRule | undefined): Part[] {
  return rule?.identity && derived?.ok === false ? [keptIdentity(rule.identity.id, derived.reason)] : [];
}

function keptIdentity(id: string, reason: string): Part {
  return {
    requirement: keptThing({ id: 'withoutIdentity', kind: 'withoutIdentity', subject: nameOfIdentity(id) }, reason),
    isChosen: true,
  };
}

/** Tells the rule from another one of its name. */
function fingerprintOf(rule: CacheRule): Fingerprint {
  const { creationDate = '', sourceRepository, targetRepository, identity, credentialSetId = '' } = rule;
  const { id: identityId = '', principalId = '' } = identity ?? {};
  return { creationDate, sourceRepository, targetRepository, identityId, principalId, credentialSetId };
}

function isSame(known: Fingerprint = {}, now: Fingerprint): boolean {
  return Object.entries(now).every(([part, value]) => known[part]?.toLowerCase() === value.toLowerCase());
}
