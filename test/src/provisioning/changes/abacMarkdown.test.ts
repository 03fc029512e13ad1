import { expect, it } from 'vitest';
import { generateCondition } from '../../../../src/domain/condition/abacCondition.ts';
import { roles } from '../../../../src/domain/roles.ts';
import { affectedMarkdown, whatIsAbac } from '../../../../src/provisioning/changes/abacMarkdown.ts';
import { readReplacementOffers } from '../../../../src/provisioning/changes/replacementOffers.ts';
import { pattern } from '../../../samples.ts';
import { assignmentOf, fakeAzure, link } from '../requirements/fakeAzure.ts';

const upstream = link.source.id;
const guid = (digit: string): string => `${digit.repeat(8)}-1111-4111-8111-111111111111`;
const given = (who: string, role: { readonly id: string }, change: object = {}) =>
  assignmentOf(role.id, { principalId: who, name: `${who} ${role.id}`, ...change });

/** The document about a registry with these assignments, of whom `named` have a name. */
async function documentOf(assignments: ReturnType<typeof given>[], named: Record<string, string> = {}) {
  const names = new Map(Object.entries(named));
  const { azure } = fakeAzure({
    assignments,
    registry: { roleAssignmentMode: 'LegacyRegistryPermissions' } as object,
    with: () => ({
      roles: {
        listTemporary: async () => [
          { assignmentId: temporary.id, roleId: '', principalId: '', scope: '', endsAt: '2026-12-24' },
        ],
        signedIn: async () => undefined,
      },
      principals: { names: async () => names },
    }),
  });
  const registry = await azure.registries.get(upstream);
  const offers = await readReplacementOffers(azure, registry);
  const kept = offers.offers.filter(({ isPreselected }) => isPreselected);
  return affectedMarkdown(registry, offers, kept, (time) => `local ${time}`).split(/^## /m);
}

const temporary = given(guid('c'), roles.acrPull);
const everyKind = [
  given(guid('a'), roles.acrPull),
  given(guid('b'), roles.acrPush, { principalType: 'User' }),
  temporary,
  given(guid('d'), roles.acrPull, { principalType: 'ForeignGroup' }),
  given(guid('e'), roles.acrPull),
  given(guid('e'), roles.repositoryReader, { condition: generateCondition([pattern('myapp')]) }),
];

it('tells who is affected by name, each in its place, and the ids at the end', async () => {
  const named = { [guid('a')]: 'kubelet', [guid('b')]: 'olivia', [guid('c')]: 'nightly' };
  const [, losing, kept, none, unread, assignments, , ids] = await documentOf(everyKind, named);
  expect(
    [losing, kept, none, assignments].map((part) => part?.match(/kubelet|olivia|nightly|dddddddd|eeeeeeee/g)),
  ).toEqual([
    ['olivia', 'nightly', 'dddddddd'],
    ['kubelet', 'eeeeeeee'],
    ['nightly', 'eeeeeeee', 'dddddddd'],
    ['kubelet', 'nightly', 'dddddddd', 'eeeeeeee', 'olivia'],
  ]);
  expect(none).toContain('local 2026');
  expect(unread?.match(/^- /gm)).toHaveLength(1);
  expect(ids?.match(/[a-e]{8}-1111/g)).toHaveLength(5);
  expect([losing, kept, none, assignments].join('')).not.toContain('-1111');
});

it('puts names into it as plain text, and not more rows than one reads', async () => {
  const name = '[x](command:acrCache.openRule) | <b>';
  const many = Array.from({ length: 300 }, (_, index) => given(`p${index}`, roles.acrPull));
  const text = (await documentOf(many, { p0: name })).join('');
  expect(text).not.toContain('[x]');
  expect(text).not.toContain('<b>');
  expect(text.match(/^- .*: AcrPull, /gm)).toHaveLength(200);
});

it('explains ABAC on one screen', () => {
  const lines = whatIsAbac('https://docs.example').split('\n').filter(Boolean);
  expect(lines.length).toBeLessThan(25);
  expect(lines.at(-1)).toContain('(https://docs.example/');
});
