import * as vscode from 'vscode';
import { armIdKey, armIdName, parentArmId, sameArmId } from '../../domain/armId.ts';
import { isFinding } from '../../provisioning/checks/check.ts';
import { asDecided, type OfferedRepair, offeredRepairs, titleOf } from '../../provisioning/checks/repairs.ts';
import type { RuleDiagnosis } from '../../provisioning/diagnosis/diagnose.ts';
import { goalsOf, planOfGoals, repairsOfAll } from '../../provisioning/diagnosis/repairAll.ts';
import type { PermissionDecision } from '../../provisioning/types.ts';
import { pick } from '../pages/pick.ts';
import type { Row } from '../pages/quickInput.ts';
import { applyWithProgress, reviewAndApply } from '../review/apply.ts';
import type { Change, ChangeTexts } from '../review/change.ts';
import { askAndReview } from '../review/review.ts';
import type { Services } from '../services/services.ts';
import { decideAbac } from '../setUp/abacPage.ts';
import { createFacts } from '../setUp/reads.ts';
import { runCommand } from '../shared/errors.ts';
import { icon } from '../shared/icon.ts';
import { showInformationMessage, showWarningMessage } from '../shared/messages.ts';
import { whileOpening } from '../pages/opening.ts';
import { pickRegistry, pickRule } from '../pages/pickResource.ts';
import { textOf } from '../shared/textOf.ts';
import { checkRegistry, showResults } from './diagnose.lazy.ts';
import { lastDiagnosis } from './results.ts';
import { checkRule } from './runDiagnosis.lazy.ts';

/**
 * "Repair Cache Rule…": repairs what a diagnosis found, the way a setup is made: plan, review, apply; then diagnoses again. Without a
 * diagnosis of this session it makes one first.
 * `node`: `{ ruleId, check }` for one finding, with `all: true` in all rules that share it; `{ ruleId }` for those of a rule, of which
 * the user picks; `{ ruleId, all: true }` or `{ registryId }` for what pulls fail from, in all rules that share it.
 * @throws AzureError; CancellationError
 */
export async function repairRule(services: Services, node: unknown): Promise<void> {
  if (textOf(node, 'ruleId') === undefined && textOf(node, 'registryId') !== undefined) {
    const registry = await pickRegistry(services, node, vscode.l10n.t('Repair Cache Rules'));
    const known = lastDiagnosis(services.inventory, registry.id);
    const { rules } = known && 'rules' in known ? known : await checkRegistry(services, registry.id);
    return reviewRepairs(services, registry.id, repairsOfAll(rules));
  }
  const { rule } = await pickRule(services, node, vscode.l10n.t('Repair Cache Rule'));
  const isAll = Reflect.get(Object(node), 'all') === true;
  const check = textOf(node, 'check');
  const find = (diagnosis: RuleDiagnosis): OfferedRepair[] =>
    isAll ? offeredForAll(services, diagnosis, check) : offeredBy(diagnosis, check);
  const known = lastDiagnosis(services.inventory, rule.id);
  const found = known && 'checks' in known ? find(known) : [];
  const repairs = found.length > 0 ? found : find(await checkRule(services, rule.id));
  if (isAll || check !== undefined) return reviewRepairs(services, rule.id, repairs);
  const latest = lastDiagnosis(services.inventory, rule.id);
  const chosen = await chooseRepairs(rule.name, repairs, latest && 'checks' in latest ? repairsOfAll([latest]) : []);
  if (chosen) await reviewRepairs(services, rule.id, chosen);
}

/** Of one rule, each once, however many of its checks need it. */
function offeredBy({ ruleId, checks }: RuleDiagnosis, check: string | undefined): OfferedRepair[] {
  const wanted = checks.filter((one) => isFinding(one) && (check === undefined || one.id === check));
  return offeredRepairs([{ ruleId, checks: wanted }]);
}

/** Also in the rules that share it, as far as this session has diagnosed them. */
function offeredForAll(
  { inventory }: Pick<Services, 'inventory'>,
  diagnosis: RuleDiagnosis,
  check: string | undefined,
): OfferedRepair[] {
  if (check === undefined) return repairsOfAll([diagnosis]);
  const ofRegistry = lastDiagnosis(inventory, parentArmId(diagnosis.ruleId) ?? '');
  const rules = ofRegistry && 'rules' in ofRegistry ? ofRegistry.rules : [diagnosis];
  const found = rules
    .flatMap((rule) => [rule, ...(rule.dependents ?? [])])
    .map(({ ruleId, checks }) => ({ ruleId, checks: checks.filter(({ id }) => id === check) }));
  return offeredRepairs(found).filter(({ ruleIds }) => ruleIds.some((id) => sameArmId(id, diagnosis.ruleId)));
}

/** Asks which one, where there are several. @param all repairs what pulls fail from, also in other rules */
async function chooseRepairs(
  name: string,
  repairs: readonly OfferedRepair[],
  all: readonly OfferedRepair[],
): Promise<readonly OfferedRepair[] | undefined> {
  const count = rulesOf(all).length;
  if (repairs.length < 2 && count < 2) return repairs;
  const row = (label: string, value: readonly OfferedRepair[]): Row<readonly OfferedRepair[]> => ({
    iconPath: icon('wrench'),
    label,
    value,
  });
  const rows = repairs.map((one) => row(titleOf(one.repair), [one]));
  if (count > 1) rows.push(row(vscode.l10n.t('Repair All {0} Rules', count), all));
  else if (all.length > 1) rows.push(row(vscode.l10n.t('Repair All'), all));
  const answer = await pick<readonly OfferedRepair[]>(
    { title: vscode.l10n.t('Repair {0}', name), canGoBack: false },
    {
      placeholder: vscode.l10n.t('Choose a repair; you see what it does before anything is changed'),
      load: (show) => show(rows),
    },
  );
  return answer.kind === 'value' ? answer.value : undefined;
}

/** Ids of the rules that are repaired. */
function rulesOf(repairs: readonly OfferedRepair[]): string[] {
  return [...new Map(repairs.flatMap(({ ruleIds }) => ruleIds).map((id) => [armIdKey(id), id])).values()];
}

/** @param subjectId the rule or registry whose results are shown if nothing is left to repair */
async function reviewRepairs(services: Services, subjectId: string, repairs: readonly OfferedRepair[]): Promise<void> {
  const [first, ...more] = repairs;
  if (!first) {
    await showResults(services, subjectId);
    void showInformationMessage(vscode.l10n.t('There is nothing to repair in {0}.', armIdName(subjectId)));
    return;
  }
  // Never one of several.
  if (typeof first.repair.confirmation === 'string') return decideAndReview(services, first);
  const title = more.length > 0 ? vscode.l10n.t('Repair All') : titleOf(first.repair);
  const sentences = repairs.flatMap(({ repair }) =>
    typeof repair.confirmation === 'object' ? [repair.confirmation.sentence] : [],
  );
  if (sentences.length > 0) {
    const go = vscode.l10n.t('Continue to the Review');
    const detail = sentences.join('\n\n');
    if ((await showWarningMessage(title, { modal: true, detail }, go)) !== go) return;
  }
  await reviewAndApply(services, repairChange(services, repairs));
}

/** Asks first how the upstream is read, which others depend on. */
async function decideAndReview(services: Services, { repair, ruleIds }: OfferedRepair): Promise<void> {
  const { azure, upstream } = await whileOpening(services, titleOf(repair), async (azure, signal) => ({
    azure,
    upstream: await azure.registries.get(repair.link.source.id, { signal }),
  }));
  const frame = { title: vscode.l10n.t('How {0} Is Read', upstream.name), canGoBack: false };
  const closed = new AbortController();
  const facts = createFacts(azure, closed.signal);
  // Somebody may have switched it since the diagnosis.
  const isSwitched = upstream.roleAssignmentMode === 'AbacRepositoryPermissions';
  let before: PermissionDecision | undefined;
  const ask = async (): Promise<PermissionDecision | undefined> => {
    if (isSwitched) return { mode: 'switch', keepAccess: [] };
    const mayKeep = repair.confirmation === 'permissionMode';
    const answer = await decideAbac({ services, facts, registry: upstream, frame, mayKeep, ...(before && { before }) });
    return answer.kind === 'value' ? answer.value : undefined;
  };
  const answer = await askAndReview(
    services,
    azure,
    async () => {
      before = await ask();
      return before && repairChange(services, [{ repair: asDecided(repair, before), ruleIds }]);
    },
    !isSwitched,
  ).finally(() => closed.abort());
  if (answer.kind === 'apply') await applyWithProgress(services, azure, answer.change, answer.plan);
}

function repairChange(services: Services, repairs: readonly OfferedRepair[]): Change {
  const ruleIds = rulesOf(repairs);
  const goals = goalsOf(repairs);
  return {
    plan: (azure, options) => planOfGoals(azure, goals, options),
    texts: textsOf(ruleIds.length === 1 ? armIdName(ruleIds[0] ?? '') : undefined, ruleIds.length),
    offers: ruleIds.length === 1 ? [verify(ruleIds[0] ?? '')] : [],
    onComplete: () => void checkAgain(services, ruleIds),
  };
}

function verify(ruleId: string): Change['offers'][number] {
  return {
    title: vscode.l10n.t('Verify'),
    run: async () => {
      await vscode.commands.executeCommand('acrCache.verifyRule', { ruleId });
    },
  };
}

/** So that the tree and the open reports do not go on telling what was repaired. */
function checkAgain(services: Services, ruleIds: readonly string[]): Promise<void> {
  return runCommand(vscode.l10n.t('Diagnosing what was repaired'), services.log, async () => {
    // One after the other: each looks also at those whose findings are still the old ones.
    for (const ruleId of ruleIds) await checkRule(services, ruleId, { quietly: true });
  });
}

/** @param name of the rule, if it is one */
function textsOf(name: string | undefined, count: number): ChangeTexts {
  const words = {
    start: vscode.l10n.t('Repair'),
    blocked: vscode.l10n.t('Cannot Be Repaired Yet'),
    cancelled: vscode.l10n.t('The repair was cancelled.'),
    failed: (reason: string): string => vscode.l10n.t('The repair failed: {0}', reason),
  };
  return name === undefined
    ? {
        ...words,
        page: vscode.l10n.t('Repair {0} Cache Rules: Review', count),
        activity: vscode.l10n.t('Repairing {0} cache rules', count),
        complete: vscode.l10n.t('Repaired {0} cache rules.', count),
      }
    : {
        ...words,
        page: vscode.l10n.t('Repair {0}: Review', name),
        activity: vscode.l10n.t('Repairing {0}', name),
        complete: vscode.l10n.t('Repaired {0}.', name),
      };
}
