import * as vscode from 'vscode';
import type { Azure } from '../../azure/azure.ts';
import { isCancelled } from '../../azure/errors.ts';
import { parseImageReference } from '../../domain/imageReference.ts';
import { judgeRule, predatesRule } from '../../domain/ruleVerdict.ts';
import type { CacheRule } from '../../domain/types.ts';
import { pullProofOf } from '../../provisioning/verification/pullProof.ts';
import { isOfTheRule } from '../../provisioning/verification/pullErrors.ts';
import type { CacheProof, VerifyRequest } from '../../provisioning/verification/verify.ts';
import { notePull } from '../reports/pulls.ts';
import { noteClient } from '../shared/clientName.ts';
import { runCommand, showError } from '../shared/errors.ts';
import { whileOpening } from '../pages/opening.ts';
import type { Services } from '../services/services.ts';
import { findContainerClient } from './containerClient.ts';
import { prove, type Proven, pullAndProve, type PullContext, type PullMeans, type PullStage } from './pullAndProve.ts';
import { askSubject, imageOf, readRule, type Subject } from './subject.ts';
import { foreseenFailure, type PullAction, tellCancelled, tellForeseen, tellOutcome } from './tell.ts';
import { terminalProblem } from './terminalPull.ts';
import { withCancel } from '../shared/withCancel.ts';

export interface VerifyTarget {
  readonly ruleId: string;
  /** For a rule with a wildcard; asked for if it is not given. */
  readonly repository?: string;
  /** Asked for if it is not given. */
  readonly tag?: string;
  /** Also if the last diagnosis found that the pull cannot pass. */
  readonly isAnyway?: boolean;
}

/**
 * "Verify by Pulling": pulls one image through the rule and says whether it is cached. Stops at once when the last diagnosis has
 * found why the pull cannot pass.
 * @returns the proof, or undefined if the user left or cancelled, or it was not tried
 * @throws AzureError; Error if the rule cannot be understood; CancellationError if signing in is declined
 */
export async function runVerify(services: Services, target: VerifyTarget): Promise<CacheProof | undefined> {
  const { ruleId, repository, tag } = target;
  const foreseen = target.isAnyway ? undefined : foreseenFailure(services.inventory.knowledge(ruleId));
  if (foreseen) {
    // Not awaited: a message that stays open must not keep the command running.
    void tellForeseen(ruleId, foreseen, () => again(services, { ...target, isAnyway: true }));
    return undefined;
  }
  const { azure, rule } = await whileOpening(services, vscode.l10n.t('Verify by Pulling'), async (azure, signal) => ({
    azure,
    rule: await readRule(azure, ruleId, signal),
  }));
  const subject = await askSubject(azure, rule, tag, repository);
  if (!subject) return undefined;
  // Names come from registries; a client's arguments and the terminal's title are no place for anything else.
  const parsed = parseImageReference(imageOf(subject));
  if (!parsed.ok) throw new Error(parsed.problem.message);
  return attempt(services, azure, subject, { isPatient: target.isAnyway ? false : isFresh(rule.rule) });
}

function again(services: Services, target: VerifyTarget): Promise<void> {
  return runCommand(vscode.l10n.t('Verifying the cache rule'), services.log, async () => {
    await runVerify(services, target);
  });
}

/** What an attempt does not begin with. */
interface Known {
  readonly means?: PullMeans;
  /** It was pulled: the copy may have ended since, so it is looked at again without another pull. */
  readonly request?: VerifyRequest;
  /** Whether a refusal that may pass is waited for. */
  readonly isPatient?: boolean;
}

/** Milliseconds after its creation in which a rule's role assignment may not have taken effect yet. */
const freshMs = 15 * 60_000;
/** Milliseconds that are waited for it. */
const patienceMs = 120_000;

function isFresh({ creationDate }: CacheRule): boolean {
  return Date.now() - Date.parse(creationDate ?? '') < freshMs;
}

/** Pulls, or looks again, with progress, and tells what came of it. @returns undefined if it failed or the user cancelled */
async function attempt(
  services: Services,
  azure: Azure,
  subject: Subject,
  known: Known = {},
): Promise<CacheProof | undefined> {
  const { log } = services;
  const activity = vscode.l10n.t('Verifying {0}', imageOf(subject));
  const isPatient = known.isPatient ?? false;
  let { means } = known;
  let stage: PullStage = known.request ? 'pulled' : 'asking';
  try {
    const proven = await withCancel(activity, async (progress, signal) => {
      const context: PullContext = {
        azure,
        log,
        signal,
        report: (message) => progress.report({ message }),
        patienceMs: isPatient ? patienceMs : 0,
        onStage: (now) => (stage = now),
      };
      if (known.request) return prove(context, known.request);
      means ??= await chooseMeans(context);
      if ('apiBecause' in means) log.info(`${activity}: through the registry API. ${means.apiBecause}`);
      return pullAndProve(context, subject, means);
    });
    noteOutcome(services, azure, subject, proven, means);
    // Not awaited: a message that stays open must not keep the command running.
    void tellOutcome(services, subject, proven.proof, {
      wasPatient: isPatient,
      again: (action) => repeat(services, azure, subject, proven, means, action),
    });
    return proven.proof;
  } catch (error) {
    if (isCancelled(error)) {
      tellCancelled(subject, stage, means);
      return undefined;
    }
    // If the client's login fails, the image can still be pulled without it.
    const throughApi = {
      title: vscode.l10n.t('Pull Through the API'),
      run: () => attempt(services, azure, subject, { means: { apiBecause: vscode.l10n.t('Set by you.') } }),
    };
    void showError(error, {
      activity,
      log,
      retry: () => attempt(services, azure, subject, known),
      actions: means && 'client' in means && !known.request ? [throughApi] : [],
    });
    return undefined;
  }
}

async function repeat(
  services: Services,
  azure: Azure,
  subject: Subject,
  { request }: Proven,
  means: PullMeans | undefined,
  action: PullAction,
): Promise<void> {
  const { rule, repository } = subject;
  switch (action) {
    case 'anotherTag':
      return again(services, { ruleId: rule.rule.id, repository, isAnyway: true });
    case 'checkAgain':
      await attempt(services, azure, subject, { means, request, isPatient: true });
      return;
    case 'tryAgain':
      await attempt(services, azure, subject, { isPatient: true });
  }
}

/** The client of the setting if the terminal can be used and the client works, else the API. */
async function chooseMeans({ signal, report }: PullContext): Promise<PullMeans> {
  report(vscode.l10n.t('Finding a container client'));
  const problem = terminalProblem();
  if (problem) return { apiBecause: problem };
  const setting = vscode.workspace.getConfiguration('acrCache').get<unknown>('containerClient');
  const search = await findContainerClient(typeof setting === 'string' ? setting : 'auto', signal);
  if (!('client' in search)) return { apiBecause: search.reason };
  noteClient(search.client.kind);
  return search;
}

/**
 * Remembers what came of a pull: in the log, in the rule's document, and as a state of the rule. A pull that fails for a reason that
 * everybody meets ends what an earlier one had proven. Where it contradicts the last diagnosis, the rule is diagnosed again, so that
 * the tree does not go on telling the opposite.
 */
function noteOutcome(
  services: Services,
  azure: Azure,
  subject: Subject,
  { proof, request }: Proven,
  means: PullMeans | undefined,
): void {
  const { inventory, log, observations } = services;
  const { repository, tag } = subject;
  const { rule } = subject.rule;
  const { verdict, problem, storedAt } = proof;
  const line = `${imageOf(subject)}: ${verdict}. ${[proof.sentence, proof.unavailable].filter(Boolean).join(' ')}`;
  if (verdict === 'cached') log.info(line);
  else log.warn(line);
  for (const { text, correlationId } of proof.evidence)
    log.info(`  ${text}${correlationId ? ` (correlation id ${correlationId})` : ''}`);
  // What another account has met need not be so for the one of now.
  if (!inventory.isOf(azure)) return;
  // More exact than what the registry's answers on the way say: whether the pulled platform is cached.
  if (verdict !== 'notPulled')
    observations.noteCached(request.downstreamId, request.repository, request.reference, verdict);

  const image = `${repository}:${tag}`;
  const isProven = verdict === 'cached' && means !== undefined && !predatesRule(storedAt, rule);
  const isRefuted = problem !== undefined && problem.code !== 'tagMissing' && isOfTheRule(problem);
  if (isProven) {
    const by = 'client' in means ? means.client.kind : 'api';
    inventory.noteProof(rule.id, pullProofOf(image, by, proof), rule);
  } else if (isRefuted) inventory.noteProof(rule.id, undefined, rule);
  const apiBecause = means && 'apiBecause' in means ? means.apiBecause : undefined;
  notePull(rule, { image, at: new Date().toISOString(), proof, apiBecause });
  if (!isProven && !isRefuted) return;

  const known = inventory.knowledge(rule.id);
  const { health } = judgeRule(known);
  if (!known.checkup || (isProven ? health !== 'problems' : health === 'problems')) return;
  void runCommand(vscode.l10n.t('Diagnosing cache rule {0}', rule.name), log, async () => {
    const { checkRule } = await import('../diagnosis/runDiagnosis.lazy.ts');
    await checkRule(services, rule.id, { quietly: true, tag });
  });
}
