import { describe, expect, test, vi } from 'vitest';
import { createObservations } from '../../../../src/inventory/observations.ts';
import type { RegistryEntry } from '../../../../src/inventory/types.ts';
import { inventoryState, registry, rule } from '../../../samples.ts';

vi.mock('vscode', () => import('../vscodeDouble.ts'));
const { suggestionsFor, maxSuggestions } = await import('../../../../src/ui/editor/suggestions.ts');

function entry(name: string, mappings: readonly (readonly [source: string, target: string])[]): RegistryEntry {
  const of = registry(name);
  const rules = mappings.map(([source, target], index) => rule(`rule${index}`, source, target, { registryId: of.id }));
  return { registry: of, rules, rulesFreshness: 'current' };
}

const state = inventoryState(
  entry('another', []),
  entry('downstream', [
    ['upstream.example/app', 'mirror/app'],
    ['upstream.example/team/*', 'team/*'],
    ['docker.io/library/*', '*'],
    ['upstream.example/x', 'Not A Target'],
  ]),
  entry('upstream', []),
);

describe('a registry', () => {
  const host = { part: 'host', range: { start: 0, end: 0 } } as const;

  test('those with rules first, then whole images', () => {
    const offered = suggestionsFor({ ...host, standsAlone: false, hasRepository: false }, state, createObservations());
    expect(offered.map(({ text }) => text)).toEqual([
      'downstream.example/',
      'another.example/',
      'upstream.example/',
      'downstream.example/mirror/app',
    ]);
  });

  test.each([
    { standsAlone: true, hasRepository: true },
    { standsAlone: false, hasRepository: true },
  ])('without slash where one follows or none belongs: %j', (form) => {
    const offered = suggestionsFor({ ...host, ...form }, state, createObservations());
    expect(offered.map(({ text }) => text)).toEqual(['downstream.example', 'another.example', 'upstream.example']);
  });
});

describe('a repository', () => {
  const at = (name: string) => ({ part: 'repository', host: name, range: { start: 0, end: 0 } }) as const;

  test('targets of rules, wildcards filled by what was listed, then what the registry itself has', () => {
    const observations = createObservations();
    observations.noteRepositories(registry('upstream').id, ['team/a', 'app', 'other/b']);
    observations.noteRepositories(registry('downstream').id, ['team/a', 'own/c', 'bad name']);
    const offered = suggestionsFor(at('Downstream.example'), state, observations);
    expect(offered.map(({ text, kind }) => `${kind} ${text}`)).toEqual([
      'repository mirror/app',
      'prefix team/',
      'repository team/a',
      'repository own/c',
    ]);
    expect(offered[2]?.detail).toContain('upstream.example/team/*');
  });

  test('nothing of hosts that are no registries of Azure', () => {
    expect(suggestionsFor(at('docker.io'), state, createObservations())).toEqual([]);
  });

  test('bounded', () => {
    const observations = createObservations();
    observations.noteRepositories(
      registry('another').id,
      Array.from({ length: 5000 }, (_, index) => `r/${index}`),
    );
    expect(suggestionsFor(at('another.example'), state, observations)).toHaveLength(maxSuggestions);
  });
});

test('tags of the source first, in their order, each once; it is told which are cached, where that is known', () => {
  const observations = createObservations();
  observations.noteTags(registry('upstream').id, 'team/a', ['2', '1', 'not a tag']);
  observations.noteTags(registry('downstream').id, 'team/a', ['1', 'old']);
  const place = { part: 'tag', host: 'downstream.example', repository: 'team/a', range: { start: 0, end: 0 } } as const;
  const offered = suggestionsFor(place, state, observations);
  expect(offered.map(({ text }) => text)).toEqual(['2', '1', 'old']);
  expect(offered[0]?.detail).toContain('upstream.example/team/a');
  const [there, both, here] = offered.map(({ note }) => note);
  expect(there).not.toBe(both);
  expect(here).toBe(both);
  const unlisted = createObservations();
  unlisted.noteTags(registry('upstream').id, 'team/a', ['2']);
  const [alone] = suggestionsFor(place, state, unlisted);
  expect(new Set([...offered.map(({ detail }) => detail), alone?.detail]).size).toBe(3);
  expect(alone?.note).toBeUndefined();
});
