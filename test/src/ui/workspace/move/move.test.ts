import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { armIdKey } from '../../../../../src/domain/armId.ts';
import type { Registry } from '../../../../../src/domain/types.ts';
import { literalPiece, readReference } from '../../../../../src/files/text/pieces.ts';
import { applyChanges } from '../../../../../src/files/text/positions.ts';
import type { FoundReference, NameSite, TextChange } from '../../../../../src/files/types.ts';
import { createObservations } from '../../../../../src/inventory/observations.ts';
import { createResolver } from '../../../../../src/inventory/resolution.ts';
import type { Resolver } from '../../../../../src/inventory/resolutionTypes.ts';
import type { RegistryEntry } from '../../../../../src/inventory/types.ts';
import type { Outcome } from '../../../../../src/ui/workspace/move/moveApply.lazy.ts';
import { appliedChanges, joinChanges, moveEdits } from '../../../../../src/ui/workspace/move/moveEdits.lazy.ts';
import {
  canMove,
  countServed,
  missingRules,
  type MoveRepository,
  repositoriesOf,
} from '../../../../../src/ui/workspace/move/movePlan.lazy.ts';
import { moveReport } from '../../../../../src/ui/workspace/move/moveReport.lazy.ts';
import { resolveReferences } from '../../../../../src/ui/workspace/scan/references.lazy.ts';
import type { ScannedFile } from '../../../../../src/ui/workspace/scan/scan.lazy.ts';
import { planOf } from './movePlans.ts';
import { scannedFile } from '../scannedFile.ts';
import { inventoryState, registry, rule } from '../../../../samples.ts';

vi.mock('vscode', () => import('../../vscodeDouble.ts'));

const downstream = registry('downstream');
const upstream = registry('upstream');
const elsewhere = registry('elsewhere', { tenantId: 'another tenant' });

function entry(of: Registry, ...mappings: readonly (readonly [target: string, source: string])[]): RegistryEntry {
  const rules = mappings.map(([target, source], number) =>
    rule(`rule-${number}`, source, target, { registryId: of.id }),
  );
  return { registry: of, rules, rulesFreshness: 'current' };
}

function resolverOf(...entries: readonly RegistryEntry[]): Resolver {
  return createResolver(inventoryState(...entries), createObservations());
}

const resolver = resolverOf(
  entry(downstream, ['cached/app', 'upstream.example/team/app'], ['hub/*', 'docker.io/library/*']),
  entry(upstream),
  entry(elsewhere),
);

/** A file of one reference per line, its name replaceable unless the line says otherwise. */
function file(path: string, ...lines: readonly (string | { written: string; name?: NameSite })[]) {
  const texts = lines.map((line) => (typeof line === 'string' ? line : line.written));
  const text = texts.map((written) => `image: '${written}' # kept\n`).join('');
  let at = 0;
  const references = lines.map((line, index): FoundReference => {
    const start = text.indexOf("'", at) + 1;
    const end = start + (texts[index]?.length ?? 0);
    at = end + 2;
    const found = readReference(text, [literalPiece(text, { start, end })], { usage: 'image' });
    if (!found) throw new Error(`${texts[index]} is no reference`);
    return typeof line === 'string' ? found : { ...found, name: line.name ?? found.name };
  });
  return scannedFile(path, text, references);
}

function ways(...files: readonly ScannedFile[]): Record<string, string> {
  const plan = planOf(files, resolver, downstream);
  return Object.fromEntries(
    repositoriesOf(plan).map(({ host, repository, way }) => [
      `${host}/${repository}`,
      way.kind === 'impossible' ? way.obstacle.kind : way.kind,
    ]),
  );
}

describe('planMove', () => {
  it('tells what is cached already, what a rule serves, what a rule could serve, and what stays and why', () => {
    expect(
      ways(
        file(
          'a.yaml',
          'downstream.example/cached/app:1',
          'upstream.example/team/app:1',
          'upstream.example/team/other:1',
          'downstream.example/own:1',
          'elsewhere.example/app:1',
          'nowhere.example/app:1',
          'quay.io/team/app:1',
          'ubuntu:24.04',
        ),
      ),
    ).toEqual({
      'downstream.example/cached/app': 'cached',
      'upstream.example/team/app': 'served',
      'upstream.example/team/other': 'newRule',
      'downstream.example/own': 'ownRepository',
      'elsewhere.example/app': 'otherTenant',
      'nowhere.example/app': 'unknownHost',
      'quay.io/team/app': 'catalogue',
      'docker.io/library/ubuntu': 'served',
    });
  });

  it('says that the rules of the downstream are not known, instead of that there is none', () => {
    const unread = resolverOf({ registry: downstream, rulesFreshness: 'failed' });
    const plan = planOf([file('a', 'downstream.example/own:1')], unread, downstream);
    expect(repositoriesOf(plan)[0]?.way).toEqual({ kind: 'impossible', obstacle: { kind: 'ownRulesUnknown' } });
  });

  it('works before any rule exists, and counts a repository once however it is tagged', () => {
    const plan = planOf(
      [file('a', 'upstream.example/app:1', 'upstream.example/app:2'), file('b', 'upstream.example/app')],
      resolverOf(entry(downstream), entry(upstream)),
      downstream,
    );
    const [one, ...others] = repositoriesOf(plan);
    expect(others).toEqual([]);
    expect(one?.movable).toHaveLength(3);
    expect(missingRules(plan, new Set([one?.key ?? '']))).toEqual([{ upstream, sourceRepositories: ['app'] }]);
    expect(missingRules(plan, new Set())).toEqual([]);
  });

  it('asks for the rules of one upstream together', () => {
    const second = registry('second');
    const plan = planOf(
      [file('a', 'upstream.example/app', 'second.example/app', 'upstream.example/team/app')],
      resolverOf(entry(downstream), entry(upstream), entry(second)),
      downstream,
    );
    const all = new Set(repositoriesOf(plan).map(({ key }) => key));
    expect(missingRules(plan, all)).toEqual([
      { upstream: second, sourceRepositories: ['app'] },
      { upstream, sourceRepositories: ['app', 'team/app'] },
    ]);
  });

  it('does not offer what cannot be changed where it stands', () => {
    const written = 'upstream.example/team/app:1';
    const plan = planOf(
      [file('compose.yaml', { written, name: { kind: 'fixed', because: 'environmentFile' } })],
      resolver,
      downstream,
    );
    const [one] = repositoriesOf(plan);
    expect(one && canMove(one)).toBe(false);
    expect(one?.fixed[0]?.found.name).toEqual({ kind: 'fixed', because: 'environmentFile' });
  });

  it('puts first what can be moved', () => {
    const plan = planOf(
      [
        file(
          'a',
          'alpha.example/a',
          'downstream.example/cached/app',
          'upstream.example/new',
          'upstream.example/team/app',
        ),
      ],
      resolver,
      downstream,
    );
    expect(plan.groups.map(({ host }) => host)).toEqual(['upstream.example', 'downstream.example', 'alpha.example']);
    expect(plan.groups[0]?.repositories.map(({ repository }) => repository)).toEqual(['team/app', 'new']);
  });

  it('accounts for every reference exactly once', () => {
    const names = ['upstream.example/team/app', 'upstream.example/x', 'downstream.example/y', 'quay.io/z/z', 'alpine'];
    fc.assert(
      fc.property(fc.array(fc.array(fc.constantFrom(...names), { maxLength: 6 }), { maxLength: 4 }), (contents) => {
        const files = contents.map((lines, index) => file(`${index}`, ...lines));
        const all = repositoriesOf(planOf(files, resolver, downstream)).flatMap(({ movable, fixed }) => [
          ...movable,
          ...fixed,
        ]);
        const expected = files.flatMap(({ references }) => references);
        expect(new Set(all.map(({ found }) => found))).toEqual(new Set(expected));
        expect(all).toHaveLength(expected.length);
      }),
    );
  });
});

it('countServed counts a reference for every registry whose rules serve it', () => {
  const second = registry('second');
  const both = resolverOf(
    entry(downstream, ['a', 'upstream.example/a']),
    entry(second, ['*', 'upstream.example/*']),
    entry(upstream),
  );
  const files = [file('f', 'upstream.example/a', 'upstream.example/b', 'downstream.example/a')];
  const counts = countServed(resolveReferences(files, both));
  expect(counts.get(armIdKey(downstream.id))).toBe(2);
  expect(counts.get(armIdKey(second.id))).toBe(2);
  expect(counts.get(armIdKey(upstream.id))).toBeUndefined();
});

describe('moveEdits', () => {
  const all = (files: readonly ScannedFile[]) => {
    const plan = planOf(files, resolver, downstream);
    return { plan, chosen: new Set(repositoriesOf(plan).map(({ key }: MoveRepository) => key)) };
  };

  it('replaces host and repository and keeps quotes, tags, digests and comments', () => {
    const digest = `sha256:${'a'.repeat(64)}`;
    const one = file('a.yaml', 'upstream.example/team/app:1.2', `upstream.example/team/app@${digest}`, 'ubuntu:24.04');
    const { plan, chosen } = all([one]);
    const edits = moveEdits(plan, chosen);
    expect(edits.files.map(({ changes }) => applyChanges(one.text, changes))).toEqual([
      `image: 'downstream.example/cached/app:1.2' # kept\nimage: 'downstream.example/cached/app@${digest}' # kept\nimage: 'downstream.example/hub/ubuntu:24.04' # kept\n`,
    ]);
  });

  it('changes only what was chosen and is mapped', () => {
    const one = file('a.yaml', 'upstream.example/team/app:1', 'upstream.example/new:1');
    const { plan, chosen } = all([one]);
    expect(moveEdits(plan, new Set()).files).toEqual([]);
    const edits = moveEdits(plan, chosen);
    expect(edits.files.flatMap(({ moves }) => moves.map(({ found }) => found.written))).toEqual([
      'upstream.example/team/app:1',
    ]);
  });

  it('makes the same change once, and leaves a reference whose change contradicts another', () => {
    const shared: NameSite = { kind: 'whole', range: { start: 0, end: 5 } };
    const one = file(
      'a',
      { written: 'upstream.example/team/app:1', name: shared },
      { written: 'upstream.example/team/app:2', name: shared },
      { written: 'ubuntu:24.04', name: { kind: 'whole', range: { start: 4, end: 6 } } },
    );
    const { plan, chosen } = all([one]);
    const edits = moveEdits(plan, chosen);
    expect(edits.files[0]?.changes).toHaveLength(1);
    const { moves } = edits.files[0] ?? { moves: [] };
    expect(moves.length + edits.contradicting.length).toBe(3);
    expect(edits.contradicting.length).toBeGreaterThan(0);
  });
});

/** Changes of a text, in order, that may touch but do not overlap. */
const changedText = fc
  .array(
    fc.record({
      gap: fc.constantFrom('', ' ', '\n', 'from a\r\n', 'x'),
      original: fc.constantFrom('a/b', 'upstream.example/x', 'é😀'),
      text: fc.constantFrom('downstream.example/y', 'c/d'),
      isApplied: fc.boolean(),
    }),
    { maxLength: 8 },
  )
  .map((parts) => {
    let before = '';
    let after = '';
    const changes: TextChange[] = [];
    for (const { gap, original, text, isApplied } of parts) {
      before += gap;
      changes.push({ range: { start: before.length, end: before.length + original.length }, text });
      before += original;
      after += gap + (isApplied ? text : original);
    }
    return { before, after, changes, applied: parts.map(({ isApplied }) => isApplied) };
  });

describe('appliedChanges', () => {
  it('tells which changes a text has seen, however its lines end', () => {
    fc.assert(
      fc.property(changedText, fc.boolean(), ({ before, after, changes, applied }, uniform) => {
        const seen = uniform ? after.replaceAll('\r\n', '\n') : after;
        expect(appliedChanges(before, seen, changes)).toEqual(applied);
      }),
    );
  });

  it('knows nothing of a text that was changed otherwise', () => {
    const changes = [{ range: { start: 1, end: 2 }, text: 'B' }];
    expect(appliedChanges('abc', 'aBc', changes)).toEqual([true]);
    expect(appliedChanges('abc', 'aBcd', changes)).toBeUndefined();
    expect(appliedChanges('abc', 'xbc', changes)).toBeUndefined();
    expect(appliedChanges('abc', 'aXc', changes)).toBeUndefined();
  });
});

it('joinChanges keeps the order of the text and refuses what overlaps', () => {
  const change = (start: number, end: number, text = 'n'): TextChange => ({ range: { start, end }, text });
  expect(joinChanges([change(5, 8)], [change(1, 3), change(5, 8)])).toEqual([change(1, 3), change(5, 8)]);
  expect(joinChanges([change(5, 8)], [change(3, 5)])).toEqual([change(3, 5), change(5, 8)]);
  expect(joinChanges([change(5, 8)], [change(7, 9)])).toBeUndefined();
  expect(joinChanges([change(5, 8)], [change(5, 8, 'other')])).toBeUndefined();
  expect(joinChanges([change(5, 5, 'a')], [change(5, 5, 'b')])).toBeUndefined();
});

describe('moveReport', () => {
  const now = { date: new Date('2026-11-23T12:00:00Z'), language: 'en' };
  const shown = (text: string): string => text.replace(now.date.toLocaleString(now.language), 'now');

  it('says what was changed where, and what was left and why, with nothing of a file becoming markup', () => {
    const one = file(
      'deploy/[x](command:evil).yaml',
      'upstream.example/team/app:1',
      'upstream.example/new:1',
      'quay.io/team/app:1',
      'downstream.example/cached/app:1',
      { written: 'ubuntu:24.04', name: { kind: 'fixed', because: 'environmentFile' } },
    );
    const plan = planOf([one], resolver, downstream);
    const chosen = new Set(repositoriesOf(plan).map(({ key }) => key));
    const edits = moveEdits(plan, chosen);
    const text = moveReport(
      {
        plan,
        chosen,
        moves: edits.files.flatMap(({ moves }) => moves.map((move) => ({ ...move, outcome: 'changed' as const }))),
        contradicting: [],
        saved: true,
        filesRead: 7,
        skipped: [{ path: 'big.yaml', reason: 'too large' }],
      },
      now,
    );
    expect(shown(text)).toMatchSnapshot();
    expect(text.replace(/`[^`\n]*`/g, '')).not.toContain('command:');
  });

  describe('of what the edit came to', () => {
    const one = file('a', 'upstream.example/team/app:1');
    const plan = planOf([one], resolver, downstream);
    const chosen = new Set(repositoriesOf(plan).map(({ key }) => key));
    const moves = moveEdits(plan, chosen).files.flatMap((each) => each.moves);
    const reported = (outcome: Outcome, some = moves): string => {
      const applied = { moves: some.map((move) => ({ ...move, outcome })), saved: true };
      return moveReport({ plan, chosen, ...applied, contradicting: [], filesRead: 1, skipped: [] }, now);
    };

    it.each(['changed', 'partly', 'declined', 'outdated', 'unclear'] as const)('%s', (outcome) => {
      expect(shown(reported(outcome))).toMatchSnapshot();
    });

    it('changed in two files', () => {
      const [move] = moves;
      const other = { ...one, path: 'b' };
      expect(shown(reported('changed', move ? [move, { ...move, file: other }] : []))).toMatchSnapshot();
    });
  });

  it('tells the text that was written, with its variables', () => {
    const seen = file('compose.yaml', 'upstream.example/team/app:1');
    const [found] = seen.references;
    if (!found) throw new Error('no reference');
    const written = 'upstream.example/team/app:${VERSION}';
    const range = { start: found.range.start, end: found.range.start + written.length };
    const one = { ...seen, text: `image: '${written}'\n`, references: [{ ...found, written, range }] };
    const plan = planOf([one], resolver, downstream);
    const chosen = new Set(repositoriesOf(plan).map(({ key }) => key));
    const moves = moveEdits(plan, chosen).files.flatMap((each) =>
      each.moves.map((move) => ({ ...move, outcome: 'changed' as const })),
    );
    const text = moveReport({ plan, chosen, moves, saved: true, contradicting: [], filesRead: 1, skipped: [] }, now);
    expect(text).toContain('downstream.example/cached/app:${VERSION}');
  });

  it('says that nothing was changed', () => {
    const plan = planOf([file('a', 'upstream.example/new')], resolver, downstream);
    const text = moveReport(
      {
        plan,
        chosen: new Set(),
        moves: [],
        contradicting: [],
        saved: true,
        filesRead: 1,
        skipped: [],
      },
      now,
    );
    expect(shown(text)).toMatchSnapshot();
  });
});
