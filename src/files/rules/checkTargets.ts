import * as l10n from '@vscode/l10n';
import { parseRepositoryPattern, parseSourceRepository } from '../../domain/repositoryPattern.ts';
import { findTargetConflict } from '../../domain/ruleConflicts.ts';
import { mapTargetToSource } from '../../domain/ruleMatching.ts';
import { shown } from '../../common/shown.ts';
import type { CacheRule, RepositoryPattern } from '../../domain/types.ts';
import type { LiteralText, RuleDefinition } from '../types.ts';
import type { DeployedRules, RuleFinding } from './types.ts';
import { compareSides } from './compareDeployed.ts';
import { createTargetIndex, type TargetIndex } from './targetIndex.ts';

/** Rules per registry (artifact-cache-overview). */
const maxRules = 1000;

/** A definition whose target can be read. */
interface Defined {
  readonly rule: RuleDefinition & { readonly target: LiteralText };
  readonly target: RepositoryPattern;
}

/** What the definitions of a file are to each other and to the deployed rules of their registries. */
export function checkTargets(rules: readonly RuleDefinition[], deployed: DeployedRules): RuleFinding[] {
  const registries = new Map<string, RuleDefinition[]>();
  for (const rule of rules) {
    const known = registries.get(rule.registryKey);
    if (known) known.push(rule);
    else registries.set(rule.registryKey, [rule]);
  }
  return [...registries.values()].flatMap((own) => {
    const name = own.find((rule) => rule.registryName !== undefined)?.registryName;
    return checkRegistry(own, (name === undefined ? undefined : deployed.rulesOf(name)) ?? []);
  });
}

function checkRegistry(rules: readonly RuleDefinition[], deployed: readonly CacheRule[]): RuleFinding[] {
  const findings: RuleFinding[] = [];
  const names = new Map<string, RuleDefinition>();
  const defined: Defined[] = [];
  const index = createTargetIndex<Defined>();
  for (const rule of rules) {
    const name = rule.name?.value.toLowerCase();
    const namesake = name === undefined ? undefined : names.get(name);
    if (name !== undefined && !namesake) names.set(name, rule);
    if (namesake) {
      // One resource, however often it is written: its targets do not conflict with each other.
      if (!rule.conditional && !namesake.conditional) findings.push(sameName(rule, namesake));
      continue;
    }
    if (!rule.target) continue;
    const target = parseRepositoryPattern(rule.target.value);
    if (!target.ok) continue;
    const item: Defined = { rule: { ...rule, target: rule.target }, target: target.value };
    const taken = index.add(target.value, item);
    if (taken) add(findings, conflict(item, taken));
    else defined.push(item);
  }
  for (const item of defined) add(findings, checkAround(item, index));
  if (deployed.length > 0) add(findings, checkDeployed(defined, index, names, deployed));
  return [...findings, ...checkCount(rules, names, deployed)];
}

function sameName(rule: RuleDefinition, other: RuleDefinition): RuleFinding {
  const name = rule.name ?? { range: rule.range, value: '' };
  const message = l10n.t(
    'Two cache rules of this registry are named "{0}"; the one deployed last replaces the other. Choose another name.',
    shown(name.value),
  );
  return { range: name.range, code: 'rule.sameName', message, severity: 'error', ...relatedTo(other) };
}

/** Inside a wildcard of the file. */
function checkAround(item: Defined, index: TargetIndex<Defined>): RuleFinding[] {
  const outer = index.around(item.target);
  if (!outer) return [];
  if (item.target.kind === 'repository') {
    const source = outer.rule.source?.value;
    return source === undefined ? [] : leadsElsewhere(item, outer.target, source, relatedTo(outer.rule));
  }
  const [first, second] = item.rule.range.start < outer.rule.range.start ? [item, outer] : [outer, item];
  return conflict(second, first);
}

/** Two definitions that cannot both be deployed; told at `item`. */
function conflict(item: Defined, other: Defined): RuleFinding[] {
  const found = findTargetConflict(item.target, [asRule(other.rule)]);
  if (!found) return [];
  const { code, message } = found.problem;
  // Of rules that depend on conditions perhaps only one is deployed.
  const severity = item.rule.conditional || other.rule.conditional ? 'warning' : 'error';
  return [{ range: item.rule.target.range, code, message, severity, ...relatedTo(other.rule) }];
}

function relatedTo(rule: RuleDefinition): Pick<RuleFinding, 'related'> {
  const range = rule.target?.range ?? rule.range;
  const message = l10n.t('Cache rule "{0}"', shown(rule.name?.value ?? '…'));
  return { related: { range, message } };
}

/** A static target takes its repository out of a wildcard: allowed, and worth a word if another one is fetched then. */
function leadsElsewhere(
  { rule, target }: Defined,
  outer: RepositoryPattern,
  outerSource: string,
  related: Pick<RuleFinding, 'related'>,
): RuleFinding[] {
  const [own, wildcard] = [parseSourceRepository(rule.source?.value ?? ''), parseSourceRepository(outerSource)];
  if (!own.ok || !wildcard.ok || target.kind !== 'repository' || own.value.pattern.kind !== 'repository') return [];
  const mapped = mapTargetToSource({ source: wildcard.value.pattern, target: outer }, target.repository);
  if (mapped === undefined) return [];
  const [here, there] = [
    `${own.value.loginServer}/${own.value.pattern.repository}`,
    `${wildcard.value.loginServer}/${mapped}`,
  ];
  if (here === there) return [];
  const message = l10n.t(
    'This rule fetches "{0}" from {1}; the wildcard that covers it would fetch it from {2}.',
    shown(target.repository),
    shown(here),
    shown(there),
  );
  return [{ range: rule.target.range, code: 'rule.leadsElsewhere', message, severity: 'information', ...related }];
}

interface DeployedTarget {
  readonly rule: CacheRule;
  readonly target: RepositoryPattern;
}

interface DeployedIndex {
  readonly index: TargetIndex<DeployedTarget>;
  readonly wildcards: readonly DeployedTarget[];
  readonly byName: ReadonlyMap<string, CacheRule>;
}

/** A registry's rules stay the same list until they change. */
const indexes = new WeakMap<readonly CacheRule[], DeployedIndex>();

function indexOf(deployed: readonly CacheRule[]): DeployedIndex {
  const known = indexes.get(deployed);
  if (known) return known;
  const index = createTargetIndex<DeployedTarget>();
  const wildcards: DeployedTarget[] = [];
  for (const rule of deployed) {
    const target = parseRepositoryPattern(rule.targetRepository);
    if (!target.ok) continue;
    const item = { rule, target: target.value };
    index.add(target.value, item);
    if (target.value.kind !== 'repository') wildcards.push(item);
  }
  const made = { index, wildcards, byName: new Map(deployed.map((rule) => [rule.name.toLowerCase(), rule])) };
  indexes.set(deployed, made);
  return made;
}

function checkDeployed(
  defined: readonly Defined[],
  own: TargetIndex<Defined>,
  names: ReadonlyMap<string, RuleDefinition>,
  rules: readonly CacheRule[],
): RuleFinding[] {
  const { index, wildcards, byName } = indexOf(rules);
  /** A deployed rule that the file defines too becomes what the file says. */
  const stays = (rule: CacheRule): boolean => !names.has(rule.name.toLowerCase());
  const findings: RuleFinding[] = [];
  for (const item of defined) {
    const namesake = item.rule.name && byName.get(item.rule.name.value.toLowerCase());
    if (namesake) add(findings, cannotChange(item, namesake));
    const [same, outer] = [index.same(item.target), index.around(item.target)];
    if (same && stays(same.rule) && !isProbably(item.rule, same.rule)) add(findings, refused(item, same.rule));
    if (!outer || !stays(outer.rule)) continue;
    if (item.target.kind !== 'repository') add(findings, refused(item, outer.rule));
    else add(findings, leadsElsewhere(item, outer.target, outer.rule.sourceRepository, {}));
  }
  for (const inner of wildcards) {
    const around = own.around(inner.target);
    if (around && stays(inner.rule)) add(findings, refused(around, inner.rule));
  }
  return findings;
}

function add(findings: RuleFinding[], more: readonly RuleFinding[]): void {
  for (const finding of more) findings.push(finding);
}

/** A definition whose name the file does not tell, and a deployed rule that maps the same. */
function isProbably(rule: RuleDefinition, deployed: CacheRule): boolean {
  return rule.name === undefined && compareSides(rule, deployed).length === 0;
}

function refused({ rule, target }: Defined, deployed: CacheRule): RuleFinding[] {
  const found = findTargetConflict(target, [deployed]);
  if (!found) return [];
  const { code, message } = found.problem;
  return [
    {
      range: rule.target.range,
      code: code === 'rule.sameTarget' ? 'rule.targetTaken' : code,
      message: l10n.t('Already deployed: {0}', message),
      // Terraform deletes first what it knows under another name.
      severity: 'warning',
    },
  ];
}

/** Azure's update of a rule takes neither source nor target; azurerm knows, and replaces the rule by itself. */
function cannotChange({ rule }: Defined, deployed: CacheRule): RuleFinding[] {
  const [side] = rule.withoutIdentity ? [] : compareSides(rule, deployed);
  if (side === undefined) return [];
  const message = l10n.t(
    'The deployed cache rule "{0}" maps {1} to {2}, which an update cannot change. Delete it before deploying, or choose another name.',
    shown(deployed.name),
    shown(deployed.sourceRepository),
    shown(deployed.targetRepository),
  );
  const range = (side === 'source' ? rule.source : rule.target)?.range ?? rule.range;
  return [{ range, code: 'rule.cannotChange', message, severity: 'warning' }];
}

function checkCount(
  rules: readonly RuleDefinition[],
  names: ReadonlyMap<string, RuleDefinition>,
  deployed: readonly CacheRule[],
): RuleFinding[] {
  const others = deployed.filter((rule) => !names.has(rule.name.toLowerCase())).length;
  const count = names.size;
  if (count + others <= maxRules) return [];
  const range = ([...names.values()][Math.max(0, maxRules - others)] ?? rules[0])?.range;
  const message = l10n.t(
    'A registry can have {0} cache rules; with this file it would have {1}. Use wildcards, or another registry.',
    maxRules,
    count + others,
  );
  return range ? [{ range, code: 'rule.tooMany', message, severity: 'error' }] : [];
}

/** A definition as `findTargetConflict` takes it. */
function asRule(rule: RuleDefinition): CacheRule {
  return {
    id: '',
    name: rule.name?.value ?? '…',
    registryId: '',
    sourceRepository: rule.source?.value ?? '',
    targetRepository: rule.target?.value ?? '',
  };
}
