import * as vscode from 'vscode';
import { shown } from '../../common/shown.ts';
import { parseImageReference } from '../../domain/imageReference.ts';
import { nameChanges, type NewName } from '../../files/rename.ts';
import type { TextRange } from '../../files/types.ts';
import type { Services } from '../services/services.ts';
import { createWorkspaceEdit, onlyUnchanged } from '../workspace/edits.lazy.ts';
import { fixedInWords } from '../workspace/keptNames.ts';
import { leftInWords, tellSentences } from '../workspace/leftInWords.ts';
import { byFile, findInWorkspace, isSameImage } from '../workspace/scan/references.lazy.ts';
import { contains, rangeOf, referenceAt } from './referenceAt.ts';
import type { Inspection, ReferenceAt } from './types.ts';

/**
 * What is renamed at a position: host and repository of a reference. Rejects everywhere else, as VS Code expects it, so that other
 * extensions' rename is asked.
 * @throws Error with words to show
 */
export function prepareRename(
  document: vscode.TextDocument,
  inspection: Inspection | undefined,
  position: vscode.Position,
): { range: vscode.Range; placeholder: string } {
  const offset = document.offsetAt(position);
  const reference = inspection && referenceAt(inspection, offset);
  if (!reference) throw new Error(vscode.l10n.t('There is no image reference here.'));
  return {
    range: rangeOf(document, namePart(reference, offset)),
    placeholder: writtenName(inspection, reference),
  };
}

/**
 * Renames every reference of the workspace, and of this document, with the same host and repository; tags, digests, quotes and
 * comments stay. A file that changes meanwhile is left.
 * @throws Error with words to show if the new name is none
 */
export async function provideRenameEdits(
  services: Services,
  document: vscode.TextDocument,
  inspection: Inspection | undefined,
  position: vscode.Position,
  newName: string,
  token: vscode.CancellationToken,
): Promise<vscode.WorkspaceEdit | undefined> {
  const name = readName(newName);
  const offset = document.offsetAt(position);
  const reference = inspection && referenceAt(inspection, offset);
  if (!reference) return undefined;
  namePart(reference, offset);
  const isWanted = (other: ReferenceAt['resolution']) => isSameImage(reference.resolution, other);
  const found = await findInWorkspace(services, isWanted, { token, besides: document.uri });
  if (!found) return undefined;
  const { same, changed } = await onlyUnchanged(byFile(found.references));
  const label = vscode.l10n.t('Rename to {0}', `${name.host}/${name.repository}`);
  const renamed = same.flatMap(({ file, references }) =>
    references.map(({ found }) => ({ file, found, changes: nameChanges(found, name) })),
  );
  const words = leftInWords({
    left: renamed.flatMap(({ found, changes }) => (changes ? [] : [found])),
    changed: changed.map(({ file }) => file.path),
    skipped: found.skipped.map(({ path }) => path),
  });
  void tellSentences(services, label, words);
  return createWorkspaceEdit(
    renamed.map(({ file: { uri, text }, changes = [] }) => ({ uri, text, label, changes })),
    { preview: false },
  );
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
        '"{0}" has no registry. Include the login server, as in "{1}".',
        shown(text),
        'registry.example/team/app',
      ),
    );
  }
  if (tag !== undefined || digest !== undefined) {
    throw new Error(vscode.l10n.t('Leave out the tag and digest; each reference keeps its own.'));
  }
  return { host, repository };
}
