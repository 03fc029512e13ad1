import * as l10n from '@vscode/l10n';
import { isAzureError } from '../../azure/errors.ts';
import { causeOf } from './pullErrors/causes/table.ts';
import { correlationIdOf, ruleWordsOf, statusOf } from './pullErrors/facts.ts';
import type { Cause, PullFailure, PullProblem } from './pullErrors/types.ts';

export type { PullProblem } from './pullErrors/types.ts';

/** Longer output adds nothing: the error is at its end. */
const maxText = 20_000;

/** Explains why a pull by this extension failed: the registry is one of Azure, and who asked is the signed-in user. */
export function explainPullError(failure: Error | string): PullProblem {
  const error = isAzureError(failure) ? failure : undefined;
  const code = error ? `${error.code}: ` : '';
  const text = (typeof failure === 'string' ? failure : `${code}${failure.message}`).slice(-maxText);
  const status = error?.status ?? statusOf(text);
  const read: PullFailure = { text, vendor: 'azure', isOwn: true, status, kind: error?.kind };
  const correlationId = error?.correlationId ?? correlationIdOf(text);
  return problemOf(read, causeOf(read), { ...ruleWordsOf(text), correlationId });
}

/** The words for a failure, in the language of the user. Without a cause it says what to collect. */
export function problemOf(
  failure: PullFailure,
  cause: Cause | undefined,
  { ruleName, source, correlationId }: Pick<PullProblem, 'ruleName' | 'source' | 'correlationId'>,
): PullProblem {
  return {
    code: cause?.code ?? 'unknown',
    mayPass: cause?.mayPass ?? false,
    reason: cause?.reason(failure) ?? l10n.t('The text does not say why the pull failed.'),
    next:
      cause?.next(failure) ??
      l10n.t(
        "Explain the whole output of the failed pull: for docker or podman from the command on, for Kubernetes the pod's events (kubectl describe pod).",
      ),
    ruleName,
    source,
    correlationId,
  };
}

/** Failures of the signed-in user or the line, which say nothing about the rule. */
const notOfTheRule = new Set<PullProblem['code']>([
  'denied',
  'unauthenticated',
  'blockedByNetwork',
  'network',
  'throttled',
  'unavailable',
  'local',
  'inaccessible',
  'unknown',
]);

/** Whether the failure of a pull is one that everybody who pulls through the rule meets. */
export function isOfTheRule({ code }: PullProblem): boolean {
  return !notOfTheRule.has(code);
}
