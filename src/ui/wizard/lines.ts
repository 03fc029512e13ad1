/** Characters that fit into a row of a quick pick, whose texts VS Code cuts off instead of wrapping. */
const labelLength = 84;
const detailLength = 96;

/** A text that has to be read whole, as rows: each has a label and perhaps a second line. Breaks between words. */
export function asRows(text: string): { readonly label: string; readonly detail?: string }[] {
  const words = text.split(/\s+/).filter(Boolean);
  const take = (limit: number): string => {
    let line = words.shift() ?? '';
    while (words[0] !== undefined && line.length + 1 + words[0].length <= limit) line += ` ${words.shift()}`;
    return line;
  };
  const rows: { label: string; detail?: string }[] = [];
  while (words.length > 0) {
    const label = take(labelLength);
    rows.push(words.length > 0 ? { label, detail: take(detailLength) } : { label });
  }
  return rows;
}
