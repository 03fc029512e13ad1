import * as vscode from 'vscode';
import { armIdKey } from '../../../domain/armId.ts';
import { keepName, replacedNames } from '../../../files/replacedNames.ts';
import { each, runInSlices, type Sliced } from '../../../common/slices.ts';
import type { Resolution, Resolver } from '../../../inventory/resolutionTypes.ts';
import { indexedResolver } from '../../services/indexedResolver.ts';
import type { Services } from '../../services/services.ts';
import { rangesIn } from '../edits.lazy.ts';
import { scanWorkspace } from './scan.lazy.ts';
import type { ScannedFile, ScanOptions, WorkspaceScan } from '../types.ts';

type Known = Pick<Services, 'inventory' | 'listings'>;

/** A reference of the workspace with what is known about it. */
export interface ResolvedReference {
  readonly file: ScannedFile;
  readonly found: ScannedFile['references'][number];
  readonly resolution: Resolution;
}

interface FindOptions extends ScanOptions {
  /** Told of what could not be looked at, unless the token fires. */
  readonly onSkipped?: (skipped: WorkspaceScan['skipped']) => void;
}

/**
 * Every reference of the workspace that `isWanted`, by file; the name of those that a kustomization looks for is fixed. Undefined if
 * the token fires.
 */
export async function findInWorkspace(
  services: Known,
  isWanted: (resolution: Resolution) => boolean,
  options: FindOptions,
): Promise<readonly ResolvedReference[] | undefined> {
  const { files, skipped } = await scanWorkspace(services, options);
  if (options.token?.isCancellationRequested) return undefined;
  options.onSkipped?.(skipped);
  const { resolver } = await indexedResolver(services);
  return runInSlices(resolved(files, resolver, isWanted), {
    isCancelled: () => options.token?.isCancellationRequested ?? false,
  });
}

function* resolved(
  files: readonly ScannedFile[],
  resolver: Resolver,
  isWanted: (resolution: Resolution) => boolean,
): Sliced<ResolvedReference[]> {
  const kept = replacedNames(files.map(({ uri, references }) => ({ path: uri.path, references })));
  const wanted: ResolvedReference[] = [];
  for (const file of files) {
    yield* each(file.references, (found) => {
      const resolution = resolver.resolve(found.image);
      if (isWanted(resolution)) wanted.push({ file, found: keepName(found, kept), resolution });
    });
    yield;
  }
  return wanted;
}

/** Tells whether an image goes through one of the rules, by its name in the cache, or could, by its name in the source. */
export function concernsRules(ruleIds: readonly string[]): (resolution: Resolution) => boolean {
  const keys = new Set(ruleIds.map(armIdKey));
  return ({ served, cachedBy }) =>
    (served !== undefined && keys.has(armIdKey(served.match.rule.id))) ||
    cachedBy.some(({ match }) => keys.has(armIdKey(match.rule.id)));
}

/** Where references and their uses are written; each place once. */
export function locationsOf(references: readonly ResolvedReference[]): vscode.Location[] {
  const rangesOf = new Map<ScannedFile, ReturnType<typeof rangesIn>>();
  const places = new Map<string, vscode.Location>();
  for (const { file, found } of references) {
    const rangeOf = rangesOf.get(file) ?? rangesIn(file.text);
    rangesOf.set(file, rangeOf);
    for (const range of [found.range, ...found.uses]) {
      const location = new vscode.Location(file.uri, rangeOf(range));
      places.set(`${file.uri.toString()} ${range.start} ${range.end}`, location);
    }
  }
  return [...places.values()];
}
