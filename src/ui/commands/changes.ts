import * as vscode from 'vscode';
import type { Command } from '../services/services.ts';
import { pickChangeableRule, pickRegistry, pickRule } from '../pages/pickResource.ts';
import { textOf } from '../shared/textOf.ts';

/** The assistant for switching a registry to ABAC repository permissions. */
export const switchToAbac: Command = async (services, node) => {
  const { id } = await pickRegistry(services, node, vscode.l10n.t('Switch to ABAC'));
  await (await import('../changes/switchToAbac.lazy.ts')).switchToAbac(services, id);
};

/** Another source or target: a new rule in place of the old one. */
export const replaceRule: Command = async (services, node) => {
  const { rule } = await pickChangeableRule(services, node, vscode.l10n.t('Replace Cache Rule'));
  await (await import('../changes/replaceRule.lazy.ts')).replaceRule(services, rule);
};

export const changeIdentity: Command = async (services, node) => {
  const { rule } = await pickChangeableRule(services, node, vscode.l10n.t('Change Identity'));
  await (await import('../changes/changeIdentity.lazy.ts')).changeIdentity(services, rule);
};

export const resetTag: Command = async (services, node) => {
  const { rule } = await pickRule(services, node, vscode.l10n.t('Evict Cached Tag'));
  const given = { repository: textOf(node, 'repository'), tag: textOf(node, 'tag') };
  await (await import('../changes/resetTag.lazy.ts')).resetTag(services, rule, given);
  services.tree.readAgain({ registryId: rule.registryId, ruleId: rule.id });
};

/** A rule, and whatever only it needs, by choice; from the palette also what an earlier run has left. */
export const cleanUp: Command = async (services, node) => {
  const unfinished =
    node === undefined
      ? await (await import('../changes/unfinishedCleanUps.lazy.ts')).pickUnfinished(services)
      : undefined;
  const ruleId = unfinished ?? (await pickChangeableRule(services, node, vscode.l10n.t('Delete Cache Rule'))).rule.id;
  await (await import('../changes/cleanUp.lazy.ts')).cleanUp(services, ruleId);
};
