import * as vscode from 'vscode';
import type { Azure } from '../../azure/azure.ts';
import { isCancelled } from '../../azure/errors.ts';
import { parseImageReference } from '../../domain/imageReference.ts';
import { judgeRule, predatesRule } from '../../domain/ruleVerdict.ts';
import { isOfTheRule } from '../../provisioning/verification/pullErrors.ts';
import type { CacheProof, VerifyRequest } from '../../provisioning/verification/verify.ts';
import { noteClient } from '../shared/clientName.ts';
import { runCommand, showError } from '../shared/errors.ts';
import { whileOpening } from '../shared/opening.ts';
import type { Services } from '../services/services.ts';
import { findContainerClient } from './containerClient.ts';
import { prove, type Proven, pullAndProve, type PullContext, type PullMeans } from './pullAndProve.ts';
import { askSubject, readRule, type Subject } from './subject.ts';
import { terminalProblem } from './terminalPull.ts';
import { showErrorMessage, showInformationMessage, showWarningMessage } from '../shared/messages.ts';
import { withCancel } from '../shared/withCancel.ts';

/**
 * "Verify by Pulling": pulls one image through the rule and says whether it is cached. Asks for the repository of a
 * wildcard rule and for the tag, as far as they are not given.
 * @returns the proof, or undefined if the user left or cancelled
 * @throws AzureError; Error if the rule cannot be understood; CancellationError if signing in is declined
 */
export async function runVerify(
  services: Services,
  { ruleId, repository, tag }: { readonly ruleId: string; readonly repository?: string; readonly tag?: string },
): Promise<CacheProof | undefined> {
  const { azure, rule } = await whileOpening(services, vscode.l10n.t('Verify by Pulling'), async (azure, signal) => ({
    azure,
    rule: await readRule(azure, ruleId, signal),
  }));
  const subject = await askSubject(azure, rule, tag, repository);
  if (!subject) return undefined;
  // Names come from registries; a client's arguments and the terminal's title are no place for anything else.
  const parsed = parseImageReference(imageOf(subject));
  if (!parsed.ok) throw new Error(parsed.problem.message);
  return attempt(services, azure, subject);
}

/** What an attempt does not begin with. */
interface Known {
  readonly means?: PullMeans;
  /** It was pulled: the copy may have ended since, so it is looked at again without another pull. */
  readonly request?: VerifyRequest;
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
  let { means } = known;
  try {
    const proven = await withCancel(activity, async (progress, signal) => {
      const context: PullContext = { azure, log, signal, report: (message) => progress.report({ message }) };
      if (known.request) return prove(context, known.request);
      means ??= await chooseMeans(context);
      if ('apiBecause' in means) log.info(`${activity}: through the registry API. ${means.apiBecause}`);
      return pullAndProve(context, subject, means);
    });
    // Not awaited: a message that stays open must not keep the command running.
    void tell(services, azure, subject, proven, means);
    return proven.proof;
  } catch (error) {
    if (isCancelled(error)) return undefined;
    // If the client's login fails, the image can still be pulled without it.
    const throughApi = {
      title: vscode.l10n.t('Pull Through the API'),
      run: () => attempt(services, azure, subject, { means: { apiBecause: vscode.l10n.t('You chose so.') } }),
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

/** The client of the setting if the terminal can be used and the client works, else the API. */
async function chooseMeans({ signal, report }: PullContext): Promise<PullMeans> {
  report(vscode.l10n.t('Looking for a container client'));
  const problem = terminalProblem();
  if (problem) return { apiBecause: problem };
  const setting = vscode.workspace.getConfiguration('acrCache').get<unknown>('containerClient');
  const search = await findContainerClient(typeof setting === 'string' ? setting : 'auto', signal);
  if (!('client' in search)) return { apiBecause: search.reason };
  noteClient(search.client.kind);
  return search;
}

/** The verdict as a message and in the log, with what it is based on. */
async function tell(
  services: Services,
  azure: Azure,
  subject: Subject,
  { proof, request }: Proven,
  means: PullMeans | undefined,
): Promise<void> {
  const { log, observations } = services;
  noteOutcome(services, subject, proof, means);
  // More exact than what the registry's answers on the way say: whether the pulled platform is cached.
  if (proof.verdict !== 'notPulled')
    observations.noteCached(request.downstreamId, request.repository, request.reference, proof.verdict);
  const notes = [
    means && 'apiBecause' in means && proof.verdict !== 'notPulled'
      ? vscode.l10n.t('It was pulled through the registry API and not kept. {0}', means.apiBecause)
      : '',
    subject.rule.upstream
      ? ''
      : vscode.l10n.t(
          'Azure shows you no registry {0}, so the digests were not compared.',
          subject.rule.sourceLoginServer,
        ),
  ].filter(Boolean);
  const text = [proof.sentence, ...(proof.unavailable === undefined ? [] : [proof.unavailable]), ...notes].join(' ');
  const line = `${imageOf(subject)}: ${proof.verdict}. ${text}`;
  if (proof.verdict === 'cached') log.info(line);
  else log.warn(line);
  for (const { text: fact, correlationId } of proof.evidence) {
    log.info(`  ${fact}${correlationId ? ` (correlation id ${correlationId})` : ''}`);
  }
  const details = vscode.l10n.t('Show Details');
  const isTagWrong = proof.problem?.code === 'tagMissing';
  const again = isTagWrong
    ? vscode.l10n.t('Choose Another Tag')
    : proof.verdict === 'notPulled'
      ? vscode.l10n.t('Try Again')
      : vscode.l10n.t('Check Again');
  const chosen = await (proof.verdict === 'cached'
    ? (proof.unavailable === undefined ? showInformationMessage : showWarningMessage)(text, details)
    : proof.verdict === 'proxied'
      ? showWarningMessage(text, again, details)
      : showErrorMessage(text, again, details));
  if (chosen === details) log.show();
  if (chosen !== again) return;
  if (isTagWrong) {
    const activity = vscode.l10n.t('Verifying cache rule "{0}"', subject.rule.rule.name);
    await runCommand(activity, log, async () => {
      await runVerify(services, { ruleId: subject.rule.rule.id });
    });
  } else await attempt(services, azure, subject, proof.verdict === 'notPulled' ? {} : { means, request });
}

/**
 * Remembers a pull that was proven; one that fails for a reason that everybody meets ends what an earlier one had proven. Where that
 * contradicts the last diagnosis, the rule is diagnosed again, so that the tree does not go on telling the opposite.
 */
function noteOutcome(
  services: Services,
  { rule: { rule }, repository, tag }: Subject,
  { verdict, problem, storedAt }: CacheProof,
  means: PullMeans | undefined,
): void {
  const { inventory, log } = services;
  const isRefuted = problem !== undefined && problem.code !== 'tagMissing' && isOfTheRule(problem);
  if (verdict === 'cached' && means) {
    if (predatesRule(storedAt, rule)) return;
    const by = 'client' in means ? means.client.kind : 'api';
    inventory.noteProof(rule.id, { image: `${repository}:${tag}`, by, provenAt: new Date().toISOString() }, rule);
  } else if (isRefuted) inventory.noteProof(rule.id, undefined, rule);
  else return;
  const known = inventory.knowledge(rule.id);
  const { health } = judgeRule(known);
  if (!known.checkup || (verdict === 'cached' ? health !== 'problems' : health === 'problems')) return;
  void runCommand(vscode.l10n.t('Diagnosing the cache rule {0}', rule.name), log, async () => {
    const { checkRule } = await import('../diagnosis/runDiagnosis.lazy.ts');
    await checkRule(services, rule.id, { quietly: true, tag });
  });
}

function imageOf({ rule, repository, tag }: Subject): string {
  return `${rule.downstream.loginServer}/${repository}:${tag}`;
}
