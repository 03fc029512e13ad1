import * as l10n from '@vscode/l10n';
import { armIdKey, parentArmId, parseArmId, sameArmId } from '../domain/armId.ts';
import { isLoginServer } from '../domain/imageReference.ts';
import { accepted, rejected, type Parsed } from '../domain/parsed.ts';
import type { PullProof, RuleCheckup, RuleFinding, RuleKnowledge } from '../domain/ruleVerdict.ts';
import type { CacheRule, Registry, Subscription } from '../domain/types.ts';
import type { InventoryState, RegistryEntry } from './types.ts';

/** What was known last, for one cloud and one set of accounts. */
export interface Snapshot {
  readonly owner: SnapshotOwner;
  readonly subscriptions: readonly Subscription[];
  /** Freshness `snapshot` or `never`. */
  readonly registries: readonly RegistryEntry[];
}

/** Whose data a snapshot is. Nobody else's may be shown. */
export interface SnapshotOwner {
  readonly cloudName: string;
  readonly armEndpoint: string;
  /** VS Code account ids, sorted. */
  readonly accountIds: readonly string[];
}

/** Characters. 1,000 registries with ten rules each need about 5 million. */
export const maxSnapshotLength = 50_000_000;
const version = 1;
const maxSubscriptions = 10_000;
const maxRegistries = 50_000;
/** Azure's own limit per registry. */
const maxRules = 1000;
const maxString = 4096;
/** Of one rule; there are fewer checks. */
const maxFindings = 100;

/** The owner of what a connection brings: its cloud and the accounts whose subscriptions are shown. */
export function ownerOf(
  cloud: { readonly name: string; readonly armEndpoint: string },
  subscriptions: readonly Pick<Subscription, 'accountId'>[],
): SnapshotOwner {
  const accountIds = [...new Set(subscriptions.map(({ accountId }) => accountId))].sort();
  return { cloudName: cloud.name, armEndpoint: cloud.armEndpoint, accountIds };
}

export function sameOwner(a: SnapshotOwner | undefined, b: SnapshotOwner | undefined): boolean {
  const keyOf = (owner: SnapshotOwner) => JSON.stringify([owner.cloudName, owner.armEndpoint, ...owner.accountIds]);
  return a !== undefined && b !== undefined && keyOf(a) === keyOf(b);
}

/** Only named fields are written, so nothing that rides along on an object (a credential) can get into the file. */
export function writeSnapshot({ cloudName, armEndpoint, accountIds }: SnapshotOwner, state: InventoryState): string {
  const registries = [...state.registries.values()].slice(0, maxRegistries).map(({ registry, rules, knowledge }) => ({
    registry: pickRegistry(registry),
    ...(rules && { rules: rules.slice(0, maxRules).map(pickRule) }),
    ...(rules && knowledge && { knowledge: [...knowledge].slice(0, maxRules).map(pickKnowledge) }),
  }));
  const subscriptions = state.subscriptions.slice(0, maxSubscriptions).map(pickSubscription);
  return JSON.stringify({ version, owner: { cloudName, armEndpoint, accountIds }, subscriptions, registries });
}

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
    return rejected('snapshot.version', l10n.t('another version of the extension wrote it'));
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
  return [armIdKey(ruleId), { ...(checkup && { checkup }), ...(proof && { proof }) }];
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
  };
}

function readProof(data: Record<string, unknown>): PullProof {
  return { image: string(data.image), by: string(data.by), provenAt: time(data.provenAt) };
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

/** A copy with exactly the fields of the type; undefined ones are left out. */
export function pickSubscription({ id, name, tenantId, accountId }: Subscription): Subscription {
  return { id, name, tenantId, accountId };
}

function pickRegistry(registry: Registry): Registry {
  const { id, name, subscriptionId, resourceGroup, location, tenantId, loginServer, sku, roleAssignmentMode } =
    registry;
  const { provisioningState, publicNetworkAccess, networkDefaultAction, networkRuleBypassOptions, softDelete } =
    registry;
  return {
    ...{ id, name, subscriptionId, resourceGroup, location, tenantId, loginServer, sku, roleAssignmentMode },
    acceptsArmTokens: registry.acceptsArmTokens,
    ...(provisioningState !== undefined && { provisioningState }),
    ...(publicNetworkAccess !== undefined && { publicNetworkAccess }),
    ...(networkDefaultAction !== undefined && { networkDefaultAction }),
    ...(networkRuleBypassOptions !== undefined && { networkRuleBypassOptions }),
    ...(softDelete !== undefined && { softDelete }),
  };
}

function pickRule(rule: CacheRule): CacheRule {
  const {
    id,
    name,
    registryId,
    sourceRepository,
    targetRepository,
    credentialSetId,
    identity,
    identityUnknown,
    provisioningState,
    creationDate,
  } = rule;
  return {
    ...{ id, name, registryId, sourceRepository, targetRepository },
    ...(credentialSetId !== undefined && { credentialSetId }),
    ...(identity !== undefined && {
      identity: {
        id: identity.id,
        ...(identity.principalId !== undefined && { principalId: identity.principalId }),
        ...(identity.clientId !== undefined && { clientId: identity.clientId }),
      },
    }),
    ...(identityUnknown && { identityUnknown }),
    ...(provisioningState !== undefined && { provisioningState }),
    ...(creationDate !== undefined && { creationDate }),
  };
}

function pickKnowledge([ruleId, { checkup, proof }]: readonly [string, RuleKnowledge]) {
  return {
    ruleId,
    ...(checkup && {
      checkup: {
        findings: checkup.findings
          .slice(0, maxFindings)
          .map(({ check, verdict, pull }: RuleFinding): RuleFinding => ({ check, verdict, pull })),
        checkedAt: checkup.checkedAt,
        served: checkup.served,
        isWhole: checkup.isWhole,
      },
    }),
    ...(proof && { proof: { image: proof.image, by: proof.by, provenAt: proof.provenAt } }),
  };
}

function isType(provider: string, types: readonly string[], type: string): boolean {
  return same(provider, 'Microsoft.ContainerRegistry') && types.length === 1 && same(types[0], type);
}

function same(a: string | undefined, b: string): boolean {
  return a !== undefined && armIdKey(a) === armIdKey(b);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
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
