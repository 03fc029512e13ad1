import * as vscode from 'vscode';
import { canonicalHost } from '../../domain/familiarNames.ts';
import { isTag, parseRepository } from '../../domain/imageReference.ts';
import { parseRepositoryPattern } from '../../domain/repositoryPattern.ts';
import { createRuleIndex, mapSourceToTarget, readMapping } from '../../domain/ruleMatching.ts';
import type { CacheRule } from '../../domain/types.ts';
import type { ReferencePlace } from '../../files/referencePlace.ts';
import type { Observations } from '../../inventory/observations.ts';
import type { InventoryState, RegistryEntry } from '../../inventory/types.ts';

/** Something to go on with; in the order in which they are offered. */
export interface Suggestion {
  readonly kind: 'registry' | 'image' | 'repository' | 'prefix' | 'tag';
  readonly text: string;
  /** What it is and where it comes from. */
  readonly detail: string;
  /** A word or two beside it. */
  readonly note?: string;
  /** More is to be written after it. */
  readonly goesOn?: boolean;
}

/** More are not offered; typing on makes them fewer. */
export const maxSuggestions = 500;

/** Images are offered whole while a registry is expected, as long as there are few. */
const maxImages = 100;

/** Everything that may be offered where a registry is expected, in lower case. */
export function beginnings({ registries }: InventoryState): { readonly hosts: string[]; readonly names: string[] } {
  const entries = inOrder(registries);
  const hosts = entries.map(({ registry }) => registry.loginServer.toLowerCase());
  return { hosts, names: imagesOf(entries).map(({ text }) => text.toLowerCase()) };
}

/** What is known now, by which a reference could go on. Asks nobody. */
export function suggestionsFor(
  place: ReferencePlace,
  state: InventoryState,
  observations: Observations,
): readonly Suggestion[] {
  if (place.part === 'host') return hosts(place, state);
  const entry = entryOf(state, place.host);
  if (!entry) return [];
  return place.part === 'repository'
    ? repositories(entry, state, observations)
    : tags(place, entry, state, observations);
}

function hosts(place: Extract<ReferencePlace, { part: 'host' }>, { registries }: InventoryState): Suggestion[] {
  const entries = inOrder(registries);
  const isWhole = !place.standsAlone && !place.hasRepository;
  const offered = entries.map((entry): Suggestion => {
    const { loginServer, name } = entry.registry;
    const detail = hasRules(entry)
      ? vscode.l10n.t('Registry {0}, {1} cache rules', name, entry.rules?.length ?? 0)
      : vscode.l10n.t('Registry {0}', name);
    return { kind: 'registry', text: isWhole ? `${loginServer}/` : loginServer, detail, goesOn: isWhole };
  });
  return isWhole ? [...offered, ...imagesOf(entries)] : offered;
}

function imagesOf(entries: readonly RegistryEntry[]): Suggestion[] {
  const images: Suggestion[] = [];
  for (const { registry, rules = [] } of entries) {
    for (const rule of rules) {
      if (images.length >= maxImages) return images;
      const target = parseRepositoryPattern(rule.targetRepository);
      if (!target.ok || target.value.kind !== 'repository') continue;
      images.push({ kind: 'image', text: `${registry.loginServer}/${rule.targetRepository}`, detail: ofRule(rule) });
    }
  }
  return images;
}

function repositories(
  { registry, rules = [] }: RegistryEntry,
  state: InventoryState,
  observations: Observations,
): Suggestion[] {
  const offered = new Map<string, Suggestion>();
  const offer = (suggestion: Suggestion): void => {
    if (offered.size < maxSuggestions && !offered.has(suggestion.text)) offered.set(suggestion.text, suggestion);
  };
  const wildcards: CacheRule[] = [];
  for (const rule of rules) {
    const target = parseRepositoryPattern(rule.targetRepository);
    if (!target.ok) continue;
    const detail = ofRule(rule);
    if (target.value.kind === 'repository') offer({ kind: 'repository', text: target.value.repository, detail });
    else wildcards.push(rule);
    if (target.value.kind === 'prefix') {
      offer({ kind: 'prefix', text: `${target.value.prefix}/`, detail, goesOn: true });
    }
  }
  for (const rule of wildcards) {
    const mapping = readMapping(rule);
    const upstream = mapping && entryOf(state, mapping.source.loginServer);
    if (!upstream) continue;
    for (const repository of observations.repositories(upstream.registry.id)) {
      if (offered.size >= maxSuggestions) break;
      const text = mapSourceToTarget({ source: mapping.source.pattern, target: mapping.target }, repository);
      if (text !== undefined) offer({ kind: 'repository', text, detail: ofRule(rule) });
    }
  }
  for (const text of observations.repositories(registry.id)) {
    if (offered.size >= maxSuggestions) break;
    const isName = parseRepository(text).ok;
    if (isName) offer({ kind: 'repository', text, detail: vscode.l10n.t('Repository in {0}', registry.name) });
  }
  return [...offered.values()];
}

function tags(
  { repository }: Extract<ReferencePlace, { part: 'tag' }>,
  { registry, rules = [] }: RegistryEntry,
  state: InventoryState,
  observations: Observations,
): Suggestion[] {
  const match = createRuleIndex(rules).match(repository);
  const upstream = match && entryOf(state, match.source.loginServer);
  const here = observations.tags(registry.id, repository);
  const there = upstream ? observations.tags(upstream.registry.id, match.sourceRepository) : [];
  const isHere = new Set(here);
  const cached = match ? vscode.l10n.t('Cached tag in {0}', registry.name) : vscode.l10n.t('Tag in {0}', registry.name);
  const source = upstream && `${upstream.registry.loginServer}/${match.sourceRepository}`;
  // Of a repository whose tags were not listed nobody knows what is cached.
  const other =
    here.length > 0
      ? vscode.l10n.t('Tag of {0}, not cached yet', source ?? '')
      : vscode.l10n.t('Tag of {0}', source ?? '');
  return [...new Set([...there, ...here])]
    .filter(isTag)
    .slice(0, maxSuggestions)
    .map((text) => ({
      kind: 'tag',
      text,
      detail: isHere.has(text) ? cached : other,
      ...(match &&
        here.length > 0 && { note: isHere.has(text) ? vscode.l10n.t('cached') : vscode.l10n.t('not cached yet') }),
    }));
}

function ofRule({ name, sourceRepository }: CacheRule): string {
  return vscode.l10n.t('Cache rule {0}: from {1}', name, sourceRepository);
}

/** Those with rules first. */
function inOrder(registries: InventoryState['registries']): RegistryEntry[] {
  return [...registries.values()].sort(
    (a, b) => Number(hasRules(b)) - Number(hasRules(a)) || (a.registry.loginServer < b.registry.loginServer ? -1 : 1),
  );
}

function hasRules({ rules = [] }: RegistryEntry): boolean {
  return rules.length > 0;
}

function entryOf({ registries }: InventoryState, host: string): RegistryEntry | undefined {
  const canonical = canonicalHost(host);
  for (const entry of registries.values()) {
    if (canonicalHost(entry.registry.loginServer) === canonical) return entry;
  }
  return undefined;
}
