import { expect, it } from 'vitest';
import { cachedRepositories } from '../../../../src/provisioning/changes/cachedRepositories.ts';
import { failure, fakeAzure, link, ruleOf, shortOf } from '../requirements/fakeAzure.ts';

const registryId = link.downstream.id;
const many = (count: number): string[] => Array.from({ length: count }, (_, index) => `team/app${1000 + index}`);

/** Ids of what is found of a rule with this target in a registry with these repositories, and how many of them are kept. */
async function foundOf(target: string, listed: readonly string[] | Error, odd: readonly string[] = []) {
  const content = {
    repositoryExists: (name: string) =>
      listed instanceof Error ? Promise.reject(listed) : Promise.resolve(listed.includes(name)),
    repositories: ({ onOddName }: { readonly onOddName: (name: string) => void }) => {
      for (const name of odd) onOddName(name);
      return listed instanceof Error ? Promise.reject(listed) : Promise.resolve(listed);
    },
  };
  const { context } = fakeAzure({ content });
  const found = await cachedRepositories(context, registryId, target, ruleOf());
  const inspections = await Promise.all(found.slice(-2).map((one) => one.inspect(context)));
  return { ids: found.map(({ id }) => id.replace('withoutRepository:', '')), last: inspections.map(shortOf) };
}

it.each<[string, readonly string[] | Error, readonly string[], readonly string[], readonly string[]]>([
  ['MyApp', ['myapp'], [], ['myapp'], ['missing, exists, one thing']],
  ['myapp', ['other'], [], [], []],
  ['no repository', ['no repository'], [], [], []],
  [
    'team/*',
    ['team/b', 'other', 'team/a'],
    ['other/UP'],
    ['team/a', 'team/b'],
    ['missing, exists, one thing', 'missing, exists, one thing'],
  ],
  ['team/*', [], ['team/UP', 'team/UP2'], ['team/UP'], ['unknown, notKnown']],
  ['team/*', failure('Busy'), [], ['team/*'], ['unknown, notKnown']],
  ['*', new Error('Odd.'), [], ['*'], ['unknown, notKnown']],
])('of the target %s with %o and %o', async (target, listed, odd, ids, last) => {
  expect(await foundOf(target, listed, odd)).toEqual({ ids, last });
});

it('a hundred are listed, and that there are more; what was listed is not asked for again', async () => {
  expect((await foundOf('*', many(100))).ids).toEqual(many(100));
  const { ids, last } = await foundOf('*', many(101));
  expect(ids).toEqual([...many(100), '*']);
  expect(last).toEqual(['missing, exists, one thing', 'unknown, notKnown']);
  const content = { repositories: () => Promise.resolve(['myapp']), repositoryExists: () => Promise.resolve(false) };
  const { context } = fakeAzure({ content });
  const [only] = await cachedRepositories(context, registryId, '*', undefined);
  expect(await only?.inspect(context)).toMatchObject({ verdict: 'missing' });
});

it('a cancel ends the reading', async () => {
  const cancelled = failure('Cancelled', 'cancelled');
  await expect(foundOf('*', cancelled)).rejects.toBe(cancelled);
});

it('of a registry with too many repositories it is told that others may be left', async () => {
  const repositories = ({ onCut }: { readonly onCut: () => void }) => {
    onCut();
    return Promise.resolve(['team/a']);
  };
  const { context } = fakeAzure({ content: { repositories } });
  const found = await cachedRepositories(context, registryId, 'team/*', ruleOf());
  expect(found.map(({ id }) => id)).toEqual(['withoutRepository:team/a', 'withoutRepository:team/*']);
  expect(await found[1]?.inspect(context)).toMatchObject({ verdict: 'unknown' });
});
