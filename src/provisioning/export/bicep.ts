import { wellFormed } from './wellFormed.ts';

/** Texts of Bicep: https://learn.microsoft.com/azure/azure-resource-manager/bicep/data-types#strings */

/** The inside of a single-quoted Bicep string: nothing in it ends the string or is interpolated. */
export function escapeBicep(text: string): string {
  return wellFormed(text)
    .replace(/[\\']/g, '\\$&')
    .replaceAll('${', '\\${')
    .replaceAll('\n', '\\n')
    .replaceAll('\r', '\\r')
    .replaceAll('\t', '\\t')
    .replace(/[\p{Cc}\u2028\u2029]/gu, (character) => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`);
}

/** Any text as one Bicep string. */
export function quoteBicep(text: string): string {
  return `'${escapeBicep(text)}'`;
}

/** A parameter with its description and default. */
export function bicepParameter(name: string, description: string, value: string): string {
  return `@description(${quoteBicep(description)})\nparam ${name} string = ${quoteBicep(value)}`;
}

/** `what` is `resource x '…@…'`, `module x '…'`; lines are those of its body, without indentation. */
export function bicepBlock(what: string, lines: readonly string[]): string {
  return `${what} = {\n${lines.map((line) => `  ${line}`).join('\n')}\n}`;
}
