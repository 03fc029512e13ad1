import * as l10n from '@vscode/l10n';
import { isRecord } from '../common/json.ts';
import { armIdKey, parentArmId, parseArmId, sameArmId } from '../domain/armId.ts';
import { isLoginServer } from '../domain/imageReference.ts';
import { accepted, rejected, type Parsed } from '../domain/parsed.ts';
import type { PullProof, RuleCheckup, RuleFinding, RuleKnowledge } from '../domain/ruleVerdict.ts';
import type { CacheRule, Registry, Subscription } from '../domain/types.ts';
import {
  maxFindings,
  maxPlatforms,
  maxRegistries,
  maxRules,
  maxSnapshotLength,
  maxSubscriptions,
  pickRegistry,
  pickRule,
  version,
  type Snapshot,
  type SnapshotOwner,
} from './snapshot.ts';
import type { RegistryEntry } from './types.ts';

const maxString = 4096;

/** Reads a snapshot; anything that this version would not have written is rejected with the reason. Never throws. */
export function readSnapshot(text: string): Parsed<Snapshot> {
  if (text.length > maxSnapshotLength) return rejected('snapshot.tooLong', l10n.t('it is too large'));
  let data: unknown;
  try {
    data = JSON.parse(text);
  } catch {
    return rejected('snapshot.notJson', l10n.t('it is damaged or incomplete'));
  }
  if (!isRecord(data)) return rejected('snapshot.shape', l10n.t('it has an unexpected shape'));
  if (data.version !== version)
    return rejected('snapshot.version', l10n.t('another version of this extension wrote it'));
  try {
    return accepted({
      owner: readOwner(record(data.owner)),
      subscriptions: list(data.subscriptions, maxSubscriptions, readSubscription),
      registries: list(data.registries, maxRegistries, readEntry),
    });
  } catch (error) {
    if (error instanceof Unexpected) return rejected('snapshot.shape', l10n.t('it has an unexpected shape'));
    throw error;
  }
}

class Unexpected extends Error {}

function readOwner(data: Record<string, unknown>): SnapshotOwner {
  return {
    cloudName: string(data.cloudName),
    armEndpoint: string(data.armEndpoint),
    accountIds: list(data.accountIds, 1000, string),
  };
}

function readEntry(value: unknown): RegistryEntry {
  const data = record(value);
  const registry = readRegistry(record(data.registry));
  if (data.rules === undefined) return { registry, rulesFreshness: 'never' };
  const rules = list(data.rules, maxRules, (item) => readRule(record(item), registry.id));
  const knowledge = optional(data.knowledge, (all) =>
    list(all, maxRules, (item) => readKnowledge(record(item), registry.id)),
  );
  return { registry, rules, rulesFreshness: 'snapshot', ...(knowledge && { knowledge: new Map(knowledge) }) };
}

function readRegistry(data: Record<string, unknown>): Registry {
  const id = string(data.id);
  const parsed = parseArmId(id);
  if (!parsed.ok || !isType(parsed.value.provider, parsed.value.types, 'registries')) throw new Unexpected();
  const registry = pickRegistry({
    id,
    name: string(data.name),
    subscriptionId: string(data.subscriptionId),
    resourceGroup: string(data.resourceGroup),
    location: string(data.location),
    tenantId: string(data.tenantId),
    loginServer: string(data.loginServer),
    sku: string(data.sku),
    provisioningState: optional(data.provisioningState, string),
    roleAssignmentMode: oneOf(data.roleAssignmentMode, ['AbacRepositoryPermissions', 'LegacyRegistryPermissions']),
    publicNetworkAccess: optional(data.publicNetworkAccess, (it) =>
      oneOf(it, ['Enabled', 'Disabled', 'SecuredByPerimeter']),
    ),
    networkDefaultAction: optional(data.networkDefaultAction, (it) => oneOf(it, ['Allow', 'Deny'])),
    networkRuleBypassOptions: optional(data.networkRuleBypassOptions, (it) => oneOf(it, ['AzureServices', 'None'])),
    softDelete: optional(data.softDelete, boolean),
    acceptsArmTokens: boolean(data.acceptsArmTokens),
  });
  const { subscriptionId, resourceGroup, names } = parsed.value;
  const agrees =
    same(subscriptionId, registry.subscriptionId) &&
    same(resourceGroup, registry.resourceGroup) &&
    same(names[0], registry.name);
  if (!agrees || !isLoginServer(registry.loginServer)) throw new Unexpected();
  return registry;
}

function readRule(data: Record<string, unknown>, registryId: string): CacheRule {
  const identity = optional(data.identity, record);
  const rule = pickRule({
    id: string(data.id),
    name: string(data.name),
    registryId: string(data.registryId),
    sourceRepository: string(data.sourceRepository),
    targetRepository: string(data.targetRepository),
    credentialSetId: optional(data.credentialSetId, string),
    identity: identity && {
      id: string(identity.id),
      principalId: optional(identity.principalId, string),
      clientId: optional(identity.clientId, string),
    },
    identityUnknown: data.identityUnknown === true ? true : undefined,
    provisioningState: optional(data.provisioningState, string),
    creationDate: optional(data.creationDate, string),
  });
  if (!sameArmId(rule.registryId, registryId) || !sameArmId(parentArmId(rule.id), registryId)) throw new Unexpected();
  return rule;
}

function readKnowledge(data: Record<string, unknown>, registryId: string): [ruleId: string, RuleKnowledge] {
  const ruleId = string(data.ruleId);
  if (!sameArmId(parentArmId(ruleId), registryId)) throw new Unexpected();
  const checkup = optional(data.checkup, (item) => readCheckup(record(item)));
  const proof = optional(data.proof, (item) => readProof(record(item)));
  return [armIdKey(ruleId), { checkup, proof }];
}

function readCheckup(data: Record<string, unknown>): RuleCheckup {
  return {
    findings: list(data.findings, maxFindings, (item) => readFinding(record(item))),
    checkedAt: time(data.checkedAt),
    served: boolean(data.served),
    isWhole: boolean(data.isWhole),
  };
}

function readFinding(data: Record<string, unknown>): RuleFinding {
  return {
    check: string(data.check),
    verdict: oneOf(data.verdict, ['problem', 'warning', 'unknown']),
    pull: oneOf(data.pull, ['dependsOn', 'proves', 'independent']),
    title: string(data.title),
    reason: string(data.reason),
    hasRepair: boolean(data.hasRepair),
  };
}

function readProof(data: Record<string, unknown>): PullProof {
  return {
    image: string(data.image),
    by: string(data.by),
    provenAt: time(data.provenAt),
    digest: string(data.digest),
    upstream: oneOf(data.upstream, ['same', 'newer', 'unknown']),
    platforms: optional(data.platforms, (item) => {
      const { cached, count } = record(item);
      return { cached: list(cached, maxPlatforms, string), count: number(count) };
    }),
  };
}

function readSubscription(value: unknown): Subscription {
  const data = record(value);
  return {
    id: string(data.id),
    name: string(data.name),
    tenantId: string(data.tenantId),
    accountId: string(data.accountId),
  };
}

function isType(provider: string, types: readonly string[], type: string): boolean {
  return same(provider, 'Microsoft.ContainerRegistry') && types.length === 1 && same(types[0], type);
}

function same(a: string | undefined, b: string): boolean {
  return a !== undefined && armIdKey(a) === armIdKey(b);
}

function record(value: unknown): Record<string, unknown> {
  if (!isRecord(value)) throw new Unexpected();
  return value;
}

function string(value: unknown): string {
  if (typeof value !== 'string' || value.length > maxString) throw new Unexpected();
  return value;
}

function time(value: unknown): string {
  const text = string(value);
  if (Number.isNaN(Date.parse(text))) throw new Unexpected();
  return text;
}

function boolean(value: unknown): boolean {
  if (typeof value !== 'boolean') throw new Unexpected();
  return value;
}

function number(value: unknown): number {
  if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < 0) throw new Unexpected();
  return value;
}

function oneOf<T extends string>(value: unknown, allowed: readonly T[]): T {
  const found = allowed.find((each) => each === value);
  if (found === undefined) throw new Unexpected();
  return found;
}

function optional<T>(value: unknown, read: (value: unknown) => T): T | undefined {
  return value === undefined ? undefined : read(value);
}

function list<T>(value: unknown, limit: number, read: (item: unknown) => T): T[] {
  if (!Array.isArray(value) || value.length > limit) throw new Unexpected();
  return value.map(read);
}
