import { Expression, indent, wellFormed } from './text.ts';

/** Texts of HCL, laid out as `terraform fmt` does. Syntax: https://github.com/hashicorp/hcl/blob/main/hclsyntax/spec.md */

/** Text is quoted, an expression is written as it is, an object becomes a value of several lines. */
export interface HclBody {
  readonly [name: string]: string | Expression | HclBlock | HclBody;
}

/** A block inside a block: without an equals sign. */
export class HclBlock {
  readonly body: HclBody;

  constructor(body: HclBody) {
    this.body = body;
  }
}

/** `header`: `resource "type" "symbol"`. */
export function hclBlock(header: string, body: HclBody): string {
  const lines: string[] = [];
  // Equals signs of attributes of one line stand below each other, until something of several lines comes between.
  let run: [name: string, value: string][] = [];
  const endRun = (): void => {
    const width = run.reduce((widest, [name]) => Math.max(widest, name.length), 0);
    for (const [name, value] of run) lines.push(`${name.padEnd(width)} = ${value}`);
    run = [];
  };
  const entries = Object.entries(body);
  for (const [index, [name, value]] of entries.entries()) {
    if (typeof value === 'string' || value instanceof Expression) {
      run.push([name, typeof value === 'string' ? quoteHcl(value) : value.text]);
      continue;
    }
    endRun();
    if (!(value instanceof HclBlock)) lines.push(hclBlock(`${name} =`, value));
    else if (Object.keys(value.body).length === 0) lines.push(`${name} {}`);
    else {
      // A block of several lines has room around it.
      if (index > 0) lines.push('');
      lines.push(hclBlock(name, value.body));
      if (index < entries.length - 1) lines.push('');
    }
  }
  endRun();
  return `${header} {\n${indent(lines.join('\n'))}\n}`;
}

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
