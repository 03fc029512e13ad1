import * as vscode from 'vscode';
import type { Azure, TagInfo } from '../../azure/azure.ts';
import { isAzureError } from '../../azure/errors.ts';
import { parentArmId } from '../../domain/armId.ts';
import { checkRepositoryName, checkTagName } from '../../domain/names.ts';
import type { Problem } from '../../domain/parsed.ts';
import { parseRepositoryPattern, parseSourceRepository } from '../../domain/repositoryPattern.ts';
import { mapSourceToTarget, mapTargetToSource, type PatternMapping } from '../../domain/ruleMatching.ts';
import { shortDigest } from '../../domain/shortIds.ts';
import type { CacheRule, Registry } from '../../domain/types.ts';
import { isRuleId } from '../../domain/resourceIds.ts';
import { pick } from '../pages/pick.ts';
import { type Answer, type Frame, type Row } from '../pages/quickInput.ts';
import { withoutHost } from '../setUp/typed.ts';
import { icon } from '../shared/icon.ts';
import { localTime } from '../shared/localDate.ts';
import { listTags } from '../shared/tags.ts';

/** A rule with both its registries. */
export interface VerifiableRule {
  readonly rule: CacheRule;
  readonly mapping: PatternMapping;
  readonly downstream: Registry;
  /** Absent: ARM shows the user no registry with the source's login server. */
  readonly upstream?: Registry;
  readonly sourceLoginServer: string;
}

/** What is pulled. */
export interface Subject {
  readonly rule: VerifiableRule;
  /** In the downstream. */
  readonly repository: string;
  readonly sourceRepository: string;
  readonly tag: string;
}

/**
 * Reads a rule and finds its registries.
 * @throws AzureError; Error if the rule's source or target cannot be understood
 */
export async function readRule(azure: Azure, ruleId: string, signal: AbortSignal): Promise<VerifiableRule> {
  const registryId = parentArmId(ruleId);
  if (registryId === undefined || !isRuleId(ruleId)) throw new Error(vscode.l10n.t('This is not a cache rule ID.'));
  const [downstream, rule] = await Promise.all([
    azure.registries.get(registryId, { signal }),
    azure.cacheRules.get(ruleId, { signal }),
  ]);
  const source = parseSourceRepository(rule.sourceRepository);
  if (!source.ok) throw new Error(source.problem.message);
  const target = parseRepositoryPattern(rule.targetRepository);
  if (!target.ok) throw new Error(target.problem.message);
  const upstream = await findUpstream(azure, source.value.loginServer, signal);
  return {
    rule,
    downstream,
    mapping: { source: source.value.pattern, target: target.value },
    sourceLoginServer: source.value.loginServer,
    upstream,
  };
}

/** Public upstreams and registries of others are not found; then only the downstream can be looked at. */
async function findUpstream(azure: Azure, loginServer: string, signal: AbortSignal): Promise<Registry | undefined> {
  try {
    return await azure.registries.findByLoginServer(loginServer, { signal });
  } catch (error) {
    if (isAzureError(error, 'cancelled') || isAzureError(error, 'unauthenticated')) throw error;
    return undefined;
  }
}

/**
 * Asks for the repository if the rule has a wildcard and `given` is none of its repositories, and for the tag if it is not given,
 * with Back between them. Undefined: the user left.
 */
export async function askSubject(
  azure: Azure,
  rule: VerifiableRule,
  tag: string | undefined,
  given?: string,
): Promise<Subject | undefined> {
  const { target } = rule.mapping;
  const isGiven = given !== undefined && mapTargetToSource(rule.mapping, given) !== undefined;
  const fixed = target.kind === 'repository' ? target.repository : isGiven ? given : undefined;
  const sourceOf = (repository: string) => mapTargetToSource(rule.mapping, repository) ?? '';
  const chosen = await askRepositoryAndTag(
    { repository: fixed, tag },
    (page) => vscode.l10n.t('Verify by Pulling: {0}', page),
    {
      repository: (frame) => askRepository(azure, rule, frame),
      tag: (repository, frame) => askTag(azure, rule, repository, sourceOf(repository), frame),
    },
  );
  return chosen && { rule, ...chosen, sourceRepository: sourceOf(chosen.repository) };
}

/** Asks for what of the two is not given, with Back between them. Undefined: the user left. @param titleOf the title of a page */
export async function askRepositoryAndTag(
  given: { readonly repository: string | undefined; readonly tag?: string },
  titleOf: (page: string) => string,
  ask: {
    repository(frame: Frame): Promise<Answer<string>>;
    tag(repository: string, frame: Frame): Promise<Answer<string>>;
  },
): Promise<Pick<Subject, 'repository' | 'tag'> | undefined> {
  const frame = (page: string, canGoBack: boolean): Frame => ({ title: titleOf(page), canGoBack });
  for (;;) {
    let { repository } = given;
    if (repository === undefined) {
      const answer = await ask.repository(frame(vscode.l10n.t('Repository'), false));
      if (answer.kind !== 'value') return undefined;
      repository = answer.value;
    }
    if (given.tag !== undefined) return { repository, tag: given.tag };
    const answer = await ask.tag(repository, frame(vscode.l10n.t('Tag'), given.repository === undefined));
    if (answer.kind === 'value') return { repository, tag: answer.value };
    if (answer.kind === 'cancelled') return undefined;
  }
}

/** Repositories of the upstream that the rule covers, by their names in the downstream; others can be typed. */
function askRepository(azure: Azure, rule: VerifiableRule, page: Frame) {
  const { upstream, downstream, mapping } = rule;
  return pick<string>(page, {
    placeholder: vscode.l10n.t('Choose a repository of {0}, or type one', rule.rule.targetRepository),
    load: async (show, signal) => {
      const rows = (targets: readonly (string | undefined)[]): Row<string>[] =>
        targets.flatMap((target) =>
          target === undefined ? [] : [{ iconPath: icon('package'), label: target, value: target }],
        );
      if (upstream) {
        const repositories = await azure.registry(upstream).repositories({ signal });
        show(rows(repositories.map((repository) => mapSourceToTarget(mapping, repository))));
        return;
      }
      const cached = await azure.registry(downstream).repositories({ signal });
      show(rows(cached.filter((name) => mapTargetToSource(mapping, name) !== undefined)), unseenUpstream(rule));
    },
    typed: (text) => {
      const name = withoutHost(text, downstream.loginServer);
      const problem = checkRepositoryName(name);
      if (problem) return { reason: problem.message };
      if (mapTargetToSource(mapping, name) !== undefined) return { value: name };
      return { reason: vscode.l10n.t('The rule serves only {0}.', rule.rule.targetRepository) };
    },
  });
}

/** Tags of the upstream, newest first; others can be typed, and are looked up before anything is pulled. */
function askTag(azure: Azure, rule: VerifiableRule, repository: string, sourceRepository: string, page: Frame) {
  const { upstream, downstream } = rule;
  let listed = new Set<string>();
  return pick<string>(page, {
    placeholder: vscode.l10n.t('Choose the tag to pull from {0}/{1}, or type one', downstream.loginServer, repository),
    load: async (show, signal) => {
      const { tags, failure } = upstream
        ? await listTags(azure, upstream, sourceRepository, signal)
        : await listTags(azure, downstream, repository, signal);
      listed = new Set(tags.map(({ name }) => name));
      show(tags.map(tagRow), tagNotice(rule, sourceRepository, tags.length, failure));
    },
    typed: (text) => {
      const problem = checkTagName(text);
      return problem ? { reason: problem.message } : { value: text };
    },
    accept: (tag, signal) =>
      listed.has(tag) ? undefined : checkTag(azure, rule, { repository, sourceRepository, tag }, signal),
  });
}

/** Why the list is not the upstream's of this moment. */
function tagNotice(
  rule: VerifiableRule,
  sourceRepository: string,
  count: number,
  failure: Error | undefined,
): string | undefined {
  const { upstream } = rule;
  if (!upstream) return unseenUpstream(rule);
  if (failure)
    return count > 0
      ? vscode.l10n.t('These tags were read earlier: {0} cannot be read now.', upstream.name)
      : vscode.l10n.t('The tags of {0} cannot be read: type one.', upstream.name);
  return count > 0 ? undefined : vscode.l10n.t('{0}/{1} has no tag yet.', upstream.name, sourceRepository);
}

function unseenUpstream({ sourceLoginServer }: VerifiableRule): string {
  return vscode.l10n.t('You cannot see {0}: listed is what is cached. Type any other name.', sourceLoginServer);
}

/** A tag with its time and digest. */
export function tagRow({ name, digest, lastUpdated }: TagInfo): Row<string> {
  return {
    iconPath: icon('tag'),
    label: name,
    description: [...(lastUpdated === undefined ? [] : [localTime(lastUpdated)]), shortDigest(digest)].join(' · '),
    value: name,
  };
}

/** As a client names it. */
export function imageOf({ rule, repository, tag }: Subject): string {
  return `${rule.downstream.loginServer}/${repository}:${tag}`;
}

/**
 * Asks the upstream for the tag, or, if it does not answer this user, the downstream, which asks it as the rule's identity.
 * Only a certain "no such tag" keeps the page open; whatever else goes wrong is told by the pull.
 */
async function checkTag(
  azure: Azure,
  { upstream, downstream, sourceLoginServer }: VerifiableRule,
  { repository, sourceRepository, tag }: Omit<Subject, 'rule'>,
  signal: AbortSignal,
): Promise<Problem | undefined> {
  const places = [
    ...(upstream ? [{ registry: upstream, path: sourceRepository }] : []),
    { registry: downstream, path: repository },
  ];
  for (const { registry, path } of places) {
    try {
      await azure.registry(registry).headManifest(path, tag, { signal });
      return undefined;
    } catch (error) {
      if (!isAzureError(error, 'notFound')) continue;
      const message = vscode.l10n.t('{0}/{1} has no tag "{2}".', sourceLoginServer, sourceRepository, tag);
      return { code: 'tag.missing', message };
    }
  }
  return undefined;
}
