import { basename, isAbsolute } from 'node:path';
import * as l10n from '@vscode/l10n';
import { asError } from '../../common/asError.ts';
import { sentence } from '../../common/shown.ts';
import { hasCode } from '../../common/systemErrors.ts';
import type { Platform } from '../../azure/azure.ts';
import { isCancelled } from '../../azure/errors.ts';
import { runProcess } from './runProcess.ts';

export type ClientKind = 'docker' | 'podman' | 'nerdctl';

/** A container client that can pull now. */
export interface ContainerClient {
  readonly kind: ClientKind;
  /** Name on the PATH, or an absolute path. */
  readonly path: string;
  /** What it pulls of a multi-platform image, if it says. */
  readonly platform?: Platform;
}

/** A client, or why none can be used: one sentence that names each one tried. */
export type ClientSearch = { readonly client: ContainerClient } | { readonly reason: string };

const kinds: readonly ClientKind[] = ['docker', 'podman', 'nerdctl'];

/**
 * What each is asked: it answers only if it can pull (docker and nerdctl need an engine), with its platform.
 * `docker version` exits with 1 when no engine answers.
 */
const questions: Readonly<Record<ClientKind, readonly string[]>> = {
  docker: ['version', '--format', '{{.Server.Os}}/{{.Server.Arch}}'],
  podman: ['info', '--format', '{{.Host.OS}}/{{.Host.Arch}}'],
  nerdctl: ['info', '--format', '{{.OSType}}/{{.Architecture}}'],
};

const timeoutMs = 10_000;

/**
 * The client of the setting `acrCache.containerClient`: `auto` (docker, podman, nerdctl, the first that works), one of
 * their names, `none`, or an absolute path whose file name tells which one it is (docker's options otherwise).
 * Each is given 10 seconds to answer.
 * @throws AbortError if `signal` is aborted
 */
export async function findContainerClient(setting: string, signal?: AbortSignal): Promise<ClientSearch> {
  const wanted = setting.trim() || 'auto';
  if (wanted === 'none') return { reason: l10n.t('The setting "{0}" is "none".', 'acrCache.containerClient') };
  const candidates = wanted === 'auto' ? kinds.map((kind) => ({ kind, path: kind })) : [candidateOf(wanted)];
  const reasons: string[] = [];
  for (const candidate of candidates) {
    if (!candidate) {
      return {
        reason: l10n.t(
          'The setting "{0}" is "{1}": use auto, docker, podman, nerdctl, none or an absolute path.',
          'acrCache.containerClient',
          wanted.slice(0, 100),
        ),
      };
    }
    const search = await ask(candidate, signal);
    if ('client' in search) return search;
    reasons.push(search.reason);
  }
  return { reason: reasons.join(' ') };
}

function candidateOf(setting: string): { kind: ClientKind; path: string } | undefined {
  const named = kinds.find((kind) => kind === setting);
  if (named) return { kind: named, path: named };
  if (!isAbsolute(setting)) return undefined;
  const name = basename(setting).toLowerCase();
  return { kind: kinds.find((kind) => name.includes(kind)) ?? 'docker', path: setting };
}

async function ask(candidate: { kind: ClientKind; path: string }, signal?: AbortSignal): Promise<ClientSearch> {
  try {
    const answer = await runProcess(candidate.path, questions[candidate.kind], {
      timeoutMs,
      signal,
    });
    if (answer.code === 0) return { client: withPlatform(candidate, answer.stdout) };
    if (answer.timedOut) return { reason: l10n.t('{0} did not answer.', candidate.path) };
    const said = (answer.stderr.trim() || answer.stdout.trim()).split('\n').at(-1)?.slice(0, 300) ?? '';
    return { reason: l10n.t('{0} cannot be used: {1}', candidate.path, sentence(said || `exit code ${answer.code}`)) };
  } catch (error) {
    if (isCancelled(error)) throw error;
    return {
      reason: hasCode(error, 'ENOENT')
        ? l10n.t('{0} is not installed.', candidate.path)
        : l10n.t('{0} cannot be started: {1}', candidate.path, sentence(asError(error).message)),
    };
  }
}

/** `linux/amd64`; nerdctl says `x86_64` and `aarch64`. */
function withPlatform(candidate: { kind: ClientKind; path: string }, answer: string): ContainerClient {
  const match = /^([a-z]+)\/([a-z0-9_]+)$/.exec(answer.trim());
  const [, os, machine] = match ?? [];
  if (os === undefined || machine === undefined) return candidate;
  const architecture = { x86_64: 'amd64', aarch64: 'arm64' }[machine] ?? machine;
  return { ...candidate, platform: { os, architecture } };
}
