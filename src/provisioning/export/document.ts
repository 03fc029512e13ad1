/** What the steps of one exported text share, so that several links fit into it. */
export interface ExportDocument {
  /** Symbolic name of a thing: `identity`, the second one `identity2`, …; the same key gives the same name. */
  symbol(kind: string, key: string): string;
  /** True when asked for the first time: what several links share is written once. */
  first(key: string): boolean;
  /** Further files that the steps refer to (Bicep modules), by name. */
  readonly files: Map<string, string>;
}

/** An empty document: names are given in the order in which they are asked for. */
export function createExportDocument(): ExportDocument {
  const symbols = new Map<string, Map<string, string>>();
  const seen = new Set<string>();
  return {
    files: new Map(),
    symbol(kind, key) {
      const known = symbols.get(kind) ?? new Map<string, string>();
      symbols.set(kind, known);
      const symbol = known.get(key) ?? (known.size === 0 ? kind : `${kind}${known.size + 1}`);
      known.set(key, symbol);
      return symbol;
    },
    first(key) {
      if (seen.has(key)) return false;
      seen.add(key);
      return true;
    },
  };
}
