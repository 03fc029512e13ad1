import * as l10n from '@vscode/l10n';
import { parseSourceRepository } from '../../domain/repositoryPattern.ts';
import { createRuleIndex, mapSourceToTarget, readMapping, type RuleMatch } from '../../domain/ruleMatching.ts';
import type { CacheRule, ImageReference } from '../../domain/types.ts';
import { problemOf, type PullProblem } from './pullErrors.ts';
import { refusedThroughRule, refusedWithoutWords } from './pullErrors/causes/access.ts';
import { isMet } from './pullErrors/causes/words.ts';
import { registryHost } from './pullErrors/hosts.ts';
import { readFailure, type ReadFailure } from './pullErrors/readFailure.ts';
import type { Cause } from './pullErrors/types.ts';

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

/**
 * Explains what docker, podman, nerdctl, containerd, kubelet, a pipeline or a hosting service printed when a pull failed.
 * `loginServers`: further registries that are known to be Azure's, whose rules are not. Pure; hostile input is bounded.
 */
export function explainPullText(
  text: string,
  rules: readonly KnownRule[],
  loginServers: readonly string[] = [],
): PullExplanation {
  const read = readFailure(text, [...rules.map(({ registry }) => registry.loginServer), ...loginServers]);
  const named = namedRule(read, rules);
  const image = imageIn(read, named);
  const match = matchOf(image, rules);
  const rule = named?.rule ?? match?.rule;
  const source =
    read.source ?? (match && match.rule === rule ? `${match.source.loginServer}/${match.sourceRepository}` : undefined);
  return {
    problem: problemIn(read, rule !== undefined),
    image,
    ruleId: rule?.id,
    source,
    correlationId: read.correlationId,
  };
}

function problemIn(read: ReadFailure, isThroughRule: boolean): PullProblem {
  const problem = problemOf(read.failure, isThroughRule ? causeThroughRule(read) : read.cause, read);
  if (!read.wasPulledLater) return problem;
  const reason = l10n.t('A later attempt succeeded. The one before failed: {0}', problem.reason);
  return { ...problem, reason, mayPass: true };
}

function causeThroughRule({ failure, cause }: ReadFailure): Cause | undefined {
  return cause === refusedWithoutWords && isMet(refusedThroughRule.holds, failure) ? refusedThroughRule : cause;
}

function matchOf(image: ImageReference | undefined, rules: readonly KnownRule[]): RuleMatch | undefined {
  if (!image) return undefined;
  const here = rules.filter(({ registry }) => registryHost(registry.loginServer) === image.host);
  return createRuleIndex(here.map(({ rule }) => rule)).match(image.repository);
}

/** The rule that Azure names, when it is clear in which registry. */
function namedRule({ ruleName, failure }: ReadFailure, rules: readonly KnownRule[]): KnownRule | undefined {
  if (ruleName === undefined) return undefined;
  const named = rules.filter(({ rule }) => rule.name.toLowerCase() === ruleName.toLowerCase());
  const host = failure.image?.host ?? failure.host;
  const here = named.filter(({ registry }) => registryHost(registry.loginServer) === host);
  const choice = here.length > 0 ? here : named;
  return choice.length === 1 ? choice[0] : undefined;
}

/** What was pulled. If Azure names the rule, it is of the rule's registry: another is that of another message. */
function imageIn(
  { failure: { image }, source }: ReadFailure,
  named: KnownRule | undefined,
): ImageReference | undefined {
  if (!named || image?.host === registryHost(named.registry.loginServer)) return image;
  return imageBehind(named, source) ?? image;
}

/** What was asked of the rule's registry, when Azure only tells what was asked of its source. */
function imageBehind({ registry, rule }: KnownRule, source: string | undefined): ImageReference | undefined {
  const mapping = readMapping(rule);
  const asked = source === undefined ? undefined : parseSourceRepository(source);
  if (!mapping || !asked?.ok || asked.value.pattern.kind !== 'repository') return undefined;
  const pair = { source: mapping.source.pattern, target: mapping.target };
  const repository = mapSourceToTarget(pair, asked.value.pattern.repository);
  return repository === undefined ? undefined : { host: registryHost(registry.loginServer), repository };
}
