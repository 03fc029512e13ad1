/**
 * Whether `text` has the form of `pattern`, in which each `*` stands for any run of characters; letters compare without case. Takes
 * one look at each part of the pattern, whoever wrote it.
 */
export function matchesGlob(pattern: string, text: string): boolean {
  const [first = '', ...parts] = pattern.toLowerCase().split('*');
  const lower = text.toLowerCase();
  const last = parts.pop();
  if (last === undefined) return lower === first;
  if (!lower.startsWith(first)) return false;
  let at = first.length;
  for (const part of parts) {
    const found = lower.indexOf(part, at);
    if (found < 0) return false;
    at = found + part.length;
  }
  return lower.length - last.length >= at && lower.endsWith(last);
}
