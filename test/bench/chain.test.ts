import { describe, expect, it } from 'vitest';
import type { LogEntry } from '../sandbox/src/types.ts';
import { boundOf, checkChain, longestObservedChain, repeatedRequests, type Chain } from './chain.ts';

function entry(url: string, start: number, end: number): LogEntry {
  return { method: 'GET', url, status: 200, start, end };
}

const chain: Chain = {
  name: 'example',
  links: [
    { request: /^GET a$/, what: 'first', why: '' },
    { request: /^GET b$/, what: 'second', why: '', serviceWait: 1000 },
  ],
};

describe('the bench’s chains', () => {
  it('are bound by latency and the waits of the service', () => {
    expect(boundOf(chain, 100)).toEqual({ requests: 2, serviceWaitMs: 1000, ms: 1200 });
  });

  it('hold only where each request began after the one above had ended', () => {
    expect(() => checkChain(chain, [entry('a', 0, 100), entry('b', 100, 200)])).not.toThrow();
    expect(() => checkChain(chain, [entry('a', 0, 100), entry('b', 50, 150)])).toThrow('"second"');
    expect(() => checkChain(chain, [entry('b', 0, 100), entry('a', 100, 200)])).toThrow('"second"');
    expect(() => checkChain(chain, [entry('b', 0, 100)])).toThrow('"first"');
  });

  it('are observed as the most requests that do not overlap', () => {
    expect(longestObservedChain([])).toBe(0);
    // The long one would end a chain of two; without it there are three.
    const log = [entry('long', 0, 250), entry('a', 0, 100), entry('b', 100, 200), entry('c', 200, 300)];
    expect(longestObservedChain(log)).toBe(3);
    expect(longestObservedChain([entry('a', 0, 100), entry('b', 99, 199)])).toBe(1);
  });

  it('are shortened by not asking twice', () => {
    expect(repeatedRequests([entry('a', 0, 1), entry('b', 0, 1), entry('a', 1, 2)])).toEqual({ 'GET a': 2 });
  });
});
