import { setImmediate as nextTurn } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { maxFileLength } from '../kinds.ts';
import type { Findings, TextFile } from '../types.ts';
import type { Unread } from './readFindings.ts';

type Result = Findings | Unread;

/** Reads files without holding whoever asks, whatever the files say. */
export interface FileReader {
  /** Never rejects. @param isWanted is asked when the file's turn comes */
  read(file: TextFile, isWanted?: () => boolean): Promise<Result>;
  dispose(): void;
}

interface FileReaderOptions {
  /** The thread's code: a path or a file URL. */
  readonly thread: string | URL;
  /** Gives what the thread does, for where there are no threads. */
  readonly readHere: () => Promise<(file: TextFile) => Result>;
  /** Is told why there is no thread, once. */
  readonly onNoThread: (reason: string) => void;
  /** How long a file may take, in milliseconds. */
  readonly patienceMs?: number;
}

/** Files that the thread has at a time: the next ones, so that it need not wait for them. */
const atOnce = 4;
/** Until when the thread has loaded its code, on a machine that does much else; in milliseconds. */
const startMs = 30_000;
/** Where there are no threads: a file then takes some milliseconds. In UTF-16 units. */
const maxLengthHere = 256 * 1024;
/** Of the thread, in MB. */
const maxMemory = 1000;

interface Job {
  readonly file: TextFile;
  readonly isWanted: () => boolean;
  readonly resolve: (result: Result | Promise<Result>) => void;
}

/**
 * One thread for all files, started with the first. A file that takes longer, or more memory, than any needs costs the thread: it is
 * ended, another is started for the next file, and this one is `tooHard`.
 */
export function createFileReader({ thread, readHere, onNoThread, patienceMs = 2000 }: FileReaderOptions): FileReader {
  let waiting: Job[] = [];
  /** What the thread has, beginning with the file that it reads. */
  let sent: Job[] = [];
  let worker: Worker | undefined;
  let isReady = false;
  let hasThreads = true;
  let timer: NodeJS.Timeout | undefined;
  let lastHere: Promise<unknown> = Promise.resolve();

  function start(): Worker | undefined {
    try {
      // Without the options of the host, which may be one for debugging: the thread would wait for a debugger.
      const started = new Worker(thread, { execArgv: [], resourceLimits: { maxOldGenerationSizeMb: maxMemory } });
      started.unref();
      started.on('message', (message: 'ready' | Result) => {
        // Of a thread that was ended meanwhile.
        if (started !== worker) return;
        if (message === 'ready') isReady = true;
        else sent.shift()?.resolve(message);
        watch();
        next();
      });
      // An error can overtake what the thread has said before; its end, which always follows, cannot.
      let failure: string | undefined;
      started.on('error', (error) => (failure = String(error)));
      started.on('exit', (code) => end(started, failure ?? `It ended with code ${code}.`));
      return started;
    } catch (error) {
      giveUp(String(error));
      return undefined;
    }
  }

  /** What did not even load its code will not do so the next time. */
  function giveUp(reason: string): void {
    hasThreads = false;
    onNoThread(reason);
  }

  /** Of a thread that takes too long, or is gone. */
  function end(ended: Worker, reason: string): void {
    if (ended !== worker) return;
    worker = undefined;
    watch();
    void ended.terminate();
    if (isReady) sent.shift()?.resolve({ unread: 'tooHard' });
    else giveUp(reason);
    isReady = false;
    waiting = [...sent, ...waiting];
    sent = [];
    next();
  }

  /** Gives the thread its time, from now on. */
  function watch(): void {
    clearTimeout(timer);
    timer = undefined;
    const watched = worker;
    if (!watched || sent.length === 0) return;
    const mine = setTimeout(
      // An answer may be there already, if the host itself was held.
      () => setImmediate(() => timer === mine && end(watched, 'It took too long.')),
      isReady ? patienceMs : startMs,
    );
    timer = mine;
  }

  function next(): void {
    while (sent.length < atOnce) {
      const job = waiting.shift();
      if (!job) return;
      if (!job.isWanted()) job.resolve({ unread: 'unwanted' });
      else if (hasThreads && (worker ??= start())) send(job, worker);
      else job.resolve(inHost(job));
    }
  }

  function send(job: Job, to: Worker): void {
    sent.push(job);
    to.postMessage(job.file);
    if (sent.length === 1) watch();
  }

  /** One file after the other, so that the host does other things in between. */
  function inHost({ file, isWanted }: Job): Promise<Result> {
    const result = lastHere.then(async (): Promise<Result> => {
      const read = await readHere();
      await nextTurn();
      if (!isWanted()) return { unread: 'unwanted' };
      return file.text.length > maxLengthHere ? { unread: 'tooLong', limit: maxLengthHere } : read(file);
    });
    lastHere = result;
    return result;
  }

  return {
    read(file, isWanted = () => true) {
      if (file.text.length > maxFileLength) return Promise.resolve({ unread: 'tooLong', limit: maxFileLength });
      return new Promise((resolve) => {
        waiting.push({ file, isWanted, resolve });
        next();
      });
    },
    dispose() {
      const ended = worker;
      worker = undefined;
      watch();
      void ended?.terminate();
      for (const { resolve } of [...sent.splice(0), ...waiting.splice(0)]) resolve({ unread: 'unwanted' });
    },
  };
}
