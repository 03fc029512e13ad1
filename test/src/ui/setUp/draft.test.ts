import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { runFlow, type StepAnswer } from '../../../../src/ui/pages/flow.ts';
import {
  accessForms,
  accessOf,
  chooseDownstream,
  choosePrefix,
  chooseSources,
  chooseUpstream,
  type Draft,
  emptyDraft,
  firstOpenStep,
  linkOf,
  nameRule,
  nameTarget,
  newIdentityOf,
  sourceKey,
  type StepId,
  stepsOf,
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

describe('a step that its own answer removes', () => {
  it('is followed by the next of those that remain, not by the first page', async () => {
    const asked: string[] = [];
    const flow = {
      steps: (isExisting: boolean) =>
        isExisting ? (['a', 'name', 'review'] as const) : (['a', 'name', 'group', 'region', 'review'] as const),
      ask: (id: string, state: boolean) => {
        asked.push(id);
        return Promise.resolve({ kind: 'next' as const, state: state || id === 'group' });
      },
    };
    await runFlow<boolean, 'a' | 'name' | 'group' | 'region' | 'review'>(flow, false, 'a');
    expect(asked).toEqual(['a', 'name', 'group', 'review']);
  });
});

describe('a flow within another', () => {
  it('has "Back" on its first page, which ends it; further on "Back" leads to the page before', async () => {
    const answers: StepAnswer<string>[] = [
      { kind: 'next', state: 'typed' },
      { kind: 'back', state: 'typed more' },
      { kind: 'back' },
    ];
    const asked: string[] = [];
    const end = await runFlow<string, 'a' | 'b'>(
      {
        steps: () => ['a', 'b'],
        ask: (id, _state, { canGoBack }) => {
          asked.push(`${id} ${String(canGoBack)}`);
          return Promise.resolve(answers.shift() ?? { kind: 'cancelled' });
        },
        isPart: true,
      },
      '',
      'a',
    );
    expect(asked).toEqual(['a true', 'b true', 'a true']);
    expect([end, answers]).toEqual([undefined, []]);
  });
});

describe('steps', () => {
  it('asks for the parts of a new identity only when one is wanted', () => {
    expect(stepsOf({ ...filled, identity: { kind: 'new' } })).toContain('identityName');
    expect(stepsOf(filled)).not.toContain('identityName');
  });

  it('asks about the permission mode only of an upstream in RBAC mode, and about access only with ABAC', () => {
    expect(stepsOf(filled)).toEqual([
      'downstream',
      'upstream',
      'repositories',
      'targets',
      'identity',
      'permissionMode',
      'access',
      'ruleNames',
      'review',
    ]);
    expect(stepsOf({ ...filled, permissionMode: 'keep' })).not.toContain('access');
    expect(stepsOf(chooseUpstream(filled, abac))).not.toContain('permissionMode');
  });

  it('starts at the first thing a seed leaves open', () => {
    expect(firstOpenStep(emptyDraft)).toBe('downstream');
    expect(firstOpenStep(chooseUpstream(emptyDraft, abac))).toBe('downstream');
    expect(firstOpenStep(chooseDownstream(emptyDraft, down))).toBe('upstream');
    expect(firstOpenStep(chooseUpstream(chooseDownstream(emptyDraft, down), abac))).toBe('repositories');
    expect(firstOpenStep(filled)).toBe('targets');
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
        expect(stepsOf(draft)[0]).toBe('downstream');
        expect(stepsOf(draft).at(-1)).toBe('review');
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

describe('going back and forth', () => {
  /** Answers as a person would: each page shows the draft; `script` says where to go from each page in turn. */
  async function walk(
    initial: Draft,
    script: readonly ('next' | 'back')[],
  ): Promise<{ seen: StepId[]; drafts: Draft[]; end: Draft | undefined }> {
    const seen: StepId[] = [];
    const drafts: Draft[] = [];
    let turn = 0;
    const end = await runFlow<Draft, StepId>(
      {
        steps: stepsOf,
        ask: (id, draft, position): Promise<StepAnswer<Draft>> => {
          seen.push(id);
          drafts.push(draft);
          expect(position.canGoBack).toBe(stepsOf(draft).indexOf(id) > 0);
          const wish = script[turn++] ?? 'next';
          return Promise.resolve(wish === 'back' ? { kind: 'back' } : { kind: 'next', state: draft });
        },
      },
      initial,
      'downstream',
    );
    return { seen, drafts, end };
  }

  it('keeps every value, whatever the way, and ends at the review', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.constantFrom('next' as const, 'back' as const), { maxLength: 30 }),
        async (script) => {
          const { seen, drafts, end } = await walk(filled, script);
          expect(end).toBe(filled);
          expect(drafts.every((draft) => draft === filled)).toBe(true);
          expect(seen.at(-1)).toBe('review');
          const order = stepsOf(filled);
          for (let index = 1; index < seen.length; index++) {
            const step = order.indexOf(seen[index]!) - order.indexOf(seen[index - 1]!);
            expect([-1, 0, 1]).toContain(step);
          }
        },
      ),
    );
  });

  it('back keeps what was typed, and cancelling gives nothing', async () => {
    const asked: string[] = [];
    const typed = nameTarget(filled, pattern('myapp'), 'half-typed');
    let wasBack = false;
    const end = await runFlow<Draft, StepId>(
      {
        steps: stepsOf,
        ask: (id, draft) => {
          asked.push(`${id}:${targetTextOf(draft, pattern('myapp'))}`);
          if (id === 'targets' && !wasBack) {
            wasBack = true;
            return Promise.resolve({ kind: 'back', state: typed });
          }
          return Promise.resolve(id === 'identity' ? { kind: 'cancelled' } : { kind: 'next', state: draft });
        },
      },
      filled,
      'repositories',
    );
    expect(asked).toEqual([
      'repositories:myapp',
      'targets:myapp',
      'repositories:half-typed',
      'targets:half-typed',
      'identity:half-typed',
    ]);
    expect(end).toBeUndefined();
  });

  it('an answer may add pages that follow', async () => {
    const seen: StepId[] = [];
    await runFlow<Draft, StepId>(
      {
        steps: stepsOf,
        ask: (id, draft) => {
          seen.push(id);
          return Promise.resolve({
            kind: 'next',
            state: id === 'identity' ? { ...draft, identity: { kind: 'new' } } : draft,
          });
        },
      },
      filled,
      'identity',
    );
    expect(seen.slice(0, 4)).toEqual(['identity', 'identityName', 'identityGroup', 'identityRegion']);
  });
});

it('keys sources by their text', () => {
  expect(['myapp', 'team/*', '*'].map((text) => sourceKey(pattern(text)))).toEqual(['myapp', 'team/*', '*']);
});
