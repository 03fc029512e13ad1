import * as vscode from 'vscode';
import type { TextRange } from '../../files/types.ts';
import type { Inspection, ReferenceAt } from './types.ts';

/** The reference that is written, or used, at an offset: at either end of it counts too. The shortest, if several overlap. */
export function referenceAt({ references }: Pick<Inspection, 'references'>, offset: number): ReferenceAt | undefined {
  let best: ReferenceAt | undefined;
  for (const reference of references) {
    for (const hit of [reference.found.range, ...reference.found.uses]) {
      if (!contains(hit, offset)) continue;
      if (!best || length(hit) < length(best.hit)) best = { ...reference, hit };
    }
  }
  return best;
}

/** The end counts: a caret behind the last character is still at the word. */
export function contains({ start, end }: TextRange, offset: number): boolean {
  return start <= offset && offset <= end;
}

function length({ start, end }: TextRange): number {
  return end - start;
}

export function rangeOf(document: vscode.TextDocument, { start, end }: TextRange): vscode.Range {
  return new vscode.Range(document.positionAt(start), document.positionAt(end));
}

/** Of our diagnostics. */
export const diagnosticSource = 'ACR Cache';

/** Of a document's diagnostics, ours about the reference that is written at a range. */
export function problemsAt(diagnostics: readonly vscode.Diagnostic[], written: vscode.Range): vscode.Diagnostic[] {
  return diagnostics.filter(({ source, range }) => source === diagnosticSource && range.isEqual(written));
}
