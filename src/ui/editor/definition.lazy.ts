import * as vscode from 'vscode';
import type { CacheRule } from '../../domain/types.ts';
import type { Resolution } from '../../inventory/resolutionTypes.ts';
import { reportUri } from '../shared/reports.ts';
import type { Services } from '../services/services.ts';
import { referenceAt } from './referenceAt.ts';
import type { Inspections } from './types.ts';

/** More rules than these are rarely a choice anybody can make. */
const maxRules = 5;

/** The documents of the rule that serves an image, or of those that could. */
export async function provideDefinition(
  _services: Services,
  inspections: Inspections,
  document: vscode.TextDocument,
  position: vscode.Position,
  token: vscode.CancellationToken,
): Promise<vscode.LocationLink[] | undefined> {
  const inspection = await inspections.of(document, token);
  const reference = inspection && referenceAt(inspection, document.offsetAt(position));
  if (!reference) return undefined;
  const { start, end } = reference.hit;
  const top = new vscode.Range(0, 0, 0, 0);
  return rulesOf(reference.resolution)
    .slice(0, maxRules)
    .map(({ id }) => ({
      originSelectionRange: new vscode.Range(document.positionAt(start), document.positionAt(end)),
      targetUri: reportUri('rule', id),
      targetRange: top,
    }));
}

/** The rule that serves an image; if there is none, those that map it. */
export function rulesOf({ served, cachedBy }: Resolution): readonly CacheRule[] {
  return served ? [served.match.rule] : cachedBy.map(({ match }) => match.rule);
}
