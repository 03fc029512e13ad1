import * as l10n from '@vscode/l10n';
import { isAzureError, isCancelled, type AzureError } from '../../azure/errors.ts';
import { traceRequests, type RequestTrace } from '../../azure/http/trace.ts';
import { unknown, type CheckResult, type RuleCheck } from '../checks/check.ts';
import type { RuleFacts } from '../checks/facts.ts';
import type { Evidence, Finding } from '../types.ts';
import { explainDenial } from './ownReading.ts';

/** More would drown the facts. */
const maxRequests = 8;

/**
 * Runs one check. A failed read is the verdict `unknown` with its reason, never a pass.
 * @throws only on cancel
 */
export async function runCheck(check: RuleCheck, facts: RuleFacts): Promise<CheckResult> {
  const traces: RequestTrace[] = [];
  const found = await traceRequests(
    (trace) => traces.push(trace),
    () => check.run(facts),
  ).catch((error: unknown) => {
    if (isCancelled(error) || !(error instanceof Error)) throw error;
    return couldNotCheck(check, error, facts);
  });
  return {
    ...found,
    id: check.id,
    title: check.title(),
    pull: check.pull,
    shared: check.shared,
    evidence: [...(found.evidence ?? []), ...requestsOf(traces)],
  };
}

async function couldNotCheck(check: RuleCheck, error: Error, facts: RuleFacts): Promise<Finding> {
  const reason = l10n.t('Could not be checked: {0}', error.message);
  if (!isAzureError(error)) return unknown('notChecked', reason, l10n.t('Diagnose again.'));
  const { code, correlationId, request } = error;
  const found = (await explainDenial(facts, error)) ?? unknown('notChecked', reason, nextAfter(error, check));
  return { ...found, evidence: [{ text: code, request, correlationId }] };
}

function nextAfter(error: AzureError, check: RuleCheck): string {
  if (error.code === 'CacheRuleIdentityNotTold') {
    return l10n.t(
      'The evidence of "{0}" names the api-versions that the registry service there knows.',
      l10n.t('State of the cache rule'),
    );
  }
  switch (error.kind) {
    case 'forbidden':
      return check.needs
        ? l10n.t('You may not read it: that needs {0}. Ask for it, or let someone who has it diagnose.', check.needs())
        : l10n.t('You may not read it. Ask for the permission, or let someone who has it diagnose.');
    case 'unauthenticated':
      return l10n.t('Sign in again, then diagnose again.');
    case 'notFound':
      return l10n.t('It may have been deleted while it was being checked. Refresh and diagnose again.');
    case 'throttled':
      return l10n.t('Azure is limiting requests. Wait a few minutes, then diagnose again.');
    case 'network':
      return l10n.t('Check the connection, then diagnose again.');
    default:
      return l10n.t('Diagnose again; if it stays so, give Microsoft support the correlation id.');
  }
}

/** The requests behind the finding; those that only fetch a registry's tokens are left out unless they failed. */
function requestsOf(traces: readonly RequestTrace[]): Evidence[] {
  const relevant = traces.filter(({ request, status }) => !/\/oauth2\//.test(request) || !isSuccess(status));
  const distinct = new Map(relevant.map((trace) => [`${trace.request} ${trace.status}`, trace]));
  return [...distinct.values()].slice(-maxRequests).map(({ request, status, correlationId }) => ({
    text: l10n.t('Azure answered {0}.', status),
    request,
    correlationId,
  }));
}

function isSuccess(status: number | string): boolean {
  return typeof status === 'number' && status < 400;
}
