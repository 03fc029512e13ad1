import {
  explainPullText,
  type KnownRule,
  type PullExplanation,
} from '../../provisioning/verification/explainPullText.ts';
import { registryHost } from '../../provisioning/verification/pullErrors/hosts.ts';
import type { Services } from '../services/services.ts';

/**
 * Explains what a failed pull printed, with the rules of the registry that the text names, which are read if they are not known
 * yet and somebody is signed in. Shows no dialog.
 */
export async function explainText(
  { inventory, connection }: Pick<Services, 'inventory' | 'connection'>,
  text: string,
  signal?: AbortSignal,
): Promise<PullExplanation> {
  const known = (): KnownRule[] =>
    [...inventory.state.registries.values()].flatMap(({ registry, rules = [] }) =>
      rules.map((rule) => ({ registry, rule })),
    );
  // Also those whose rules are not read yet: that a registry is Azure's changes what is advised.
  const loginServers = (): string[] =>
    [...inventory.state.registries.values()].map(({ registry }) => registry.loginServer);
  const early = explainPullText(text, known(), loginServers());
  const host = early.image?.host;
  if (early.ruleId !== undefined || host === undefined) return early;
  if (inventory.state.registries.size === 0) await connection.start();
  const entry = [...inventory.state.registries.values()].find(
    ({ registry }) => registryHost(registry.loginServer) === host,
  );
  if (!entry) return early;
  await connection.start();
  await inventory.loadRules(entry.registry.id, { signal });
  return explainPullText(text, known(), loginServers());
}
