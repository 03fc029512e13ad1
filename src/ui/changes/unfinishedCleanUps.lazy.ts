import * as vscode from 'vscode';
import { armIdName, parentArmId } from '../../domain/armId.ts';
import { begunCleanUp } from '../../provisioning/changes/cleanUp.ts';
import { createJournal } from '../../provisioning/engine/journal.ts';
import type { CleanUpPurpose } from '../../provisioning/types.ts';
import type { Services } from '../services/services.ts';
import { icon } from '../shared/icon.ts';
import { chooseRow } from '../pages/chooseRow.ts';
import type { Row } from '../pages/quickInput.ts';

/** The clean-ups that nobody works on and that are not finished, with what they have left; their rules may be gone. */
export async function unfinishedCleanUps({ storage }: Pick<Services, 'storage'>): Promise<CleanUpPurpose[]> {
  const entries = await createJournal(storage.journal.fsPath).unfinished();
  return entries.flatMap((entry) => begunCleanUp(entry) ?? []);
}

/**
 * For the palette: the rule of an unfinished clean-up, whose rule itself may be gone and so in no list; undefined when there is
 * none or the user wants another rule.
 * @throws CancellationError if the user dismisses the question
 */
export async function pickUnfinished(services: Services): Promise<string | undefined> {
  const unfinished = await unfinishedCleanUps(services);
  if (unfinished.length === 0) return undefined;
  const rows: Row<{ readonly ruleId?: string }>[] = [
    ...unfinished.map(({ ruleId }) => ({
      iconPath: icon('history'),
      label: vscode.l10n.t('Continue: {0}', armIdName(ruleId)),
      description: armIdName(parentArmId(ruleId) ?? ''),
      detail: vscode.l10n.t('This deletion is not complete.'),
      value: { ruleId },
    })),
    { iconPath: icon('search'), label: vscode.l10n.t('Another Cache Rule…'), value: {} },
  ];
  const picked = await chooseRow(
    vscode.l10n.t('Delete Cache Rule'),
    vscode.l10n.t('Choose the deletion to continue'),
    rows,
  );
  if (!picked) throw new vscode.CancellationError();
  return picked.ruleId;
}
