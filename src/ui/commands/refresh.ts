import type { Command } from '../shared/services.ts';
import { textOf } from './textOf.ts';

/** Reads a registry's rules again, or without a registry everything, subscriptions included. */
export const refresh: Command = async ({ inventory, connection }, node) => {
  const registryId = textOf(node, 'registryId') ?? textOf(parentOf(node), 'registryId');
  if (registryId === undefined) return connection.refresh();
  await connection.start();
  await inventory.loadRules(registryId, { force: true });
};

/** An error row below a registry stands for that registry. */
function parentOf(node: unknown): unknown {
  return typeof node === 'object' && node !== null ? Reflect.get(node, 'parent') : undefined;
}
