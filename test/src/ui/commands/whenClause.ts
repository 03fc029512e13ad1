/** Evaluates a `when` clause of `==`, `=~`, `!key` and `&&` as VS Code does; no other operator is used in menus of trees. */
export function holds(when: string, context: Readonly<Record<string, string>>): boolean {
  return when.split(' && ').every((term) => {
    if (/^!\w+$/.test(term)) return context[term.slice(1)] === undefined;
    const [, key = '', operator, value = ''] = /^(\S+) (==|=~) (.+)$/.exec(term) ?? [];
    if (!operator) throw new Error(`not understood: ${term}`);
    const actual = context[key] ?? '';
    if (operator === '==') return actual === value;
    return new RegExp(value.slice(1, value.lastIndexOf('/'))).test(actual);
  });
}
