import { kindOf, type FileKind } from './kinds.ts';
import type { FoundReference } from './types.ts';

/** A file of a scan. */
interface ScannedReferences {
  /** With `/`. */
  readonly path: string;
  readonly references: readonly FoundReference[];
}

/** Kinds whose images a Kustomization may replace; YAML and JSON of any name may be manifests. */
const manifestKinds = new Set<FileKind | 'yaml' | 'json' | undefined>(['kubernetes', 'helmTemplate', 'yaml', 'json']);

/**
 * The references that must keep their name, as a Kustomization of the scan replaces images of exactly that name: with another it would
 * find none, and what the manifest says would be deployed unnoticed. The entry itself gets the new name instead. Also a `newName`
 * that another entry looks for in turn, as overlays of overlays do. Pure.
 */
export function replacedNames(files: readonly ScannedReferences[]): ReadonlySet<FoundReference> {
  const replaced = new Set<string>();
  for (const { references } of files) for (const { replaces } of references) if (replaces) replaced.add(replaces);
  const kept = new Set<FoundReference>();
  if (replaced.size === 0) return kept;
  for (const { path, references } of files) {
    const isManifest = manifestKinds.has(kindOf(path, undefined));
    for (const reference of references) {
      const { replaces, written, usage } = reference;
      const name = nameIn(written);
      if (!replaced.has(name)) continue;
      if (replaces === undefined ? isManifest && usage === 'image' : replaces !== name) kept.add(reference);
    }
  }
  return kept;
}

/** The reference, `fixed` if it is one of those that must keep their name. */
export function keepName(reference: FoundReference, kept: ReadonlySet<FoundReference>): FoundReference {
  return kept.has(reference) ? { ...reference, name: { kind: 'fixed', because: 'kustomizeName' } } : reference;
}

/** Without tag and digest: a colon before the last slash belongs to the host. */
function nameIn(written: string): string {
  const [named = ''] = written.split('@', 1);
  const colon = named.indexOf(':', named.lastIndexOf('/') + 1);
  return colon < 0 ? named : named.slice(0, colon);
}
