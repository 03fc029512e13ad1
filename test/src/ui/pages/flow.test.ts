import { expect, test } from 'vitest';
import { runFlow, type StepAnswer } from '../../../../src/ui/pages/flow.ts';

async function walk(answers: StepAnswer<string>[], first: 'a' | 'b' = 'a') {
  const asked: string[] = [];
  const end = await runFlow<string, 'a' | 'b'>(
    {
      steps: ['a', 'b'],
      ask: (id, state, { canGoBack }) => {
        asked.push(`${id} ${state} ${String(canGoBack)}`);
        return Promise.resolve(answers.shift() ?? { kind: 'cancelled' });
      },
    },
    'new',
    first,
  );
  return { asked, end };
}

test('Back leads to the page before and keeps what was typed; the first page has none', async () => {
  const { asked, end } = await walk([
    { kind: 'next', state: 'typed' },
    { kind: 'back', state: 'typed more' },
    { kind: 'next', state: 'chosen' },
    { kind: 'next', state: 'done' },
  ]);
  expect(asked).toEqual(['a new false', 'b typed true', 'a typed more false', 'b chosen true']);
  expect(end).toBe('done');
});

test('it may begin in the middle, and ends where it is left', async () => {
  expect(await walk([{ kind: 'back' }], 'b')).toEqual({ asked: ['b new true', 'a new false'], end: undefined });
});
