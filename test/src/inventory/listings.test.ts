import { describe, expect, it } from 'vitest';
import { createListings } from '../../../src/inventory/listings.ts';

const limits = { registries: 2, repositoriesEach: 3, tagLists: 2, tagsEach: 2, cachedStates: 2 };

describe('listings', () => {
  it('keeps what was seen, whatever the casing of the id', () => {
    const listings = createListings();
    listings.noteRepositories('/Registries/A', ['app', 'team/app', 'app']);
    listings.noteTags('/registries/a', 'app', ['2', '1']);
    listings.noteCached('/registries/a', 'app', '1', 'proxied');
    expect(listings.repositories('/registries/a')).toEqual(['app', 'team/app']);
    expect(listings.hasRepository('/REGISTRIES/A', 'team/app')).toBe(true);
    expect(listings.tags('/REGISTRIES/A', 'app')).toEqual(['2', '1']);
    expect(listings.cached('/REGISTRIES/A', 'app', '1')?.state).toBe('proxied');
    expect(Date.parse(listings.cached('/registries/a', 'app', '1')?.seenAt ?? '')).not.toBeNaN();
    expect([listings.repositories('b'), listings.tags('b', 'app'), listings.cached('b', 'app', '1')]).toEqual([
      [],
      [],
      undefined,
    ]);
  });

  it('forgets the images of one repository', () => {
    const listings = createListings();
    for (const repository of ['app', 'app2', 'app/sub']) listings.noteCached('R', repository, '1', 'cached');
    let told = 0;
    listings.onDidChange(() => told++);
    listings.forgetCached('r', 'app');
    listings.forgetCached('r', 'app');
    expect(['app', 'app2', 'app/sub'].map((repository) => listings.cached('r', repository, '1')?.state)).toEqual([
      undefined,
      'cached',
      'cached',
    ]);
    expect(told).toBe(1);
  });

  it('is empty once cleared', () => {
    const listings = createListings();
    listings.noteRepositories('r', ['a']);
    listings.noteTags('r', 'a', ['1']);
    listings.noteCached('r', 'a', '1', 'cached');
    let told = 0;
    listings.onDidChange(() => told++);
    listings.clear();
    listings.clear();
    expect([listings.repositories('r'), listings.tags('r', 'a'), listings.cached('r', 'a', '1'), told]).toEqual([
      [],
      [],
      undefined,
      1,
    ]);
  });

  it('is bounded; what was noted longest ago goes first', () => {
    const listings = createListings(limits);
    for (const id of ['a', 'b', 'a', 'c']) listings.noteRepositories(id, ['1', '2', '3', '4']);
    expect(['a', 'b', 'c'].map((id) => listings.repositories(id).length)).toEqual([3, 0, 3]);
    for (const repository of ['x', 'y', 'z']) listings.noteTags('a', repository, ['1', '2', '3']);
    expect(['x', 'y', 'z'].map((repository) => listings.tags('a', repository))).toEqual([[], ['1', '2'], ['1', '2']]);
    for (const tag of ['1', '2', '3']) listings.noteCached('a', 'x', tag, 'cached');
    expect(['1', '2', '3'].map((tag) => listings.cached('a', 'x', tag)?.state)).toEqual([
      undefined,
      'cached',
      'cached',
    ]);
  });

  it('tells what is new, and only that', () => {
    const listings = createListings();
    let told = 0;
    const listener = listings.onDidChange(() => told++);
    for (const repositories of [['a'], ['a'], ['a', 'b'], ['b', 'a'], ['a', 'c']])
      listings.noteRepositories('r', repositories);
    expect(told).toBe(3);
    for (const tags of [['1'], ['1'], ['2', '1'], ['1', '2']]) listings.noteTags('r', 'a', tags);
    expect(told).toBe(6);
    for (const state of ['proxied', 'proxied', 'cached'] as const) listings.noteCached('r', 'a', '1', state);
    expect(told).toBe(8);
    listener.dispose();
    listings.noteTags('r', 'b', ['1']);
    expect(told).toBe(8);
  });
});
