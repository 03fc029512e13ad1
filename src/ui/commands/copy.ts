import * as vscode from 'vscode';
import { parseRepositoryPattern } from '../../domain/repositoryPattern.ts';
import { checkRepositoryName } from '../../domain/names.ts';
import { pullCommand } from '../../domain/pullCommand.ts';
import type { CacheRule } from '../../domain/types.ts';
import type { Command } from '../services/services.ts';
import { pickRegistry, pickRule } from '../pages/pickResource.ts';
import { textOf } from '../shared/textOf.ts';
import { plainText } from '../shared/plainText.ts';
import { showDone } from '../shared/messages.ts';

export const copyLoginServer: Command = async (services, node) => {
  const { loginServer } = await pickRegistry(services, node, vscode.l10n.t('Copy Login Server'));
  await copy(loginServer);
};

/** The ARM id of a subscription, registry or rule; without a node, of a registry. */
export const copyResourceId: Command = async (services, node) => {
  const subscriptionId = textOf(node, 'subscriptionId');
  const id =
    textOf(node, 'ruleId') ??
    (subscriptionId === undefined ? undefined : `/subscriptions/${subscriptionId}`) ??
    (await pickRegistry(services, node, vscode.l10n.t('Copy Resource ID'))).id;
  await copy(id);
};

/** `docker pull …`, with the client that works here, of what a rule serves, or of a cached tag; asks for the repository if the rule is for many. */
export const copyPullCommand: Command = async (services, node) => {
  const { registry, rule } = await pickRule(services, node, vscode.l10n.t('Copy Pull Command'));
  const repository = textOf(node, 'repository') ?? (await repositoryOf(rule));
  if (repository === undefined) return;
  const { findClientName } = await import('../verify/findClientName.ts');
  const command = pullCommand(
    await findClientName(),
    registry.loginServer,
    repository,
    textOf(node, 'tag') ?? 'latest',
  );
  if (!command.ok) throw new Error(command.problem.message);
  await copy(command.value);
};

/** All that is known of an error's row. */
export const copyDetail: Command = async (_services, node) => {
  const value = textOf(node, 'full') ?? textOf(node, 'label');
  if (value !== undefined) await copy(value);
};

async function repositoryOf(rule: CacheRule): Promise<string | undefined> {
  const pattern = parseRepositoryPattern(rule.targetRepository);
  if (!pattern.ok || pattern.value.kind === 'repository') return rule.targetRepository;
  const prefix = pattern.value.kind === 'prefix' ? `${pattern.value.prefix}/` : '';
  return vscode.window.showInputBox({
    title: vscode.l10n.t('Copy Pull Command'),
    prompt: plainText(
      vscode.l10n.t('The rule serves {0}. Which repository do you want to pull?', rule.targetRepository),
    ),
    value: prefix,
    valueSelection: [prefix.length, prefix.length],
    validateInput: (text) => {
      const problem = checkRepositoryName(text)?.message;
      if (problem !== undefined) return plainText(problem);
      return text.startsWith(prefix)
        ? undefined
        : plainText(vscode.l10n.t('The repository must start with {0}', prefix));
    },
  });
}

async function copy(text: string): Promise<void> {
  await vscode.env.clipboard.writeText(text);
  showDone(vscode.l10n.t('Copied: {0}', text.slice(0, 200)));
}
