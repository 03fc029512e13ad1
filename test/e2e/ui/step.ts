import type { Counts } from '../../tools/counts.ts';
import type { Driver } from './driver.ts';

/** One thing a person does and sees. Throws (node:assert) if it is not as it should be. */
export interface Step {
  readonly name: string;
  run(driver: Driver): Promise<void>;
}

/**
 * Runs steps in order; prints each with its seconds and saves a screenshot of each.
 * Steps build on one another, so after a failure the rest count as failed without being run.
 * @returns the counts, and the screenshots' paths by step name.
 */
export async function runSteps(
  driver: Driver,
  steps: readonly Step[],
): Promise<{ counts: Counts; screenshots: Map<string, string> }> {
  const screenshots = new Map<string, string>();
  const counts: Counts = { passed: 0, failed: 0, skipped: 0 };
  for (const step of steps) {
    if (counts.failed > 0) {
      console.log(`✗ ${step.name} (not reached)`);
      counts.failed++;
      continue;
    }
    const started = performance.now();
    const elapsed = (): string => `${((performance.now() - started) / 1000).toFixed(1)} s`;
    try {
      await step.run(driver);
      console.log(`✓ ${step.name} (${elapsed()})`);
      counts.passed++;
      screenshots.set(step.name, await driver.screenshot(step.name));
    } catch (error) {
      console.log(
        `✗ ${step.name} (${elapsed()})\n  ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`,
      );
      counts.failed++;
      console.log(`  screenshot: ${await driver.screenshot(`failed ${step.name}`)}`);
    }
  }
  return { counts, screenshots };
}
