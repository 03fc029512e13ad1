/** Patterns nested deeper, or with more alternatives, are left as they are. */
const maxAlternatives = 200;

/**
 * A glob without its braces: `x/*.{yml,yaml}` is two. VS Code does not read braces in braces, which joining patterns by
 * `anyOf` would otherwise make.
 */
export function withoutBraces(glob: string): readonly string[] {
  let open = [glob];
  for (let changed = true; changed && open.length < maxAlternatives;) {
    changed = false;
    open = open.flatMap((pattern) => {
      const end = pattern.indexOf('}');
      const start = pattern.lastIndexOf('{', end);
      if (end < 0 || start < 0) return [pattern];
      changed = true;
      const alternatives = pattern.slice(start + 1, end).split(',');
      return alternatives.map((one) => pattern.slice(0, start) + one + pattern.slice(end + 1));
    });
  }
  return open;
}

/** One glob for several; undefined for none. */
export function anyOf(globs: readonly string[]): string | undefined {
  const flat = [...new Set(globs.flatMap(withoutBraces))];
  return flat.length > 1 ? `{${flat.join(',')}}` : flat[0];
}
