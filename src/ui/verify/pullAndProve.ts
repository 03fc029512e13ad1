import * as vscode from 'vscode';
import type { Azure } from '../../azure/azure.ts';
import { isAzureError, isCancelled } from '../../azure/errors.ts';
import { sleep } from '../../azure/http/wait.ts';
import { explainPullError } from '../../provisioning/verification/pullErrors.ts';
import { type CacheProof, verifyCached, type VerifyRequest } from '../../provisioning/verification/verify.ts';
import type { ContainerClient } from './containerClient.ts';
import { logInClient } from './clientLogin.ts';
import type { Subject } from './subject.ts';
import { pullInTerminal } from './terminalPull.ts';

/** How the artifact is pulled: by a container client in the terminal, or through the API because there is none. */
export type PullMeans = { readonly client: ContainerClient } | { readonly apiBecause: string };

/** How far a pull has come. `notEnded`: it was cancelled, and the client goes on. */
export type PullStage = 'asking' | 'pulling' | 'notEnded' | 'pulled';

export interface PullContext {
  readonly azure: Azure;
  readonly signal: AbortSignal;
  readonly report: (message: string) => void;
  readonly log: vscode.LogOutputChannel;
  /** How long to ask again after a refusal that may pass, milliseconds: a fresh role assignment takes minutes to take effect. */
  readonly patienceMs: number;
  /** Is told how far it has come. */
  readonly onStage: (stage: PullStage) => void;
}

const patiencePollMs = 3000;

export interface Proven {
  readonly proof: CacheProof;
  /** What was asked, the pulled platform included, so that the same can be asked again. */
  readonly request: VerifyRequest;
}

/** Pulls, then proves from the registries what came of it. @throws AzureError, CancellationError; Error if the login fails */
export async function pullAndProve(context: PullContext, subject: Subject, means: PullMeans): Promise<Proven> {
  const request = requestOf(subject);
  const refusal = await waitUntilServed(context, request);
  if (refusal !== undefined) return prove(context, { ...request, pullOutput: refusal });
  return 'client' in means ? byClient(context, subject, means.client, request) : byApi(context, request);
}

/** Looks at the registries without pulling. */
export async function prove(
  { azure, signal, report, patienceMs }: PullContext,
  request: VerifyRequest,
): Promise<Proven> {
  return { proof: await verifyCached(azure, request, { signal, onProgress: report, patienceMs }), request };
}

function requestOf({ rule, repository, sourceRepository, tag }: Subject): VerifyRequest {
  return {
    downstreamId: rule.downstream.id,
    repository,
    reference: tag,
    ...(rule.upstream && { upstream: { id: rule.upstream.id, repository: sourceRepository } }),
  };
}

/**
 * Asks for the manifest until the registry serves it or the patience ends: a client would fail at the first refusal. Returns the
 * registry's words if it refuses.
 */
async function waitUntilServed(
  { azure, signal, report, patienceMs }: PullContext,
  request: VerifyRequest,
): Promise<string | undefined> {
  report(vscode.l10n.t('Requesting the manifest from the registry'));
  const content = azure.registry(await azure.registries.get(request.downstreamId, { signal }));
  const end = Date.now() + patienceMs;
  for (;;) {
    try {
      await content.headManifest(request.repository, request.reference, { signal });
      return undefined;
    } catch (error) {
      if (!isAzureError(error) || isCancelled(error)) throw error;
      // An answer to HEAD has no body: what exactly is wrong is only said to GET.
      const explained = await refusalOf(content.getManifest(request.repository, request.reference, { signal }));
      if (explained === undefined) return undefined;
      const problem = explainPullError(explained);
      if (!problem.mayPass || Date.now() >= end) return `${explained.code}: ${explained.message}`;
      report(vscode.l10n.t('{0} Trying again for {1} s.', problem.reason, Math.ceil((end - Date.now()) / 1000)));
      await sleep(patiencePollMs, signal);
    }
  }
}

async function refusalOf(reading: Promise<unknown>) {
  try {
    await reading;
    return undefined;
  } catch (error) {
    if (!isAzureError(error) || isCancelled(error)) throw error;
    return error;
  }
}

async function byClient(
  context: PullContext,
  subject: Subject,
  client: ContainerClient,
  request: VerifyRequest,
): Promise<Proven> {
  const { azure, signal, report, log, onStage } = context;
  const { downstream } = subject.rule;
  const image = `${downstream.loginServer}/${subject.repository}:${subject.tag}`;
  report(vscode.l10n.t('Signing {0} in to {1}', client.kind, downstream.loginServer));
  const credentials = await azure.registry(downstream).loginCredentials({ signal });
  const login = await logInClient(client, downstream.loginServer, credentials, signal);
  let exitCode: number | undefined;
  try {
    report(vscode.l10n.t('Pulling in the terminal'));
    onStage('pulling');
    exitCode = await pullInTerminal(client, image, login.env, signal, onStage);
  } finally {
    await login.dispose();
  }
  log.info(`${client.kind} pull ${image}: ${exitCode === undefined ? 'ended' : `exit code ${exitCode}`}`);
  if (exitCode === 0) {
    onStage('pulled');
    return prove(context, { ...request, platform: client.platform });
  }
  return afterFailedPull(context, request, client, exitCode);
}

/** The terminal shows what the client said; the registry is asked whether it would say the same. */
async function afterFailedPull(
  { azure, signal }: PullContext,
  request: VerifyRequest,
  client: ContainerClient,
  exitCode: number | undefined,
): Promise<Proven> {
  const proof = await verifyCached(azure, request, { signal, timeoutMs: 0 });
  if (proof.verdict === 'notPulled') return { proof, request };
  const how =
    exitCode === undefined
      ? vscode.l10n.t('{0} ended before it had pulled.', client.kind)
      : vscode.l10n.t('{0} failed with exit code {1}.', client.kind, exitCode);
  const next =
    proof.unavailable === undefined
      ? vscode.l10n.t('The registry serves the image; the terminal shows the reason.')
      : vscode.l10n.t('The registry serves the image, but not for every platform.');
  return { proof: { ...proof, verdict: 'notPulled', sentence: `${how} ${next}` }, request };
}

async function byApi(context: PullContext, request: VerifyRequest): Promise<Proven> {
  const { azure, signal, report, log, onStage } = context;
  const content = azure.registry(await azure.registries.get(request.downstreamId, { signal }));
  try {
    onStage('pulling');
    const pulled = await content.pull(request.repository, request.reference, {
      signal,
      onProgress: (done, total) => report(vscode.l10n.t('{0} of {1} MB', megabytes(done), megabytes(total))),
    });
    log.info(
      `Pulled ${request.repository}:${request.reference} through the API: ${pulled.layers} layers, ${pulled.bytes} bytes, all digests right`,
    );
    onStage('pulled');
    return await prove(context, { ...request, platform: pulled.platform });
  } catch (error) {
    if (!isAzureError(error) || isCancelled(error)) throw error;
    return prove(context, { ...request, pullOutput: `${error.code}: ${error.message}` });
  }
}

function megabytes(bytes: number): string {
  return (bytes / 1_000_000).toFixed(1);
}
