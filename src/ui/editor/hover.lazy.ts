import * as vscode from 'vscode';
import type { TextRange } from '../../files/types.ts';
import type { Services } from '../services/services.ts';
import { hoverCommands } from './commandLinks.ts';
import { definitionAt, definitionMarkdown } from './definitionHover.lazy.ts';
import { referenceAt } from './referenceAt.ts';
import { referenceMarkdown } from './referenceHover.ts';
import type { Inspections } from './types.ts';

/** What is known of the reference, or of the definition of a cache rule, at a position. */
export async function provideHover(
  { inventory }: Pick<Services, 'inventory'>,
  inspections: Inspections,
  document: vscode.TextDocument,
  position: vscode.Position,
  token: vscode.CancellationToken,
): Promise<vscode.Hover | undefined> {
  const inspection = await inspections.of(document, token);
  if (!inspection) return undefined;
  const offset = document.offsetAt(position);
  const reference = referenceAt(inspection, offset);
  if (reference) {
    const place = { uri: document.uri.toString(), version: inspection.version };
    return hoverOf(document, reference.hit, referenceMarkdown(reference, place));
  }
  const defined = definitionAt(inspection.ruleFile, offset);
  return defined && hoverOf(document, defined.hit, definitionMarkdown(defined.definition, inventory.state));
}

function hoverOf(
  document: vscode.TextDocument,
  { start, end }: TextRange,
  markdown: string | undefined,
): vscode.Hover | undefined {
  if (markdown === undefined) return undefined;
  const text = new vscode.MarkdownString(markdown, true);
  text.isTrusted = { enabledCommands: hoverCommands };
  return new vscode.Hover(text, new vscode.Range(document.positionAt(start), document.positionAt(end)));
}
