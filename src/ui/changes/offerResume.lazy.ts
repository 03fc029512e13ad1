import * as vscode from 'vscode';
import { codeSpan, escapeMarkdown, list } from '../../common/markdown.ts';
import { armIdName, parentArmId, sameArmId } from '../../domain/armId.ts';
import { identityChangeOf, replacementOf } from '../../provisioning/changes/changeRule.ts';
import { type Journal, type JournalEntry, createJournal } from '../../provisioning/engine/journal.ts';
import { requirementsOf } from '../../provisioning/requirements/requirementsOf.ts';
import type { ApplyResult, CleanUpPurpose, Purpose, Requirement, StepState } from '../../provisioning/types.ts';
import { runCommand } from '../shared/errors.ts';
import type { Services } from '../services/services.ts';
import { documentScheme } from '../documents/documents.ts';
import { showInformationMessage, showWarningMessage } from '../shared/messages.ts';
import { textOf } from '../shared/textOf.ts';
import { rulesOf } from '../tree/unfinished.lazy.ts';

/** Offers to go on with each setup, change of a rule or clean-up that is not finished, though no window works on it. */
export async function offerResume(services: Services): Promise<void> {
  for (const { id } of await journalOf(services).unfinished()) await offer(services, id);
}

/** Goes on with what a row of the tree stands for: `{ journalId }`, or `{ ruleId }`. */
export async function resumeUnfinished(services: Services, node: unknown): Promise<void> {
  const entry = await entryOf(services, node);
  if (entry) await resume(services, entry);
  else tellEnded(services);
}

/** Forgets what a row of the tree stands for; what was done of it is kept. */
export async function discardUnfinished(services: Services, node: unknown): Promise<void> {
  const entry = await entryOf(services, node);
  if (entry) await finish(services, entry);
  else tellEnded(services);
}

function journalOf({ storage }: Pick<Services, 'storage'>): Journal {
  return createJournal(storage.journal.fsPath);
}

async function entryOf(services: Services, node: unknown): Promise<JournalEntry | undefined> {
  const [journalId, ruleId] = [textOf(node, 'journalId'), textOf(node, 'ruleId')];
  const entries = await journalOf(services).unfinished();
  return entries.find(
    (entry) =>
      entry.id === journalId || (ruleId !== undefined && rulesOf(entry).some((rule) => sameArmId(rule.ruleId, ruleId))),
  );
}

/** It was resumed or completed meanwhile: here or in another window. */
function tellEnded({ tree }: Services): void {
  tree.lookForUnfinished();
  void showInformationMessage(vscode.l10n.t('It was already resumed or completed, here or in another window.'));
}

async function finish(services: Services, { id }: JournalEntry): Promise<void> {
  await journalOf(services).finish(id);
  services.tree.lookForUnfinished();
}

async function resume(services: Services, entry: JournalEntry): Promise<void> {
  const { purpose } = entry;
  await runCommand(textsOf(purpose).activity, services.log, async () => {
    const result = await resumePurpose(services, purpose);
    // By what Azure says now it may have been another link that was completed.
    if (result?.outcome === 'complete' && purpose.kind !== 'cleanUp') await finish(services, entry);
    services.tree.lookForUnfinished();
  });
}

async function offer(services: Services, id: string): Promise<void> {
  // A message stands until it is answered, and the next one waits for it: this or another window may have gone on with any of them.
  const find = async () => (await journalOf(services).unfinished()).find((entry) => entry.id === id);
  const entry = await find();
  if (!entry) return;
  const { purpose } = entry;
  const { title, text } = textsOf(purpose);
  const isCleanUp = purpose.kind === 'cleanUp';
  const goOn = isCleanUp ? vscode.l10n.t('Continue') : vscode.l10n.t('Resume');
  const show = vscode.l10n.t('Show');
  const discard = vscode.l10n.t('Discard');
  // What a clean-up has left is told by its own page.
  const answers = isCleanUp ? [goOn, discard] : [goOn, show, discard];
  const answer = await showWarningMessage(gapInWords(entry) || text, ...answers);
  if (answer !== undefined && !(await find())) {
    tellEnded(services);
    return;
  }
  switch (answer) {
    case goOn:
      return resume(services, entry);
    case show:
      if (!isCleanUp) {
        const uri = vscode.Uri.from({ scheme: documentScheme, path: `/${title}.md` });
        await services.documents.showReport(uri, describeEntry(entry, purpose));
      }
      return offer(services, id);
    case discard:
      return finish(services, entry);
    case undefined: // dismissed: the tree shows it, and it is asked again in the next window
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
      title: vscode.l10n.t('Interrupted deletion'),
      activity: vscode.l10n.t('Deleting cache rule {0}', armIdName(ruleId)),
      text: vscode.l10n.t('Deleting cache rule {0} in {1} is not complete.', armIdName(ruleId), registry),
    };
  }
  const { link } = purpose;
  const registry = armIdName(link.downstream.id);
  switch (purpose.kind) {
    case 'setUp':
      return {
        title: vscode.l10n.t('Interrupted setup'),
        activity: vscode.l10n.t('Resuming the setup'),
        text: vscode.l10n.t(
          'The setup of the cache {0} was interrupted.',
          `${armIdName(link.source.id)} → ${registry}`,
        ),
      };
    case 'replace':
      return {
        title: vscode.l10n.t('Interrupted replacement'),
        activity: vscode.l10n.t('Resuming the replacement'),
        text: vscode.l10n.t('Replacing cache rule {0} in {1} was interrupted.', purpose.replaces.ruleName, registry),
      };
    case 'changeIdentity':
      return {
        title: vscode.l10n.t('Interrupted identity change'),
        activity: vscode.l10n.t('Resuming the identity change'),
        // The rule may have got another one since.
        text: vscode.l10n.t(
          'Changing the identity of cache rule {0} in {1} to {2} was interrupted.',
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
    ? vscode.l10n.t('Cache rule {0} was deleted; creating {1} was started.', ...names)
    : vscode.l10n.t('Cache rule {0} was deleted; {1} has not been created yet.', ...names);
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
      vscode.l10n.t('Started: {0}', escapeMarkdown(new Date(startedAt).toLocaleString(vscode.env.language))),
      vscode.l10n.t('Upstream: {0}', codeSpan(link.source.id)),
      vscode.l10n.t('Downstream: {0}', codeSpan(link.downstream.id)),
      ...(purpose.kind === 'replace'
        ? [vscode.l10n.t('Replaces the cache rule: {0}', codeSpan(purpose.replaces.ruleName))]
        : []),
    ]),
    '',
    list(lines),
    '',
    vscode.l10n.t('Started steps may have completed. Resume checks Azure first and does only what is missing.'),
    '',
  ].join('\n');
}

function stateInWords(state: StepState): string {
  switch (state) {
    case 'waiting':
      return vscode.l10n.t('not started');
    case 'running':
      return vscode.l10n.t('started');
    case 'done':
      return vscode.l10n.t('done');
    case 'alreadyDone':
      return vscode.l10n.t('already done');
    case 'failed':
      return vscode.l10n.t('failed');
    case 'skipped':
      return vscode.l10n.t('skipped');
    case 'cancelled':
      return vscode.l10n.t('cancelled');
    case 'kept':
      return vscode.l10n.t('kept');
  }
}
