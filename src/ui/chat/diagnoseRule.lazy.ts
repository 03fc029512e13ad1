import * as vscode from 'vscode';
import { shown } from '../../common/shown.ts';
import { type CheckResult, worstFirst } from '../../provisioning/checks/check.ts';
import { titleOf } from '../../provisioning/checks/repairs.ts';
import { textOf } from '../shared/textOf.ts';
import { diagnoseWithDependents, noteDiagnosis, updateReports } from '../diagnosis/runDiagnosis.lazy.ts';
import type { Services } from '../services/services.ts';
import { type Answer, firstOf, verdictAnswer } from './answer.ts';
import { untilLeft } from '../pages/opening.ts';
import { findRegistry, makeKnown, signedOut } from './known.ts';

/** Names of rules in one answer. */
const maxNamed = 50;

/** `{ registry, rule }`: runs every check, as "Diagnose Rule…" does, and notes the outcome in the tree. Changes nothing. */
export async function diagnoseRule(services: Services, input: unknown, signal: AbortSignal): Promise<Answer> {
  const unknown = await makeKnown(services, signal);
  if (unknown) return unknown;
  const found = findRegistry(services, textOf(input, 'registry') ?? '');
  if ('answer' in found) return found.answer;
  const { registry } = found.entry;
  // Checks ask Azure: what is known from an earlier session is not enough.
  await untilLeft(services.connection.start(), signal);
  if (!(await untilLeft(services.account.connect(), signal))) return signedOut();
  const entry = await services.inventory.loadRules(registry.id, { signal });
  const rules = entry?.rules ?? [];
  const name = (textOf(input, 'rule') ?? '').trim().toLowerCase();
  const rule = rules.find((each) => each.name.toLowerCase() === name);
  if (!rule) {
    if (entry?.rulesError) throw entry.rulesError;
    const { first, more } = firstOf(rules, maxNamed);
    return {
      problem: vscode.l10n.t('Registry {0} has no cache rule "{1}".', registry.name, shown(name)),
      rules: first.map((each) => each.name),
      ...(more > 0 && { moreRules: more }),
    };
  }
  const azure = await services.azure();
  const diagnosis = await diagnoseWithDependents(services, azure, rule.id, { signal });
  noteDiagnosis(services, azure, diagnosis);
  updateReports(services, diagnosis);
  const dependents = (diagnosis.dependents ?? []).filter(({ health }) => health === 'problems');
  const hasRepair = diagnosis.checks.some(({ repair }) => repair);
  return {
    registry: registry.loginServer,
    rule: rule.name,
    source: rule.sourceRepository,
    target: rule.targetRepository,
    ...verdictAnswer(diagnosis),
    checkedAt: diagnosis.checkedAt,
    checks: worstFirst(diagnosis.checks).map(checkAnswer),
    ...(dependents.length > 0 && {
      alsoAffected: dependents.map(({ ruleId }) => ruleId),
    }),
    ...(hasRepair && {
      repairs: vscode.l10n.t(
        'The user can start the repairs: run "ACR Cache: Repair Cache Rule…" on this rule in VS Code. This tool changes nothing.',
      ),
    }),
  };
}

function checkAnswer({ id, title, verdict, reason, next, repair }: CheckResult): Answer {
  return {
    check: id,
    title,
    verdict,
    reason,
    next,
    repair: repair && titleOf(repair),
  };
}
