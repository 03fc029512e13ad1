import * as vscode from 'vscode';
import { armIdKey, parentArmId } from '../../domain/armId.ts';
import { whyManaged } from '../../domain/managedRules.ts';
import { findRule } from '../../inventory/knowledge.ts';
import { createRuleIndex } from '../../domain/ruleMatching.ts';
import type { CacheRule, Registry } from '../../domain/types.ts';
import type { RegistryEntry } from '../../inventory/types.ts';
import { showInformationMessage } from './messages.ts';
import { whileOpening } from './opening.ts';
import { reportOf } from './reports.ts';
import type { Services } from '../services/services.ts';
import { registryIdOf, repositoryRowOf } from './registryIdOf.ts';
import { isRegistryId, isRuleId } from './resourceIds.ts';
import { textOf } from './textOf.ts';
import { plainRows } from './plainRows.ts';

export interface PickedRule {
  readonly registry: Registry;
  readonly rule: CacheRule;
}

/**
 * The registry of a tree node or report (ours, or a registry's row in another extension's tree), else the one the user picks.
 * What it gives may stem from the snapshot.
 * @throws CancellationError if the user dismisses the pick; AzureError
 */
export async function pickRegistry(services: Services, node: unknown, title: string): Promise<Registry> {
  const subject = reportOf(node)?.subject ?? node;
  const id = textOf(subject, 'registryId') ?? registryIdOf(subject);
  if (id !== undefined) {
    const known = services.inventory.state.registries.get(armIdKey(id));
    if (known) return known.registry;
    if (!isRegistryId(id)) throw new Error(vscode.l10n.t('This is not the id of a container registry.'));
    return whileOpening(services, title, (azure, signal) => azure.registries.get(id, { signal }));
  }
  const picked = await vscode.window.showQuickPick(plainRows(registryItems(services)), {
    title,
    placeHolder: vscode.l10n.t('Registry'),
    matchOnDescription: true,
    matchOnDetail: true,
  });
  if (!picked) throw new vscode.CancellationError();
  return picked.entry.registry;
}

/**
 * The rule of a tree node or report (ours, or any object with a rule's ARM id as `ruleId`), the one that serves the repository of
 * another extension's row, else the one the user picks.
 * @throws CancellationError if the user dismisses a pick; AzureError; Error if the registry has no rules, or none for the repository
 */
export async function pickRule(services: Services, node: unknown, title: string): Promise<PickedRule> {
  const ruleId = textOf(reportOf(node)?.subject ?? node, 'ruleId');
  if (ruleId !== undefined) return ruleById(services, ruleId, title);
  const registry = await pickRegistry(services, node, title);
  const row = repositoryRowOf(node);
  if (row) return { registry, rule: await ruleFor(services, registry, row.repository) };
  const picked = await vscode.window.showQuickPick(plainRows(ruleItems(services, registry)), {
    title: `${title} (${registry.name})`,
    placeHolder: vscode.l10n.t('Cache rule'),
    matchOnDescription: true,
    matchOnDetail: true,
  });
  if (!picked) throw new vscode.CancellationError();
  return { registry, rule: picked.rule };
}

/**
 * As `pickRule`, for what changes or deletes the rule: one that Azure manages is refused in words.
 * @throws CancellationError also then, once it was said
 */
export async function pickChangeableRule(services: Services, node: unknown, title: string): Promise<PickedRule> {
  const picked = await pickRule(services, node, title);
  const managed = whyManaged(picked.rule.name);
  if (managed === undefined) return picked;
  void showInformationMessage(managed);
  throw new vscode.CancellationError();
}

async function ruleById(services: Services, ruleId: string, title: string): Promise<PickedRule> {
  const known = findRule(services.inventory.state, ruleId);
  if (known) return { registry: known.entry.registry, rule: known.rule };
  const registryId = parentArmId(ruleId);
  if (registryId === undefined || !isRuleId(ruleId))
    throw new Error(vscode.l10n.t('This is not the id of a cache rule.'));
  return whileOpening(services, title, async (azure, signal) => {
    const [registry, rule] = await Promise.all([
      azure.registries.get(registryId, { signal }),
      azure.cacheRules.get(ruleId, { signal }),
    ]);
    return { registry, rule };
  });
}

async function registryItems(services: Services): Promise<(vscode.QuickPickItem & { entry: RegistryEntry })[]> {
  const { inventory, connection } = services;
  if (inventory.state.registries.size === 0) {
    await services.azure();
    await connection.start();
    throwIfNone(services);
  }
  const names = new Map(inventory.state.subscriptions.map(({ id, name }) => [id.toLowerCase(), name]));
  const entries = [...inventory.state.registries.values()];
  return entries
    .sort((a, b) => a.registry.name.localeCompare(b.registry.name))
    .map((entry) => ({
      label: entry.registry.name,
      description: entry.registry.loginServer,
      detail: `${names.get(entry.registry.subscriptionId.toLowerCase()) ?? entry.registry.subscriptionId} / ${entry.registry.resourceGroup}`,
      entry,
    }));
}

/** @throws Error why no registry is known */
export function throwIfNone({ connection, inventory: { state } }: Pick<Services, 'connection' | 'inventory'>): void {
  if (state.registries.size > 0) return;
  const none = vscode.l10n.t('The selected subscriptions hold no container registry that you may read.');
  throw connection.error ?? state.error ?? new Error(none);
}

async function ruleFor(services: Services, registry: Registry, repository: string): Promise<CacheRule> {
  const match = createRuleIndex(await rulesOf(services, registry)).match(repository);
  if (match) return match.rule;
  throw new Error(
    vscode.l10n.t('No cache rule of {0} serves {1}. Set one up for it first.', registry.name, repository),
  );
}

async function ruleItems(
  services: Services,
  registry: Registry,
): Promise<(vscode.QuickPickItem & { rule: CacheRule })[]> {
  return (await rulesOf(services, registry)).map((rule) => ({
    label: rule.targetRepository,
    description: `← ${rule.sourceRepository}`,
    detail: rule.name,
    rule,
  }));
}

/** @throws AzureError; Error if there are none */
async function rulesOf(services: Services, registry: Registry): Promise<readonly CacheRule[]> {
  const { inventory, connection } = services;
  const entry = () => inventory.state.registries.get(armIdKey(registry.id));
  if (!entry()?.rules) {
    const azure = await services.azure();
    await connection.start();
    if (entry()) await inventory.loadRules(registry.id);
    // Of a subscription that is not selected: named by a row of another extension.
    else return noneIsAnError(registry, await azure.cacheRules.list(registry.id));
  }
  const { rules = [], rulesError } = entry() ?? {};
  if (rulesError) throw rulesError;
  return noneIsAnError(registry, rules);
}

function noneIsAnError(registry: Registry, rules: readonly CacheRule[]): readonly CacheRule[] {
  if (rules.length === 0) throw new Error(vscode.l10n.t('Registry {0} has no cache rules.', registry.name));
  return rules;
}
