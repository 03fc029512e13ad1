import { withoutActions } from '../kubernetes/helmActions.ts';
import type { Scalar } from './scalars.ts';
import { readYaml } from './yaml.ts';
import type { TextRange } from '../types.ts';

/** What is longer, in UTF-16 units, holds something else than a few containers. */
const maxLength = 100_000;

/**
 * The scalars of YAML that is written as the text of another scalar, `extraContainers: |`, below that one's path. None if it is written
 * with escapes. Actions of Helm in it are left out.
 */
export function scalarsInText(text: string, holder: Scalar): readonly Scalar[] {
  const { range, literal, isBlock, document, path: outer, aliasRange } = holder;
  if (aliasRange || (!literal && !isBlock) || range.end - range.start > maxLength) return [];
  // All lines of a block are indented alike, as the first one is then, too.
  const start = isBlock ? text.lastIndexOf('\n', range.start - 1) + 1 : range.start;
  const written = text.slice(start, range.end);
  const yaml = written.includes('{{') ? withoutActions(written) : written;
  const move = ({ start: from, end }: TextRange) => ({ start: from + start, end: end + start });
  const found: Scalar[] = [];
  for (const { path, range: inner, keyRange, value, literal: isLiteral, isBlock: isInner } of readYaml(yaml)) {
    found.push({
      document,
      path: [...outer, ...path],
      value,
      range: move(inner),
      ...(keyRange && { keyRange: move(keyRange) }),
      literal: isLiteral,
      ...(isInner && { isBlock: isInner }),
    });
  }
  return found;
}
