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
  const found =
    (await explainDenial(facts, error)) ??
    (isRefusedElsewhere(error)
      ? unknown(
          'refusedThroughRule',
          reason,
          l10n.t('The upstream may have refused. Repair what is found, then diagnose again.'),
        )
      : unknown('notChecked', reason, nextAfter(error, check)));
  return { ...found, evidence: [{ text: code, request, correlationId }] };
}

/** A registry passes on that it could not sign in at the source, to someone whose token it has accepted. */
function isRefusedElsewhere({ kind, status, request = '' }: AzureError): boolean {
  return kind === 'unauthenticated' && status === 401 && /^[A-Z]+ https?:\/\/[^/]+\/v2\//.test(request);
}

function nextAfter(error: AzureError, check: RuleCheck): string {
  if (error.code === 'CacheRuleIdentityNotTold') {
    return l10n.t('The evidence of the cache rule state lists the API versions that this cloud supports.');
  }
  switch (error.kind) {
    case 'forbidden':
      return check.needs
        ? l10n.t(
            'You lack permission to read it. Ask for it, or ask someone who has it to diagnose. Required: {0}',
            check.needs(),
          )
        : l10n.t('You lack permission to read it. Ask for it, or ask someone who has it to diagnose.');
    case 'unauthenticated':
      return l10n.t('Sign in again, then diagnose again.');
    case 'notFound':
      return l10n.t('It may have been deleted while it was being checked. Refresh and diagnose again.');
    case 'throttled':
      return l10n.t('Azure is throttling requests. Wait a few minutes, then diagnose again.');
    case 'network':
      return l10n.t('Check the connection, then diagnose again.');
    default:
      return l10n.t('Diagnose again. If it happens again, give Microsoft support the correlation ID.');
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
