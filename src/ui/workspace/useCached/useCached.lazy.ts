import * as vscode from 'vscode';
import { armIdName } from '../../../domain/armId.ts';
import { nameChanges } from '../../../files/rename.ts';
import type { FoundReference } from '../../../files/types.ts';
import { textOf } from '../../shared/textOf.ts';
import { createInspections } from '../../editor/inspections.lazy.ts';
import type { Inspection } from '../../editor/types.ts';
import { isUserFile } from '../../editor/userFiles.ts';
import { showInformationMessage, showWarningMessage, withProgress } from '../../shared/messages.ts';
import { isRuleId } from '../../shared/reports.ts';
import type { Services } from '../../services/services.ts';
import { cachedNames, useThrough } from './cachedNames.ts';
import { createWorkspaceEdit, type FileChanges } from '../edits.lazy.ts';
import { whyKept } from '../move/keptNames.ts';
import { openUnchanged } from '../move/openUnchanged.lazy.ts';
import { concernsRules, findInWorkspace, type ResolvedReference } from '../scan/ruleReferences.lazy.ts';
import type { ScannedFile, WorkspaceScan } from '../types.ts';
import { useCachedInWords, type UseCachedOutcome } from './useCachedWords.lazy.ts';

/**
 * Renames one reference, as the hover or lens said it; `node` is `{uri, start, end, ruleId}`. The document is read again: without
 * that reference at that very place, mapped by that rule, nothing is changed.
 */
export async function useCachedReference(services: Services, node: unknown): Promise<void> {
  const [uri, ruleId] = [uriOf(node), textOf(node, 'ruleId')];
  const [start, end] = [numberOf(node, 'start'), numberOf(node, 'end')];
  if (!uri || ruleId === undefined || start === undefined || end === undefined) return;
  const document = await vscode.workspace.openTextDocument(uri);
  const inspection = await inspectNow(services, document);
  const isThere = ({ found }: { readonly found: FoundReference }) =>
    found.range.start === start && found.range.end === end;
  const reference = inspection?.references.find(isThere);
  const use = reference && useThrough(reference.resolution, ruleId);
  if (!inspection || !use) {
    await showInformationMessage(
      vscode.l10n.t(
        'The file or the cache rules have changed meanwhile: nothing was replaced. Look at the image again.',
      ),
    );
    return;
  }
  const { found } = reference;
  const changes = nameChanges(found, use.image);
  if (!changes) {
    await showWarningMessage(reasonsOf([found]).join(' '));
    return;
  }
  await apply([{ uri, text: inspection.text, changes, label: labelOf(ruleId) }], false);
}

/** Renames every reference that a rule maps: in the file of `{ruleId, uri}`, or, after a preview, in the workspace. */
export async function useCachedInWorkspace(services: Services, node: unknown): Promise<void> {
  const ruleId = textOf(node, 'ruleId');
  if (ruleId === undefined || !isRuleId(ruleId)) return;
  const uri = uriOf(node);
  if (uri) await inFile(services, uri, ruleId);
  else await inWorkspace(services, ruleId);
}

async function inFile(services: Services, uri: vscode.Uri, ruleId: string): Promise<void> {
  const document = await vscode.workspace.openTextDocument(uri);
  const inspection = await inspectNow(services, document);
  const { changes, count, left } = cachedNames(inspection?.references ?? [], ruleId);
  if (count > 0) await apply([{ uri, text: inspection?.text ?? '', changes, label: labelOf(ruleId) }], false);
  await tell({ ruleName: armIdName(ruleId), count, left: reasonsOf(left), changed: [], skipped: [] });
}

async function inWorkspace(services: Services, ruleId: string): Promise<void> {
  let skipped: WorkspaceScan['skipped'] = [];
  const references = await withProgress(
    {
      location: vscode.ProgressLocation.Notification,
      cancellable: true,
      title: vscode.l10n.t('Looking for images that cache rule {0} maps', armIdName(ruleId)),
    },
    (progress, token) =>
      findInWorkspace(services, concernsRules([ruleId]), {
        token,
        onProgress: (done, total) => progress.report({ message: vscode.l10n.t('{0} of {1} files', done, total) }),
        onSkipped: (some) => (skipped = some),
      }),
  );
  if (!references) return;
  const concerned = byFile(references)
    .map(({ file, references }) => ({ file, ...cachedNames(references, ruleId) }))
    .filter(({ count, left }) => count + left.length > 0);
  const { names, changed } = await unchanged(concerned);
  const count = names.reduce((sum, one) => sum + one.count, 0);
  const label = labelOf(ruleId);
  const edits = names.map(({ file, changes }) => ({ uri: file.uri, text: file.text, changes, label }));
  if (count > 0 && !(await apply(edits, true))) return;
  await tell({
    ruleName: armIdName(ruleId),
    count,
    left: reasonsOf(names.flatMap(({ left }) => left)),
    changed: changed.map(({ file }) => pathOf(file)),
    skipped: skipped.map(pathOf),
  });
}

function pathOf({ uri }: { readonly uri: vscode.Uri }): string {
  return vscode.workspace.asRelativePath(uri);
}

type FileReferences = Pick<ResolvedReference, 'file'> & { readonly references: ResolvedReference[] };

function byFile(references: readonly ResolvedReference[]): readonly FileReferences[] {
  const files = new Map<ResolvedReference['file'], ResolvedReference[]>();
  for (const reference of references) {
    const others = files.get(reference.file);
    if (others) others.push(reference);
    else files.set(reference.file, [reference]);
  }
  return [...files].map(([file, own]) => ({ file, references: own }));
}

/** Opens the files, so that VS Code notices any change until the edit is applied; `changed` did so since the scan, or are gone. */
async function unchanged<T extends { readonly file: ScannedFile }>(
  files: readonly T[],
): Promise<{ readonly names: readonly T[]; readonly changed: readonly T[] }> {
  const documents = await Promise.all(files.map(({ file }) => openUnchanged(file)));
  const of = (isSame: boolean) => files.filter((_, index) => (documents[index] !== undefined) === isSame);
  return { names: of(true), changed: of(false) };
}

async function apply(files: readonly FileChanges[], preview: boolean): Promise<boolean> {
  const isApplied = await vscode.workspace.applyEdit(createWorkspaceEdit(files, { preview }), {
    isRefactoring: preview,
  });
  if (!isApplied && !preview) {
    await showWarningMessage(vscode.l10n.t('VS Code did not accept the change: the file may be read-only.'));
  }
  return isApplied;
}

async function tell(outcome: UseCachedOutcome): Promise<void> {
  const text = useCachedInWords(outcome);
  if (text !== undefined) await showInformationMessage(text);
}

function reasonsOf(left: readonly FoundReference[]): readonly string[] {
  return left.map(({ name }) => whyKept(name));
}

/** A look at the document as it is now, by nothing that was remembered. */
async function inspectNow(services: Services, document: vscode.TextDocument): Promise<Inspection | undefined> {
  const inspections = createInspections(services);
  try {
    return await inspections.of(document);
  } finally {
    inspections.dispose();
  }
}

function labelOf(ruleId: string): string {
  return vscode.l10n.t('Pull through cache rule {0}', armIdName(ruleId));
}

function uriOf(node: unknown): vscode.Uri | undefined {
  const text = textOf(node, 'uri');
  if (text === undefined) return undefined;
  try {
    const uri = vscode.Uri.parse(text, true);
    return isUserFile(uri) ? uri : undefined;
  } catch {
    return undefined;
  }
}

function numberOf(node: unknown, name: string): number | undefined {
  const value: unknown = typeof node === 'object' && node !== null ? Reflect.get(node, name) : undefined;
  return typeof value === 'number' ? value : undefined;
}
