/** One entry of `acrCache.selectedSubscriptions`. */
export interface SelectedSubscription {
  readonly tenantId: string;
  readonly subscriptionId: string;
}

/** Those of the subscriptions that are selected, and the others. Nothing selected: all are chosen. */
export function bySelection<T extends SelectedSubscription>(
  subscriptions: readonly T[],
  selected: readonly SelectedSubscription[],
): { readonly chosen: readonly T[]; readonly unselected: readonly T[] } {
  const ids = new Set(selected.map(({ subscriptionId }) => subscriptionId.toLowerCase()));
  const isChosen = ({ subscriptionId }: T): boolean => ids.size === 0 || ids.has(subscriptionId.toLowerCase());
  return { chosen: subscriptions.filter(isChosen), unselected: subscriptions.filter((each) => !isChosen(each)) };
}

/** `tenantId/subscriptionId`, lower case. */
export function formatSelection({ tenantId, subscriptionId }: SelectedSubscription): string {
  return `${tenantId}/${subscriptionId}`.toLowerCase();
}

/**
 * Reads the setting. It is edited by hand and may hold anything: entries that are not `tenantId/subscriptionId` are
 * left out (azureauth's own reading of such a setting throws on them).
 */
export function parseSelection(setting: unknown): SelectedSubscription[] {
  if (!Array.isArray(setting)) return [];
  const entries = new Map<string, SelectedSubscription>();
  for (const entry of setting) {
    const match = typeof entry === 'string' ? /^\s*([^/\s]+)\/([^/\s]+)\s*$/.exec(entry) : null;
    const [, tenantId, subscriptionId] = match ?? [];
    if (tenantId === undefined || subscriptionId === undefined) continue;
    const selected = { tenantId: tenantId.toLowerCase(), subscriptionId: subscriptionId.toLowerCase() };
    entries.set(formatSelection(selected), selected);
  }
  return [...entries.values()];
}
