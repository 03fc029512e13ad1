import type { TextRange } from '../types.ts';

/** So much text at a time, in UTF-16 units; few references stand in it. */
const sectionLength = 4096;

/** Sorts by place, section by section of the text: one sort of all that a large file has would take long. */
export function inTextOrder<T extends { readonly range: TextRange }>(found: Iterable<T>): T[] {
  const sections: T[][] = [];
  for (const one of found) {
    const section = Math.floor(one.range.start / sectionLength);
    (sections[section] ??= []).push(one);
  }
  const sorted: T[] = [];
  for (let index = 0; index < sections.length; index++) {
    const section = sections[index];
    if (!section) continue;
    for (const one of section.sort(byPlace)) sorted.push(one);
  }
  return sorted;
}

function byPlace({ range: a }: { readonly range: TextRange }, { range: b }: { readonly range: TextRange }): number {
  return a.start - b.start || a.end - b.end;
}
