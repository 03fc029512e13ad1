import { parseImageReference } from '../../domain/imageReference.ts';
import { createRuleIndex } from '../../domain/ruleMatching.ts';
import type { CacheRule, ImageReference } from '../../domain/types.ts';
import { explainPullError, type PullProblem } from '../pullErrors.ts';

/** A rule that may be meant by a pasted error, with its registry's login server. */
export interface KnownRule {
  readonly registry: { readonly id: string; readonly loginServer: string };
  readonly rule: CacheRule;
}

export interface PullExplanation {
  readonly problem: PullProblem;
  /** What was pulled, if the text tells. */
  readonly image?: ImageReference;
  /** The rule through which it was pulled. */
  readonly ruleId?: string;
  /** Where the rule fetches it from: `upstreamregistry.example/app`. */
  readonly source?: string;
  readonly correlationId?: string;
}

/** Longer output is cut to its end: that is where clients print the error. */
const maxText = 100_000;
/** How many words, from the end, are looked at. */
const maxWords = 4000;

/** Explains what docker, podman, nerdctl, containerd or kubelet printed when a pull failed. Pure; hostile input is bounded. */
export function explainPullText(text: string, rules: readonly KnownRule[]): PullExplanation {
  const clean = plain(text);
  const problem = explainPullError(clean);
  const image = findImage(clean, rules);
  const match = matchOf(image, rules);
  const named = findNamed(problem, image, rules);
  const rule = named ?? match?.rule;
  const source =
    problem.source ??
    (match && match.rule === rule ? `${match.source.loginServer}/${match.sourceRepository}` : undefined);
  return {
    problem,
    ...(image ? { image } : {}),
    ...(rule ? { ruleId: rule.id } : {}),
    ...(source ? { source } : {}),
    ...(problem.correlationId ? { correlationId: problem.correlationId } : {}),
  };
}

/** Without colours, other control characters and the escaping of quotes in structured logs. */
function plain(text: string): string {
  return text
    .slice(-maxText)
    .replace(/\u001b\[[0-9;]{0,20}[A-Za-z]/g, '')
    .replace(/\\+(["']?)/g, (run: string, quote: string) => quote || run)
    .replace(/[\u0000-\u0008\u000b-\u001f\u007f\u200b-\u200f\u202a-\u202e\u2066-\u2069]/g, ' ');
}

/** The image that was asked of a registry; one of a known registry before any other, the last one named before earlier ones. */
function findImage(text: string, rules: readonly KnownRule[]): ImageReference | undefined {
  const hosts = new Set(rules.map(({ registry }) => registry.loginServer.toLowerCase()));
  const found = candidates(text);
  const known = found.filter(({ host }) => host !== undefined && hosts.has(host));
  const choice = known.length > 0 ? known : found;
  // With a tag or digest it says more than without.
  return choice.findLast(({ tag, digest }) => tag !== undefined || digest !== undefined) ?? choice.at(-1);
}

function candidates(text: string): ImageReference[] {
  // Words end where no reference goes on. `host/v2/repo/manifests/tag` is how docker names its request.
  const words = text.split(/[\s"'`,;<>()[\]{}|]+/).slice(-maxWords);
  return [...new Set(words)].flatMap((word) =>
    word.includes('/') && word.length <= 600 ? (readRequest(word) ?? readReference(word) ?? []) : [],
  );
}

/** `https://host/v2/team/app/manifests/1.0` */
function readRequest(word: string): ImageReference | undefined {
  const match = /^https?:\/\/([^/]{1,260})\/v2\/(.{1,255})\/manifests\/([^/?#]{1,200})/.exec(word);
  if (!match) return undefined;
  const [, host = '', repository = '', reference = ''] = match;
  return valid(`${host}/${repository}${reference.includes(':') ? '@' : ':'}${reference.replace(/:$/, '')}`);
}

/** `docker://host/team/app:1.0`, `host/team/app@sha256:…`, with the punctuation that follows in a sentence. */
function readReference(word: string): ImageReference | undefined {
  const bare = word.replace(/^(?:docker|oci):\/\//, '').replace(/(?:\.{3}|…|[.:!?])$/, '');
  return bare.includes('://') ? undefined : valid(bare);
}

function valid(text: string): ImageReference | undefined {
  const parsed = parseImageReference(text);
  return parsed.ok && parsed.value.host !== undefined ? parsed.value : undefined;
}

function matchOf(
  image: ImageReference | undefined,
  rules: readonly KnownRule[],
): ReturnType<ReturnType<typeof createRuleIndex>['match']> {
  if (!image) return undefined;
  const here = rules.filter(({ registry }) => registry.loginServer.toLowerCase() === image.host);
  return createRuleIndex(here.map(({ rule }) => rule)).match(image.repository);
}

/** The rule that Azure names, when it is clear in which registry. */
function findNamed(
  problem: PullProblem,
  image: ImageReference | undefined,
  rules: readonly KnownRule[],
): CacheRule | undefined {
  const name = problem.ruleName?.toLowerCase();
  if (name === undefined) return undefined;
  const named = rules.filter(({ rule }) => rule.name.toLowerCase() === name);
  const here = named.filter(({ registry }) => registry.loginServer.toLowerCase() === image?.host);
  const choice = here.length > 0 ? here : named;
  return choice.length === 1 ? choice[0]?.rule : undefined;
}
