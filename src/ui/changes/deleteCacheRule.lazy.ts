import * as vscode from 'vscode';
import type { CacheRule } from '../../domain/types.ts';
import { deletedRule } from '../../provisioning/requirements/withoutRule.ts';
import type { ApplyResult, Plan } from '../../provisioning/types.ts';
import { applyWithProgress } from '../review/apply.ts';
import type { Change } from '../review/change.ts';
import type { Services } from '../services/services.ts';

/** Deletes the rule, if it is still the one that was shown: a clean-up of one row, which was confirmed before. */
export async function deleteCacheRule(services: Services, rule: CacheRule): Promise<ApplyResult> {
  const { name } = rule;
  const plan: Plan = {
    // With a fingerprint it is looked at right before it is deleted.
    steps: [
      {
        requirement: deletedRule(rule),
        inspection: { verdict: 'missing', reason: '', evidence: [], fingerprint: {} },
      },
    ],
    findings: [],
    canApply: true,
  };
  const change: Change = {
    requirements: [],
    offers: [],
    texts: {
      page: vscode.l10n.t('Delete Cache Rule'),
      start: vscode.l10n.t('Delete'),
      blocked: vscode.l10n.t('Cannot be deleted'),
      activity: vscode.l10n.t('Deleting the cache rule {0}', name),
      complete: '',
      cancelled: vscode.l10n.t('Deleting the cache rule {0} was cancelled.', name),
      failed: (reason) => vscode.l10n.t('Deleting the cache rule {0} failed: {1}', name, reason),
      outcome: (_, { outcome, done, kept, steps }) =>
        outcome === 'complete' ? [...done, ...kept, ...steps.map(({ message }) => message)][0] : undefined,
    },
    plan: () => Promise.resolve(plan),
  };
  return applyWithProgress(services, await services.azure(), change, plan);
}
