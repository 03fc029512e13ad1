import * as vscode from 'vscode';
import { armIdKey, armIdName, parentArmId } from '../../domain/armId.ts';
import { isRegistryId, isRuleId } from '../../domain/resourceIds.ts';
import { type ReportKind, reportSchemes } from '../documents/documents.ts';

/** What a report is about; commands take it as they take a tree node. */
export type ReportSubject = { readonly ruleId: string } | { readonly registryId: string };

/** The address of a report, one for each resource id: its editor is found again, and is filled again in the next session. */
export function reportUri(kind: ReportKind, id: string): vscode.Uri {
  const name = armIdName(id);
  const file = kind === 'rule' ? name : vscode.l10n.t('Diagnosis of {0}', name);
  const parent = parentArmId(id);
  return vscode.Uri.from({
    scheme: reportSchemes[kind],
    path: parent === undefined || !isRuleId(id) ? `/${file}.md` : `/${armIdName(parent)}/${file}.md`,
    query: armIdKey(id),
  });
}

/** What a report's address, from an editor's title or a restored window, is about; undefined if it is none of ours. */
export function reportOf(uri: unknown): { readonly kind: ReportKind; readonly subject: ReportSubject } | undefined {
  if (!(uri instanceof vscode.Uri)) return undefined;
  const { rule, diagnosis } = reportSchemes;
  const kind = uri.scheme === rule ? 'rule' : uri.scheme === diagnosis ? 'diagnosis' : undefined;
  if (!kind) return undefined;
  if (isRuleId(uri.query)) return { kind, subject: { ruleId: uri.query } };
  return kind === 'diagnosis' && isRegistryId(uri.query) ? { kind, subject: { registryId: uri.query } } : undefined;
}

/** The address of the report in the active editor. */
export function activeReport(): vscode.Uri | undefined {
  const address = addressOf(vscode.window.tabGroups.activeTabGroup.activeTab);
  return reportOf(address) && address;
}

/** What a tab shows, as text or rendered. */
export function addressOf(tab: vscode.Tab | undefined): vscode.Uri | undefined {
  const input = tab?.input;
  return input instanceof vscode.TabInputCustom || input instanceof vscode.TabInputText ? input.uri : undefined;
}
