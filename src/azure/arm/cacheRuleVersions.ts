import * as l10n from '@vscode/l10n';
import { AzureError } from '../errors.ts';
import type { ProviderVersions } from './providerVersions.ts';

/** Versions whose rule carries `identity` and whose shape is known. Newest first. docs/azure-facts.md. */
const knownPreviews = ['2026-09-01-preview', '2026-03-01-preview', '2026-01-01-preview'];
const defaultVersion = '2026-01-01-preview';
/** `identity` came with 2026-01-01-preview, so every GA version from that date on has it. */
const firstDate = '2026-01-01';
/** First GA version with cache rules, for clouds that offer none with identity. */
const firstCacheRules = '2023-07-01';

export interface CacheRuleVersion {
  readonly apiVersion: string;
  /** False in clouds where a rule cannot have an identity yet: rules can be read and deleted, not created with one. */
  readonly carriesIdentity: boolean;
}

/** Chooses the api-version for cache rules from what the provider offers in this cloud. */
export interface CacheRuleVersions {
  of(subscriptionId: string, signal?: AbortSignal): Promise<CacheRuleVersion>;
}

/**
 * The newest GA version with identity, else the newest known preview with it, else an unknown newer preview, else the
 * newest version without identity. Pure, for tests.
 */
export function chooseCacheRuleVersion(offered: readonly string[]): CacheRuleVersion {
  const newestFirst = offered
    .filter((version) => /^\d{4}-\d\d-\d\d(-preview)?$/.test(version))
    .sort()
    .reverse();
  const withIdentity = newestFirst.filter((version) => version >= firstDate);
  const chosen =
    withIdentity.find((version) => !version.endsWith('-preview')) ??
    knownPreviews.find((version) => withIdentity.includes(version)) ??
    withIdentity[0];
  if (chosen) {
    return { apiVersion: chosen, carriesIdentity: true };
  }
  const older = newestFirst.find((version) => !version.endsWith('-preview')) ?? newestFirst[0] ?? firstCacheRules;
  return { apiVersion: older, carriesIdentity: false };
}

export function createCacheRuleVersions(provider: ProviderVersions): CacheRuleVersions {
  return {
    async of(subscriptionId, signal) {
      const offered = await provider.of(subscriptionId, 'registries/cacheRules', signal);
      return offered ? chooseCacheRuleVersion(offered) : { apiVersion: defaultVersion, carriesIdentity: true };
    },
  };
}

/** This cloud has no api-version whose rules carry an identity. */
export function identityNotOffered(armHost: string): AzureError {
  return new AzureError(
    l10n.t(
      'This cloud ({0}) does not offer cache rules with a managed identity yet. Use a cloud that does, or a rule with a credential set.',
      armHost,
    ),
    { kind: 'invalid', code: 'CacheRuleIdentityNotOffered' },
  );
}
