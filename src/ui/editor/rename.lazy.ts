import * as vscode from 'vscode';
import { parseImageReference } from '../../domain/imageReference.ts';
import { shown } from '../../common/shown.ts';
import { nameChanges, type NewName } from '../../files/rename.ts';
import type { FoundReference, TextRange } from '../../files/types.ts';
import { showInformationMessage } from '../shared/messages.ts';
import type { Services } from '../services/services.ts';
import { fixedInWords, whyKept } from '../workspace/move/keptNames.ts';
import { createWorkspaceEdit } from '../workspace/edits.lazy.ts';
import { findInWorkspace } from '../workspace/scan/ruleReferences.lazy.ts';
import { skippedInWords } from '../workspace/useCached/useCachedWords.lazy.ts';
import { contains, referenceAt } from './referenceAt.ts';
import { isSameImage } from './references.lazy.ts';
import type { Inspection, Inspections, ReferenceAt } from './types.ts';

/**
 * What is renamed at a position: host and repository of a reference. Rejects everywhere else, as VS Code expects it, so that other
 * extensions' rename is asked.
 * @throws Error with words to show
 */
export async function prepareRename(
  _services: Services,
  inspections: Inspections,
  document: vscode.TextDocument,
  position: vscode.Position,
  token: vscode.CancellationToken,
): Promise<{ range: vscode.Range; placeholder: string }> {
  const inspection = await inspections.of(document, token);
  const offset = document.offsetAt(position);
  const reference = inspection && referenceAt(inspection, offset);
  if (!inspection || !reference) throw new Error(vscode.l10n.t('There is no image reference here.'));
  const part = namePart(reference, offset);
  return {
    range: new vscode.Range(document.positionAt(part.start), document.positionAt(part.end)),
    placeholder: writtenName(inspection, reference),
  };
}

/**
 * Renames every reference of the workspace with the same host and repository; tags, digests, quotes and comments stay.
 * @throws Error with words to show if the new name is none
 */
export async function provideRenameEdits(
  services: Services,
  inspections: Inspections,
  document: vscode.TextDocument,
  position: vscode.Position,
  newName: string,
  token: vscode.CancellationToken,
): Promise<vscode.WorkspaceEdit | undefined> {
  const name = readName(newName);
  const inspection = await inspections.of(document, token);
  const offset = document.offsetAt(position);
  const reference = inspection && referenceAt(inspection, offset);
  if (!inspection || !reference) return undefined;
  namePart(reference, offset);
  const isWanted = (other: ReferenceAt['resolution']) => isSameImage(reference.resolution, other);
  let skipped: readonly string[] = [];
  const references = await findInWorkspace(services, isWanted, {
    token,
    onSkipped: (some) => (skipped = some.map(({ uri }) => vscode.workspace.asRelativePath(uri))),
  });
  if (!references) return undefined;
  const label = vscode.l10n.t('Rename to {0}', `${name.host}/${name.repository}`);
  const isHere = (uri: vscode.Uri) => uri.toString() === document.uri.toString();
  const elsewhere = references.filter(({ file }) => !isHere(file.uri));
  // What other files say about a name only the scan knows.
  const keptHere = new Set(
    references.flatMap(({ file, found }) => (isHere(file.uri) && isKept(found) ? startOf(found) : [])),
  );
  const here = inspection.references
    .filter(({ resolution }) => isWanted(resolution))
    .map(({ found }): FoundReference =>
      keptHere.has(startOf(found)) ? { ...found, name: { kind: 'fixed', because: 'kustomizeName' } } : found,
    );
  const files = [
    ...here.map((found) => ({ uri: document.uri, text: inspection.text, found })),
    ...elsewhere.map(({ file, found }) => ({ uri: file.uri, text: file.text, found })),
  ].map(({ found, ...file }) => ({ ...file, found, changes: nameChanges(found, name) }));
  const left = files.flatMap(({ changes, found }) => (changes ? [] : [found.name]));
  const words = [
    ...(left.length > 0 ? [vscode.l10n.t('{0} references keep their name.', left.length)] : []),
    ...new Set(left.map(whyKept)),
    ...(skipped.length > 0 ? [skippedInWords(skipped)] : []),
  ];
  if (words.length > 0) void showInformationMessage(words.join(' '));
  return createWorkspaceEdit(
    files.map(({ uri, text, changes }) => ({ uri, text, label, changes: changes ?? [] })),
    { preview: false },
  );
}

function isKept({ name }: FoundReference): boolean {
  return name.kind === 'fixed' && name.because === 'kustomizeName';
}

function startOf({ range }: FoundReference): number {
  return range.start;
}

/** The part of the name that was hit. @throws Error if it was the tag, or cannot be replaced */
function namePart({ found }: ReferenceAt, offset: number): TextRange {
  const { name } = found;
  if (name.kind === 'fixed') throw new Error(fixedInWords(name.because));
  const parts = name.kind === 'whole' ? [name.range] : name.kind === 'split' ? [name.registry, name.repository] : [];
  const part = parts.find((range) => contains(range, offset));
  if (!part) throw new Error(vscode.l10n.t('Only the registry and the repository of an image can be renamed.'));
  return part;
}

/** As it is written, where that is a name; else what it means. */
function writtenName({ text }: Inspection, { found, resolution }: ReferenceAt): string {
  const { name } = found;
  const written = name.kind === 'whole' ? text.slice(name.range.start, name.range.end) : '';
  const { host, repository } = resolution.image;
  return parseImageReference(written).ok ? written : `${host}/${repository}`;
}

function readName(text: string): NewName {
  const parsed = parseImageReference(text.trim());
  if (!parsed.ok) throw new Error(parsed.problem.message);
  const { host, repository, tag, digest } = parsed.value;
  if (host === undefined) {
    throw new Error(
      vscode.l10n.t(
        '"{0}" has no registry. Write the login server too, as in "{1}".',
        shown(text),
        'registry.example/team/app',
      ),
    );
  }
  if (tag !== undefined || digest !== undefined) {
    throw new Error(vscode.l10n.t('Leave out tag and digest: each reference keeps its own.'));
  }
  return { host, repository };
}
