import { property } from './context.ts';
import { RegistryError } from './errors.ts';
import type { RegistryContext, RegistryPlace } from './context.ts';

/** Everything reaches the sandbox from here. */
const clientAddress = '127.0.0.1';

/** Whether the registry's public endpoint is closed or takes only some addresses. */
export function isNetworkRestricted(context: RegistryPlace): boolean {
  const access = property(context, 'publicNetworkAccess');
  return (
    access === 'Disabled' ||
    access === 'SecuredByPerimeter' ||
    property(context, 'networkRuleSet', 'defaultAction') === 'Deny'
  );
}

/** "Allow trusted Microsoft services", on unless said otherwise. */
export function trustsServices(context: RegistryPlace): boolean {
  return property(context, 'networkRuleBypassOptions') !== 'None';
}

/**
 * Applies the registry's firewall. A client comes from loopback: let in when an `ipRules` entry names it, or by an approved
 * private endpoint. A cache rule's call is let in when trusted services are.
 * @throws RegistryError 403
 */
export function checkNetwork(context: RegistryContext, serviceCall: boolean): void {
  if (!isNetworkRestricted(context)) return;
  if (serviceCall ? trustsServices(context) : isClientLetIn(context)) return;
  throw new RegistryError(
    403,
    'DENIED',
    `client with IP '${clientAddress}' is not allowed access. Refer https://aka.ms/acr/firewall to grant access.`,
  );
}

function isClientLetIn(context: RegistryContext): boolean {
  if (hasPrivateEndpoint(context)) return true;
  if (property(context, 'publicNetworkAccess') === 'Disabled') return false;
  const rules = property(context, 'networkRuleSet', 'ipRules');
  if (!Array.isArray(rules)) return false;
  return rules.some((rule: unknown) => {
    const value = (rule as { readonly value?: unknown } | null)?.value;
    return value === clientAddress || value === `${clientAddress}/32` || value === '127.0.0.0/8';
  });
}

function hasPrivateEndpoint(context: RegistryContext): boolean {
  const connections = property(context, 'privateEndpointConnections');
  if (!Array.isArray(connections)) return false;
  return connections.some((connection: unknown) => JSON.stringify(connection).includes('"status":"Approved"'));
}
