import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { CancellationTokenSource } from '../vscodeDouble.ts';

const shown = vi.hoisted(() => [] as { title: string; cancellable?: boolean; ended: Promise<unknown> }[]);
const cancel = vi.hoisted(() => ({ now: () => {} }));
vi.mock('vscode', async () => ({
  ...(await import('../vscodeDouble.ts')),
  ProgressLocation: { Window: 10, Notification: 15 },
}));
vi.mock('../../../../src/ui/shared/messages.ts', () => ({
  withProgress: (options: object, run: (...of: unknown[]) => Promise<unknown>) => {
    const source = new CancellationTokenSource();
    cancel.now = () => source.cancel();
    const ended = run({ report: () => undefined }, source.token);
    shown.push({ ...(options as { title: string }), ended });
    return ended;
  },
}));
const { withCancel } = await import('../../../../src/ui/shared/withCancel.ts');

beforeEach(() => {
  vi.useFakeTimers();
  shown.length = 0;
});
afterEach(() => void vi.useRealTimers());

it('says after a cancel that it waits, until the work has ended', async () => {
  const { promise, resolve } = Promise.withResolvers<string>();
  const work = withCancel('Deleting', async (_, signal) => {
    await promise;
    return signal.aborted ? 'cancelled' : 'done';
  });
  cancel.now();
  await vi.advanceTimersByTimeAsync(1000);
  expect(shown).toHaveLength(2);
  expect(shown[1]).not.toHaveProperty('cancellable');
  let isWaiting = true;
  void shown[1]?.ended.then(() => (isWaiting = false));
  await vi.advanceTimersByTimeAsync(1000);
  expect(isWaiting).toBe(true);
  resolve('');
  expect(await work).toBe('cancelled');
  await vi.waitFor(() => expect(isWaiting).toBe(false));
});

it('says nothing of what ends at once, as reading does', async () => {
  const work = withCancel('Reading', (_, signal) => {
    const { promise, reject } = Promise.withResolvers<string>();
    signal.addEventListener('abort', () => reject(new Error('aborted')));
    return promise;
  });
  const failed = expect(work).rejects.toThrow('aborted');
  cancel.now();
  await vi.advanceTimersByTimeAsync(1000);
  await failed;
  expect(shown).toHaveLength(1);
});
