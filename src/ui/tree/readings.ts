import type { ReadingNode } from './nodes.ts';
import { patienceInMs } from './patience.ts';

interface Reading {
  readonly abort: AbortController;
  readonly done: Promise<'read'>;
  state: 'running' | 'late' | 'cancelled';
}

export interface Readings {
  /**
   * Reads what stands below a row, unless that is being done. `late`: it takes long and goes on; when it has ended, the row is
   * repainted. `cancelled`: by the user, until `forget`.
   * @param read keeps what it has read, and its failures; what it rejects with after its signal was aborted counts for nothing
   */
  wait(node: ReadingNode, read: (signal: AbortSignal) => Promise<void>): Promise<'read' | 'late' | 'cancelled'>;
  cancel(node: ReadingNode): void;
  /** Gives up what is being read below these rows, so that it is read again when next asked for. */
  forget(isMeant: (node: ReadingNode) => boolean): void;
}

/** @param repaint a row whose children are other ones now */
export function createReadings(repaint: (node: ReadingNode) => void): Readings {
  const readings = new Map<ReadingNode, Reading>();

  function start(node: ReadingNode, read: (signal: AbortSignal) => Promise<void>): Reading {
    const abort = new AbortController();
    const ended = read(abort.signal).catch((error: unknown) => {
      if (!abort.signal.aborted) throw error;
    });
    const reading: Reading = { abort, state: 'running', done: ended.then(() => end(node, reading)) };
    readings.set(node, reading);
    return reading;
  }

  function end(node: ReadingNode, reading: Reading): 'read' {
    if (readings.get(node) === reading && reading.state !== 'cancelled') {
      readings.delete(node);
      if (reading.state === 'late') repaint(node);
    }
    return 'read';
  }

  async function wait(node: ReadingNode, read: (signal: AbortSignal) => Promise<void>): ReturnType<Readings['wait']> {
    const reading = readings.get(node) ?? start(node, read);
    if (reading.state !== 'running') return reading.state;
    const { signal } = reading.abort;
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<'late'>((resolve) => (timer = setTimeout(() => resolve('late'), patienceInMs)));
    const aborted = new Promise<'aborted'>((resolve) => signal.addEventListener('abort', () => resolve('aborted')));
    const answer = await Promise.race([reading.done, late, aborted]).finally(() => clearTimeout(timer));
    // Forgotten meanwhile: what is read instead is waited for.
    if (signal.aborted) return wait(node, read);
    if (answer === 'late') reading.state = 'late';
    return answer === 'late' ? 'late' : 'read';
  }

  return {
    wait,
    cancel(node) {
      const reading = readings.get(node);
      if (!reading) return;
      reading.state = 'cancelled';
      reading.abort.abort();
      repaint(node);
    },
    forget(isMeant) {
      for (const [node, { abort }] of [...readings]) {
        if (!isMeant(node)) continue;
        readings.delete(node);
        abort.abort();
      }
    },
  };
}
