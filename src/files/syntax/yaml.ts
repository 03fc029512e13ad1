import type { Sliced } from '../slices.ts';
import type { TextRange } from '../types.ts';
import type { Scalar } from './scalars.ts';
import { readYamlEntries, type YamlEntry } from './yamlEntries.ts';

/** All scalars that are values (not keys) of a YAML stream, in the order of the text. Never throws; broken parts are left out. */
export function* readYaml(text: string): Sliced<readonly Scalar[]> {
  const scalars: Scalar[] = [];
  let document = 0;
  let start = 0;
  while (start < text.length) {
    const end = documentEnd(text, start);
    const part = text.slice(start, end);
    const entries = readYamlEntries(part);
    if (entries.length > 0) {
      add(entries, document, start, scalars);
      document += 1;
    }
    start = end;
    yield;
  }
  return scalars;
}

function documentEnd(text: string, start: number): number {
  for (let at = text.indexOf('\n---', start); at >= 0; at = text.indexOf('\n---', at + 1)) {
    if (/^(?:\s|$)/.test(text.slice(at + 4, at + 5))) return at + 1;
  }
  return text.length;
}

function add(entries: readonly YamlEntry[], document: number, offset: number, scalars: Scalar[]): void {
  const anchors = new Map<string, Scalar | undefined>();
  const moved = ({ start, end }: TextRange): TextRange => ({ start: start + offset, end: end + offset });
  for (const entry of entries) {
    if (entry.kind === 'otherAnchor') {
      anchors.set(entry.name, undefined);
      continue;
    }
    const { path, keyRange } = entry;
    const key = keyRange && { keyRange: moved(keyRange) };
    if (entry.kind === 'scalar') {
      const { value, literal, range, anchor } = entry;
      const scalar: Scalar = { document, path, value, range: moved(range), ...key, literal };
      scalars.push(scalar);
      if (anchor !== undefined) anchors.set(anchor, scalar);
    } else {
      const meant = anchors.get(entry.name);
      const { value, literal, range } = meant ?? {};
      if (value === undefined || literal === undefined || !range) continue;
      scalars.push({ document, path, value, range, ...key, literal, aliasRange: moved(entry.range) });
    }
  }
}
