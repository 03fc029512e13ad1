import { expect, it } from 'vitest';
import { generateCondition } from '../../../../src/domain/condition/abacCondition.ts';
import { roles } from '../../../../src/domain/roles.ts';
import type { CacheRule } from '../../../../src/domain/types.ts';
import {
  chooseDownstream,
  chooseSources,
  chooseUpstream,
  type Draft,
  emptyDraft,
  newIdentityOf,
} from '../../../../src/ui/setUp/draft.ts';
import { continueDraft, defaultIdentity, nothingFound } from '../../../../src/ui/setUp/found.ts';
import type { Facts } from '../../../../src/ui/setUp/reads.ts';
import { assignment, identity, pattern, registry } from '../../../samples.ts';

const up = registry('upstreamregistry');
const draft: Draft = chooseSources(chooseUpstream(chooseDownstream(emptyDraft, registry('myregistry')), up), [
  pattern('myapp'),
]);
const [reads, used, stranger] = [identity('id-reads', 'p1'), identity('id-used', 'p2'), identity('id-other', 'p3')];

function ruleOf(id: string, sourceRepository: string): CacheRule {
  return { id: '', name: '', registryId: '', sourceRepository, targetRepository: 'x', identity: { id } };
}

const reader = (principalId: string, repository: string) => ({
  ...assignment(roles.repositoryReader.id, principalId, up.id),
  condition: generateCondition([pattern(repository)]),
});
const nameOf = (choice: NonNullable<Draft['identity']>) =>
  choice.kind === 'existing' ? choice.identity.name : choice.kind;

it('takes the identity of another rule that can read the repositories, whatever their order', () => {
  const found = {
    ...nothingFound,
    identities: [used, stranger, reads],
    rules: [ruleOf(used.id, `${up.loginServer}/a`), ruleOf(reads.id, 'elsewhere.example/b')],
    assignments: [reader('p1', 'myapp'), reader('p3', 'myapp')],
  };
  expect(nameOf(defaultIdentity(draft, found))).toBe('id-reads');
});

it('takes before all others that of the rule which already is what is wanted', () => {
  const wanted = { ...ruleOf(stranger.id, `${up.loginServer}/myapp`), targetRepository: 'myapp' };
  const found = {
    ...nothingFound,
    identities: [reads, stranger],
    rules: [ruleOf(reads.id, `${up.loginServer}/a`), wanted],
    assignments: [reader('p1', 'myapp')],
  };
  expect(nameOf(defaultIdentity(draft, found))).toBe('id-other');
});

it('else the one that reads this upstream for another rule, and no other', () => {
  const rules = [ruleOf(stranger.id, 'elsewhere.example/b'), ruleOf(used.id, `${up.loginServer.toUpperCase()}/a`)];
  const found = { ...nothingFound, identities: [stranger, used], rules, assignments: [reader('p2', 'a')] };
  expect(nameOf(defaultIdentity(draft, found))).toBe('id-used');
  expect(nameOf(defaultIdentity(draft, { ...found, rules: rules.slice(0, 1) }))).toBe('new');
});

it('never one that no rule uses, though it could read, but the one of the name that a new one would get', () => {
  const found = { ...nothingFound, identities: [stranger], assignments: [reader('p3', 'myapp')] };
  expect(nameOf(defaultIdentity(draft, found))).toBe('new');
  const fresh = identity(newIdentityOf(draft)?.name ?? '', 'p4');
  expect(nameOf(defaultIdentity(draft, { ...found, identities: [stranger, fresh] }))).toBe(fresh.name);
});

it('continues a draft with the registries of now, and has the upstream decided again', async () => {
  const facts = { registry: (id: string) => Promise.resolve({ ...up, id, sku: 'now' }) } as unknown as Facts;
  const decided = { ...draft, permissionMode: 'switch', keepAccess: [] } as const;
  const continued = await continueDraft(facts, decided);
  expect([continued.downstream?.sku, continued.upstream?.sku]).toEqual(['now', 'now']);
  expect([continued.downstream?.id, continued.upstream?.id]).toEqual([draft.downstream?.id, up.id]);
  expect([continued.permissionMode, continued.keepAccess]).toEqual([undefined, undefined]);
  expect(continued.sources).toBe(draft.sources);
});
