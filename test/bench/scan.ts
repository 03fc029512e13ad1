import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { DockerfileParser } from 'dockerfile-ast';
import { parseTree } from 'jsonc-parser';
import MarkdownIt from 'markdown-it';
import { parseAllDocuments } from 'yaml';
import { mapBounded } from '../../src/common/mapBounded.ts';
import { createFileReader } from '../../src/files/worker/fileReader.ts';
import { seeds } from '../fuzz/seeds.ts';
import { watchEventLoop, type LongestBlock } from './eventLoop.ts';
import { median } from './statistics.ts';

export interface ScanResult {
  readonly files: number;
  readonly bytes: number;
  readonly references: number;
  /** Until the thread has answered for its first file; milliseconds, median. */
  readonly startMs: number;
  /** Reading and looking at all of them; milliseconds, median. */
  readonly ms: number;
  /** How many times the processor time of reading and bare parsing, for those that a package parses; median of runs in turn. */
  readonly ratio: number;
  /** The longest time for which nothing else could run; milliseconds, medians. */
  readonly longestBlock: LongestBlock;
}

const fileCount = 5000;
const runs = 3;
/** As in `ui/workspace/scan/scan.lazy.ts`. */
const atOnce = 16;

/** What a package makes of a file of its kind, by the path. Helm's templates are YAML only once they are filled in. */
const bareParsers: readonly (readonly [path: RegExp, parse: (text: string) => unknown])[] = [
  [/^(?!.*\/templates\/).*\.ya?ml$/, (text) => parseAllDocuments(text)],
  [/\/Dockerfile$/, (text) => DockerfileParser.parse(text)],
  [/\.json$/, (text) => parseTree(text)],
  [/\.md$/, (text) => new MarkdownIt().parse(text, {})],
];

/** The scan of a workspace, without VS Code's search for the files: files of every kind, read from disk. */
export async function measureScan(): Promise<ScanResult> {
  const folder = mkdtempSync(join(tmpdir(), 'acr-bench-scan-'));
  try {
    const { paths, bytes } = writeFiles(folder);
    const parsed = paths.filter((path) => bareParsers.some(([pattern]) => pattern.test(path)));
    const results = [];
    for (let run = 0; run < runs; run++) {
      const all = await scanOnce(paths);
      results.push({ ...all, ratio: (await scanOnce(parsed, false)).processorMs / (await bareMs(parsed)) });
    }
    const [first] = results;
    if (!first || first.references < fileCount) throw new Error(`Only ${first?.references} references were found.`);
    return {
      files: fileCount,
      bytes,
      references: first.references,
      startMs: median(results.map(({ startMs }) => startMs)),
      ms: median(results.map(({ ms }) => ms)),
      ratio: median(results.map(({ ratio }) => ratio)),
      longestBlock: {
        ms: median(results.map(({ longestBlock }) => longestBlock.ms)),
        busyMs: median(results.map(({ longestBlock }) => longestBlock.busyMs)),
      },
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** @param isWatched whether the event loop is, which takes processor time of its own */
async function scanOnce(paths: readonly string[], isWatched = true) {
  const reader = createFileReader({
    thread: new URL('../../src/files/worker/thread.ts', import.meta.url),
    readHere: () => Promise.reject(new Error('There are no threads here.')),
    onNoThread: (reason) => console.error(reason),
  });
  const begun = performance.now();
  await reader.read({ path: 'Dockerfile', text: 'FROM scratch\n' });
  const startMs = performance.now() - begun;
  let references = 0;
  const watch = isWatched ? watchEventLoop() : () => ({ ms: 0, busyMs: 0 });
  const started = performance.now();
  const before = processorMs();
  await mapBounded(paths, atOnce, async (path) => {
    const found = await reader.read({ path, text: await readFile(path, 'utf8') });
    if ('unread' in found) throw new Error(`${path} was not read: ${found.unread}.`);
    references += found.references.length;
  });
  const result = { references, startMs, ms: performance.now() - started, processorMs: processorMs() - before };
  reader.dispose();
  return { ...result, longestBlock: watch() };
}

/** Processor time of reading the files, and parsing them by the packages alone. */
async function bareMs(paths: readonly string[]): Promise<number> {
  const before = processorMs();
  await mapBounded(paths, atOnce, async (path) => {
    const text = await readFile(path, 'utf8');
    bareParsers.find(([pattern]) => pattern.test(path))?.[1](text);
  });
  return processorMs() - before;
}

/** Of all threads, which other processes do not make longer. */
function processorMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

/** Most files are small, every tenth has some ten thousand characters, every hundredth a hundred thousand; no two are alike. */
function writeFiles(folder: string): { paths: string[]; bytes: number } {
  const kinds = Object.values(seeds);
  let bytes = 0;
  const paths = Array.from({ length: fileCount }, (_, index) => {
    const kind = kinds[index % kinds.length] ?? seeds.dockerfile;
    const path = join(folder, `${index}`, kind.path);
    const size = index % 100 === 0 ? 100_000 : index % 10 === 0 ? 10_000 : 1000;
    const text = filled(kind.path, kind.texts[0], size, index);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
    bytes += Buffer.byteLength(text);
    return path;
  });
  return { paths, bytes };
}

/** The text, and after it what makes it longer in the way of its kind. */
function filled(path: string, text: string, size: number, index: number): string {
  const own = text.replaceAll('.example/', `.example/n${index}/`);
  if (path.endsWith('.json')) return `${' '.repeat(size)}${own}`;
  const line = path.endsWith('.bicep') || path.endsWith('.tf') ? 'x = 1 // of n\n' : '# a comment of n\n';
  if (/\.ya?ml$/.test(path)) {
    const entries = Array.from(
      { length: Math.max(0, Math.ceil((size - own.length) / 60)) },
      (_, number) => `other-${number}:\n  name: "of n${index}"\n  values: [a, b, c]\n`,
    );
    return own + entries.join('');
  }
  return own + line.repeat(Math.max(0, Math.ceil((size - own.length) / line.length)));
}
