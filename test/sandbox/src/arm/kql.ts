import { asText, isObject } from '../json.ts';

export type Row = Readonly<Record<string, unknown>>;
type Step = (rows: readonly Row[]) => readonly Row[];

/** The clause that is not understood; `at` is the character where it begins. */
export class KqlError extends Error {
  override readonly name = 'KqlError';
  readonly at: number;
  readonly clause: string;

  constructor(clause: string, at: number) {
    super(`Not understood: ${clause}`);
    this.clause = clause;
    this.at = at;
  }
}

/** The clauses of Resource Graph's query language that are understood: those that the extension's queries are made of. */
const clauses: readonly (readonly [form: RegExp, step: (match: RegExpExecArray) => Step])[] = [
  [
    /^where ([\w.]+) =~ '([^'\\]*)'$/,
    ([, path = '', text = '']) => filter((row) => lower(valueAt(row, path)) === text.toLowerCase()),
  ],
  [
    /^where tostring\(([\w.]+)\) contains '([^'\\]*)'$/,
    ([, path = '', text = '']) => filter((row) => lower(valueAt(row, path)).includes(text.toLowerCase())),
  ],
  [
    /^project (\w+(?:, \w+)*)$/,
    ([, names = '']) =>
      (rows) =>
        rows.map((row) => Object.fromEntries(names.split(', ').map((name) => [name, valueAt(row, name)]))),
  ],
  [
    /^order by (\w+) asc$/,
    ([, name = '']) =>
      (rows) =>
        rows.toSorted((a, b) => (asText(a[name]) < asText(b[name]) ? -1 : 1)),
  ],
];

/** Runs `table | … | …`. @throws KqlError */
export function runKql(query: string, tables: ReadonlyMap<string, () => readonly Row[]>): readonly Row[] {
  const [table = '', ...parts] = query.split(/(?<=\|)|(?=\|)/).filter((part) => part !== '|');
  const read = tables.get(table.trim().toLowerCase());
  if (!read) throw new KqlError(table, 0);
  let rows = read();
  let at = table.length;
  for (const part of parts) {
    const clause = part.trim();
    const known = clauses.flatMap(([form, step]) => {
      const match = form.exec(clause);
      return match ? [step(match)] : [];
    });
    if (!known[0]) throw new KqlError(clause, at + 1);
    rows = known[0](rows);
    at += part.length + 1;
  }
  return rows;
}

function filter(test: (row: Row) => boolean): Step {
  return (rows) => rows.filter(test);
}

function valueAt(row: Row, path: string): unknown {
  return path.split('.').reduce<unknown>((value, name) => (isObject(value) ? (value[name] ?? null) : null), row);
}

function lower(value: unknown): string {
  return asText(value).toLowerCase();
}
