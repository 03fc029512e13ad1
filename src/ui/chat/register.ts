import * as vscode from 'vscode';
import type { ToolName } from './tools.lazy.ts';
import type { Services } from '../services/services.ts';

/** As in package.json, which describes them to language models. */
export const toolNames = [
  'acrCache_listCacheRules',
  'acrCache_resolveImage',
  'acrCache_explainPullError',
  'acrCache_diagnoseRule',
] as const satisfies readonly ToolName[];

/** Registers the language-model tools where the host has such; their code is loaded when one is first used. */
export function registerChatTools(services: Services): vscode.Disposable {
  // Editors that are built on VS Code may lack all or a part of it.
  const { lm } = vscode as { readonly lm?: Partial<typeof vscode.lm> };
  if (typeof lm?.registerTool !== 'function') return new vscode.Disposable(() => undefined);
  const register = lm.registerTool;
  const registrations = toolNames.map((name) => register(name, toolOf(services, name)));
  return new vscode.Disposable(() => registrations.forEach((each) => void each.dispose()));
}

function toolOf(services: Services, name: ToolName): vscode.LanguageModelTool<unknown> {
  const load = () => import('./tools.lazy.ts');
  return {
    prepareInvocation: async ({ input }) => ({ invocationMessage: (await load()).messageOf(name, input) }),
    invoke: async ({ input }, token) => (await load()).runTool(services, name, input, token),
  };
}
