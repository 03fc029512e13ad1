import { Expression, indent, wellFormed } from './text.ts';

/** A value of Bicep: text is quoted, an expression and the names of an object are written as they are. */
export type BicepValue = string | Expression | BicepValue[] | BicepObject;
export interface BicepObject {
  readonly [name: string]: BicepValue;
}

/** `what` is `resource x '…@…'`, `module x '…'`. */
export function bicepDeclaration(what: string, body: BicepObject): string {
  return `${what} = ${bicepValue(body)}`;
}

/** A parameter with its description; one without a default has to be given. */
export function bicepParameter(name: string, description: string, byDefault?: string): string {
  const value = byDefault === undefined ? '' : ` = ${quoteBicep(byDefault)}`;
  return `@description(${quoteBicep(description)})\nparam ${name} string${value}`;
}

function bicepValue(value: BicepValue): string {
  if (typeof value === 'string') return quoteBicep(value);
  if (value instanceof Expression) return value.text;
  const [open, close] = Array.isArray(value) ? '[]' : '{}';
  const lines = Array.isArray(value)
    ? value.map(bicepValue)
    : Object.entries(value).map(([name, part]) => `${name}: ${bicepValue(part)}`);
  return lines.length === 0 ? `${open}${close}` : `${open}\n${indent(lines.join('\n'))}\n${close}`;
}

/** Any text as one Bicep string. https://learn.microsoft.com/azure/azure-resource-manager/bicep/data-types#strings */
export function quoteBicep(text: string): string {
  return `'${escapeBicep(text)}'`;
}

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
