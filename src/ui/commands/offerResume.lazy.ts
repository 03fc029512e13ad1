import * as vscode from 'vscode';
import { armIdName } from '../../domain/armId.ts';
import { type Journal, type JournalEntry, createJournal } from '../../provisioning/journal.ts';
import type { StepState } from '../../provisioning/types.ts';
import { requirementsOf } from '../../provisioning/graph.ts';
import { offerUnfinishedCleanUps } from '../cleanUp/unfinished.lazy.ts';
import { runCommand } from '../shared/errors.ts';
import type { Services } from '../shared/services.ts';
import { showInformationMessage, showWarningMessage } from '../shared/messages.ts';

/** Offers to go on with each set-up or replacement that a closed window or a crash cut off, and each clean-up that is not finished. */
export async function offerResume(services: Services): Promise<void> {
  const journal = createJournal(services.storage.journal.fsPath);
  for (const { id } of await journal.unfinished()) await offer(services, journal, id);
  await offerUnfinishedCleanUps(services);
}

async function offer(services: Services, journal: Journal, id: string): Promise<void> {
  // A message stands until it is answered, and the next one waits for it: another window may have gone on with any of them.
  const find = async () => (await journal.unfinished()).find((entry) => entry.id === id);
  const entry = await find();
  if (!entry) return;
  const resume = vscode.l10n.t('Resume');
  const show = vscode.l10n.t('Show');
  const discard = vscode.l10n.t('Discard');
  const { link, replaces } = entry;
  const names = `${armIdName(link.upstream.id)} → ${armIdName(link.downstream.id)}`;
  const answer = await showWarningMessage(
    replaces
      ? vscode.l10n.t(
          'Replacing the cache rule {0} of {1} was cut off. Resuming does only what is still missing.',
          replaces.ruleName,
          armIdName(link.downstream.id),
        )
      : vscode.l10n.t('The set-up of the cache {0} was cut off. Resuming does only what is still missing.', names),
    resume,
    show,
    discard,
  );
  if (answer !== undefined && !(await find())) {
    void showInformationMessage(vscode.l10n.t('Another window has gone on with it meanwhile.'));
    return;
  }
  switch (answer) {
    case resume:
      return runCommand(vscode.l10n.t('Resuming the set-up'), services.log, async () => {
        if (replaces) {
          const { resumeReplacement } = await import('../changes/replaceRule.lazy.ts');
          await resumeReplacement(services, link, replaces);
        } else {
          const { resumeSetUp } = await import('../wizard/resume.ts');
          await resumeSetUp(services, entry);
        }
      });
    case show:
      await services.documents.show(`${vscode.l10n.t('Set-up cut off')}.md`, describeEntry(entry), {
        language: 'markdown',
      });
      return offer(services, journal, id);
    case discard:
      return journal.finish(id);
    case undefined: // dismissed: asked again in the next window
      return;
  }
}

/** What was planned and how far it got. */
function describeEntry({ link, replaces, startedAt, steps }: JournalEntry): string {
  const states = new Map(steps.map((step) => [step.requirementId, step]));
  const lines = requirementsOf(link).map((requirement) => {
    const step = states.get(requirement.id);
    const state = step
      ? `${stateInWords(step.state)}${step.message ? `: ${step.message}` : ''}`
      : vscode.l10n.t('not begun');
    return `- ${requirement.describe().title}: ${state}`;
  });
  return [
    `# ${vscode.l10n.t('Set-up cut off')}`,
    '',
    vscode.l10n.t('Begun: {0}', new Date(startedAt).toLocaleString(vscode.env.language)),
    vscode.l10n.t('Upstream: {0}', link.upstream.id),
    vscode.l10n.t('Downstream: {0}', link.downstream.id),
    ...(replaces ? [vscode.l10n.t('Replaces the cache rule: {0}', replaces.ruleName)] : []),
    '',
    ...lines,
    '',
    vscode.l10n.t('What was begun may have been done. Resuming looks at Azure first and does only the rest.'),
    '',
  ].join('\n');
}

function stateInWords(state: StepState): string {
  switch (state) {
    case 'waiting':
      return vscode.l10n.t('not begun');
    case 'running':
      return vscode.l10n.t('begun');
    case 'done':
      return vscode.l10n.t('done');
    case 'alreadyDone':
      return vscode.l10n.t('was so before');
    case 'failed':
      return vscode.l10n.t('failed');
    case 'skipped':
      return vscode.l10n.t('skipped');
    case 'cancelled':
      return vscode.l10n.t('cancelled');
  }
}
