/** Comparison of sets: `ForAnyOfAnyValues:StringEquals {'a', 'b'}`. */
export type Quantifier = 'ForAnyOfAnyValues' | 'ForAllOfAnyValues' | 'ForAnyOfAllValues' | 'ForAllOfAllValues';

const operators = {
  stringequals: (left: string, right: string) => left === right,
  stringequalsignorecase: (left: string, right: string) => lower(left) === lower(right),
  stringstartswith: (left: string, right: string) => left.startsWith(right),
  stringstartswithignorecase: (left: string, right: string) => lower(left).startsWith(lower(right)),
  stringlike: (left: string, right: string) => like(left, right),
  stringlikeignorecase: (left: string, right: string) => like(lower(left), lower(right)),
  guidequals: (left: string, right: string) => lower(left) === lower(right),
  boolequals: (left: string, right: string) => lower(left) === lower(right),
  numericequals: (left: string, right: string) => Number(left) === Number(right),
  numericlessthan: (left: string, right: string) => Number(left) < Number(right),
  numericlessthanequals: (left: string, right: string) => Number(left) <= Number(right),
  numericgreaterthan: (left: string, right: string) => Number(left) > Number(right),
  numericgreaterthanequals: (left: string, right: string) => Number(left) >= Number(right),
  datetimeequals: (left: string, right: string) => Date.parse(left) === Date.parse(right),
  datetimelessthan: (left: string, right: string) => Date.parse(left) < Date.parse(right),
  datetimelessthanequals: (left: string, right: string) => Date.parse(left) <= Date.parse(right),
  datetimegreaterthan: (left: string, right: string) => Date.parse(left) > Date.parse(right),
  datetimegreaterthanequals: (left: string, right: string) => Date.parse(left) >= Date.parse(right),
} as const;

type Base = keyof typeof operators;

/** An operator's name as written, any casing. `StringNotX` is the negation of `StringX`. */
export type Operator = string;

/** Whether the sandbox knows an operator: those of conditions-format on strings, GUIDs, truth values, integers and times. */
export function isOperator(name: string): boolean {
  return baseOf(name) !== undefined;
}

/** Applies an operator to two sets of values; without a quantifier, to their first ones. */
export function holds(
  name: Operator,
  quantifier: Quantifier | undefined,
  left: readonly string[],
  right: readonly string[],
): boolean {
  const base = baseOf(name);
  if (base === undefined) return false;
  const compare = (a: string, b: string): boolean => operators[base.name](a, b) !== base.negated;
  switch (quantifier) {
    case 'ForAnyOfAnyValues':
      return left.some((a) => right.some((b) => compare(a, b)));
    case 'ForAllOfAnyValues':
      return left.every((a) => right.some((b) => compare(a, b)));
    case 'ForAnyOfAllValues':
      return left.some((a) => right.every((b) => compare(a, b)));
    case 'ForAllOfAllValues':
      return left.every((a) => right.every((b) => compare(a, b)));
    case undefined:
      return left[0] !== undefined && right[0] !== undefined && compare(left[0], right[0]);
  }
}

function baseOf(name: string): { readonly name: Base; readonly negated: boolean } | undefined {
  const text = lower(name);
  const negated = /^(string|guid|bool|numeric|datetime)not/.test(text);
  const positive = negated ? text.replace('not', '') : text;
  return Object.hasOwn(operators, positive) ? { name: positive as Base, negated } : undefined;
}

const lower = (text: string): string => text.toLowerCase();

/** `*` any text, `?` one character. */
function like(text: string, pattern: string): boolean {
  const source = pattern
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  return new RegExp(`^${source}$`, 's').test(text);
}
