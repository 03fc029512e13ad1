import * as vscode from 'vscode';
import type { RuleFinding, RuleKnowledge } from '../../domain/ruleVerdict.ts';
import { withShortIds } from '../../domain/shortIds.ts';
import type { CacheProof } from '../../provisioning/verification/verify.ts';
import type { Services } from '../services/services.ts';
import { localTime } from '../shared/localDate.ts';
import { showErrorMessage, showInformationMessage, showWarningMessage } from '../shared/messages.ts';
import { shownLine } from '../../common/shown.ts';
import type { PullMeans, PullStage } from './pullAndProve.ts';
import type { Subject } from './subject.ts';

/** What can be done after a pull that did not end with a cached image. */
export type PullAction = 'checkAgain' | 'tryAgain' | 'anotherTag';

/** Characters of a reason in a message; all of it is in the rule's document. */
const maxReason = 160;

/** What the last diagnosis found that a pull cannot pass. */
export interface Foreseen {
  readonly finding: RuleFinding;
  /** ISO 8601. */
  readonly checkedAt: string;
}

/** Why a pull of what is not cached yet fails, if that is known already. */
export function foreseenFailure({ checkup }: RuleKnowledge): Foreseen | undefined {
  const finding = checkup?.findings.find(({ verdict, pull }) => verdict === 'problem' && pull !== 'independent');
  return checkup && finding && { finding, checkedAt: checkup.checkedAt };
}

/** Says that it was not pulled, and why. `anyway`: pulls all the same. */
export async function tellForeseen(
  ruleId: string,
  { finding, checkedAt }: Foreseen,
  anyway: () => Promise<unknown>,
): Promise<void> {
  const message = vscode.l10n.t(
    'Not pulled: the diagnosis of {0} found a problem ({1}).',
    localTime(checkedAt),
    shownLine(finding.title, maxReason),
  );
  const [repair, tryAnyway] = [vscode.l10n.t('Diagnose and Repair'), vscode.l10n.t('Try Anyway')];
  const chosen = await showWarningMessage(message, repair, tryAnyway);
  if (chosen === repair) await vscode.commands.executeCommand('acrCache.repairRule', { ruleId });
  if (chosen === tryAnyway) await anyway();
}

/** The outcome in one sentence, with what to do next; the rule's document has what it rests on. */
export async function tellOutcome(
  services: Pick<Services, 'log'>,
  { rule: { rule, downstream }, repository, tag }: Subject,
  proof: CacheProof,
  { wasPatient, again }: { readonly wasPatient: boolean; readonly again: (action: PullAction) => Promise<unknown> },
): Promise<void> {
  const text = outcomeInWords(downstream.name, `${repository}:${tag}`, proof);
  const action = actionOf(proof);
  const openRule = vscode.l10n.t('Open Rule');
  const repair = vscode.l10n.t('Diagnose and Repair');
  const buttons = [
    ...(isRepairable(proof) ? [repair] : []),
    ...(action ? [actionTitle(action, proof, wasPatient)] : []),
    openRule,
  ];
  const showOutcomeMessage = messageFor(proof);
  const chosen = await showOutcomeMessage(text, ...buttons);
  if (chosen === undefined) return;
  if (chosen === openRule) await vscode.commands.executeCommand('acrCache.openRule', { ruleId: rule.id });
  else if (chosen === repair) await vscode.commands.executeCommand('acrCache.repairRule', { ruleId: rule.id });
  else if (action) await again(action);
}

function messageFor({ verdict, unavailable, isStale }: CacheProof): typeof showInformationMessage {
  if (verdict === 'notPulled') return showErrorMessage;
  return verdict === 'cached' && unavailable === undefined && !isStale ? showInformationMessage : showWarningMessage;
}

function outcomeInWords(registry: string, image: string, { code, verdict, unavailable, ...proof }: CacheProof): string {
  if (verdict === 'notPulled') {
    const reason = proof.problem?.reason ?? proof.sentence;
    return vscode.l10n.t('{0} was not pulled: {1}', image, shownLine(withShortIds(reason), maxReason));
  }
  if (verdict === 'proxied')
    return code === 'unseen'
      ? vscode.l10n.t('{0} was pulled, but whether it is cached could not be seen.', image)
      : vscode.l10n.t('{0} was pulled, but {1} has not cached it yet.', image, registry);
  if (unavailable !== undefined)
    return vscode.l10n.t('{0} serves {1} from its cache, but not for every platform.', registry, image);
  return proof.isStale
    ? vscode.l10n.t('{0} serves {1} from its cache; the upstream has a newer image.', registry, image)
    : vscode.l10n.t('{0} serves {1} from its cache.', registry, image);
}

function actionOf({ verdict, problem }: CacheProof): PullAction | undefined {
  if (verdict === 'cached') return undefined;
  if (problem?.code === 'tagMissing') return 'anotherTag';
  return verdict === 'notPulled' ? 'tryAgain' : 'checkAgain';
}

function actionTitle(action: PullAction, { problem }: CacheProof, wasPatient: boolean): string {
  switch (action) {
    case 'anotherTag':
      return vscode.l10n.t('Choose Another Tag');
    case 'checkAgain':
      return vscode.l10n.t('Check Again');
    case 'tryAgain':
      return problem?.mayPass && !wasPatient ? vscode.l10n.t('Keep Trying') : vscode.l10n.t('Try Again');
  }
}

/** What the machine that pulled or its network has met is nothing of the rule's. */
function isRepairable({ verdict, problem }: CacheProof): boolean {
  return verdict === 'notPulled' && problem !== undefined && !['tagMissing', 'local', 'network'].includes(problem.code);
}

/** What became of a pull that was cancelled. */
export function tellCancelled({ repository, tag }: Subject, stage: PullStage, means: PullMeans | undefined): void {
  void showInformationMessage(cancelledInWords(`${repository}:${tag}`, stage, means));
}

function cancelledInWords(image: string, stage: PullStage, means: PullMeans | undefined): string {
  switch (stage) {
    case 'asking':
      return vscode.l10n.t('Cancelled: {0} was not pulled.', image);
    case 'pulling':
      return means && 'client' in means
        ? vscode.l10n.t('Cancelled: {0} pull of {1} was ended.', means.client.kind, image)
        : vscode.l10n.t('Cancelled: the download of {0} was stopped.', image);
    case 'notEnded':
      return vscode.l10n.t('Cancelled, but the pull of {0} may still run: see the terminal.', image);
    case 'pulled':
      return vscode.l10n.t('Cancelled: {0} was pulled, but whether it is cached was not checked.', image);
  }
}
