import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const root = join(import.meta.dirname, '..', '..', '..', '..', 'src', 'ui');

test('no meaning of a quick pick depends on a colour: one shape has one colour everywhere, or none', () => {
  // Trees draw them.
  const paths = globSync('**/*.ts', { cwd: root }).filter((path) => !path.startsWith('tree'));
  const uses = paths.flatMap((path) => [
    ...readFileSync(join(root, path), 'utf8').matchAll(/\bicon\('(?<name>[\w~-]+)'(?:, '(?<color>\w+)')?\)/g),
  ]);
  const colors = new Map<string, Set<string>>();
  for (const { groups } of uses) {
    const name = groups?.['name'] ?? '';
    colors.set(name, (colors.get(name) ?? new Set()).add(groups?.['color'] ?? 'none'));
  }
  expect(uses.length).toBeGreaterThan(40);
  expect([...colors].filter(([, known]) => known.size > 1)).toEqual([]);
});
