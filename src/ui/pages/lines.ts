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
