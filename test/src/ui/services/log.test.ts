import { expect, it, vi } from 'vitest';
import { createLog } from '../../../../src/ui/services/log.ts';

const entries: string[] = [];
const level = 3;

vi.mock('vscode', () => ({
  window: {
    createOutputChannel: (name: string) => ({
      name,
      logLevel: level,
      error: (text: string) => entries.push(text),
      info: (text: string) => entries.push(text),
      show: (...given: unknown[]) => given,
    }),
  },
}));

it('each entry of the log is one line without secrets, in the order in which they were written', async () => {
  const log = createLog('name');
  log.error('refused\n2026-11-30 [info] forged', new Error('token=s3cr3t'));
  log.info('second');
  await expect.poll(() => entries).toEqual(['refused\\n2026-11-30 [info] forged Error: token=[redacted]', 'second']);
  expect(log.logLevel).toBe(level);
  expect(log.name).toBe('name');
});
