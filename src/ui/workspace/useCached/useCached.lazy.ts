import * as vscode from 'vscode';
import { armIdName } from '../../../domain/armId.ts';
import { nameChanges } from '../../../files/rename.ts';
import type { Services } from '../../services/services.ts';
import { indexedResolver } from '../../services/indexedResolver.ts';
import { showInformationMessage, showWarningMessage } from '../../shared/messages.ts';
import { isRuleId } from '../../../domain/resourceIds.ts';
import { textOf } from '../../shared/textOf.ts';
import { isUserFile } from '../../shared/userFiles.ts';
import { createWorkspaceEdit, type FileChanges, onlyUnchanged, openUnchanged } from '../edits.lazy.ts';
import { whyKept } from '../keptNames.ts';
import { leftInWords, tellSentences } from '../leftInWords.ts';
import { byFile, concernsRules, findInWorkspace, resolveReferences } from '../scan/references.lazy.ts';
import { scanFiles, whileScanning } from '../scan/scan.lazy.ts';
import { cachedNames, useThrough } from './cachedNames.ts';

/**
 * Renames one reference, as the hover or lens said it; `node` is `{uri, start, end, ruleId}`. The file is read again: without that
 * reference at that very place, mapped by that rule, nothing is changed.
 */
export async function useCachedReference(services: Services, node: unknown): Promise<void> {
  const [uri, ruleId] = [uriOf(node), textOf(node, 'ruleId')];
  const [start, end] = [numberOf(node, 'start'), numberOf(node, 'end')];
  if (!uri || ruleId === undefined || start === undefined || end === undefined) return;
  const [{ files }, { resolver }] = await Promise.all([scanFiles(services, [uri]), indexedResolver(services)]);
  const reference = resolveReferences(files, resolver).find(
    ({ found: { range } }) => range.start === start && range.end === end,
  );
  const use = reference && useThrough(reference.resolution, ruleId);
  if (!use || !(await openUnchanged(reference.file))) {
    await showInformationMessage(vscode.l10n.t('Nothing was replaced: the file or the cache rules have changed.'));
    return;
  }
  const { file, found } = reference;
  const changes = nameChanges(found, use.image);
  if (changes) await apply([{ ...file, changes, label: labelOf(ruleId) }], false);
  else await showWarningMessage(whyKept(found.name));
}

/** Renames, after a preview, every reference of the workspace that a rule maps; `node` is `{ruleId}`. */
export async function useCachedInWorkspace(services: Services, node: unknown): Promise<void> {
  const ruleId = textOf(node, 'ruleId');
  if (ruleId === undefined || !isRuleId(ruleId)) return;
  const ruleName = armIdName(ruleId);
  const found = await whileScanning(vscode.l10n.t('Finding images that can use cache rule {0}', ruleName), (options) =>
    findInWorkspace(services, concernsRules([ruleId]), options),
  );
  if (!found) return;
  const concerned = byFile(found.references)
    .map(({ file, references }) => ({ file, ...cachedNames(references, ruleId) }))
    .filter(({ count, left }) => count + left.length > 0);
  const { same, changed } = await onlyUnchanged(concerned);
  const count = same.reduce((sum, one) => sum + one.count, 0);
  const edits = same.map(({ file, changes }) => ({ ...file, changes, label: labelOf(ruleId) }));
  if (count > 0 && !(await apply(edits, true))) return;
  const skipped = found.skipped.map(({ path }) => path);
  const words = [
    ...(concerned.length === 0 ? [noneInWords(ruleName, skipped.length === 0)] : []),
    ...leftInWords({
      left: same.flatMap(({ left }) => left),
      changed: changed.map(({ file }) => file.path),
      skipped,
    }),
  ];
  void tellSentences(services, labelOf(ruleId), words);
}

function noneInWords(ruleName: string, isAll: boolean): string {
  return isAll
    ? vscode.l10n.t('No image in the workspace can use cache rule {0}.', ruleName)
    : vscode.l10n.t('No scanned image can use cache rule {0}.', ruleName);
}

async function apply(files: readonly FileChanges[], preview: boolean): Promise<boolean> {
  const edit = createWorkspaceEdit(files, { preview });
  const isApplied = await vscode.workspace.applyEdit(edit, { isRefactoring: preview });
  if (!isApplied && !preview) {
    await showWarningMessage(vscode.l10n.t('VS Code did not accept the change. The file may be read-only.'));
  }
  return isApplied;
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
