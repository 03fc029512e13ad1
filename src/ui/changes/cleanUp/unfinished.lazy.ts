import * as vscode from 'vscode';
import { armIdName, parentArmId } from '../../../domain/armId.ts';
import { runCommand } from '../../shared/errors.ts';
import type { Services } from '../../services/services.ts';
import { cleanUpMemoryOf, rememberedOf } from './memory.lazy.ts';
import { showInformationMessage, showWarningMessage } from '../../shared/messages.ts';
import { plainRows } from '../../shared/plainRows.ts';

/**
 * For the palette: the rule of an unfinished clean-up, whose rule itself may be gone and so in no list; undefined when there is
 * none or the user wants another rule.
 * @throws CancellationError if the user dismisses the question
 */
export async function pickUnfinished(services: Services): Promise<string | undefined> {
  const unfinished = (await cleanUpMemoryOf(services).list()).filter(({ isUnderWay }) => !isUnderWay);
  if (unfinished.length === 0) return undefined;
  const items: (vscode.QuickPickItem & { ruleId?: string })[] = [
    ...unfinished.map(({ ruleId }) => ({
      label: `$(history) ${vscode.l10n.t('Continue: {0}', armIdName(ruleId))}`,
      description: registryName(ruleId),
      detail: vscode.l10n.t('This clean-up is not finished.'),
      ruleId,
    })),
    { label: `$(search) ${vscode.l10n.t('Another Cache Rule…')}` },
  ];
  const picked = await vscode.window.showQuickPick(plainRows(items), {
    title: vscode.l10n.t('Clean Up'),
    placeHolder: vscode.l10n.t('Choose the clean-up to continue'),
    matchOnDescription: true,
  });
  if (!picked) throw new vscode.CancellationError();
  return picked.ruleId;
}

/** Offers to go on with each clean-up that failed, was cancelled or was cut off. */
export async function offerUnfinishedCleanUps(services: Services): Promise<void> {
  for (const { ruleId } of await cleanUpMemoryOf(services).list()) await offer(services, ruleId);
}

async function offer(services: Services, ruleId: string): Promise<void> {
  // A message stands until it is answered, and the next one waits for it: this or another window may have gone on with any of them.
  const isUnfinished = async () => (await rememberedOf(services, ruleId))?.isUnderWay === false;
  if (!(await isUnfinished())) return;
  const go = vscode.l10n.t('Continue');
  const discard = vscode.l10n.t('Discard');
  const answer = await showWarningMessage(
    vscode.l10n.t(
      'The clean-up of the cache rule {0} in {1} is not finished. Continuing first looks at what is left.',
      armIdName(ruleId),
      registryName(ruleId),
    ),
    go,
    discard,
  );
  if (answer === undefined) return;
  if (!(await isUnfinished())) {
    void showInformationMessage(vscode.l10n.t('It was continued or ended meanwhile, here or in another window.'));
    return;
  }
  if (answer === discard) await cleanUpMemoryOf(services).forget(ruleId);
  if (answer === go) {
    await runCommand(vscode.l10n.t('Cleaning up {0}', armIdName(ruleId)), services.log, async () => {
      const { cleanUp } = await import('./cleanUp.lazy.ts');
      await cleanUp(services, ruleId);
    });
  }
}

function registryName(ruleId: string): string {
  return armIdName(parentArmId(ruleId) ?? '');
}
