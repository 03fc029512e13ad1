import { expect, it } from 'vitest';
import { leaveOnAbort } from '../../../../src/azure/http/wait.ts';

it('what the only caller left before it began may fail without anybody being told', async () => {
  const unhandled: unknown[] = [];
  const note = (reason: unknown) => void unhandled.push(reason);
  const others = process.listeners('unhandledRejection');
  process.removeAllListeners('unhandledRejection').on('unhandledRejection', note);
  try {
    const begun = Promise.reject(new Error('refused'));
    await expect(leaveOnAbort(begun, AbortSignal.abort())).rejects.toMatchObject({ kind: 'cancelled' });
    await new Promise((resolve) => setImmediate(resolve));
    expect(unhandled).toEqual([]);
  } finally {
    process.removeListener('unhandledRejection', note);
    for (const other of others) process.on('unhandledRejection', other);
  }
});
