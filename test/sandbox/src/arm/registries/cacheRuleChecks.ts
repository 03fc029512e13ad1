import type { Core } from '../../core.ts';
import { isAtOrAbove } from '../../rbac/scopes.ts';
import type { ResourceState } from '../../types.ts';
import { refused } from '../errors.ts';
import type { ProviderError } from '../errors.ts';

const maxRules = 1000;
const maxRepositoryLength = 255;
const segment = '[a-z0-9]+(?:(?:\\.|_|__|-+)[a-z0-9]+)*';
const repository = new RegExp(`^${segment}(?:/${segment})*$`);
const dockerHub = 'docker.io';

/** Upstreams of the documentation's table (../shared/domain.md §4). */
const upstreams: readonly RegExp[] = [
  /^docker\.io$/,
  /^dhi\.io$/,
  /^[a-z0-9-]+(?:\.[a-z0-9-]+)*\.azurecr\.(?:io|cn|us)$/,
  /^mcr\.microsoft\.com$/,
  /^public\.ecr\.aws$/,
  /^ghcr\.io$/,
  /^quay\.io$/,
  /^nvcr\.io$/,
  /^registry\.k8s\.io$/,
  /^(?:[a-z]+\.)?gcr\.io$/,
  /^[a-z0-9-]+\.pkg\.dev$/,
  /^registry\.redhat\.io$/,
  /^registry\.access\.redhat\.com$/,
];

export interface WantedRule {
  readonly source: string;
  readonly target: string;
  readonly existing: ResourceState | undefined;
  readonly hasCredentialSet: boolean;
  readonly hasIdentity: boolean;
}

/**
 * Everything the service refuses when a rule is created (../shared/domain.md §1.4, §1.8). Codes and texts found there are used
 * word for word; where the document says "not found" the code is a plain name of this sandbox.
 * @returns the source repository as the service stores it (`library/` added for Docker Hub's official images)
 * @throws ArmError 400, 409
 */
export function checkNewRule(core: Core, registry: ResourceState, rule: WantedRule): string {
  const source = withLibrary(rule.source);
  const { existing } = rule;
  if (existing?.properties['sourceRepository'] === source && existing.properties['targetRepository'] === rule.target)
    return source;
  if (existing && !core.options.putReplacesPaths) throw pathsCannotBeUpdated(existing);
  const rules = rulesOf(core, registry).filter((one) => one !== existing);
  if (rules.length >= maxRules) {
    throw refused(
      'CacheRuleLimitExceeded',
      `The registry '${registry.name}' has reached the limit of ${maxRules} cache rules. For more information, please visit https://aka.ms/acr/cache`,
    );
  }
  checkPaths(core, rule);
  if (rule.hasIdentity) checkFeature(core, registry);
  checkTargets(registry, rule.target, rules);
  if (existing?.properties['targetRepository'] !== rule.target) checkContent(core, registry, rule.target);
  return source;
}

/** The service's own wording is not known, nor whether it says it at all. */
function pathsCannotBeUpdated(existing: ResourceState): ProviderError {
  return refused(
    'CacheRulePathsCannotBeUpdated',
    `The source and target repositories of cache rule '${existing.name}' cannot be updated.`,
  );
}

function checkPaths(core: Core, rule: WantedRule): void {
  const at = rule.source.indexOf('/');
  const host = at < 0 ? '' : rule.source.slice(0, at);
  const path = rule.source.slice(at + 1);
  if (at < 0 || !isPath(path) || !isPath(rule.target)) throw invalidRepositoryName();
  if (isWildcard(path) !== isWildcard(rule.target)) {
    throw refused(
      'InvalidWildcard',
      `The source repository '${rule.source}' and the target repository '${rule.target}' must both end with a wildcard or both name one repository.`,
    );
  }
  if (!isSupported(core, host)) {
    // Azure/acr#862
    throw refused(
      'UpstreamNotSupported',
      `Unsupported upstream or login server '${host}' provided. Supported upstreams or login servers are: docker.io, mcr.microsoft.com, quay.io, public.ecr.aws, ghcr.io, nvcr.io, registry.k8s.io, gcr.io, eu.gcr.io, *.pkg.dev.`,
    );
  }
  if (host === dockerHub && !rule.hasCredentialSet) {
    throw refused(
      'EnforceDockerAuthentication',
      'Cannot create cache rule pointing to Docker Hub without credentials. Please add a credential set to cache rule. Learn more: https://aka.ms/acr/cache-auth',
    );
  }
}

function isPath(path: string): boolean {
  if (path.length > maxRepositoryLength) return false;
  if (path === '*') return true;
  return repository.test(path.endsWith('/*') ? path.slice(0, -2) : path);
}

function isWildcard(path: string): boolean {
  return path === '*' || path.endsWith('/*');
}

function invalidRepositoryName(): ProviderError {
  return refused(
    'InvalidRepositoryName',
    'Repository names should follow the standardized docker repository naming conventions. All characters should be lowercase. For more information, please visit https://aka.ms/acr/cache.',
  );
}

/** The documented upstreams and login servers of the sandbox's form. Whether the upstream is there is not asked: Azure accepts a rule without it. */
function isSupported({ names }: Core, host: string): boolean {
  return upstreams.some((known) => known.test(host)) || names.isLoginServer(host);
}

function withLibrary(source: string): string {
  const match = /^docker\.io\/([^/*]+)$/.exec(source);
  return match?.[1] === undefined ? source : `${dockerHub}/library/${match[1]}`;
}

function checkFeature(core: Core, registry: ResourceState): void {
  if (!core.options.featureFlagRequired) return;
  const subscription = registry.id.split('/')[2] ?? '';
  const state = core.state.features.get(
    `${subscription}/Microsoft.ContainerRegistry/ArtifactCacheManagedIdentityAuthentication`.toLowerCase(),
  );
  if (state === 'Registered') return;
  throw refused(
    'CannotCreateCacheRuleWithManagedIdentity',
    "Cannot create cache rule with managed identity. Please ensure the preview feature 'ArtifactCacheManagedIdentityAuthentication' is registered.",
  );
}

function rulesOf(core: Core, registry: ResourceState): ResourceState[] {
  return [...core.state.resources.values()].filter(
    (one) => one.type === 'Microsoft.ContainerRegistry/registries/cacheRules' && isAtOrAbove(registry.id, one.id),
  );
}

/** Wildcards must not be equal or contain each other; a static target inside a wildcard is allowed; equal static targets are not. */
function checkTargets(registry: ResourceState, target: string, rules: readonly ResourceState[]): void {
  for (const rule of rules) {
    const other = String(rule.properties['targetRepository']);
    if (isWildcard(target) && isWildcard(other)) {
      const [prefix, otherPrefix] = [target.slice(0, -1), other.slice(0, -1)];
      if (!prefix.startsWith(otherPrefix) && !otherPrefix.startsWith(prefix)) continue;
      throw refused(
        'CacheRuleWildcardConflict',
        `Conflict: there is already a cache rule '${rule.name}' with a wildcard for the specified target repository '${other}' in registry '${registry.name}'. For more information, please visit https://aka.ms/acr/cache`,
        409,
      );
    }
    if (target === other) {
      throw refused(
        'CacheRuleTargetConflict',
        `Conflict: there is already a cache rule '${rule.name}' for the target repository '${other}' in registry '${registry.name}'. For more information, please visit https://aka.ms/acr/cache`,
        409,
      );
    }
  }
}

function checkContent(core: Core, registry: ResourceState, target: string): void {
  const repositories = [...(core.state.content.get(registry.id.toLowerCase())?.repositories.keys() ?? [])];
  if (isWildcard(target)) {
    if (!repositories.some((name) => name.startsWith(target.slice(0, -1)))) return;
    throw refused(
      'TargetRepositoryPrefixMatchesExistingRegistries',
      `There are one or more target repositories in the registry which match the target repository prefix '${target}'.`,
      409,
    );
  }
  if (!repositories.includes(target)) return;
  throw refused(
    'TargetRepositoryAlreadyPresentInRegistry',
    `Conflict: Target repository '${target}' is already present in registry. Cache rules cannot be created for existing repositories in registry. For more information, please visit https://aka.ms/acr/cache`,
    409,
  );
}
