import { armIdResourceGroup, armIdSubscription, parseArmId } from '../../domain/armId.ts';
import { isLocalHost, isLoginServer } from '../../domain/imageReference.ts';
import type { Registry } from '../../domain/types.ts';
import { record, text } from '../../common/json.ts';

/** Registries that came from ARM in this session; only to their hosts may tokens be sent. */
export interface RegistryBrand {
  /** Marks and returns a registry that ARM named just now. */
  mark(registry: Registry): Registry;
  has(registry: Registry): boolean;
}

export function createRegistryBrand(): RegistryBrand {
  const named = new WeakSet<Registry>();
  return {
    mark(registry) {
      named.add(Object.freeze(registry));
      return registry;
    },
    has: (registry) => named.has(registry),
  };
}

/**
 * A registry from the JSON of ARM or Resource Graph, or undefined when it lacks an id or a usable login server (one
 * still being created has none). This machine is a usable one only where Azure itself is on it. `roleAssignmentMode` absent (api-versions before 2025-03-01-preview) counts as legacy.
 */
export function normalizeRegistry(
  json: unknown,
  { armHost, tenantOf }: { readonly armHost: string; readonly tenantOf: (subscriptionId: string) => string },
): Registry | undefined {
  const resource = record(json);
  const properties = record(resource?.['properties']) ?? {};
  const id = text(resource?.['id']);
  const name = text(resource?.['name']);
  const loginServer = text(properties['loginServer'])?.toLowerCase();
  if (!id || !name || !parseArmId(id).ok || !loginServer || !isLoginServer(loginServer)) return undefined;
  if (isLocalHost(loginServer) && !isLocalHost(armHost)) return undefined;
  const policies = record(properties['policies']);
  // Only preview api-versions tell.
  const softDelete = statusOf(policies, 'softDeletePolicy');
  const networkRuleSet = record(properties['networkRuleSet']);
  const subnets = networkRuleSet?.['virtualNetworkRules'];
  return {
    id,
    name,
    subscriptionId: armIdSubscription(id),
    resourceGroup: armIdResourceGroup(id),
    location: text(resource?.['location']) ?? '',
    tenantId: text(resource?.['tenantId']) ?? tenantOf(armIdSubscription(id)),
    loginServer,
    sku: text(record(resource?.['sku'])?.['name']) ?? '',
    provisioningState: text(properties['provisioningState']),
    roleAssignmentMode:
      properties['roleAssignmentMode'] === 'AbacRepositoryPermissions'
        ? 'AbacRepositoryPermissions'
        : 'LegacyRegistryPermissions',
    publicNetworkAccess: oneOf(properties['publicNetworkAccess'], ['Enabled', 'Disabled', 'SecuredByPerimeter']),
    networkDefaultAction: oneOf(networkRuleSet?.['defaultAction'], ['Allow', 'Deny']),
    networkRuleBypassOptions: oneOf(properties['networkRuleBypassOptions'], ['AzureServices', 'None']),
    ...(Array.isArray(subnets) ? { virtualNetworkRules: subnets.length } : {}),
    softDelete: softDelete === undefined ? undefined : softDelete === 'enabled',
    acceptsArmTokens: statusOf(policies, 'azureADAuthenticationAsArmPolicy') !== 'disabled',
  };
}

function statusOf(policies: Record<string, unknown> | undefined, policy: string): string | undefined {
  return text(record(policies?.[policy])?.['status'])?.toLowerCase();
}

function oneOf<T extends string>(value: unknown, known: readonly T[]): T | undefined {
  return known.find((candidate) => candidate === value);
}
