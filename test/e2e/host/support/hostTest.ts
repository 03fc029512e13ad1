/** What a test inside the extension host is given. */
export interface HostTestContext {
  /** Records a number of this run, e.g. an activation time in milliseconds; the outer process prints it. */
  readonly measure: (name: string, value: number) => void;
  /** Ends the test as skipped. */
  readonly skip: (reason: string) => never;
}

/**
 * Tests of one file, by name; run in order, in one VS Code. A file `x.test.ts` in this folder exports them as `tests`.
 * A test fails by throwing (node:assert).
 */
export type HostTests = Readonly<Record<string, (context: HostTestContext) => Promise<void> | void>>;

/** One line of the results file. */
export type HostTestResult =
  | {
      readonly kind: 'test';
      readonly name: string;
      readonly status: 'passed' | 'skipped' | 'failed';
      readonly ms: number;
      readonly message?: string;
    }
  | { readonly kind: 'measure'; readonly name: string; readonly value: number }
  | { readonly kind: 'end' };

/** Names the results file for the extension host. */
export const resultsVariable = 'HOST_TEST_RESULTS';

/** Names the test files to run by the beginning of their name; empty: all. */
export const onlyVariable = 'HOST_TEST_ONLY';

/** Names the folder below this one whose tests run, each in a VS Code opened in another way; empty: the tests in this one. */
export const roomVariable = 'HOST_TEST_ROOM';

/** Id of the extension under test. */
export const extensionId = 'acr-artifact-cache.acr-artifact-cache';
