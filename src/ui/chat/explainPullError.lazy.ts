import * as vscode from 'vscode';
import { armIdName, parentArmId } from '../../domain/armId.ts';
import { formatImageReference } from '../../domain/imageReference.ts';
import { textOf } from '../shared/textOf.ts';
import { explainText } from '../diagnosis/explainText.lazy.ts';
import { pastedText } from '../diagnosis/pastedText.ts';
import type { Services } from '../services/services.ts';
import type { Answer } from './answer.ts';
import { untilLeft } from '../pages/opening.ts';
import { freshnessOf, isSignedIn, signedOut } from './known.ts';

/** `{ text }`: what a container client printed. The cause is told even when nobody is signed in. */
export async function explainPullError(
  services: Pick<Services, 'inventory' | 'connection'>,
  input: unknown,
  signal: AbortSignal,
): Promise<Answer> {
  const text = pastedText(textOf(input, 'text') ?? '');
  if (text === '') return { problem: vscode.l10n.t('There is no text. Give the output of the failed pull.') };
  const { problem, image, ruleId, source, correlationId } = await untilLeft(
    explainText(services, text, signal),
    signal,
  );
  const { inventory } = services;
  const registryId = ruleId === undefined ? undefined : parentArmId(ruleId);
  const entry = registryId === undefined ? undefined : inventory.entry(registryId);
  const ruleName = ruleId === undefined ? problem.ruleName : armIdName(ruleId);
  return {
    cause: problem.code,
    reason: problem.reason,
    next: problem.next,
    mayPassByItself: problem.mayPass,
    ...(image && { image: formatImageReference(image) }),
    rule: ruleName,
    ...(entry && { registry: entry.registry.loginServer, freshness: freshnessOf([entry]) }),
    source,
    correlationId,
    ...(ruleId !== undefined && {
      moreDetail: vscode.l10n.t('The tool acrCache_diagnoseRule checks everything that this rule needs.'),
    }),
    ...(ruleId === undefined && !isSignedIn({ inventory }) && inventory.state.registries.size === 0
      ? { ruleUnknownBecause: signedOut() }
      : {}),
  };
}
