import * as vscode from 'vscode';
import type { TextRange } from '../../files/types.ts';
import type { Services } from '../shared/services.ts';
import { hoverCommands } from './commandLinks.ts';
import { referenceAt } from './referenceAt.ts';
import { referenceMarkdown } from './referenceHover.ts';
import type { Inspections } from './types.ts';

/** What is known of the reference, or of the definition of a cache rule, at a position. */
export async function provideHover(
  services: Pick<Services, 'inventory'>,
  inspections: Inspections,
  document: vscode.TextDocument,
  position: vscode.Position,
  token: vscode.CancellationToken,
): Promise<vscode.Hover | undefined> {
  const inspection = await inspections.of(document, token);
  if (!inspection) return undefined;
  const offset = document.offsetAt(position);
  const reference = referenceAt(inspection, offset);
  const markdown =
    reference && referenceMarkdown(reference, { uri: document.uri.toString(), version: inspection.version });
  return markdown === undefined ? undefined : hoverOf(document, reference?.hit, markdown);
}

function hoverOf(document: vscode.TextDocument, hit: TextRange | undefined, markdown: string): vscode.Hover {
  const text = new vscode.MarkdownString(markdown, true);
  text.isTrusted = { enabledCommands: hoverCommands };
  const range = hit && new vscode.Range(document.positionAt(hit.start), document.positionAt(hit.end));
  return new vscode.Hover(text, range);
}
