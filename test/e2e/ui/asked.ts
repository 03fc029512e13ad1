import assert from 'node:assert/strict';
import type { Sandbox } from '../../sandbox/src/types.ts';

/** Waits until the sandbox has been asked for every one of the addresses since its log had `since` entries. */
export async function untilAsked({ log }: Sandbox, since: number, ...patterns: readonly RegExp[]): Promise<void> {
  const end = Date.now() + 30_000;
  for (;;) {
    const urls = log.slice(since).map(({ url }) => url);
    if (patterns.every((pattern) => urls.some((url) => pattern.test(url)))) return;
    assert.ok(Date.now() < end, `not asked for ${patterns.join(', ')}, but for ${JSON.stringify(urls)}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** Waits until the sandbox has answered all that it was asked since its log had `since` entries. */
export async function untilAnswered({ log }: Sandbox, since: number): Promise<void> {
  const end = Date.now() + 30_000;
  for (;;) {
    const open = log.slice(since).filter(({ status }) => status === 0);
    if (open.length === 0) return;
    assert.ok(Date.now() < end, `not answered: ${JSON.stringify(open)}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
