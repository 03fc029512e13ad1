/** A text property of something whose shape is not ours to trust. */
export function textOf(node: unknown, name: string): string | undefined {
  if (typeof node !== 'object' || node === null) return undefined;
  const value: unknown = Reflect.get(node, name);
  return typeof value === 'string' && value !== '' ? value : undefined;
}
