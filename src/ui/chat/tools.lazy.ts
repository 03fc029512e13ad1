import * as vscode from 'vscode';
import { isCancelled } from '../../azure/errors.ts';
import { shown } from '../../common/shown.ts';
import { quietly } from '../shared/quietly.ts';
import { textOf } from '../shared/textOf.ts';
import { explainError } from '../shared/errors.ts';
import { plainText } from '../shared/plainText.ts';
import type { Services } from '../services/services.ts';
import { type Answer, answerText } from './answer.ts';
import { diagnoseRule } from './diagnoseRule.lazy.ts';
import { explainPullError } from './explainPullError.lazy.ts';
import { listCacheRules } from './listCacheRules.lazy.ts';
import { resolveImage } from './resolveImage.lazy.ts';

/** Answers one invocation. `input` is what a language model wrote: nothing of it is trusted. Rejects with AzureError. */
type Tool = (services: Services, input: unknown, signal: AbortSignal) => Promise<Answer>;

const tools = {
  acrCache_listCacheRules: {
    run: listCacheRules,
    message: (input) => {
      const registry = textOf(input, 'registry');
      return registry === undefined
        ? vscode.l10n.t('Listing cache rules')
        : vscode.l10n.t('Listing cache rules of {0}', shown(registry));
    },
  },
  acrCache_resolveImage: {
    run: resolveImage,
    message: (input) => vscode.l10n.t('Looking up {0} in the cache rules', shown(textOf(input, 'image') ?? '', 160)),
  },
  acrCache_explainPullError: {
    run: explainPullError,
    message: () => vscode.l10n.t('Explaining the pull error'),
  },
  acrCache_diagnoseRule: {
    run: diagnoseRule,
    message: (input) => vscode.l10n.t('Diagnosing cache rule {0}', shown(textOf(input, 'rule') ?? '')),
  },
} satisfies Record<string, { readonly run: Tool; message(input: unknown): string }>;

export type ToolName = keyof typeof tools;

/** What is shown to the user while the tool runs. */
export function messageOf(name: ToolName, input: unknown): string {
  return plainText(tools[name].message(input));
}

/**
 * Runs a tool. What goes wrong is the answer, in words, so that the model can tell it or do something about it. Shows no dialog.
 * @throws CancellationError
 */
export async function runTool(
  services: Services,
  name: ToolName,
  input: unknown,
  token: vscode.CancellationToken,
): Promise<vscode.LanguageModelToolResult> {
  const abort = new AbortController();
  const listener = token.onCancellationRequested(() => abort.abort());
  if (token.isCancellationRequested) abort.abort();
  try {
    const answer = await quietly(() => tools[name].run(services, input, abort.signal)).catch((error: unknown) => {
      if (abort.signal.aborted || isCancelled(error)) throw new vscode.CancellationError();
      services.log.warn(`${name}: ${explainError(error)}`);
      return { problem: explainError(error) };
    });
    if (abort.signal.aborted) throw new vscode.CancellationError();
    return new vscode.LanguageModelToolResult([new vscode.LanguageModelTextPart(answerText(answer))]);
  } finally {
    listener.dispose();
  }
}
