import * as l10n from '@vscode/l10n';
import { checkCacheRuleName } from '../../domain/names.ts';
import { parseRepositoryPattern, parseSourceRepository } from '../../domain/repositoryPattern.ts';
import { carriesRuleIdentity, firstRuleIdentityVersion } from '../../domain/ruleVersions.ts';
import { shown } from '../../common/shown.ts';
import { upstreamOf, type Upstream } from '../../domain/upstreams.ts';
import type { RuleDefinition } from '../types.ts';
import type { DeployedRules, RuleFinding } from './types.ts';

/** What is wrong with one definition by itself. */
export function checkDefinition(rule: RuleDefinition, deployed: DeployedRules): RuleFinding[] {
  return [...checkName(rule), ...checkSides(rule), ...checkVersion(rule), ...checkAuthentication(rule, deployed)];
}

function checkName({ name }: RuleDefinition): RuleFinding[] {
  const problem = name && checkCacheRuleName(name.value);
  if (!problem) return [];
  const message = l10n.t('"{0}" cannot be the name of a cache rule. {1}', shown(name.value), problem.message);
  return [{ range: name.range, code: 'rule.invalidName', message, severity: 'error' }];
}

function checkSides({ source, target, range }: RuleDefinition): RuleFinding[] {
  const findings: RuleFinding[] = [];
  const from = source && parseSourceRepository(source.value);
  const to = target && parseRepositoryPattern(target.value);
  if (from && !from.ok) {
    const message = l10n.t('The source of this cache rule is not valid. {0}', from.problem.message);
    findings.push({ range: source.range, code: 'rule.invalidSource', message, severity: 'error' });
  }
  if (to && !to.ok) {
    const message = l10n.t('The target of this cache rule is not valid. {0}', to.problem.message);
    findings.push({ range: target.range, code: 'rule.invalidTarget', message, severity: 'error' });
  }
  if (!from?.ok || !to?.ok) return findings;
  if ((from.value.pattern.kind === 'repository') !== (to.value.kind === 'repository')) {
    const message = l10n.t(
      'Only one side of this cache rule has a wildcard ("{0}" and "{1}"). Microsoft documents wildcards on both sides or on neither.',
      shown(source?.value ?? ''),
      shown(target?.value ?? ''),
    );
    findings.push({ range: target?.range ?? range, code: 'rule.mixedWildcard', message, severity: 'warning' });
  }
  return findings;
}

function checkVersion({ apiVersion, identity }: RuleDefinition): RuleFinding[] {
  if (identity !== 'present' || !apiVersion) return [];
  const { range, value } = apiVersion;
  const carries = carriesRuleIdentity(value);
  if (carries === true || !/^\d{4}-\d{2}-\d{2}(-[a-z]+)?$/i.test(value)) return [];
  if (carries === false) {
    const message = l10n.t(
      'Cache rules of API version {0} have no identity, so this one is ignored. Use {1}.',
      shown(value),
      firstRuleIdentityVersion,
    );
    return [{ range, code: 'rule.apiVersion', message, severity: 'warning' }];
  }
  // A later date proves nothing: see domain/ruleVersions.ts.
  const message = l10n.t(
    'API version {0} may not support an identity in cache rules; Azure then drops it without an error. {1} is known to support it.',
    shown(value),
    firstRuleIdentityVersion,
  );
  return [{ range, code: 'rule.unprovenApiVersion', message, severity: 'information' }];
}

function checkAuthentication(rule: RuleDefinition, deployed: DeployedRules): RuleFinding[] {
  const findings: RuleFinding[] = [];
  if (rule.identity === 'present' && rule.credentialSet === 'present') {
    const message = l10n.t(
      'This cache rule has both an identity and a credential set. Which one Azure uses is not documented; leave one out.',
    );
    findings.push({ range: rule.range, code: 'rule.identityAndCredentials', message, severity: 'warning' });
  }
  const source = rule.source && parseSourceRepository(rule.source.value);
  if (!source?.ok) return findings;
  const host = source.value.loginServer;
  const upstream = upstreamOf(host);
  if (upstream) return [...findings, ...checkUpstream(rule, upstream)];
  const isRegistry = deployed.registryOf(host) !== undefined || deployed.looksLikeRegistry?.(host) === true;
  if (isRegistry && rule.identity === 'missing' && rule.credentialSet === 'missing')
    findings.push({ range: rule.range, code: 'rule.noIdentity', message: noIdentity(rule, host), severity: 'warning' });
  return findings;
}

function noIdentity({ withoutIdentity }: RuleDefinition, host: string): string {
  return withoutIdentity
    ? l10n.t(
        '{0} is an Azure container registry, which needs authentication, and the azurerm resource does not support a managed identity. Use azapi_resource with the type "{1}", or a credential set.',
        shown(host),
        `Microsoft.ContainerRegistry/registries/cacheRules@${firstRuleIdentityVersion}`,
      )
    : l10n.t(
        '{0} is an Azure container registry, which needs authentication. Give this rule a user-assigned managed identity that can read the source (API version {1}), or a credential set.',
        shown(host),
        firstRuleIdentityVersion,
      );
}

/** By Microsoft's table of upstreams. */
function checkUpstream(rule: RuleDefinition, { name, host, authentication, takesIdentity }: Upstream): RuleFinding[] {
  const range = rule.range;
  const findings: RuleFinding[] = [];
  const hasIdentity = takesIdentity === true && rule.identity !== 'missing';
  if (authentication === 'credentialSet' && rule.credentialSet === 'missing' && !hasIdentity) {
    const message = takesIdentity
      ? l10n.t('{0} can be cached only with a credential set or a managed identity; this rule has neither.', name)
      : l10n.t('{0} can be cached only with a credential set; this rule has none.', name);
    // Azure refuses it for Docker Hub (EnforceDockerAuthentication).
    const severity = host === 'docker.io' ? 'error' : 'warning';
    findings.push({ range, code: 'rule.noCredentials', message, severity });
  }
  if (authentication === 'anonymous' && rule.credentialSet === 'present') {
    const message = l10n.t('{0} can be cached only without credentials. Leave out the credential set.', name);
    findings.push({ range, code: 'rule.needlessCredentials', message, severity: 'warning' });
  }
  if (rule.identity === 'present' && !takesIdentity) {
    const message = l10n.t(
      'A managed identity is documented only for sources in Azure Container Registry, which {0} is not.',
      name,
    );
    findings.push({ range, code: 'rule.needlessIdentity', message, severity: 'information' });
  }
  return findings;
}
