import * as vscode from 'vscode';
import { armIdKey } from '../../../domain/armId.ts';
import { keepName, replacedNames } from '../../../files/replacedNames.ts';
import type { FoundReference } from '../../../files/types.ts';
import type { Resolution, Resolver } from '../../../inventory/resolutionTypes.ts';
import { indexedResolver } from '../../services/indexedResolver.ts';
import { rangesIn } from '../edits.lazy.ts';
import {
  type ScannedFile,
  type ScanOptions,
  type ScanServices,
  scanWorkspace,
  type WorkspaceScan,
} from './scan.lazy.ts';

/** A reference of the workspace with what is known about it. */
export interface ResolvedReference {
  readonly file: ScannedFile;
  /** Its name is `fixed` if a kustomization looks for it. */
  readonly found: FoundReference;
  readonly resolution: Resolution;
}

/** All references of the files with what they mean. */
export function resolveReferences(files: readonly ScannedFile[], resolver: Resolver): ResolvedReference[] {
  const kept = replacedNames(files.map(({ uri, references }) => ({ path: uri.path, references })));
  return files.flatMap((file) =>
    file.references.map((found) => ({
      file,
      found: keepName(found, kept),
      resolution: resolver.resolve(found.image),
    })),
  );
}

/** The references of each file. */
export function byFile(
  references: readonly ResolvedReference[],
): { readonly file: ScannedFile; readonly references: readonly ResolvedReference[] }[] {
  return [...Map.groupBy(references, ({ file }) => file)].map(([file, references]) => ({ file, references }));
}

/** Whether both name one repository, whatever tag. */
export function isSameImage({ image: a }: Pick<Resolution, 'image'>, { image: b }: Pick<Resolution, 'image'>): boolean {
  return a.host === b.host && a.repository === b.repository;
}

export interface FoundInWorkspace {
  readonly references: readonly ResolvedReference[];
  readonly skipped: WorkspaceScan['skipped'];
}

/** Every reference of the workspace that `isWanted`, by file. Undefined if the token fires. */
export async function findInWorkspace(
  services: ScanServices,
  isWanted: (resolution: Resolution) => boolean,
  options: ScanOptions,
): Promise<FoundInWorkspace | undefined> {
  const { files, skipped } = await scanWorkspace(services, options);
  const { resolver } = await indexedResolver(services);
  if (options.token?.isCancellationRequested) return undefined;
  return { references: resolveReferences(files, resolver).filter(({ resolution }) => isWanted(resolution)), skipped };
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
