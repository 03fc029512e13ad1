import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { root, runCommand } from '../tools/command.ts';

export interface BundleResult {
  /** Minified code that runs at activation: the entry and what it imports statically. Bytes. */
  readonly eagerBytes: number;
  readonly eagerLimitBytes: number;
  /** All minified code; the rest is loaded when needed. Bytes. */
  readonly codeBytes: number;
  readonly packageBytes: number;
  readonly packageLimitBytes: number;
}

/** What `npm run package` writes. */
export const packageFile = join(root, 'dist', 'acr-artifact-cache.vsix');

/** Builds and packages the extension, and measures what came of it. @throws if that fails */
export async function measureBundle(): Promise<BundleResult> {
  const { code, output } = await runCommand('npm', ['run', '--silent', 'package'], { isQuiet: true });
  if (code !== 0) throw new Error(`npm run package failed.\n${output}`);
  // esbuild.js notes what it has built.
  const { eagerBytes, allBytes } = JSON.parse(readFileSync(join(root, 'dist', 'sizes.json'), 'utf8')) as {
    eagerBytes: number;
    allBytes: number;
  };
  return {
    eagerBytes,
    eagerLimitBytes: 55_000,
    codeBytes: allBytes,
    packageBytes: statSync(packageFile).size,
    packageLimitBytes: 1_000_000,
  };
}
