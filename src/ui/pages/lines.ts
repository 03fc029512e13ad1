import { icon } from '../shared/icon.ts';
import type { Row } from './quickInput.ts';

/** Characters that surely fit into a row's two lines: VS Code cuts them off instead of wrapping. The second is smaller. */
const widths = { label: 68, detail: 76 };

/**
 * A text that has to be read whole, in lines that fit into rows of label and detail, beginning with the given one. Breaks
 * between words; a word that is longer than a line stays whole.
 */
export function asLines(text: string, first: 'label' | 'detail' = 'label'): string[] {
  const lines: string[] = [];
  const widthOf = (index: number) => ((index % 2 === 0) === (first === 'label') ? widths.label : widths.detail);
  for (const word of text.split(/\s+/).filter(Boolean)) {
    const index = lines.length - 1;
    const line = `${lines[index] ?? ''} ${word}`;
    if (index >= 0 && line.length <= widthOf(index)) lines[index] = line;
    else lines.push(word);
  }
  return lines;
}

/** A row that only informs. */
export function note(name: string, label: string, detail?: string, description?: string): Row<never> {
  return { iconPath: icon(name), label, detail, description };
}

/** A long text whole, two lines to a row. */
export function textRows(name: string, text: string): Row<never>[] {
  return inPairs(asLines(text), name);
}

/** A row with a text below it, however long: what does not fit follows in rows of its own. */
export function rowsWithText(
  name: string,
  label: string,
  description: string,
  text: string,
): [first: Row<never>, ...rest: Row<never>[]] {
  const [first, ...rest] = asLines(text, 'detail');
  return [note(name, label, first, description), ...inPairs(rest, 'blank')];
}

function inPairs(lines: readonly string[], name: string): Row<never>[] {
  const rows: Row<never>[] = [];
  for (let index = 0; index < lines.length; index += 2) {
    rows.push(note(index === 0 ? name : 'blank', lines[index] ?? '', lines[index + 1]));
  }
  return rows;
}
