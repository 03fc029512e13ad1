import type { Command } from '../services/services.ts';
import { textOf } from '../shared/textOf.ts';
import { readingNodeOf } from '../tree/nodes.ts';

/**
 * Reads a registry's rules and what is cached below the row again; without a registry everything, subscriptions included. Everything
 * also while the view shows what was last known: whoever tries one registry again wants to know whether Azure is back.
 */
export const refresh: Command = async (services, node) => {
  const { inventory, connection, tree } = services;
  const row = readingNodeOf(node);
  const registryId = row?.registryId ?? textOf(node, 'registryId');
  if (registryId === undefined || connection.error || inventory.state.error) return refreshAll(services);
  tree.lookForUnfinished();
  if (row) tree.readAgain(row);
  await connection.start();
  await inventory.loadRules(registryId, { force: true });
};

/** For the view's title, to whose commands VS Code hands the selected row. */
export const refreshAll: Command = ({ connection, tree }) => {
  tree.lookForUnfinished();
  tree.readAgain();
  return connection.refresh();
};

/** Stops waiting for what stands below a row. */
export const cancelReading: Command = ({ tree }, node) => {
  const row = readingNodeOf(node);
  if (row) tree.cancelReading(row);
  return Promise.resolve();
};
