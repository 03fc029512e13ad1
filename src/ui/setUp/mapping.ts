import * as l10n from '@vscode/l10n';
import { trimEndOf, trimOf } from '../../common/trim.ts';
import type { Problem } from '../../domain/parsed.ts';
import { checkCacheRuleName, suggestRuleName } from '../../domain/names.ts';
import {
  formatRepositoryPattern,
  formatSourceRepository,
  parseRepositoryPattern,
  patternCovers,
  samePattern,
} from '../../domain/repositoryPattern.ts';
import { findTargetConflict } from '../../domain/ruleConflicts.ts';
import type { CacheRule, Registry, RepositoryPattern } from '../../domain/types.ts';
import { type Draft, sourceKey, targetTextOf } from './draft.ts';
import { checkNoHost } from './typed.ts';

/** What is known of the downstream while targets and rules are named. Absent: could not be read; the plan checks it. */
export interface Surroundings {
  readonly rules: readonly CacheRule[];
  readonly repositories?: readonly string[];
}

/**
 * The mapping as a pull sees it: `pulled` is `myregistry…/app:tag`, `fetched` is `upstreamregistry…/app:tag`.
 * `targetText` is shown as typed; a star becomes `<name>`.
 */
export function mappingExample(
  downstream: Registry,
  upstream: Registry,
  source: RepositoryPattern,
  targetText: string,
): { readonly pulled: string; readonly fetched: string } {
  return {
    pulled: `${downstream.loginServer}/${example(targetText)}:tag`,
    fetched: `${upstream.loginServer}/${example(sourceKey(source))}:tag`,
  };
}

/** The same in one sentence: `pull … ⇒ fetches …`. */
export function previewMapping(...mapping: Parameters<typeof mappingExample>): string {
  const { pulled, fetched } = mappingExample(...mapping);
  return l10n.t('pull {0} ⇒ fetches {1}', pulled, fetched);
}

function example(pattern: string): string {
  return pattern.trim().replace(/\*$/, '<name>');
}

/** The downstream's rule that already maps exactly this source to this target, so that setup continues it. */
function sameRule(
  upstream: Registry,
  source: RepositoryPattern,
  target: RepositoryPattern,
  rules: readonly CacheRule[],
): CacheRule | undefined {
  const sourceText = formatSourceRepository({ loginServer: upstream.loginServer, pattern: source }).toLowerCase();
  const targetText = formatRepositoryPattern(target);
  return rules.find(
    (rule) => rule.targetRepository === targetText && rule.sourceRepository.toLowerCase() === sourceText,
  );
}

/**
 * Why a target cannot be used: not a repository, a star on one side only, taken by a rule, by a repository, or by
 * another source of this draft. Undefined: it can.
 */
export function checkTarget(
  draft: Draft,
  source: RepositoryPattern,
  text: string,
  { rules, repositories = [] }: Surroundings,
): Problem | undefined {
  const ownHost = draft.downstream && checkNoHost(text.trim(), draft.downstream);
  if (ownHost) return ownHost;
  const parsed = parseRepositoryPattern(text.trim());
  if (!parsed.ok) return parsed.problem;
  const target = parsed.value;
  if ((source.kind === 'repository') !== (target.kind === 'repository')) {
    return {
      code: 'target.kind',
      message:
        source.kind === 'repository'
          ? l10n.t('The source is a single repository, so the target must be one too. Leave out the "*".')
          : l10n.t('The source ends with "*", so the target must too. For example: "{0}".', `${withoutStar(text)}*`),
    };
  }
  const double = doubleIn(draft, source, target);
  if (double) return double;
  if (draft.upstream && sameRule(draft.upstream, source, target, rules)) return undefined;
  return findTargetConflict(target, rules)?.problem ?? takenRepository(target, repositories);
}

function withoutStar(text: string): string {
  const bare = trimEndOf(text.trim(), '/*');
  return bare ? `${bare}/` : '';
}

/** Two sources of the same draft may not share a target. Wildcards against each other are judged as if already rules. */
function doubleIn(draft: Draft, source: RepositoryPattern, target: RepositoryPattern): Problem | undefined {
  for (const other of draft.sources) {
    if (samePattern(other, source)) continue;
    const parsed = parseRepositoryPattern(targetTextOf(draft, other));
    if (!parsed.ok) continue;
    const asRule: CacheRule = {
      id: '',
      name: '',
      registryId: '',
      sourceRepository: sourceKey(other),
      targetRepository: formatRepositoryPattern(parsed.value),
    };
    if (findTargetConflict(target, [asRule])) {
      return {
        code: 'target.double',
        message: l10n.t(
          '"{0}" already goes to "{1}". Choose a target that does not overlap with it.',
          sourceKey(other),
          asRule.targetRepository,
        ),
      };
    }
  }
  return undefined;
}

function takenRepository(target: RepositoryPattern, repositories: readonly string[]): Problem | undefined {
  const taken = repositories.filter((repository) => patternCovers(target, repository));
  const [first] = taken;
  if (first === undefined) return undefined;
  return {
    code: 'target.repositoryExists',
    message:
      target.kind === 'repository'
        ? l10n.t(
            'The downstream registry already has a repository "{0}". Azure refuses a cache rule for it: choose another name, for example "cache/{0}".',
            first,
          )
        : l10n.t(
            'The downstream registry already has {0} repositories that match. Azure refuses a cache rule for them, such as "{1}": choose another prefix.',
            taken.length,
            first,
          ),
  };
}

/** The prefix of all targets: a path without star; '' keeps the names. */
export function checkPrefix(draft: Draft, text: string, surroundings: Surroundings): Problem | undefined {
  const prefix = normalizePrefix(text);
  if (prefix !== '') {
    const ownHost = draft.downstream && checkNoHost(prefix, draft.downstream);
    if (ownHost) return ownHost;
    const parsed = parseRepositoryPattern(prefix);
    if (!parsed.ok) return parsed.problem;
    if (parsed.value.kind !== 'repository') {
      return { code: 'prefix.star', message: l10n.t('Type only the prefix, without "*".') };
    }
  }
  const prefixed: Draft = { ...draft, targetPrefix: prefix, targetNames: new Map() };
  for (const source of prefixed.sources) {
    const problem = checkTarget(prefixed, source, targetTextOf(prefixed, source), surroundings);
    if (problem) return { code: problem.code, message: `${targetTextOf(prefixed, source)}: ${problem.message}` };
  }
  return undefined;
}

/** `/cache/` → `cache`. */
export function normalizePrefix(text: string): string {
  return trimOf(text.trim(), '/');
}

/** Of each draft its rule names, and beside which rules. */
const namesOf = new WeakMap<
  Draft,
  { readonly rules: readonly CacheRule[]; readonly names: ReadonlyMap<string, string> }
>();

/**
 * A rule name per source, by `sourceKey`: typed by hand, else that of the rule which already is what is wanted,
 * else a suggestion that is free in the downstream and unlike the others. Made once: each row and each check asks for it.
 */
export function ruleNamesOf(draft: Draft, rules: readonly CacheRule[]): ReadonlyMap<string, string> {
  const known = namesOf.get(draft);
  if (known?.rules === rules) return known.names;
  const names = makeRuleNames(draft, rules);
  namesOf.set(draft, { rules, names });
  return names;
}

function makeRuleNames(draft: Draft, rules: readonly CacheRule[]): ReadonlyMap<string, string> {
  const names = new Map<string, string>();
  const taken = new Set([...rules.map((rule) => rule.name), ...draft.ruleNames.values()]);
  for (const source of draft.sources) {
    const key = sourceKey(source);
    const name =
      draft.ruleNames.get(key) ??
      existingName(draft, source, rules) ??
      suggestRuleName(`${draft.upstream?.name ?? ''}/${key}`, taken);
    names.set(key, name);
    taken.add(name);
  }
  return names;
}

/** The downstream's rules that already are what is wanted, of whatever name and identity. */
export function rulesInPlace(draft: Draft, rules: readonly CacheRule[]): CacheRule[] {
  const { upstream, sources } = draft;
  return sources.flatMap((source) => {
    const target = parseRepositoryPattern(targetTextOf(draft, source));
    return (upstream && target.ok && sameRule(upstream, source, target.value, rules)) || [];
  });
}

function existingName(draft: Draft, source: RepositoryPattern, rules: readonly CacheRule[]): string | undefined {
  const target = parseRepositoryPattern(targetTextOf(draft, source));
  return draft.upstream && target.ok ? sameRule(draft.upstream, source, target.value, rules)?.name : undefined;
}

/** Why a rule name cannot be used. Azure compares resource names without case. */
export function checkRuleName(
  draft: Draft,
  source: RepositoryPattern,
  name: string,
  rules: readonly CacheRule[],
): Problem | undefined {
  const problem = checkCacheRuleName(name);
  if (problem) return problem;
  const same = (other: string) => other.toLowerCase() === name.toLowerCase();
  const own = existingName(draft, source, rules);
  if (rules.some((rule) => same(rule.name) && rule.name !== own)) {
    return {
      code: 'ruleName.taken',
      message: l10n.t('The downstream registry already has a cache rule "{0}". Choose another name.', name),
    };
  }
  for (const [key, other] of ruleNamesOf(draft, rules)) {
    if (key !== sourceKey(source) && same(other)) {
      return { code: 'ruleName.double', message: l10n.t('The rule for "{0}" already has this name.', key) };
    }
  }
  return undefined;
}
