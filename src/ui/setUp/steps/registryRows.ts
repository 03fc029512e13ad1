import * as vscode from 'vscode';
import type { InventoryState } from '../../../inventory/types.ts';
import type { Registry } from '../../../domain/types.ts';
import { type Draft, sourceKey } from '../draft.ts';
import type { Services } from '../../services/services.ts';
import { type Row, separator } from '../../pages/quickInput.ts';
import { icon } from '../../shared/icon.ts';

/** Rows of registries below their subscriptions, both by name. */
export function registryRows(
  registries: readonly Registry[],
  subscriptions: InventoryState['subscriptions'],
): Row<Registry>[] {
  const names = new Map(subscriptions.map(({ id, name }) => [id.toLowerCase(), name]));
  const groups = new Map<string, Registry[]>();
  for (const registry of registries) {
    const key = registry.subscriptionId.toLowerCase();
    groups.set(key, [...(groups.get(key) ?? []), registry]);
  }
  return [...groups]
    .map(([id, members]) => ({ label: names.get(id) ?? id, members }))
    .sort((a, b) => a.label.localeCompare(b.label))
    .flatMap(({ label, members }) => [
      separator(label),
      ...members.sort((a, b) => a.name.localeCompare(b.name)).map(registryRow),
    ]);
}

function registryRow(registry: Registry): Row<Registry> {
  const mode = registry.roleAssignmentMode === 'AbacRepositoryPermissions' ? 'ABAC' : 'RBAC';
  return {
    iconPath: icon('package'),
    label: registry.name,
    description: registry.loginServer,
    // The longest last: what does not fit is cut.
    detail: [registry.sku, mode, registry.location, registry.resourceGroup].join(' · '),
    value: registry,
  };
}

/**
 * Shows the inventory's registries, at once those known, then what a running or needed refresh brings, until it is done.
 * @throws the refresh's error when no registry is known
 */
export async function showInventory(
  { inventory, connection }: Services,
  show: (state: InventoryState) => void,
  signal: AbortSignal,
): Promise<void> {
  show(inventory.state);
  const subscription = inventory.onDidChange(({ registryId }) => {
    if (registryId === undefined) show(inventory.state);
  });
  signal.addEventListener('abort', () => subscription.dispose(), { once: true });
  if (inventory.state.freshness !== 'current') await connection.start();
  show(inventory.state);
  const error = connection.error ?? inventory.state.error;
  if (error && inventory.state.registries.size === 0) throw error;
}

/** That the list may be without some registries. */
export function noticeOf({ failures }: InventoryState): string | undefined {
  if (failures.length === 0) return undefined;
  return failures.length === 1
    ? vscode.l10n.t('1 subscription could not be loaded, so its registries are not listed.')
    : vscode.l10n.t('{0} subscriptions could not be loaded, so their registries are not listed.', failures.length);
}

/** The row that continues the setup which the user left. */
export function leftRow<T>({ downstream, upstream, sources }: Draft, value: T): Row<T> {
  const names = sources.map(sourceKey).join(', ');
  return {
    iconPath: icon('history'),
    label: vscode.l10n.t('Continue Your Last Setup'),
    description: `${downstream?.name ?? ''} ← ${upstream?.name ?? ''}${names === '' ? '' : ` · ${names}`}`,
    value,
    alwaysShow: true,
  };
}
