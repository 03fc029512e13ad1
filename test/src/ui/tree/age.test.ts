import { expect, it, vi } from 'vitest';

vi.mock('vscode', () => import('../vscodeDouble.ts'));
const { ageOf } = await import('../../../../src/ui/tree/age.ts');

it.each([
  ['2026-12-01T12:00:05Z', 'now'],
  ['2026-12-01T11:59:30Z', 'now'],
  ['2026-12-01T11:57:01Z', '2m ago'],
  ['2026-12-01T09:30:00Z', '2h ago'],
  ['2026-11-29T11:00:00Z', '2d ago'],
  ['2024-12-01T00:00:00Z', '2y ago'],
  ['not a date', 'not a date'],
])('%s is %s', (time, age) => {
  expect(ageOf(time, Date.parse('2026-12-01T12:00:00Z'))).toBe(age);
});
