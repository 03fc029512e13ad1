import { describe, expect, it } from 'vitest';
import { runFlow, type StepAnswer } from '../../../../src/ui/pages/flow.ts';

describe('a step that its own answer removes', () => {
  it('is followed by the next of those that remain, not by the first page', async () => {
    const asked: string[] = [];
    const flow = {
      steps: (isExisting: boolean) =>
        isExisting ? (['a', 'name', 'review'] as const) : (['a', 'name', 'group', 'region', 'review'] as const),
      ask: (id: string, state: boolean) => {
        asked.push(id);
        return Promise.resolve({ kind: 'next' as const, state: state || id === 'group' });
      },
    };
    await runFlow<boolean, 'a' | 'name' | 'group' | 'region' | 'review'>(flow, false, 'a');
    expect(asked).toEqual(['a', 'name', 'group', 'review']);
  });
});

describe('a flow within another', () => {
  it('has "Back" on its first page, which ends it; further on "Back" leads to the page before', async () => {
    const answers: StepAnswer<string>[] = [
      { kind: 'next', state: 'typed' },
      { kind: 'back', state: 'typed more' },
      { kind: 'back' },
    ];
    const asked: string[] = [];
    const end = await runFlow<string, 'a' | 'b'>(
      {
        steps: () => ['a', 'b'],
        ask: (id, _state, { canGoBack }) => {
          asked.push(`${id} ${String(canGoBack)}`);
          return Promise.resolve(answers.shift() ?? { kind: 'cancelled' });
        },
        isPart: true,
      },
      '',
      'a',
    );
    expect(asked).toEqual(['a true', 'b true', 'a true']);
    expect([end, answers]).toEqual([undefined, []]);
  });
});
