import * as l10n from '@vscode/l10n';
import { parentArmId, sameArmId } from '../../domain/armId.ts';
import type { CacheRule } from '../../domain/types.ts';
import type { CacheRulesClient } from '../azure.ts';
import type { Cloud } from '../clouds.ts';
import { AzureError } from '../errors.ts';
import { record, text } from '../../common/json.ts';
import { createCacheRuleVersions } from './versions/cacheRuleVersions.ts';
import { onceAccepted, runDelete, runWrite } from './operations.ts';
import type { ProviderVersions } from './versions/providerVersions.ts';
import { unreadable, type ArmRequests } from './requests.ts';
import type { ArmSessions } from './sessions.ts';

/**
 * Cache rules by ARM REST. Not by `@azure/arm-containerregistry` 12: its serializer drops a rule's `identity` on write
 * and on read. Paths, verbs and codes: specs of 2026-01-01-preview; docs/azure-facts.md.
 */
export function createCacheRulesClient(
  sessions: ArmSessions,
  provider: ProviderVersions,
  cloud: Cloud,
): CacheRulesClient {
  const versions = createCacheRuleVersions(provider, new URL(cloud.armEndpoint).host);

  /** A request for a rule or for a list. */
  function send<T>(
    id: string,
    suffix: string,
    signal: AbortSignal | undefined,
    call: (arm: ArmRequests, path: string, apiVersion: string) => Promise<T>,
    needs?: 'identity',
  ): Promise<T> {
    const { arm } = sessions.forResource(id);
    return versions.run(id, signal, (version) => call(arm, `${id}${suffix}?api-version=${version}`, version), needs);
  }

  /** The rule as it is after a write; where that gives it an identity, with a version that does not drop it. */
  function write(
    ruleId: string,
    identityId: string | undefined,
    signal: AbortSignal | undefined,
    call: (arm: ArmRequests, path: string) => Promise<unknown>,
  ): Promise<CacheRule> {
    if (identityId === undefined)
      return send(ruleId, '', signal, async (arm, path, version) => ruleIn(await call(arm, path), version));
    const { arm } = sessions.forResource(ruleId);
    return versions.write(ruleId, signal, async (version) => {
      const path = `${ruleId}?api-version=${version}`;
      const answer = await call(arm, path);
      // An answer to the write itself may only repeat what was sent.
      const json = versions.tellsIdentity(version) ? answer : await onceAccepted(() => arm.get(path, signal));
      const result = ruleIn(json, version);
      const isTaken = hasIdentity(json, identityId) && othersThan(json, identityId).length === 0;
      // A version that shows an identity carries it: another one would not help.
      if (!isTaken && result.identity) throw identityNotReplaced();
      return { result, hasIdentity: isTaken };
    });
  }

  /** The rules, with what their version leaves open. */
  function rulesIn(items: readonly unknown[], apiVersion: string): CacheRule[] {
    const rules = items.flatMap((item) => normalizeCacheRule(item) ?? []);
    if (rules.some(({ identity }) => identity !== undefined)) versions.sawIdentity(apiVersion);
    if (versions.tellsIdentity(apiVersion)) return rules;
    return rules.map((rule) => (rule.identity ? rule : { ...rule, identityUnknown: true }));
  }

  function ruleIn(json: unknown, apiVersion: string): CacheRule {
    const [rule] = rulesIn([json], apiVersion);
    if (!rule) throw unreadable('cacheRules');
    return rule;
  }

  return {
    list: (registryId, { signal, needs } = {}) =>
      send(
        registryId,
        '/cacheRules',
        signal,
        async (arm, path, version) => rulesIn(await arm.list(path, signal), version),
        needs,
      ),

    get: (ruleId, { signal } = {}) =>
      send(ruleId, '', signal, async (arm, path, version) => ruleIn(await arm.get(path, signal), version)),

    create: (ruleId, { identityId, ...properties }, { signal } = {}) =>
      write(ruleId, identityId, signal, (arm, path) => {
        const body = { ...(identityId && { identity: identityBody({ [identityId]: {} }) }), properties };
        return runWrite(arm, 'PUT', path, { body, signal });
      }),

    update: (ruleId, { identityId }, { signal } = {}) =>
      write(ruleId, identityId, signal, async (arm, path) => {
        const patch = (identities: Record<string, object | null>): Promise<unknown> =>
          runWrite(arm, 'PATCH', path, { body: { identity: identityBody(identities) }, signal });
        const json = await patch({ [identityId]: {} });
        // Recorded: PATCH replaces the identities. Where one is left all the same, it is taken away in ARM's general way.
        const left = hasIdentity(json, identityId) ? othersThan(json, identityId) : [];
        if (left.length === 0) return json;
        return onceAccepted(() => patch({ ...Object.fromEntries(left.map((id) => [id, null])), [identityId]: {} }));
      }),

    delete: (ruleId, { signal } = {}) => send(ruleId, '', signal, (arm, path) => runDelete(arm, path, signal)),

    getJson: (ruleId, { signal } = {}) => send(ruleId, '', signal, (arm, path) => arm.get(path, signal)),

    serviceVersions: (registryId) => sessions.forResource(registryId).arm.serviceVersions(registryId),
  };
}

function identityBody(userAssignedIdentities: Record<string, object | null>): object {
  return { type: 'UserAssigned', userAssignedIdentities };
}

function identitiesOf(json: unknown): [id: string, details: unknown][] {
  return Object.entries(record(record(record(json)?.['identity'])?.['userAssignedIdentities']) ?? {});
}

function hasIdentity(json: unknown, identityId: string): boolean {
  return identitiesOf(json).some(([id]) => sameArmId(id, identityId));
}

function othersThan(json: unknown, identityId: string): string[] {
  return identitiesOf(json).flatMap(([id]) => (sameArmId(id, identityId) ? [] : [id]));
}

/** The rule still has an identity that it should not have any more. */
function identityNotReplaced(): AzureError {
  return new AzureError(l10n.t('Azure accepted the change, but the cache rule still has its old identity.'), {
    kind: 'operationFailed',
    code: 'CacheRuleIdentityNotReplaced',
  });
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
  if (!id || !name || !registryId || !sourceRepository || !targetRepository) return undefined;
  const [identity, ...others] = identitiesOf(json);
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
    ...(others.length > 0 && { identityUnknown: true as const }),
    provisioningState: text(properties?.['provisioningState']),
    creationDate: text(properties?.['creationDate']),
  };
}
