import * as vscode from 'vscode';
import { reportUri } from '../shared/reports.ts';
import type { Services } from '../services/services.ts';
import type { Inspections } from './types.ts';

/** A link to its rule's document on each image that a rule serves. */
export async function provideDocumentLinks(
  _services: Services,
  inspections: Inspections,
  document: vscode.TextDocument,
  token: vscode.CancellationToken,
): Promise<vscode.DocumentLink[] | undefined> {
  const inspection = await inspections.of(document, token);
  return inspection?.references.flatMap(({ found, resolution }) => {
    const { served, entry } = resolution;
    if (!served || !entry) return [];
    const { start, end } = found.range;
    const range = new vscode.Range(document.positionAt(start), document.positionAt(end));
    // A link is one line's.
    if (!range.isSingleLine) return [];
    const link = new vscode.DocumentLink(range, reportUri('rule', served.match.rule.id));
    const [rule, registry] = [served.match.rule.name, entry.registry.name].map(plainName);
    link.tooltip = vscode.l10n.t('Open cache rule {0} of {1}', rule ?? '', registry ?? '');
    return [link];
  });
}

/**
 * VS Code makes trusted Markdown of a link's tooltip and escapes nothing in it but `]`, so that what is escaped already would not be
 * any more. Azure's names have none of these characters.
 */
function plainName(name: string): string {
  return name.slice(0, 100).replace(/[^\w.-]/g, '·');
}
