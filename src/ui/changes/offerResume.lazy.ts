import * as vscode from 'vscode';
import { codeSpan, escapeMarkdown, list } from '../../common/markdown.ts';
import { armIdName, parentArmId } from '../../domain/armId.ts';
import { identityChangeOf, replacementOf } from '../../provisioning/changes/changeRule.ts';
import { type Journal, type JournalEntry, createJournal } from '../../provisioning/engine/journal.ts';
import { requirementsOf } from '../../provisioning/requirements/requirementsOf.ts';
import type { ApplyResult, CleanUpPurpose, Purpose, Requirement, StepState } from '../../provisioning/types.ts';
import { runCommand } from '../shared/errors.ts';
import type { Services } from '../services/services.ts';
import { showInformationMessage, showWarningMessage } from '../shared/messages.ts';

/** Offers to go on with each set-up, change of a rule or clean-up that is not finished, though no window works on it. */
export async function offerResume(services: Services): Promise<void> {
  const journal = createJournal(services.storage.journal.fsPath);
  for (const { id } of await journal.unfinished()) await offer(services, journal, id);
}

async function offer(services: Services, journal: Journal, id: string): Promise<void> {
  // A message stands until it is answered, and the next one waits for it: this or another window may have gone on with any of them.
  const find = async () => (await journal.unfinished()).find((entry) => entry.id === id);
  const entry = await find();
  if (!entry) return;
  const { purpose } = entry;
  const { title, activity, text } = textsOf(purpose);
  const isCleanUp = purpose.kind === 'cleanUp';
  const resume = isCleanUp ? vscode.l10n.t('Continue') : vscode.l10n.t('Resume');
  const show = vscode.l10n.t('Show');
  const discard = vscode.l10n.t('Discard');
  const how = isCleanUp
    ? vscode.l10n.t('Continuing first looks at what is left.')
    : vscode.l10n.t('Resuming does only what is still missing.');
  const answer = await showWarningMessage(
    [text, gapInWords(entry), how].filter(Boolean).join(' '),
    resume,
    // What a clean-up has left is told by its own page.
    ...(isCleanUp ? [discard] : [show, discard]),
  );
  if (answer !== undefined && !(await find())) {
    void showInformationMessage(vscode.l10n.t('It was continued or ended meanwhile, here or in another window.'));
    return;
  }
  switch (answer) {
    case resume:
      return runCommand(activity, services.log, async () => {
        const result = await resumePurpose(services, purpose);
        // By what Azure says now it may have been another link that was completed.
        if (result?.outcome === 'complete' && !isCleanUp) await journal.finish(id);
      });
    case show:
      if (!isCleanUp) await services.documents.show(`${title}.md`, describeEntry(entry, purpose), 'markdown');
      return offer(services, journal, id);
    case discard:
      return journal.finish(id);
    case undefined: // dismissed: asked again in the next window
      return;
  }
}

async function resumePurpose(services: Services, purpose: Purpose): Promise<ApplyResult | undefined> {
  switch (purpose.kind) {
    case 'setUp':
      return (await import('../setUp/resume.ts')).resumeSetUp(services, purpose.link);
    case 'replace':
      return (await import('./replaceRule.lazy.ts')).resumeReplacement(services, purpose);
    case 'changeIdentity':
      return (await import('./changeIdentity.lazy.ts')).resumeIdentityChange(services, purpose);
    case 'cleanUp':
      return (await import('./cleanUp.lazy.ts')).cleanUp(services, purpose.ruleId);
  }
}

/** All but a clean-up, whose steps are known only when it looks for them. */
type ChangePurpose = Exclude<Purpose, CleanUpPurpose>;

function requirementsFor(purpose: ChangePurpose): readonly Requirement[] {
  switch (purpose.kind) {
    case 'setUp':
      return requirementsOf(purpose.link);
    case 'replace':
      return replacementOf(purpose).requirements;
    case 'changeIdentity':
      return identityChangeOf(purpose.link);
  }
}

function textsOf(purpose: Purpose): { title: string; activity: string; text: string } {
  if (purpose.kind === 'cleanUp') {
    const { ruleId } = purpose;
    const registry = armIdName(parentArmId(ruleId) ?? '');
    return {
      title: vscode.l10n.t('Clean-up cut off'),
      activity: vscode.l10n.t('Cleaning up {0}', armIdName(ruleId)),
      text: vscode.l10n.t('The clean-up of the cache rule {0} in {1} is not finished.', armIdName(ruleId), registry),
    };
  }
  const { link } = purpose;
  const registry = armIdName(link.downstream.id);
  switch (purpose.kind) {
    case 'setUp':
      return {
        title: vscode.l10n.t('Set-up cut off'),
        activity: vscode.l10n.t('Resuming the set-up'),
        text: vscode.l10n.t('The set-up of the cache {0} was cut off.', `${armIdName(link.source.id)} → ${registry}`),
      };
    case 'replace':
      return {
        title: vscode.l10n.t('Replacement cut off'),
        activity: vscode.l10n.t('Resuming the replacement'),
        text: vscode.l10n.t('Replacing the cache rule {0} of {1} was cut off.', purpose.replaces.ruleName, registry),
      };
    case 'changeIdentity':
      return {
        title: vscode.l10n.t('Change of identity cut off'),
        activity: vscode.l10n.t('Resuming the change of identity'),
        // The rule may have got another one since.
        text: vscode.l10n.t(
          'Changing the identity of the cache rule {0} of {1} to {2} was cut off.',
          link.mappings[0]?.ruleName ?? '',
          registry,
          armIdName(link.authentication.identityId),
        ),
      };
  }
}

/** Of a replacement: that the old rule is gone and nothing has taken its place. Empty if that is not so. */
function gapInWords({ purpose, steps }: JournalEntry): string {
  if (purpose.kind !== 'replace') return '';
  const { link, replaces } = purpose;
  const { deletion, creation } = replacementOf(purpose);
  const stateOf = ({ id }: Requirement) => steps.find(({ requirementId }) => requirementId === id)?.state;
  const made = stateOf(creation);
  if (!isDone(stateOf(deletion)) || isDone(made)) return '';
  const names = [replaces.ruleName, link.mappings[0]?.ruleName ?? ''] as const;
  return made === 'running'
    ? vscode.l10n.t('The old cache rule {0} is deleted; making the new one, {1}, was begun.', ...names)
    : vscode.l10n.t('The old cache rule {0} is deleted, and the new one, {1}, is not made yet.', ...names);
}

function isDone(state: StepState | undefined): boolean {
  return state === 'done' || state === 'alreadyDone';
}

/** What was planned and how far it got. */
function describeEntry(entry: JournalEntry, purpose: ChangePurpose): string {
  const { startedAt, steps } = entry;
  const { link } = purpose;
  const states = new Map(steps.map((step) => [step.requirementId, step]));
  const lines = requirementsFor(purpose).map((requirement) => {
    const { title, todo } = requirement.describe();
    const { state, message } = states.get(requirement.id) ?? { state: 'waiting', message: '' };
    return escapeMarkdown(`${title}: ${stateInWords(state)}: ${message || todo}`);
  });
  const gap = gapInWords(entry);
  return [
    `# ${escapeMarkdown(textsOf(purpose).title)}`,
    '',
    ...(gap ? [escapeMarkdown(gap), ''] : []),
    list([
      vscode.l10n.t('Begun: {0}', escapeMarkdown(new Date(startedAt).toLocaleString(vscode.env.language))),
      vscode.l10n.t('Upstream: {0}', codeSpan(link.source.id)),
      vscode.l10n.t('Downstream: {0}', codeSpan(link.downstream.id)),
      ...(purpose.kind === 'replace'
        ? [vscode.l10n.t('Replaces the cache rule: {0}', codeSpan(purpose.replaces.ruleName))]
        : []),
    ]),
    '',
    list(lines),
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
    case 'kept':
      return vscode.l10n.t('left as it is');
  }
}
