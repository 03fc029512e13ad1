import { armIdSubscription, armIdKey, parentArmId } from '../../domain/armId.ts';
import type { CacheRule } from '../../domain/types.ts';
import type { CacheRulesClient } from '../azure.ts';
import { createCacheRuleVersions, identityNotOffered } from './cacheRuleVersions.ts';
import { runDelete, runWrite } from './operations.ts';
import type { ProviderVersions } from './providerVersions.ts';
import { record, text } from '../http/json.ts';
import { unreadable, type ArmRequests } from './requests.ts';
import type { ArmSessions } from './sessions.ts';

/**
 * Cache rules by ARM REST. Not by `@azure/arm-containerregistry` 12: its serializer drops a rule's `identity` on write
 * and on read. Paths, verbs and codes: specs of 2026-01-01-preview; docs/azure-facts.md.
 */
export function createCacheRulesClient(sessions: ArmSessions, provider: ProviderVersions): CacheRulesClient {
  const versions = createCacheRuleVersions(provider);

  async function open(
    id: string,
    suffix: string,
    needsIdentity: boolean,
    signal: AbortSignal | undefined,
  ): Promise<{ arm: ArmRequests; path: string }> {
    const { arm } = sessions.forResource(id);
    const version = await versions.of(armIdSubscription(id), signal);
    if (needsIdentity && !version.carriesIdentity) {
      throw identityNotOffered(new URL(arm.origin).host);
    }
    return { arm, path: `${id}${suffix}?api-version=${version.apiVersion}` };
  }

  async function readRule(ruleId: string, signal: AbortSignal | undefined): Promise<unknown> {
    const { arm, path } = await open(ruleId, '', false, signal);
    return arm.get(path, signal);
  }

  return {
    async list(registryId, { signal } = {}) {
      const { arm, path } = await open(registryId, '/cacheRules', false, signal);
      return (await arm.list(path, signal)).flatMap((rule) => normalizeCacheRule(rule) ?? []);
    },

    get: async (ruleId, { signal } = {}) => ruleOrThrow(await readRule(ruleId, signal)),

    async create(ruleId, rule, { signal } = {}) {
      const { arm, path } = await open(ruleId, '', rule.identityId !== undefined, signal);
      const body = {
        ...(rule.identityId && {
          identity: { type: 'UserAssigned', userAssignedIdentities: { [rule.identityId]: {} } },
        }),
        properties: {
          sourceRepository: rule.sourceRepository,
          targetRepository: rule.targetRepository,
          ...(rule.credentialSetId && { credentialSetResourceId: rule.credentialSetId }),
        },
      };
      return ruleOrThrow(await runWrite(arm, 'PUT', path, { body, signal }));
    },

    async update(ruleId, change, { signal } = {}) {
      const { arm, path } = await open(ruleId, '', change.identityId !== undefined, signal);
      const body = {
        ...(change.identityId && {
          identity: {
            type: 'UserAssigned',
            userAssignedIdentities: replaceIdentity(await arm.get(path, signal), change.identityId),
          },
        }),
        ...(change.credentialSetId !== undefined && {
          properties: { credentialSetResourceId: change.credentialSetId },
        }),
      };
      return ruleOrThrow(await runWrite(arm, 'PATCH', path, { body, signal }));
    },

    async delete(ruleId, { signal } = {}) {
      const { arm, path } = await open(ruleId, '', false, signal);
      return runDelete(arm, path, signal);
    },

    getJson: (ruleId, { signal } = {}) => readRule(ruleId, signal),
  };
}

/** ARM merges PATCHed identities: the new one is added, and each old one goes only when it is sent as null. */
function replaceIdentity(rule: unknown, identityId: string): Record<string, object | null> {
  const before = Object.keys(record(record(record(rule)?.['identity'])?.['userAssignedIdentities']) ?? {});
  const others = before.filter((id) => armIdKey(id) !== armIdKey(identityId));
  return { ...Object.fromEntries(others.map((id) => [id, null])), [identityId]: {} };
}

function ruleOrThrow(json: unknown): CacheRule {
  const rule = normalizeCacheRule(json);
  if (!rule) {
    throw unreadable('cacheRules');
  }
  return rule;
}

/** A rule from ARM's JSON, or undefined when it lacks what every rule has. */
function normalizeCacheRule(json: unknown): CacheRule | undefined {
  const resource = record(json);
  const properties = record(resource?.['properties']);
  const id = text(resource?.['id']);
  const name = text(resource?.['name']);
  const registryId = id && parentArmId(id);
  const sourceRepository = text(properties?.['sourceRepository']);
  const targetRepository = text(properties?.['targetRepository']);
  if (!id || !name || !registryId || !sourceRepository || !targetRepository) {
    return undefined;
  }
  const [identity] = Object.entries(record(record(resource?.['identity'])?.['userAssignedIdentities']) ?? {});
  return {
    id,
    name,
    registryId,
    sourceRepository,
    targetRepository,
    credentialSetId: text(properties?.['credentialSetResourceId']),
    ...(identity && {
      identity: {
        id: identity[0],
        principalId: text(record(identity[1])?.['principalId']),
        clientId: text(record(identity[1])?.['clientId']),
      },
    }),
    provisioningState: text(properties?.['provisioningState']),
    creationDate: text(properties?.['creationDate']),
  };
}
