import * as vscode from 'vscode';
import type { Resolution } from '../../inventory/resolutionTypes.ts';
import { withProgress } from '../shared/messages.ts';
import type { Services } from '../services/services.ts';
import { concernsRules, findInWorkspace, locationsOf } from '../workspace/scan/ruleReferences.lazy.ts';
import { rulesOf } from './definition.lazy.ts';
import { referenceAt } from './referenceAt.ts';
import type { Inspections } from './types.ts';

/**
 * All references of the workspace that the same rule serves or maps, by whichever name; of an image without a rule, those of the
 * same repository. Undefined where there is no reference: other extensions answer.
 */
export async function provideReferences(
  services: Services,
  inspections: Inspections,
  document: vscode.TextDocument,
  position: vscode.Position,
  token: vscode.CancellationToken,
): Promise<vscode.Location[] | undefined> {
  const inspection = await inspections.of(document, token);
  const reference = inspection && referenceAt(inspection, document.offsetAt(position));
  if (!reference) return undefined;
  const rules = rulesOf(reference.resolution);
  const isWanted =
    rules.length > 0
      ? concernsRules(rules.map(({ id }) => id))
      : (other: Resolution) => isSameImage(reference.resolution, other);
  const references = await withProgress(
    { location: vscode.ProgressLocation.Window, title: vscode.l10n.t('Looking for references in the workspace') },
    () =>
      findInWorkspace(services, isWanted, {
        token,
        onSkipped: (some) => {
          for (const { uri, reason } of some) services.log.warn(`Not looked at: ${uri.path}: ${reason}`);
        },
      }),
  );
  return references && locationsOf(references);
}

/** Whether both name one repository, whatever tag. */
export function isSameImage({ image: a }: Pick<Resolution, 'image'>, { image: b }: Pick<Resolution, 'image'>): boolean {
  return a.host === b.host && a.repository === b.repository;
}
