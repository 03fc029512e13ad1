import * as vscode from 'vscode';
import { armIdKey, parentArmId } from '../../domain/armId.ts';
import { whyManaged } from '../../domain/managedRules.ts';
import { findRule } from '../../inventory/knowledge.ts';
import { createRuleIndex } from '../../domain/ruleMatching.ts';
import type { CacheRule, Registry } from '../../domain/types.ts';
import type { InventoryState, RegistryEntry } from '../../inventory/types.ts';
import { icon } from '../shared/icon.ts';
import { showInformationMessage } from '../shared/messages.ts';
import { chooseRow } from './chooseRow.ts';
import { whileOpening, whileReading } from './opening.ts';
import type { Row } from './quickInput.ts';
import { reportOf } from '../shared/reports.ts';
import type { Services } from '../services/services.ts';
import { registryIdOf, repositoryRowOf } from '../shared/registryIdOf.ts';
import { isRegistryId, isRuleId } from '../../domain/resourceIds.ts';
import { textOf } from '../shared/textOf.ts';

export interface PickedRule {
  readonly registry: Registry;
  readonly rule: CacheRule;
}

/**
 * The registry of a tree node or report (ours, or a registry's row in another extension's tree), else the one the user picks.
 * What it gives may stem from the snapshot.
 * @param options `withRules`: only one that has cache rules, as far as that is known, is offered; a single one is not asked for
 * @throws CancellationError if the user dismisses the pick; AzureError; Error if there is nothing to offer
 */
export async function pickRegistry(
  services: Services,
  node: unknown,
  title: string,
  { withRules = false }: { readonly withRules?: boolean } = {},
): Promise<Registry> {
  const subject = reportOf(node)?.subject ?? node;
  const id = textOf(subject, 'registryId') ?? registryIdOf(subject);
  if (id !== undefined) {
    const known = services.inventory.state.registries.get(armIdKey(id));
    if (known) return known.registry;
    if (!isRegistryId(id)) throw new Error(vscode.l10n.t('This is not the ID of a container registry.'));
    return whileOpening(services, title, (azure, signal) => azure.registries.get(id, { signal }));
  }
  await startInventory(services);
  if (withRules) await readFewRules(services, title);
  const rows = registryRows(services.inventory.state, withRules);
  const [only] = rows;
  if (!only) throw new Error(vscode.l10n.t('None of your registries has a cache rule. Set up a cache first.'));
  if (withRules && rows.length === 1 && only.value) return only.value;
  const picked = await chooseRow(title, vscode.l10n.t('Choose a registry'), rows);
  if (!picked) throw new vscode.CancellationError();
  return picked;
}

/**
 * The rule of a tree node or report (ours, or any object with a rule's ARM id as `ruleId`), the one that serves the repository of
 * another extension's row, else the one the user picks.
 * @throws CancellationError if the user dismisses a pick; AzureError; Error if the registry has no rules, or none for the repository
 */
export async function pickRule(services: Services, node: unknown, title: string): Promise<PickedRule> {
  const ruleId = textOf(reportOf(node)?.subject ?? node, 'ruleId');
  if (ruleId !== undefined) return ruleById(services, ruleId, title);
  const registry = await pickRegistry(services, node, title, { withRules: true });
  const row = repositoryRowOf(node);
  if (row) return { registry, rule: await ruleFor(services, registry, row.repository) };
  const rule = await chooseRow(`${title} (${registry.name})`, vscode.l10n.t('Choose a cache rule'), async () =>
    ruleRows(await rulesOf(services, registry)),
  );
  if (!rule) throw new vscode.CancellationError();
  return { registry, rule };
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
    throw new Error(vscode.l10n.t('This is not the ID of a cache rule.'));
  return whileOpening(services, title, async (azure, signal) => {
    const [registry, rule] = await Promise.all([
      azure.registries.get(registryId, { signal }),
      azure.cacheRules.get(ruleId, { signal }),
    ]);
    return { registry, rule };
  });
}

async function startInventory(services: Services): Promise<void> {
  const { inventory, connection } = services;
  if (inventory.state.registries.size > 0) return;
  await services.azure();
  await connection.start();
  throwIfNone(services);
}

/** Of more registries the rules are not read before one is chosen. */
const maxRead = 50;

/** Reads the rules of registries that nobody has seen any of in this session, so that the list is of those that have some. */
async function readFewRules({ inventory, connection }: Services, title: string): Promise<void> {
  const unseen = [...inventory.state.registries.values()].filter(
    ({ rules = [], rulesFreshness }) => rules.length === 0 && rulesFreshness !== 'current',
  );
  if (unseen.length === 0 || unseen.length > maxRead) return;
  const read = async (): Promise<void> => {
    await connection.start();
    await Promise.all(unseen.map(({ registry }) => inventory.loadRules(registry.id)));
  };
  await whileReading(title, read());
}

/** By name. With rules: first those that are known to have some, and none that is known to have none. */
function registryRows({ registries, subscriptions }: InventoryState, withRules: boolean): Row<Registry>[] {
  const names = new Map(subscriptions.map(({ id, name }) => [id.toLowerCase(), name]));
  const isEmpty = ({ rules, rulesFreshness }: RegistryEntry) => rules?.length === 0 && rulesFreshness === 'current';
  const rank = ({ rules }: RegistryEntry) => (!withRules || rules?.length ? 0 : rules ? 2 : 1);
  return [...registries.values()]
    .filter((entry) => !withRules || !isEmpty(entry))
    .sort((a, b) => rank(a) - rank(b) || a.registry.name.localeCompare(b.registry.name))
    .map((entry) => ({
      iconPath: icon('package'),
      label: entry.registry.name,
      description: withRules ? countInWords(entry) : entry.registry.loginServer,
      detail: [
        names.get(entry.registry.subscriptionId.toLowerCase()) ?? entry.registry.subscriptionId,
        entry.registry.resourceGroup,
      ].join(' · '),
      value: entry.registry,
    }));
}

function countInWords({ rules }: RegistryEntry): string {
  if (!rules) return '';
  return rules.length === 1 ? vscode.l10n.t('1 cache rule') : vscode.l10n.t('{0} cache rules', rules.length);
}

/** @throws Error why no registry is known */
export function throwIfNone({ connection, inventory: { state } }: Pick<Services, 'connection' | 'inventory'>): void {
  if (state.registries.size > 0) return;
  const none = vscode.l10n.t('The selected subscriptions have no container registry that you can read.');
  throw connection.error ?? state.error ?? new Error(none);
}

async function ruleFor(services: Services, registry: Registry, repository: string): Promise<CacheRule> {
  const match = createRuleIndex(await rulesOf(services, registry)).match(repository);
  if (match) return match.rule;
  throw new Error(
    vscode.l10n.t('No cache rule of {0} serves {1}. Set up a cache for it first.', registry.name, repository),
  );
}

function ruleRows(rules: readonly CacheRule[]): Row<CacheRule>[] {
  return rules.map((rule) => ({
    iconPath: icon('package'),
    label: rule.targetRepository,
    description: `← ${rule.sourceRepository}`,
    detail: rule.name,
    value: rule,
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
  if (rules.length === 0) throw new Error(vscode.l10n.t('{0} has no cache rules.', registry.name));
  return rules;
}
