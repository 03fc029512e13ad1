import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  accessForms,
  accessOf,
  chooseDownstream,
  choosePrefix,
  chooseSources,
  chooseUpstream,
  type Draft,
  emptyDraft,
  firstOpenPage,
  isUndecided,
  linkOf,
  nameRule,
  nameTarget,
  newIdentityOf,
  sourceKey,
  targetTextOf,
} from '../../../../src/ui/setUp/draft.ts';
import { linkProblems } from '../../../../src/provisioning/link/parseLink.ts';
import { identity, pattern, registry } from '../../../samples.ts';

const down = registry('myregistry');
const legacy = registry('upstreamregistry', { roleAssignmentMode: 'LegacyRegistryPermissions' });
const abac = registry('otherregistry');
const foreign = registry('foreignregistry', { tenantId: 'elsewhere' });

const filled: Draft = {
  ...chooseSources(chooseUpstream(chooseDownstream(emptyDraft, down), legacy), [pattern('myapp'), pattern('team/*')]),
  identity: { kind: 'existing', identity: identity('id-one', 'p1') },
  permissionMode: 'switch',
  access: 'condition',
};

/** One change that a page can make to a draft, by the page's step. */
const change = fc.oneof(
  fc
    .constantFrom(down, abac, legacy, foreign)
    .map((value) => ({ step: 'downstream' as const, apply: (draft: Draft) => chooseDownstream(draft, value) })),
  fc
    .constantFrom(abac, legacy)
    .map((value) => ({ step: 'upstream' as const, apply: (draft: Draft) => chooseUpstream(draft, value) })),
  fc.subarray(['myapp', 'team/*', 'team/web', 'tools/a'], { minLength: 1 }).map((texts) => ({
    step: 'repositories' as const,
    apply: (draft: Draft) => chooseSources(draft, texts.map(pattern)),
  })),
  fc
    .constantFrom('', 'cache')
    .map((prefix) => ({ step: 'targets' as const, apply: (draft: Draft) => choosePrefix(draft, prefix) })),
  fc
    .constantFrom<NonNullable<Draft['identity']>>(
      { kind: 'new' },
      { kind: 'existing', identity: identity('id-one', 'p1') },
    )
    .map((value) => ({ step: 'identity' as const, apply: (draft: Draft): Draft => ({ ...draft, identity: value }) })),
  fc.constantFrom<'switch' | 'keep'>('switch', 'keep').map((value) => ({
    step: 'permissionMode' as const,
    apply: (draft: Draft): Draft => ({ ...draft, permissionMode: value }),
  })),
);

describe('pages', () => {
  it('begin at the first thing that a seed leaves open; all others have a default', () => {
    expect(firstOpenPage(emptyDraft)).toBe('downstream');
    expect(firstOpenPage(chooseUpstream(emptyDraft, abac))).toBe('downstream');
    expect(firstOpenPage(chooseDownstream(emptyDraft, down))).toBe('upstream');
    expect(firstOpenPage(chooseUpstream(chooseDownstream(emptyDraft, down), abac))).toBe('repositories');
    expect(firstOpenPage(filled)).toBe('review');
  });

  it('leave undecided only how an upstream in RBAC mode is read', () => {
    const open = { ...filled, permissionMode: undefined };
    expect(isUndecided(open)).toBe(true);
    expect([isUndecided(filled), isUndecided({ ...open, permissionMode: 'keep' })]).toEqual([false, false]);
    expect(isUndecided(chooseUpstream(open, abac))).toBe(false);
  });
});

describe('what a change invalidates', () => {
  it('another upstream clears what was said about the old one, and keeps downstream and identity', () => {
    const named = nameRule(nameTarget(filled, pattern('myapp'), 'mine'), pattern('myapp'), 'MyRule');
    const next = chooseUpstream(named, abac);
    expect(next.sources).toEqual([]);
    expect(next.targetNames.size + next.ruleNames.size).toBe(0);
    expect(next.permissionMode).toBeUndefined();
    expect(next.downstream).toBe(down);
    expect(next.identity).toBe(filled.identity);
  });

  it('the same upstream, read again, clears nothing', () => {
    const again = { ...legacy, id: legacy.id.toUpperCase(), sku: 'Basic' };
    expect(chooseUpstream(filled, again)).toEqual({ ...filled, upstream: again });
  });

  it('another downstream keeps the upstream if it can cache from it, and drops it if not', () => {
    expect(chooseDownstream(filled, abac).sources).toEqual(filled.sources);
    const swapped = chooseDownstream(filled, legacy);
    expect(swapped.upstream).toBeUndefined();
    expect(swapped.sources).toEqual([]);
    const elsewhere = chooseDownstream(filled, foreign);
    expect(elsewhere.upstream).toBeUndefined();
    expect(elsewhere.identity).toBeUndefined();
  });

  it('a repository that is unchecked and checked again keeps its names', () => {
    const named = nameTarget(filled, pattern('myapp'), 'mine');
    const without = chooseSources(named, [pattern('team/*')]);
    const again = chooseSources(without, [pattern('team/*'), pattern('myapp')]);
    expect(targetTextOf(again, pattern('myapp'))).toBe('mine');
    expect(targetTextOf(again, pattern('team/*'))).toBe('team/*');
  });

  it('a common prefix replaces names given by hand, and can be taken back', () => {
    const prefixed = choosePrefix(nameTarget(filled, pattern('myapp'), 'mine'), 'cache');
    expect(filled.sources.map((source) => targetTextOf(prefixed, source))).toEqual(['cache/myapp', 'cache/team/*']);
    expect(targetTextOf(choosePrefix(prefixed, ''), pattern('myapp'))).toBe('myapp');
    expect(targetTextOf(choosePrefix(filled, 'cache'), pattern('*'))).toBe('cache/*');
  });

  it('drops doubles', () => {
    expect(chooseSources(filled, [pattern('a'), pattern('b'), pattern('a')])).toHaveProperty('sources.length', 2);
  });

  it('never loses the downstream, never keeps an upstream that cannot be used, and never keeps orphans', () => {
    fc.assert(
      fc.property(fc.array(change, { maxLength: 12 }), (changes) => {
        let draft = chooseDownstream(emptyDraft, down);
        for (const { step, apply } of changes) {
          // A page is only reached when the ones before it are answered.
          if (step !== 'downstream' && step !== 'upstream' && !draft.upstream) continue;
          if (
            step === 'upstream' &&
            (apply(draft).upstream?.id === draft.downstream?.id || draft.downstream === foreign)
          )
            continue;
          draft = apply(draft);
        }
        expect(draft.downstream).toBeDefined();
        expect(draft.upstream?.id).not.toBe(draft.downstream?.id);
        if (draft.upstream) expect(draft.upstream.tenantId).toBe(draft.downstream?.tenantId);
        else expect([draft.sources, draft.targetPrefix, draft.permissionMode]).toEqual([[], '', undefined]);
        expect(accessForms(draft)).toContain(accessOf(draft));
      }),
    );
  });
});

describe('access', () => {
  it('is by condition, except where that cannot be', () => {
    expect(accessOf({ ...filled, access: undefined })).toBe('condition');
    expect(accessForms(chooseSources(filled, [pattern('*')]))).toEqual(['registry']);
    expect(accessForms({ ...filled, permissionMode: 'keep' })).toEqual(['acrPull']);
  });

  it("offers the article's form only for one-part names, last", () => {
    expect(accessForms(chooseSources(filled, [pattern('myapp')])).at(-1)).toBe('repositoryScope');
    expect(accessForms(chooseSources(filled, [pattern('team/app')]))).not.toContain('repositoryScope');
    const chosen: Draft = { ...chooseSources(filled, [pattern('myapp')]), access: 'repositoryScope' };
    expect(accessOf(chooseSources(chosen, [pattern('team/app')]))).toBe('condition');
  });
});

describe('the link', () => {
  const names = new Map([
    ['myapp', 'rule-one'],
    ['team/*', 'rule-two'],
  ]);

  it('is what was chosen, and has no problem', () => {
    const link = linkOf(filled, names);
    expect(link).toMatchObject({
      downstream: { id: down.id, loginServer: down.loginServer },
      source: { kind: 'registry', id: legacy.id, loginServer: legacy.loginServer },
      mappings: [
        { ruleName: 'rule-one', source: pattern('myapp'), target: pattern('myapp') },
        { ruleName: 'rule-two', source: pattern('team/*'), target: pattern('team/*') },
      ],
      access: 'condition',
      allowAbacSwitch: true,
    });
    expect(link && linkProblems(link)).toEqual([]);
  });

  it('allows the switch only if it was confirmed for an upstream in RBAC mode', () => {
    expect(linkOf({ ...filled, permissionMode: 'keep' }, names)).toMatchObject({ access: 'acrPull' });
    expect(linkOf({ ...filled, permissionMode: 'keep' }, names)).not.toHaveProperty('allowAbacSwitch');
    expect(linkOf({ ...filled, permissionMode: undefined }, names)).not.toHaveProperty('allowAbacSwitch');
    expect(linkOf({ ...filled, upstream: abac }, names)).not.toHaveProperty('allowAbacSwitch');
  });

  it('creates a new identity beside the downstream by default', () => {
    const link = linkOf({ ...filled, identity: { kind: 'new' } }, names);
    expect(link?.authentication.identityId).toMatch(
      /\/resourceGroups\/MyResourceGroup\/.*\/id-myregistry-from-upstreamregistry$/,
    );
    expect(link?.authentication.create).toEqual({ location: 'westeurope' });
    expect(newIdentityOf({ ...filled, newIdentity: { name: 'mine', location: 'northeurope' } })).toMatchObject({
      name: 'mine',
      location: 'northeurope',
      resourceGroup: 'MyResourceGroup',
    });
  });

  it('is none while something is missing or cannot be parsed', () => {
    expect(linkOf({ ...filled, identity: undefined }, names)).toBeUndefined();
    expect(linkOf({ ...filled, sources: [] }, names)).toBeUndefined();
    expect(linkOf(filled, new Map([['myapp', 'rule-one']]))).toBeUndefined();
    expect(linkOf(nameTarget(filled, pattern('myapp'), 'my:tag'), names)).toBeUndefined();
  });
});

it('keys sources by their text', () => {
  expect(['myapp', 'team/*', '*'].map((text) => sourceKey(pattern(text)))).toEqual(['myapp', 'team/*', '*']);
});
