import { expect, it } from 'vitest';
import type { Registry } from '../../../../src/domain/types.ts';
import { withoutCachedTag } from '../../../../src/provisioning/requirements/absence/withoutCachedTag.ts';
import { failure, fakeAzure, link, ruleOf, verdictOf, type State } from './fakeAzure.ts';

const index = 'application/vnd.oci.image.index.v1+json';
const image = 'application/vnd.oci.image.manifest.v1+json';
interface Stored {
  readonly digest: string;
  readonly tags: readonly string[];
  readonly mediaType?: string;
}
const tagged = (digest: string, mediaType?: string, ...tags: string[]): Stored => ({
  ...{ digest, tags },
  ...(mediaType !== undefined && { mediaType }),
});

/** A registry that stores these, and what each names. `isCut`: it did not list all of them. */
function stored(manifests: readonly Stored[], names: Record<string, string[] | Error>, isCut = false, fails?: string) {
  const writes: string[] = [];
  const content = {
    storedManifests: (_: string, { onCut }: { readonly onCut: () => void }) => {
      if (isCut) onCut();
      return Promise.resolve(manifests);
    },
    manifestReferences: (_: string, digest: string) => {
      const found = names[digest] ?? [];
      return found instanceof Error ? Promise.reject(found) : Promise.resolve(found);
    },
    deleteTag: (_: string, tag: string) => Promise.resolve(void writes.push(`tag ${tag}`)),
    deleteManifest: (_: string, digest: string) => {
      writes.push(digest);
      return digest === fails ? Promise.reject(failure('Busy')) : Promise.resolve();
    },
  };
  const state: State = { content, rules: [ruleOf()] };
  return { writes, state };
}

const registry = { id: link.downstream.id, loginServer: link.downstream.loginServer } as object as Registry;
const reset = () => withoutCachedTag(registry, ruleOf(), 'myapp', '1');
const platforms = [tagged('a', image), tagged('b', image, 'b'), tagged('c', image)];
const all = [tagged('i', index, '1'), ...platforms];
const many = (count: number): Stored[] => Array.from({ length: count }, (_, at) => tagged(`i${at}`, index));
const namesOther = Object.fromEntries(many(1001).map(({ digest }) => [digest, ['x']]));

it.each<[string, readonly Stored[], Record<string, string[] | Error>, boolean, string[]]>([
  ['with its parts', all, { i: ['a', 'b', 'c'] }, false, ['i', 'a', 'c']],
  ['with those below it', all, { i: ['a'] }, false, ['i', 'a']],
  ['but for what another index names', [...all, tagged('j', index)], { i: ['a', 'c'], j: ['c'] }, false, ['i', 'a']],
  ['but for what one of no type names', [...all, tagged('j')], { i: ['a', 'c'], j: ['c'] }, false, ['i', 'a']],
  [
    'beside a list that names others',
    [...all, tagged('j', 'x.manifest.list.v2+json')],
    { i: ['a'], j: ['c'] },
    false,
    ['i', 'a'],
  ],
  ['alone, since another tag names it', [tagged('i', index, '1', '2'), ...platforms], { i: ['a'] }, false, ['tag 1']],
  ['alone, since another index names it', [...all, tagged('j', index)], { i: ['a'], j: ['i'] }, false, ['tag 1']],
  ['alone, since an index names nothing', [...all, tagged('j', index)], { i: ['a'], j: [] }, false, ['tag 1']],
  [
    'alone, since an index does not tell',
    [...all, tagged('j', index)],
    { i: ['a'], j: failure('Busy') },
    false,
    ['tag 1'],
  ],
  ['alone, since not all were listed', all, { i: ['a'] }, true, ['tag 1']],
  ['beside as many indexes as are asked', [...all, ...many(1000)], { i: ['a'], ...namesOther }, false, ['i', 'a']],
  ['alone, beside more', [...all, ...many(1001)], { i: ['a'], ...namesOther }, false, ['tag 1']],
  ['not, since it is not there', platforms, {}, false, []],
])('a cached tag is forgotten %s', async (_, manifests, names, isCut, expected) => {
  const { writes, state } = stored(manifests, names, isCut);
  const requirement = reset();
  const { done } = requirement.describe();
  await requirement.satisfy(fakeAzure(state).context);
  expect(writes).toEqual(expected);
  expect(requirement.describe().done === done).toBe(!expected.includes('tag 1'));
});

it('why an image stays is told in three ways', async () => {
  const cases: [Stored[], Record<string, string[]>][] = [
    [[tagged('i', index, '1', '2')], {}],
    [[...all, tagged('j', index)], { j: ['i'] }],
    [[...all, tagged('j', index)], { j: [] }],
  ];
  const told = cases.map(async ([manifests, names]) => {
    const requirement = reset();
    await requirement.satisfy(fakeAzure(stored(manifests, names).state).context);
    return requirement.describe().done;
  });
  expect(new Set(await Promise.all(told)).size).toBe(3);
});

it('a part that cannot be deleted stops nothing; a cancel while it looks deletes nothing', async () => {
  const { writes, state } = stored(all, { i: ['a', 'c'] }, false, 'a');
  await reset().satisfy(fakeAzure(state).context);
  expect(writes).toEqual(['i', 'a', 'c']);
  const cancelled = stored([...all, tagged('j', index)], { i: ['a'], j: failure('Cancelled', 'cancelled') });
  await expect(reset().satisfy(fakeAzure(cancelled.state).context)).rejects.toMatchObject({ kind: 'cancelled' });
  expect(cancelled.writes).toEqual([]);
});

it('a tag is there, or not; without its rule it is left', async () => {
  const { state } = stored(all, {});
  expect(await verdictOf(reset(), state)).toBe('missing, one thing');
  expect(await verdictOf(reset(), stored(platforms, {}).state)).toBe('satisfied');
  expect(await verdictOf(reset(), { ...state, rules: [] })).toBe('conflicting, RuleChanged');
  const anew = ruleOf({ creationDate: '2026-02-01T00:00:00Z' });
  expect(await verdictOf(reset(), { ...state, rules: [anew] })).toBe('conflicting, RuleChanged');
});
