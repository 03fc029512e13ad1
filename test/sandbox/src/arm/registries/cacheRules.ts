import { resourceId } from '../../ids.ts';
import { asText, isObject, objectAt, stringAt } from '../../json.ts';
import type { JsonObject } from '../../json.ts';
import type { ResourceState } from '../../types.ts';
import { ruleHasAdditionalAuthentication, ruleHasIdentity } from '../apiVersions.ts';
import { checkNewRule } from './cacheRuleChecks.ts';
import type { ArmCall, Route } from '../call.ts';
import { param, subscriptionOf } from '../call.ts';
import { refused } from '../errors.ts';
import { managedIdentity } from './linkedIdentity.ts';
import { creationDate, systemData } from './registryBody.ts';
import { childRoutes } from './registryChildren.ts';

export const cacheRuleType = 'Microsoft.ContainerRegistry/registries/cacheRules';

export const cacheRuleRoutes: readonly Route[] = childRoutes({ type: 'cacheRules', body, create, update });

function body(call: ArmCall, rule: ResourceState): unknown {
  const { additionalAuthenticationProperties, ...properties } = rule.properties;
  return {
    type: rule.type,
    id: rule.id,
    name: rule.name,
    ...(rule.identity && ruleHasIdentity(call.core, call.apiVersion) && { identity: rule.identity }),
    systemData: systemData(rule),
    properties: {
      ...properties,
      ...(additionalAuthenticationProperties !== undefined &&
        ruleHasAdditionalAuthentication(call.apiVersion) && { additionalAuthenticationProperties }),
    },
  };
}

function create(
  call: ArmCall,
  registry: ResourceState,
  input: JsonObject,
  existing: ResourceState | undefined,
): ResourceState {
  const properties = objectAt(input, 'properties');
  const source = stringAt(properties, 'sourceRepository');
  const target = stringAt(properties, 'targetRepository');
  if (source === undefined || target === undefined) {
    const missing = source === undefined ? 'sourceRepository' : 'targetRepository';
    throw refused('MissingRequiredProperty', `The property '${missing}' is required.`, 400, `properties.${missing}`);
  }
  const id =
    existing?.id ??
    resourceId(subscriptionOf(call).id, registryGroup(registry), cacheRuleType, registry.name, param(call, 'child'));
  const withIdentity = ruleHasIdentity(call.core, call.apiVersion) && isObject(input['identity']);
  const credentialSetResourceId = credentialSet(call, properties['credentialSetResourceId']);
  const sourceRepository = checkNewRule(call.core, registry, {
    source,
    target,
    existing,
    hasCredentialSet: credentialSetResourceId !== undefined,
    hasIdentity: withIdentity,
  });
  const name = existing?.name ?? param(call, 'child');
  const identity = withIdentity
    ? managedIdentity(call, input['identity'], { id, name, type: cacheRuleType }, ['UserAssigned'])
    : undefined;
  const additional = ruleHasAdditionalAuthentication(call.apiVersion)
    ? properties['additionalAuthenticationProperties']
    : undefined;
  if (isObject(additional)) checkAdditionalAuthentication(additional);
  return {
    id,
    name,
    type: cacheRuleType,
    ...(identity && { identity }),
    properties: {
      ...(credentialSetResourceId !== undefined && { credentialSetResourceId }),
      sourceRepository,
      targetRepository: target,
      ...(isObject(additional) && { additionalAuthenticationProperties: additional }),
      creationDate: creationDate(call.core.clock.now()),
      provisioningState: 'Creating',
    },
    createdAt: call.core.clock.now(),
  };
}

/** PATCH knows credentialSetResourceId, identity and additionalAuthenticationProperties only (../shared/domain.md §0.8). */
function update(
  call: ArmCall,
  rule: ResourceState,
  input: JsonObject,
): { properties: JsonObject; identity?: ResourceState['identity'] } {
  const properties = objectAt(input, 'properties');
  const change: JsonObject = {};
  if ('credentialSetResourceId' in properties)
    change['credentialSetResourceId'] = credentialSet(call, properties['credentialSetResourceId']);
  const additional = properties['additionalAuthenticationProperties'];
  if (isObject(additional) && ruleHasAdditionalAuthentication(call.apiVersion)) {
    checkAdditionalAuthentication(additional);
    change['additionalAuthenticationProperties'] = additional;
  }
  if (!ruleHasIdentity(call.core, call.apiVersion) || !isObject(input['identity'])) return { properties: change };
  const identity = managedIdentity(call, input['identity'], rule, ['UserAssigned']);
  if (!call.core.options.patchAddsIdentity || !identity) return { properties: change, identity };
  const given = objectAt(input['identity'], 'userAssignedIdentities');
  const kept = Object.entries(rule.identity?.userAssignedIdentities ?? {}).filter(
    ([id]) => !Object.keys(given).some((one) => one.toLowerCase() === id.toLowerCase()),
  );
  const userAssignedIdentities = { ...Object.fromEntries(kept), ...identity.userAssignedIdentities };
  return { properties: change, identity: { ...identity, userAssignedIdentities } };
}

/** @throws ArmError when it names no credential set */
function credentialSet(call: ArmCall, value: unknown): string | undefined {
  if (value === undefined || value === null) return undefined;
  const known = typeof value === 'string' ? call.core.state.resources.get(value.toLowerCase()) : undefined;
  if (typeof value === 'string' && known?.type === 'Microsoft.ContainerRegistry/registries/credentialSets')
    return value;
  throw refused(
    'CredentialSetNotFound',
    `The credential set '${asText(value)}' could not be found.`,
    400,
    'properties.credentialSetResourceId',
  );
}

/** Patterns of the 2026-03-01-preview specification. */
const googlePatterns: Readonly<Record<string, RegExp>> = {
  authenticationType: /^GoogleArtifactRegistry$/,
  projectNumber: /^[1-9][0-9]{4,29}$/,
  workloadIdentityPool: /^[a-z][a-z0-9-]{2,30}[a-z0-9]$/,
  workloadIdentityProvider: /^[a-z][a-z0-9-]{2,30}[a-z0-9]$/,
};

function checkAdditionalAuthentication(value: JsonObject): void {
  for (const [name, pattern] of Object.entries(googlePatterns)) {
    const given = stringAt(value, name);
    if (given !== undefined && pattern.test(given)) continue;
    throw refused(
      'InvalidParameter',
      `The value of '${name}' is invalid. It must match '${pattern.source}'.`,
      400,
      `properties.additionalAuthenticationProperties.${name}`,
    );
  }
}

function registryGroup(registry: ResourceState): string {
  return registry.id.split('/')[4] ?? '';
}
