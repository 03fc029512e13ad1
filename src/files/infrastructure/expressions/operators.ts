import type { TextRange } from '../../types.ts';
import type { Value } from './values.ts';

/** A value of an expression, or an operator between values. */
export type Operand = { readonly value: Value } | { readonly operator: string };

/** What values with operators between them are: the value itself, a choice, or something else. */
export function operatorValue(operands: readonly Operand[], extent: TextRange): Value {
  const [first] = operands;
  if (operands.length === 1 && first && 'value' in first) return first.value;
  return choice(operands, extent) ?? { kind: 'other', extent, inside: operands.flatMap(valuesOf) };
}

/** `a ? b : c`, `a ?? b`, and chains of them: what stands before a `?` is a condition, all else may be the value. */
function choice(operands: readonly Operand[], extent: TextRange): Value | undefined {
  const segments: Operand[][] = [[]];
  const ends: string[] = [];
  for (const operand of operands) {
    if ('operator' in operand && ['?', ':', '??'].includes(operand.operator)) {
      ends.push(operand.operator);
      segments.push([]);
    } else segments.at(-1)?.push(operand);
  }
  if (!ends.includes('?') && !ends.includes('??')) return undefined;
  const options: Value[] = [];
  const inside: Value[] = [];
  for (const [index, segment] of segments.entries()) {
    const [only] = segment;
    if (ends[index] === '?') for (const value of segment.flatMap(valuesOf)) inside.push(value);
    else if (segment.length === 1 && only && 'value' in only) options.push(only.value);
    else options.push({ kind: 'other', extent, inside: segment.flatMap(valuesOf) });
  }
  return { kind: 'choice', extent, options, inside };
}

function valuesOf(operand: Operand): Value[] {
  return 'value' in operand ? [operand.value] : [];
}
