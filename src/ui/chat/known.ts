import * as vscode from 'vscode';
import { mapBounded } from '../../common/mapBounded.ts';
import { shown } from '../../common/shown.ts';
import type { RegistryEntry } from '../../inventory/types.ts';
import { explainError } from '../shared/errors.ts';
import { untilLeft } from '../pages/opening.ts';
import type { Services } from '../services/services.ts';
import { type Answer, firstOf } from './answer.ts';

/** Registries whose rules are read for one answer, and how many at a time. */
const maxRead = 200;
const atOnce = 8;
/** Registries that are named in one answer. */
const maxNamed = 20;

type Parts = Pick<Services, 'inventory' | 'connection'>;

/**
 * Sees to it that registries are known: connects by the silent session if nothing is known from before.
 * @returns what to answer if there is none
 */
export async function makeKnown({ inventory, connection }: Parts, signal: AbortSignal): Promise<Answer | undefined> {
  if (inventory.state.registries.size > 0) return undefined;
  await untilLeft(connection.start(), signal);
  const { registries, subscriptions, error } = inventory.state;
  if (registries.size > 0) return undefined;
  const failure = connection.error ?? error;
  if (failure) return { problem: explainError(failure) };
  if (!isSignedIn({ inventory })) return signedOut();
  if (subscriptions.length === 0) {
    return {
      problem: vscode.l10n.t('No subscription is selected, or the signed-in account has none.'),
      next: vscode.l10n.t('Ask the user to run the command "ACR Cache: Select Subscriptions…" in VS Code.'),
    };
  }
  return { problem: vscode.l10n.t('The selected subscriptions have no container registry you can read.') };
}

export function isSignedIn({ inventory }: Pick<Services, 'inventory'>): boolean {
  return inventory.state.signedIn === true;
}

export function signedOut(): Answer {
  return {
    problem: vscode.l10n.t('The user is not signed in to Azure in VS Code.'),
    next: vscode.l10n.t(
      'Ask the user to run the command "ACR Cache: Sign In to Azure…" in VS Code, then call this tool again.',
    ),
  };
}

/** Reads the rules of those of these registries whose rules were never read, if there is a session. Failures are state. */
export async function readUnread(
  { inventory, connection }: Parts,
  entries: readonly RegistryEntry[],
  signal: AbortSignal,
): Promise<void> {
  const unread = entries.filter(({ rules, rulesFreshness }) => !rules && rulesFreshness !== 'failed').slice(0, maxRead);
  if (unread.length === 0) return;
  await untilLeft(connection.start(), signal);
  await mapBounded(unread, atOnce, ({ registry }) => inventory.loadRules(registry.id, { signal }));
}

export function entriesOf({ inventory }: Pick<Services, 'inventory'>): RegistryEntry[] {
  return [...inventory.state.registries.values()].sort((a, b) =>
    a.registry.loginServer < b.registry.loginServer ? -1 : 1,
  );
}

/** The registry of this name or login server, or what to answer if there is none. */
export function findRegistry(
  services: Pick<Services, 'inventory'>,
  text: string,
): { readonly entry: RegistryEntry } | { readonly answer: Answer } {
  const wanted = text.trim().toLowerCase();
  const all = entriesOf(services);
  const entry = all.find(
    ({ registry }) => registry.loginServer.toLowerCase() === wanted || registry.name.toLowerCase() === wanted,
  );
  if (entry) return { entry };
  const { first, more } = firstOf(all, maxNamed);
  return {
    answer: {
      problem: vscode.l10n.t('The user cannot see a registry "{0}".', shown(text)),
      registries: first.map(({ registry }) => registry.loginServer),
      ...(more > 0 && { moreRegistries: more }),
    },
  };
}

/** How far the rules of these registries can be trusted. Says only what is not current. */
export function freshnessOf(entries: readonly RegistryEntry[]): Answer {
  const earlier = entries.filter(({ rules, rulesFreshness }) => rules && rulesFreshness !== 'current');
  const unread = entries.filter(({ rules }) => !rules);
  if (earlier.length + unread.length === 0) return { rules: vscode.l10n.t('read from Azure in this session') };
  const named = ({ registry, rulesError }: RegistryEntry): string =>
    rulesError ? `${registry.loginServer}: ${explainError(rulesError)}` : registry.loginServer;
  const old = firstOf(earlier, maxNamed);
  const none = firstOf(unread, maxNamed);
  return {
    rules: vscode.l10n.t('not all read from Azure in this session'),
    ...(old.first.length > 0 && {
      asInAnEarlierSession: old.first.map(named),
      ...(old.more > 0 && { moreAsInAnEarlierSession: old.more }),
    }),
    ...(none.first.length > 0 && {
      notRead: none.first.map(named),
      ...(none.more > 0 && { moreNotRead: none.more }),
    }),
  };
}
