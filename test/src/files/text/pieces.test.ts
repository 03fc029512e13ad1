import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatImageReference, parseImageReference } from '../../../../src/domain/imageReference.ts';
import type { Piece } from '../../../../src/files/text/locateName.ts';
import { literalPiece, readReference, type PieceContext } from '../../../../src/files/text/pieces.ts';
import { nameChanges } from '../../../../src/files/rename.ts';
import type { FoundReference, TextChange } from '../../../../src/files/types.ts';
import { anyRepository, hostileText, imageReference, loginServer } from '../../domain/arbitraries.ts';

/** `parts`: literals as text; `{ written, value, at }` a variable, `at` where in `written` its value stands. */
type Part = string | { readonly written: string; readonly value?: string; readonly at?: number };

const before = 'image: "';

function build(parts: readonly Part[]): { text: string; pieces: Piece[] } {
  let text = before;
  const pieces: Piece[] = [];
  for (const part of parts) {
    const start = text.length;
    const written = typeof part === 'string' ? part : part.written;
    text += written;
    const range = { start, end: text.length };
    if (typeof part === 'string') pieces.push({ range, value: part, literal: true });
    else {
      pieces.push({
        range,
        value: part.value,
        literal: false,
        ...(part.at !== undefined && {
          valueRange: { start: start + part.at, end: start + part.at + (part.value ?? '').length },
        }),
      });
    }
  }
  return { text: `${text}" # comment`, pieces };
}

function read(parts: readonly Part[], context: Partial<PieceContext> = {}): FoundReference | undefined {
  const { text, pieces } = build(parts);
  return readReference(text, pieces, { usage: 'image', ...context });
}

function textAt(parts: readonly Part[], range: { start: number; end: number }): string {
  return build(parts).text.slice(range.start, range.end);
}

function apply(text: string, changes: readonly TextChange[]): string {
  return changes.reduceRight(
    (changed, { range, text: inserted }) => changed.slice(0, range.start) + inserted + changed.slice(range.end),
    text,
  );
}

function renamed(
  parts: readonly Part[],
  context: Partial<PieceContext> = {},
  repository = 'cached/app',
): string | undefined {
  const found = read(parts, context);
  const changes = found && nameChanges(found, { host: 'Downstream.example', repository });
  return changes && apply(build(parts).text, changes).slice(before.length, -'" # comment'.length);
}

const variable = (written: string, value?: string, at?: number): Part => ({
  written,
  ...(value !== undefined && { value }),
  ...(at !== undefined && { at }),
});

describe('readReference', () => {
  it('reads a literal', () => {
    expect(read(['upstream.example/team/app:1.2'])).toMatchObject({
      written: 'upstream.example/team/app:1.2',
      usage: 'image',
      image: { host: 'upstream.example', repository: 'team/app', tag: '1.2' },
      openTag: false,
      certain: true,
      uses: [],
    });
    const text = 'FROM nginx AS web';
    expect(readReference(text, [literalPiece(text, { start: 5, end: 10 })], { usage: 'base' })).toMatchObject({
      range: { start: 5, end: 10 },
      image: { repository: 'nginx' },
      name: { kind: 'whole', range: { start: 5, end: 10 } },
    });
  });

  it.each<readonly [string, readonly Part[]]>([
    ['no reference', ['Not An Image']],
    ['upper case in the repository', ['upstream.example/Team/app']],
    ['an unknown host', [variable('$REGISTRY'), '/app:1']],
    ['an unknown part of the repository', ['upstream.example/', variable('$APP'), ':1']],
    ['an unknown end of the repository', ['upstream.example/app', variable('$SUFFIX')]],
    ['something unknown between name and tag', ['upstream.example/app', variable('$SUFFIX'), ':1']],
    ['an unknown port', ['upstream.example:', variable('$PORT'), '/app']],
    ['an unknown image', [variable('$IMAGE')]],
    ['what may be host and port', ['upstream.example:', variable('$PORT_AND_APP')]],
    ['an open tag with what no tag has', ['upstream.example/app:', variable('$TAG'), ' --rm']],
    ['an open digest with a path', ['upstream.example/app@', variable('$DIGEST'), '/x']],
    ['nothing', []],
    ['nothing written', ['']],
    ['an image id', ['a'.repeat(64)]],
    ['something longer than any reference', ['a'.repeat(5000)]],
  ])('leaves %s alone', (_what, parts) => {
    expect(read(parts)).toBeUndefined();
  });

  it('never reads outside the text', () => {
    const piece = { range: { start: 0, end: 9 }, value: 'nginx', literal: true };
    expect(readReference('nginx', [piece], { usage: 'image' })).toBeUndefined();
    expect(readReference('nginx', [{ ...piece, range: { start: -1, end: 4 } }], { usage: 'image' })).toBeUndefined();
  });

  it.each<readonly [readonly Part[]]>([
    [['upstream.example/app:', variable('${TAG}')]],
    [['upstream.example/app:1.', variable('${MINOR}'), '-alpine']],
    [['upstream.example/app@', variable('${DIGEST}')]],
    [['upstream.example/app:1.2@sha256:', variable('${DIGEST}')]],
    [['upstream.example/app:', variable('${TAG}'), `@sha256:${'a'.repeat(64)}`]],
  ])('knows the name if only the tag or digest is open: %j', (parts) => {
    expect(read(parts)).toMatchObject({ image: { host: 'upstream.example', repository: 'app' }, openTag: true });
    expect(read(parts)?.image).not.toHaveProperty('tag');
    expect(read(parts)?.image).not.toHaveProperty('digest');
    expect(renamed(parts)?.startsWith('downstream.example/cached/app')).toBe(true);
  });

  it('takes the port of a host for no tag', () => {
    expect(read(['localhost:5000/app:1'])?.image).toEqual({ host: 'localhost:5000', repository: 'app', tag: '1' });
    expect(renamed(['localhost:5000/app:1'])).toBe('downstream.example/cached/app:1');
    expect(renamed(['[::1]:5000/app'])).toBe('downstream.example/cached/app');
  });
});

describe('where the name can be replaced', () => {
  it.each<readonly [readonly Part[], string]>([
    [['nginx'], 'downstream.example/cached/app'],
    [['nginx:1.25'], 'downstream.example/cached/app:1.25'],
    [['upstream.example', '/team', '/app:1'], 'downstream.example/cached/app:1'],
    [
      [variable('${IMAGE:-upstream.example/app}', 'upstream.example/app', 9)],
      '${IMAGE:-downstream.example/cached/app}',
    ],
    [
      [variable('${IMAGE:-upstream.example/app:1}', 'upstream.example/app:1', 9)],
      '${IMAGE:-downstream.example/cached/app:1}',
    ],
    [['upstream.example/app', variable('${TAG:+:$TAG}', '')], 'downstream.example/cached/app${TAG:+:$TAG}'],
    // Variables that stand for nothing else.
    [[variable('${R}', 'upstream.example'), '/app:1'], 'downstream.example/cached/app:1'],
    [['upstream.example/', variable('${A}', 'app'), ':1'], 'downstream.example/cached/app:1'],
    [[variable('upstream.example\\/app', 'upstream.example/app')], 'downstream.example/cached/app'],
  ])('renames %j', (parts, expected) => {
    expect(renamed(parts)).toBe(expected);
  });

  it.each<readonly [readonly Part[], string, string]>([
    [
      [variable('${REGISTRY:-upstream.example}', 'upstream.example', 12), '/team/app:1'],
      'team/app',
      '${REGISTRY:-downstream.example}/team/app:1',
    ],
    [
      [variable('${REGISTRY:-upstream.example/}', 'upstream.example/', 12), 'team/app:1'],
      'team/app',
      '${REGISTRY:-downstream.example/}team/app:1',
    ],
    [
      ['upstream.example/', variable('${APP:-team/app}', 'team/app', 7), ':', variable('$TAG')],
      'team/app',
      'downstream.example/${APP:-team/app}:$TAG',
    ],
    [
      [variable('${R:-upstream.example}', 'upstream.example', 5), '/', variable('${A:-app:2}', 'app:2', 5)],
      'app',
      '${R:-downstream.example}/${A:-app:2}',
    ],
  ])('renames %j only if the repository stays, as variables may be set elsewhere', (parts, repository, expected) => {
    expect(renamed(parts, {}, repository)).toBe(expected);
    expect(renamed(parts, {}, `cached/${repository}`)).toBeUndefined();
  });

  it.each<readonly [readonly Part[], PieceContext['fixedBecause'], string]>([
    [[variable('$REGISTRY', 'upstream.example'), '/app:1'], 'environmentFile', 'environmentFile'],
    [[variable('$PREFIX', 'upstream.example/team'), '/app:1'], 'sharedVariable', 'sharedVariable'],
    [[variable('${P:-upstream.example/team}', 'upstream.example/team', 5), '/app'], 'sharedVariable', 'sharedVariable'],
    [[variable('${PREFIX:-}', ''), 'app:1'], 'sharedVariable', 'sharedVariable'],
    [[variable('upstream.example\\/app:1', 'upstream.example/app:1')], undefined, 'escaped'],
    // The range does not hold what it should.
    [[variable('${IMAGE:-a$$b:1}', 'a-b:1', 9)], undefined, 'escaped'],
  ])('leaves the name of %j', (parts, fixedBecause, because) => {
    const found = read(parts, fixedBecause ? { fixedBecause } : {});
    expect(found?.name).toEqual({ kind: 'fixed', because });
    expect(found && nameChanges(found, { host: 'downstream.example', repository: 'app' })).toBeUndefined();
  });

  it('tells host and repository apart where both can be replaced', () => {
    const parts = [variable('${REGISTRY:-upstream.example}', 'upstream.example', 12), '/team/app:1'];
    const name = read(parts)?.name;
    if (name?.kind !== 'split') throw new Error(JSON.stringify(name));
    expect(textAt(parts, name.registry)).toBe('upstream.example');
    expect(textAt(parts, name.repository)).toBe('team/app');
  });
});

describe('nameChanges', () => {
  it('inserts a name with what belongs around it', () => {
    expect(
      nameChanges(
        { name: { kind: 'insert', offset: 7, prefix: '\n    newName: ', suffix: '' } },
        { host: 'downstream.example', repository: 'app' },
      ),
    ).toEqual([{ range: { start: 7, end: 7 }, text: '\n    newName: downstream.example/app' }]);
  });

  it('gives changes in the order of the text', () => {
    const registry = { start: 40, end: 50 };
    const repository = { start: 10, end: 20 };
    expect(
      nameChanges({ name: { kind: 'split', registry, repository } }, { host: 'downstream.example', repository: 'app' }),
    ).toEqual([
      { range: repository, text: 'app' },
      { range: registry, text: 'downstream.example' },
    ]);
  });

  it.each([
    { host: 'downstream.example"; rm', repository: 'app' },
    { host: 'downstream.example', repository: 'app:latest' },
    { host: 'downstream.example', repository: 'app\n' },
    { host: 'downstream', repository: 'app' },
  ])('writes nothing that is no name: %j', (newName) => {
    expect(nameChanges({ name: { kind: 'whole', range: { start: 0, end: 5 } } }, newName)).toBeUndefined();
  });
});

/** Cuts a written reference into pieces, some of them variables with their value inside or elsewhere. */
const cutReference = fc
  .tuple(
    imageReference,
    fc.array(fc.tuple(fc.nat({ max: 400 }), fc.constantFrom('literal', 'default', 'value', 'unknown')), {
      maxLength: 5,
    }),
    fc.constantFrom('literal', 'default', 'value', 'unknown'),
  )
  .map(([image, cuts, lastKind]) => {
    const whole = formatImageReference(image);
    const ends = [...cuts, [whole.length, lastKind] as const]
      .map(([at, kind]) => [Math.min(at, whole.length), kind] as const)
      .sort((a, b) => a[0] - b[0]);
    let from = 0;
    const parts = ends.map(([to, kind], index): Part => {
      const value = whole.slice(from, to);
      from = to;
      // After `registry:` anything may come; that it is a port is not taken into account.
      if (kind === 'literal' || (kind === 'unknown' && value.includes('/'))) return value;
      const opening = `\${V${String(index)}:-`;
      if (kind === 'default') return variable(`${opening}${value}}`, value, opening.length);
      return kind === 'value' ? variable(`$(V${String(index)})`, value) : variable(`$(U${String(index)})`);
    });
    return { image, parts };
  });

const fixedBecause = fc.constantFrom<PieceContext['fixedBecause']>(undefined, 'sharedVariable', 'environmentFile');

describe('arbitrary pieces', () => {
  it('give a range inside the text, whose text is what is written', () => {
    const piece = fc.oneof(
      hostileText(['upstream.example', '/', ':', '@', 'app', 'sha256:', '..']),
      fc.record(
        { written: fc.string({ minLength: 1, maxLength: 8 }), value: fc.string({ maxLength: 8 }), at: fc.nat(9) },
        { requiredKeys: ['written'] },
      ),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 5 }), fixedBecause, (parts, because) => {
        const { text } = build(parts);
        const found = read(parts, because ? { fixedBecause: because } : {});
        if (found === undefined) return;
        expect(found.range.start).toBeGreaterThanOrEqual(0);
        expect(found.range.end).toBeGreaterThan(found.range.start);
        expect(found.range.end).toBeLessThanOrEqual(text.length);
        expect(found.written).toBe(text.slice(found.range.start, found.range.end));
        for (const { range } of nameChanges(found, { host: 'downstream.example', repository: 'app' }) ?? []) {
          expect(range.start).toBeGreaterThanOrEqual(0);
          expect(range.end).toBeLessThanOrEqual(text.length);
          expect(range.end).toBeGreaterThan(range.start);
        }
      }),
      { numRuns: 3000 },
    );
  });

  it('of a reference are read as that reference', () => {
    fc.assert(
      fc.property(cutReference, ({ image, parts }) => {
        const found = read(parts);
        if (parts.some((part) => typeof part !== 'string' && part.value === undefined)) {
          if (found !== undefined) {
            expect(found.openTag).toBe(true);
            expect(found.image).toEqual({ ...(image.host && { host: image.host }), repository: image.repository });
          }
        } else expect(found?.image).toEqual(image);
      }),
      { numRuns: 3000 },
    );
  });

  it('have another name after the change, with the same tag and digest', () => {
    let changed = 0;
    fc.assert(
      fc.property(cutReference, fixedBecause, loginServer, anyRepository, ({ parts }, because, host, repository) => {
        const { text, pieces } = build(parts);
        const found = readReference(text, pieces, { usage: 'image', ...(because && { fixedBecause: because }) });
        const changes = found && nameChanges(found, { host, repository });
        if (found === undefined || changes === undefined) return;
        changed++;
        const after = valueOf(apply(text, changes), parts);
        const { tag, digest } = found.image;
        if (found.openTag) expect(after.startsWith(`${host}/${repository}`)).toBe(true);
        else {
          const reread = parseImageReference(after);
          expect(reread).toEqual({
            ok: true,
            value: { host, repository, ...(tag !== undefined && { tag }), ...(digest !== undefined && { digest }) },
          });
        }
      }),
      { numRuns: 3000 },
    );
    expect(changed).toBeGreaterThan(500);
  });
});

/** What the changed text stands for, by a reader of its own: defaults and the values that `parts` gave to variables. */
function valueOf(text: string, parts: readonly Part[]): string {
  return text
    .slice(before.length, -'" # comment'.length)
    .replace(/\$\{V\d+:-([^}]*)\}/g, '$1')
    .replace(/\$\([UV](\d+)\)/g, (written, index: string) => {
      const part = parts[Number(index)];
      return typeof part === 'object' && part.written === written ? (part.value ?? '') : written;
    });
}
