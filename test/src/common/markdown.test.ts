import fc from 'fast-check';
import MarkdownIt from 'markdown-it';
import { describe, expect, it } from 'vitest';
import {
  codeSpan,
  commandLink,
  escapeMarkdown,
  fenced,
  list,
  table,
  withoutCommandLinks,
} from '../../../src/common/markdown.ts';
import { shownLine, shownLines } from '../../../src/common/shown.ts';

/** Reads as VS Code's preview does, and more: hosts without a scheme become links, too. */
const reader = new MarkdownIt({ html: true, linkify: true });

interface Block {
  /** `paragraph_open`, `inline`, `fence`… */
  readonly type: string;
  /** What a person reads. */
  readonly text: string;
  /** What it is read as, `text` and `code_inline` aside. */
  readonly markup: readonly string[];
}

function read(markdown: string): Block[] {
  return reader.parse(markdown, {}).map(({ type, content, children }) => ({
    type,
    text: children ? children.map((child) => child.content).join('') : content,
    markup: (children ?? []).map((child) => child.type).filter((child) => !['text', 'code_inline'].includes(child)),
  }));
}

const paragraph = (text: string): Block[] => [
  { type: 'paragraph_open', text: '', markup: [] },
  { type: 'inline', text, markup: [] },
  { type: 'paragraph_close', text: '', markup: [] },
];

/** What Markdown, links, HTML, icons and mathematics are made of, between anything else. */
const pieces = fc.constantFrom(
  ...[
    '[',
    ']',
    '(',
    ')',
    '![',
    '](',
    '<',
    '>',
    '<img src=x>',
    '<!--',
    '-->',
    '&lt;',
    '&#64;',
    '`',
    '``',
    '```',
    '~~',
    '*',
  ],
  ...[
    '**',
    '_',
    '__',
    '#',
    '# ',
    '- ',
    '+ ',
    '1. ',
    '1) ',
    '12.',
    '> ',
    '---',
    '===',
    ':--',
    '|',
    '||',
    '\\',
    '\\\\',
    '\n',
  ],
  ...[
    '\n\n',
    '\t',
    '    ',
    ' ',
    '\r\n',
    '//host',
    'http://',
    'https:',
    'ftp://a.b',
    'www.',
    'xwww.',
    'a.example',
    'me@-x',
  ],
  ...[
    'me@x.example',
    'mailto:',
    'file:///x',
    '$(check)',
    '$(sync~spin)',
    '$x$',
    '$$',
    '\u202e',
    '\u200b',
    '\u3164',
    '\u0000',
  ],
  ...['x', 'registry', ':', '/', '.', '@', '!', '=', '-', '\ud800', 'é', '{', '}', 'command:x', '"', "'"],
);
const hostile = fc.array(pieces, { maxLength: 14 }).map((all) => all.join(''));
const texts = fc.oneof(hostile, fc.string({ unit: 'grapheme' }));

describe('text from outside in Markdown', () => {
  it.each([
    '//host.example/x',
    'see //host.example',
    'xwww.evil.example',
    'www.evil.example',
    'me@-x.example',
    'mailto:me@x.example',
    'https://evil.example/?a=b',
    'evil.example',
    '1. one',
    '1) one',
    '1.5 GB',
    '- [x] done',
    ':--|--',
    '$(check) fine',
    'a | b',
    '[x](command:evil)',
    '<img src=x onerror=1>',
    '&copy;',
    '# heading',
    '***',
  ])('is the text and nothing else: %s', (text) => {
    expect(read(escapeMarkdown(text))).toEqual(paragraph(text));
    expect(read(codeSpan(text))).toEqual(paragraph(text));
  });

  it('is the text and nothing else: any', () => {
    fc.assert(
      fc.property(texts, (text) => {
        const line = shownLine(text, 2000);
        const expected = line === '' ? [] : paragraph(line);
        expect(read(escapeMarkdown(text))).toEqual(expected);
        expect(read(codeSpan(text))).toEqual(expected);
      }),
      { numRuns: 3000 },
    );
  });

  it('stays within its heading, item, emphasis and cell', () => {
    fc.assert(
      fc.property(texts, texts, (one, other) => {
        fc.pre(shownLine(one, 2000) !== '' && shownLine(other, 2000) !== '');
        const [first, second] = [escapeMarkdown(one), codeSpan(other)];
        const inline = (markdown: string): string[] =>
          read(markdown).flatMap(({ type, text }) => (type === 'inline' ? [text] : []));
        const [firstText, secondText] = [shownLine(one, 2000), shownLine(other, 2000)];
        expect(inline(`# ${first}\n\n${second}`)).toEqual([firstText, secondText]);
        expect(inline(list([first, second]))).toEqual([firstText, secondText]);
        expect(inline(table(['a', 'b'], [[first, second]]))).toEqual(['a', 'b', firstText, secondText]);
        expect(read(`x **${first}**`)[1]).toEqual({
          type: 'inline',
          text: `x ${firstText}`,
          markup: ['strong_open', 'strong_close'],
        });
      }),
      { numRuns: 2000 },
    );
  });

  it('never is an icon of a hover, which makes them of `$(name)` in the HTML that comes out', () => {
    fc.assert(
      fc.property(texts, (text) => {
        // marked, which hovers are read by, leaves entities as they are.
        expect(`${escapeMarkdown(text)} ${codeSpan(text)}`).not.toMatch(/\$\\*\(/);
      }),
    );
  });

  it('does not leave a fenced block', () => {
    fc.assert(
      fc.property(texts, (text) => {
        const blocks = read(fenced(text, 'text'));
        expect(blocks).toEqual([{ type: 'fence', text: `${shownLines(text, 1000)}\n`, markup: [] }]);
      }),
    );
  });

  it('is cut before it is cleaned', () => {
    const long = `a${' '.repeat(5_000_000)}`;
    expect(escapeMarkdown(long, 10)).toBe('a …');
    expect(codeSpan('`'.repeat(5_000_000), 3)).toBe('\\`\\`\\`…');
    expect(fenced('`'.repeat(5_000_000), 'x', 4).length).toBeLessThan(30);
  });
});

describe('links that run commands', () => {
  const argumentsOf = (markdown: string): unknown => {
    const [inline] = reader.parse(markdown, {}).filter(({ type }) => type === 'inline');
    const links = (inline?.children ?? []).filter(({ type }) => type === 'link_open');
    expect(links).toHaveLength(1);
    const href = String(links[0]?.attrGet('href'));
    expect(href).toMatch(/^command:acrCache\.openRule\?/);
    return JSON.parse(decodeURIComponent(href.slice(href.indexOf('?') + 1)));
  };

  it('are one link each, whatever stands in the label and the argument', () => {
    fc.assert(
      fc.property(texts, texts, (label, ruleId) => {
        fc.pre(shownLine(label, 2000).trim() !== '');
        const markdown = commandLink('acrCache.openRule', { ruleId }, label);
        expect(argumentsOf(markdown)).toEqual([{ ruleId }]);
        expect(withoutCommandLinks(`see ${markdown}.`)).toBe(`see ${escapeMarkdown(label)}.`);
      }),
    );
  });

  it('are the only ones that are left out for readers elsewhere', () => {
    const web = '[web](https://example.org/x) \\[x\\](command:x)';
    expect(withoutCommandLinks(`${web} ${commandLink('acrCache.openRule', { ruleId: 'a (b)' }, 'Open [it]')}`)).toBe(
      `${web} Open \\[it\\]`,
    );
  });
});
