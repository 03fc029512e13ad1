import type { Clock } from './core.ts';

interface Job {
  readonly due: number;
  readonly order: number;
  readonly work: () => void | Promise<void>;
  timer: NodeJS.Timeout | undefined;
}

/** A clock that runs with real time and can be moved forward; one that stands still is only moved. */
export function createClock({ standsStill = false } = {}): Clock {
  const start = Date.now();
  let offset = 0;
  let order = 0;
  const jobs = new Set<Job>();
  const running = new Set<Promise<void>>();
  const failures: unknown[] = [];

  const now = (): number => (standsStill ? start : Date.now()) + offset;
  const nextDue = (limit: number): Job | undefined => {
    let next: Job | undefined;
    for (const job of jobs) {
      if (job.due <= limit && (!next || job.due < next.due || (job.due === next.due && job.order < next.order)))
        next = job;
    }
    return next;
  };
  const workOf = async (job: Job): Promise<void> => {
    try {
      await job.work();
    } catch (error) {
      failures.push(error);
    }
  };
  const run = (job: Job): void => {
    jobs.delete(job);
    clearTimeout(job.timer);
    const done: Promise<void> = workOf(job).finally(() => running.delete(done));
    running.add(done);
  };
  const arm = (job: Job): void => {
    clearTimeout(job.timer);
    if (standsStill) return;
    job.timer = setTimeout(() => run(job), Math.min(Math.max(0, job.due - now()), 2 ** 31 - 1));
  };

  return {
    now,
    failures,
    runLater(milliseconds, work) {
      const job: Job = { due: now() + milliseconds, order: order++, work, timer: undefined };
      jobs.add(job);
      arm(job);
      return () => {
        clearTimeout(job.timer);
        jobs.delete(job);
      };
    },
    async advance(milliseconds) {
      const target = now() + milliseconds;
      for (let job = nextDue(target); job; job = nextDue(target)) {
        offset += Math.max(0, job.due - now());
        run(job);
      }
      offset += Math.max(0, target - now());
      for (const job of jobs) arm(job);
      // Also what was begun before, by the clock itself.
      await Promise.all(running);
    },
    close() {
      for (const job of jobs) clearTimeout(job.timer);
      jobs.clear();
    },
  };
}
