import type { Command } from '../services/services.ts';
import { textOf } from '../shared/textOf.ts';

/**
 * Reads a registry's rules again; without a registry everything, subscriptions included. Everything also while the view shows what
 * was last known: whoever tries one registry again wants to know whether Azure is back.
 */
export const refresh: Command = async (services, node) => {
  const { inventory, connection } = services;
  const registryId = textOf(node, 'registryId') ?? textOf(parentOf(node), 'registryId');
  if (registryId === undefined || connection.error || inventory.state.error) return refreshAll(services);
  await connection.start();
  await inventory.loadRules(registryId, { force: true });
};

/** For the view's title, to whose commands VS Code hands the selected row. */
export const refreshAll: Command = ({ connection }) => connection.refresh();

/** An error row below a registry stands for that registry. */
function parentOf(node: unknown): unknown {
  return typeof node === 'object' && node !== null ? Reflect.get(node, 'parent') : undefined;
}
