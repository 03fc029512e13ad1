import { describe, expect, it } from 'vitest';
import { createObservations } from '../../../src/inventory/observations.ts';

const limits = { registries: 2, repositoriesEach: 3, tagLists: 2, tagsEach: 2, cachedStates: 2 };

describe('observations', () => {
  it('keeps what was seen, whatever the casing of the id', () => {
    const observations = createObservations();
    observations.noteRepositories('/Registries/A', ['app', 'team/app', 'app']);
    observations.noteTags('/registries/a', 'app', ['2', '1']);
    observations.noteCached('/registries/a', 'app', '1', 'proxied');
    expect(observations.repositories('/registries/a')).toEqual(['app', 'team/app']);
    expect(observations.hasRepository('/REGISTRIES/A', 'team/app')).toBe(true);
    expect(observations.tags('/REGISTRIES/A', 'app')).toEqual(['2', '1']);
    expect(observations.cached('/REGISTRIES/A', 'app', '1')?.state).toBe('proxied');
    expect(Date.parse(observations.cached('/registries/a', 'app', '1')?.seenAt ?? '')).not.toBeNaN();
    expect([
      observations.repositories('b'),
      observations.tags('b', 'app'),
      observations.cached('b', 'app', '1'),
    ]).toEqual([[], [], undefined]);
  });

  it('forgets the images of one repository', () => {
    const observations = createObservations();
    for (const repository of ['app', 'app2', 'app/sub']) observations.noteCached('R', repository, '1', 'cached');
    let told = 0;
    observations.onDidChange(() => told++);
    observations.forgetCached('r', 'app');
    observations.forgetCached('r', 'app');
    expect(['app', 'app2', 'app/sub'].map((repository) => observations.cached('r', repository, '1')?.state)).toEqual([
      undefined,
      'cached',
      'cached',
    ]);
    expect(told).toBe(1);
  });

  it('is empty once cleared', () => {
    const observations = createObservations();
    observations.noteRepositories('r', ['a']);
    observations.noteTags('r', 'a', ['1']);
    observations.noteCached('r', 'a', '1', 'cached');
    let told = 0;
    observations.onDidChange(() => told++);
    observations.clear();
    observations.clear();
    expect([
      observations.repositories('r'),
      observations.tags('r', 'a'),
      observations.cached('r', 'a', '1'),
      told,
    ]).toEqual([[], [], undefined, 1]);
  });

  it('is bounded; what was noted longest ago goes first', () => {
    const observations = createObservations(limits);
    for (const id of ['a', 'b', 'a', 'c']) observations.noteRepositories(id, ['1', '2', '3', '4']);
    expect(['a', 'b', 'c'].map((id) => observations.repositories(id).length)).toEqual([3, 0, 3]);
    for (const repository of ['x', 'y', 'z']) observations.noteTags('a', repository, ['1', '2', '3']);
    expect(['x', 'y', 'z'].map((repository) => observations.tags('a', repository))).toEqual([
      [],
      ['1', '2'],
      ['1', '2'],
    ]);
    for (const tag of ['1', '2', '3']) observations.noteCached('a', 'x', tag, 'cached');
    expect(['1', '2', '3'].map((tag) => observations.cached('a', 'x', tag)?.state)).toEqual([
      undefined,
      'cached',
      'cached',
    ]);
  });

  it('tells what is new, and only that', () => {
    const observations = createObservations();
    let told = 0;
    const listener = observations.onDidChange(() => told++);
    for (const repositories of [['a'], ['a'], ['a', 'b'], ['b', 'a'], ['a', 'c']])
      observations.noteRepositories('r', repositories);
    expect(told).toBe(3);
    for (const tags of [['1'], ['1'], ['2', '1'], ['1', '2']]) observations.noteTags('r', 'a', tags);
    expect(told).toBe(6);
    for (const state of ['proxied', 'proxied', 'cached'] as const) observations.noteCached('r', 'a', '1', state);
    expect(told).toBe(8);
    listener.dispose();
    observations.noteTags('r', 'b', ['1']);
    expect(told).toBe(8);
  });
});
