import { DockerfileParser, Instruction } from 'dockerfile-ast';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findReferences } from '../findings.ts';
import { readDirectives, readInstructions, wordsIn } from '../../../../src/files/dockerfile/dockerfileLines.ts';
import { findSound, renamedIn, summary } from '../found.ts';

const find = (text: string) => findSound({ path: 'Dockerfile', text });

const seen = (text: string) => summary(find(text));
const renamed = (text: string) => renamedIn(text, find(text));

describe('a Dockerfile', () => {
  it('names images of stages, in COPY and in mounts, and that of its frontend', () => {
    const text = `# syntax=upstream.example/frontends/dockerfile:1
# The service.
FROM --platform=$BUILDPLATFORM upstream.example/sdk:9.0 AS build
WORKDIR /src
COPY --link --from=upstream.example/tools/certs:2 /etc/ssl /etc/ssl
RUN --mount=type=cache,target=/root/.nuget \\
    # the linter, only for this step
    --mount=type=bind,from=upstream.example/tools/lint,target=/lint \\

    dotnet build --from=none
ONBUILD COPY --from=upstream.example/hooks:1 /a /b

FROM scratch AS empty
FROM upstream.example/runtime@sha256:${'a'.repeat(64)}
COPY --from=build /src/out /app
COPY --from=0 /src /src
COPY --from=later /x /x
FROM Build AS later
FROM ubuntu
`;
    expect(seen(text)).toEqual([
      'upstream.example/frontends/dockerfile:1 = upstream.example/frontends/dockerfile:1',
      'upstream.example/sdk:9.0 = upstream.example/sdk:9.0',
      'upstream.example/tools/certs:2 = upstream.example/tools/certs:2',
      'upstream.example/tools/lint = upstream.example/tools/lint',
      'upstream.example/hooks:1 = upstream.example/hooks:1',
      `upstream.example/runtime@sha256:${'a'.repeat(64)} = upstream.example/runtime@sha256:${'a'.repeat(64)}`,
      'ubuntu = ubuntu',
    ]);
    expect(find(text).map(({ usage }) => usage)).toEqual([
      'syntax',
      'base',
      'copyFrom',
      'mountFrom',
      'copyFrom',
      'base',
      'base',
    ]);
    expect(renamed(text)).toContain('FROM --platform=$BUILDPLATFORM downstream.example/cached/sdk:9.0 AS build');
    expect(renamed(text)).toContain('from=downstream.example/cached/tools/lint,target');
  });

  describe('with ARGs before the first stage', () => {
    it('has one reference where a default names all of it', () => {
      const text = 'ARG BASE="upstream.example/app:1" # no comment\nARG AGAIN=$BASE\nFROM ${BASE} AS a\nFROM $AGAIN\n';
      expect(seen('ARG BASE="upstream.example/app:1"\nARG AGAIN=$BASE\nFROM ${BASE} AS a\nFROM $AGAIN\n')).toEqual([
        'upstream.example/app:1 = upstream.example/app:1, 3 uses',
      ]);
      expect(renamed(text)).toBe(text.replace('upstream.example/', 'downstream.example/cached/'));
    });

    it('replaces what FROM composes where it stands, and keeps the tag that a variable gives', () => {
      const text = 'ARG REG=upstream.example TAG=1.2\nFROM $REG/app:${TAG:-9}\nFROM ${REG}/other:$TAG-slim\n';
      expect(seen(text)).toEqual([
        '$REG/app:${TAG:-9} = upstream.example/app:1.2',
        '${REG}/other:$TAG-slim = upstream.example/other:1.2-slim',
      ]);
      expect(renamed(text)).toBe(
        'ARG REG=upstream.example TAG=1.2\nFROM downstream.example/cached/app:${TAG:-9}\nFROM downstream.example/cached/other:$TAG-slim\n',
      );
    });

    it('replaces a default that is the name of all its images: a build argument still counts', () => {
      const text = 'ARG BASE=upstream.example/app\nARG TAG=1\nFROM ${BASE}:${TAG}\nFROM $BASE:2\n';
      expect(seen(text)).toEqual(['${BASE}:${TAG} = upstream.example/app:1', '$BASE:2 = upstream.example/app:2']);
      expect(renamed(text)).toBe(text.replace('upstream.example/', 'downstream.example/cached/'));
      // Also a part of another name: that one would change too.
      expect(renamed(text + 'FROM $BASE/more:1\n')).toBe(
        'ARG BASE=upstream.example/app\nARG TAG=1\nFROM downstream.example/cached/app:${TAG}\n' +
          'FROM downstream.example/cached/app:2\nFROM downstream.example/cached/app/more:1\n',
      );
      const again = 'ARG BASE=upstream.example/app\nARG OLD=$BASE:0\nFROM $BASE:1\nFROM $OLD\n';
      expect(renamed(again)).toContain('ARG BASE=upstream.example/app\n');
    });

    it('does not touch a default that makes several images', () => {
      const text = 'ARG BASE=upstream.example/app:1\nFROM $BASE\nFROM $BASE-slim\n';
      expect(seen(text)).toEqual([
        'upstream.example/app:1 = upstream.example/app:1, 1 uses',
        '$BASE-slim = upstream.example/app:1-slim',
      ]);
      expect(find(text).map(({ name }) => name)).toEqual([
        { kind: 'fixed', because: 'sharedVariable' },
        { kind: 'fixed', because: 'sharedVariable' },
      ]);
    });

    it('takes defaults and alternatives as Docker does without build arguments', () => {
      expect(seen('FROM ${BASE:-upstream.example/app:1}')).toEqual([
        '${BASE:-upstream.example/app:1} = upstream.example/app:1',
      ]);
      expect(renamed('FROM ${BASE:-upstream.example/app:1}')).toBe('FROM ${BASE:-downstream.example/cached/app:1}');
      expect(seen('ARG V=\nFROM u.example/a:${V:-1}\nFROM u.example/a:2${V-x}')).toEqual([
        'u.example/a:${V:-1} = u.example/a:1',
        'u.example/a:2${V-x} = u.example/a:2',
      ]);
      expect(seen('ARG DEBUG=1\nFROM u.example/a:1${DEBUG:+-debug}\nFROM u.example/a:1${NO:+-no}')).toEqual([
        'u.example/a:1${DEBUG:+-debug} = u.example/a:1-debug',
        'u.example/a:1${NO:+-no} = u.example/a:1',
      ]);
    });

    it('leaves out what it does not tell', () => {
      expect(seen('ARG TAG\nFROM u.example/a:$TAG')).toEqual(['u.example/a:$TAG = u.example/a open']);
      expect(seen('ARG REG\nFROM $REG/a:1')).toEqual([]);
      expect(seen('FROM u.example/$NAME:1')).toEqual([]);
      expect(seen('FROM u.example/a:1-${TARGETARCH:-amd64}')).toEqual([
        'u.example/a:1-${TARGETARCH:-amd64} = u.example/a open',
      ]);
      expect(seen('ARG A=$B\nARG B=$A\nFROM $A')).toEqual([]);
      // Declared in a stage, or only later.
      expect(seen('FROM u.example/a\nARG B=u.example/b:1\nFROM $B')).toEqual(['u.example/a = u.example/a']);
      expect(seen('ARG A=$B\nARG B=u.example/b:1\nFROM $A')).toEqual([]);
    });

    it('knows a stage by a variable too', () => {
      expect(seen('ARG V=prod\nFROM u.example/a AS base-prod\nFROM base-${V}\nFROM ${NO:-scratch}')).toEqual([
        'u.example/a = u.example/a',
      ]);
    });

    it('does not expand where Docker does not', () => {
      const text =
        'ARG S=u.example/a:1\nFROM u.example/b\nCOPY --from=$S / /\nRUN --mount=from=${S:-u.example/c},target=/x true\n';
      expect(seen(text)).toEqual(['u.example/b = u.example/b']);
    });
  });

  it('is read with its escape character, continued lines, here-documents, quotes and line breaks', () => {
    const text = [
      '# escape=`',
      'FROM `',
      '  # a comment inside',
      '',
      '  u.example/a:1 `  ',
      '  AS first',
      'RUN <<EOF cat <<-"END" > C:\\x\\',
      'FROM u.example/no:1',
      'EOF',
      'FROM u.example/no:2',
      '\tEND',
      'RUN echo "<<EOF"',
      'RUN echo ``',
      'from "u.example/b:1"',
      'FROM u.example/c"x":1',
      '',
    ].join('\r\n');
    expect(seen(text)).toEqual([
      'u.example/a:1 = u.example/a:1',
      'u.example/b:1 = u.example/b:1',
      'u.example/c"x":1 = u.example/cx:1',
    ]);
    expect(find(text)[2]?.name).toEqual({ kind: 'fixed', because: 'escaped' });
  });

  it('has no stage by ONBUILD', () => {
    expect(
      seen(
        'FROM u.example/a\nONBUILD FROM --platform=x u.example/b AS c\nONBUILD RUN --mount=from=u.example/d,target=/x true\nFROM c',
      ),
    ).toEqual(['u.example/a = u.example/a', 'u.example/d = u.example/d', 'c = c']);
  });

  it('ends its directives at the first line that is none', () => {
    expect(seen('# syntax = u.example/f:1 # more\nFROM a')).toEqual(['u.example/f:1 = u.example/f:1', 'a = a']);
    for (const before of ['# a comment', '', '# unknown=1', ' # syntax=u.example/g:1', 'ARG A=1']) {
      expect(seen(`${before}\n# syntax=u.example/f:1\nFROM a`)).toEqual(['a = a']);
    }
  });
});

describe('instructions of a Dockerfile', () => {
  const line = fc.constantFrom(
    'FROM a',
    'FROM b AS c',
    'RUN echo hello',
    'RUN echo a \\\n  && echo b',
    'COPY --from=x a \\\n# comment\n b',
    '# comment',
    '',
    '  ',
    'ENV A=1 \\\n\n B=2',
    'RUN <<E\nFROM no\nE',
    'RUN <<-E cat\n\tFROM no\n\tE',
    'COPY <<A <<B /x\nFROM a\nA\nFROM b\nB',
    'ONBUILD RUN <<E\nFROM no\nE',
    'LABEL a="b c"',
    '\tARG X=1',
    'ONBUILD COPY --from=a b c',
    'CMD ["a", "b"]',
    'RUN a \\  \n b',
  );

  it('are those that dockerfile-ast finds in the whole file', () => {
    fc.assert(
      fc.property(
        fc.array(line, { maxLength: 30 }),
        fc.constantFrom('\n', '\r\n'),
        fc.boolean(),
        (lines, lineBreak, isEscaped) => {
          let text = lines.join('\n');
          if (isEscaped) text = `# escape=\`\n${text.replaceAll('\\', '`')}`;
          text = text.replaceAll('\n', lineBreak);
          const { end, escape } = readDirectives(text);
          const ours = [...readInstructions(text, end, escape)].map(({ keyword, range }) => ({
            keyword,
            line: text.slice(0, range.start).split('\n').length - 1,
            words: wordsIn(text, range, escape, keyword === 'ARG').slice(1),
          }));
          const theirs = DockerfileParser.parse(text).getInstructions();
          expect(ours.map(({ keyword, line }) => [keyword, line])).toEqual(
            theirs.map((other) => [other.getKeyword(), other.getRange().start.line]),
          );
          for (const [index, other] of theirs.entries()) {
            const { keyword = '', words = [] } = ours[index] ?? {};
            if (!['FROM', 'ARG', 'COPY'].includes(keyword) || other.getTextContent().includes('<<')) continue;
            expect(words.map((word) => text.slice(word.start, word.end))).toEqual(
              Instruction.prototype.getArguments.call(other).map((word) => word.getValue()),
            );
          }
        },
      ),
      { numRuns: 500 },
    );
  });
});

describe('a long Dockerfile', () => {
  const many = 60_000;
  it.each([
    ['continued lines', `FROM a${'\\\n'.repeat(many)}`],
    ['comments inside', `RUN --mount=${' \\\n # x\n'.repeat(many)}`],
    ['variables', `FROM ${'$A'.repeat(many)}`],
    ['nested defaults', `FROM ${'${A:-'.repeat(many)}`],
    ['stages', 'FROM u.example/a:1\n'.repeat(many)],
    ['uses of one default', `ARG A=u.example/a:1\n${'FROM $A\n'.repeat(many)}`],
    ['defaults of one name', `${'ARG A=$A\n'.repeat(many)}FROM $A`],
    ['a chain of defaults', Array.from({ length: many }, (_, at) => `ARG A${at + 1}=$A${at}$A${at}\n`).join('')],
    ['here-documents', `RUN ${'<<A '.repeat(many)}\n${'x\n'.repeat(many)}`],
    ['one line', 'x'.repeat(2_000_000)],
    ['flags', `COPY ${'--from=a '.repeat(many)}`],
    ['escapes', `ARG A=${'\\ '.repeat(many)}`],
  ])('ends with many of: %s', (_, text) => {
    expect(() => findReferences({ path: 'Dockerfile', text })).not.toThrow();
  });
});
