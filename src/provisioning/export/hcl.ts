import { wellFormed } from './wellFormed.ts';

/** Texts of HCL, laid out as `terraform fmt` does. Syntax: https://github.com/hashicorp/hcl/blob/main/hclsyntax/spec.md */

/** Any text as one HCL string: nothing in it ends the string or is a template (`${`, `%{`). */
export function quoteHcl(text: string): string {
  const inside = wellFormed(text)
    .replace(/[\\"]/g, '\\$&')
    .replaceAll('\n', '\\n')
    .replaceAll('\r', '\\r')
    .replaceAll('\t', '\\t')
    // `$${` would do for one sign, but a run of them before a brace is ambiguous: these are written by their code.
    .replace(/([$%]+)(\{?)/g, (run: string, signs: string, brace: string) =>
      brace === '' ? run : signs.replace(/[$%]/g, hexadecimal) + brace,
    )
    .replace(/[\p{Cc}\u2028\u2029\ufeff]/gu, hexadecimal);
  return `"${inside}"`;
}

function hexadecimal(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

/** One line or block of a body: `name = value`, or a nested block's text, or a comment. */
export type HclEntry = readonly [name: string, value: string] | string;

/** A block with its body; the equals signs of neighbouring one-line attributes stand below each other. */
export function hclBlock(header: string, entries: readonly HclEntry[]): string {
  return `${header} {\n${indent(hclBody(entries))}\n}`;
}

/** An object value with one attribute per line. */
export function hclObject(entries: readonly HclEntry[]): string {
  return `{\n${indent(hclBody(entries))}\n}`;
}

function hclBody(entries: readonly HclEntry[]): string {
  const lines: string[] = [];
  let run: (readonly [string, string])[] = [];
  const flush = (): void => {
    const width = run.reduce((widest, [name]) => Math.max(widest, name.length), 0);
    for (const [name, value] of run) lines.push(`${name.padEnd(width)} = ${value}`);
    run = [];
  };
  for (const entry of entries) {
    if (typeof entry !== 'string' && !entry[1].includes('\n')) {
      run.push(entry);
      continue;
    }
    flush();
    lines.push(typeof entry === 'string' ? entry : `${entry[0]} = ${entry[1]}`);
  }
  flush();
  return lines.join('\n');
}

function indent(text: string): string {
  return text
    .split('\n')
    .map((line) => (line === '' ? '' : `  ${line}`))
    .join('\n');
}
