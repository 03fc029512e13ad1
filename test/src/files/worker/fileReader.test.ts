import { setTimeout as wait } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { createFileReader, type FileReader } from '../../../../src/files/worker/fileReader.ts';
import { readFindings } from '../../../../src/files/worker/readFindings.ts';

// Five slow files take longer than it, and one much less, also on a busy machine.
const patienceMs = 1500;
const made: FileReader[] = [];
const reasons: string[] = [];

function reader(thread: string): FileReader {
  const one = createFileReader({
    thread: new URL(thread, import.meta.url),
    readHere: () => Promise.resolve(readFindings),
    onNoThread: (reason) => reasons.push(reason),
    patienceMs,
  });
  made.push(one);
  return one;
}

afterEach(() => {
  for (const one of made.splice(0)) one.dispose();
  reasons.length = 0;
});

/** What a thread that echoes made of each text, in their order. */
async function answers(of: FileReader, ...texts: readonly string[]): Promise<unknown[]> {
  return Promise.all(texts.map((text) => answer(of, text)));
}

async function answer(of: FileReader, text: string, isWanted?: () => boolean): Promise<unknown> {
  const found = await of.read({ path: 'Dockerfile', text }, isWanted);
  return 'unread' in found ? found.unread : found.references[0];
}

describe('the thread', () => {
  it('finds what the readers find', async () => {
    const file = { path: 'Dockerfile', text: 'ARG TAG=1\nFROM upstream.example/app:$TAG\n' };
    const found = await reader('../../../../src/files/worker/thread.ts').read(file);
    expect(found).toEqual(readFindings(file));
    expect('unread' in found ? [] : found.references.map(({ image }) => image.tag)).toEqual(['1']);
  });

  it('is ended by a text without end, and the next files are read', async () => {
    const texts = ['a', 'endless', 'b', 'endless', 'c'];
    expect(await answers(reader('obstinateThread.ts'), ...texts)).toEqual(['a', 'tooHard', 'b', 'tooHard', 'c']);
    expect(reasons).toEqual([]);
  });

  it('costs no other file anything if it fails', async () => {
    expect(await answers(reader('obstinateThread.ts'), 'a', 'fails', 'b', 'c')).toEqual(['a', 'tooHard', 'b', 'c']);
  });

  it('has its time for each file, however many wait', async () => {
    const texts = ['slow', 'slow', 'slow', 'slow', 'slow'];
    expect(await answers(reader('obstinateThread.ts'), ...texts)).toEqual(texts);
  });

  it('is not said to be too slow if the host itself was held', async () => {
    const one = reader('obstinateThread.ts');
    await answer(one, 'ready');
    const asked = answer(one, 'a');
    for (const until = performance.now() + 2 * patienceMs; performance.now() < until;);
    expect(await asked).toBe('a');
  });

  it('is not sent what nobody wants when its turn comes', async () => {
    const one = reader('obstinateThread.ts');
    let isWanted = true;
    const asked = ['slow', 'slow', 'slow', 'slow', 'slow', 'late', 'other'].map((text) =>
      answer(one, text, () => isWanted || text !== 'late'),
    );
    isWanted = false;
    expect((await Promise.all(asked)).slice(-2)).toEqual(['unwanted', 'other']);
  });

  it('answers nobody any more when it is disposed of', async () => {
    const one = reader('obstinateThread.ts');
    const asked = answers(one, 'endless', 'a', 'b');
    await wait(50);
    one.dispose();
    expect(await asked).toEqual(['unwanted', 'unwanted', 'unwanted']);
  });
});

describe('without threads', () => {
  const text = 'FROM upstream.example/app:1\n';

  it('short files are read by the host, longer ones are left', async () => {
    const one = reader('nowhere.ts');
    const long = `${text}${'#'.repeat(256 * 1024)}`;
    const found = await Promise.all([text, long, text].map((each) => one.read({ path: 'Dockerfile', text: each })));
    const unread = { unread: 'tooLong', limit: 256 * 1024 };
    const read = readFindings({ path: 'Dockerfile', text });
    expect(found).toEqual([read, unread, read]);
    expect(reasons).toEqual([expect.stringContaining('nowhere.ts')]);
  });

  it('what nobody wants any more is not read', async () => {
    expect(await answer(reader('nowhere.ts'), text, () => false)).toBe('unwanted');
  });
});

describe('what is left', () => {
  it('is a text that is longer than any file that somebody writes', async () => {
    const file = { path: 'Dockerfile', text: '#'.repeat(2_000_001) };
    expect(await reader('nowhere.ts').read(file)).toEqual({ unread: 'tooLong', limit: 2_000_000 });
  });

  it('is a file of which so much is found that handing it over would hold the host', () => {
    const images = (count: number): string =>
      Array.from({ length: count }, (_, index) => `FROM upstream.example/app:${index}\n`).join('');
    expect(readFindings({ path: 'Dockerfile', text: images(20_000) })).toHaveProperty('references.length', 20_000);
    expect(readFindings({ path: 'Dockerfile', text: images(20_001) })).toEqual({ unread: 'tooHard' });
  });
});
