import * as l10n from '@vscode/l10n';
import { armIdName, armIdResourceGroup, armIdSubscription } from '../../domain/armId.ts';
import { firstRuleIdentityVersion } from '../../domain/ruleVersions.ts';
import type { ExportedLink } from './exportedLink.ts';

/** Api-versions that the templates name. The rule's is one whose cache rules are known to have an identity. */
export const apiVersions = {
  registry: '2025-11-01',
  cacheRule: firstRuleIdentityVersion,
  identity: '2024-11-30',
  roleAssignment: '2022-04-01',
  deployment: '2022-09-01',
} as const;

export const types = {
  registry: 'Microsoft.ContainerRegistry/registries',
  cacheRule: 'Microsoft.ContainerRegistry/registries/cacheRules',
  identity: 'Microsoft.ManagedIdentity/userAssignedIdentities',
  roleAssignment: 'Microsoft.Authorization/roleAssignments',
} as const;

/** A parameter of a template, whose default is what the link says. */
export interface TemplateParameter {
  readonly name: string;
  readonly description: string;
  readonly value: string;
}

/** The registries, which are there already. */
export function registryParameters(links: readonly [ExportedLink, ...ExportedLink[]]): TemplateParameter[] {
  const downstream = l10n.t('Name of the downstream registry, which caches, in the resource group of this deployment.');
  return [
    parameter('registryName', downstream, armIdName(links[0].downstream.id)),
    ...firstOf('upstream', links).flatMap(({ symbols: { upstream }, source: { id, loginServer } }) => [
      parameter(`${upstream}Name`, l10n.t('Name of the upstream registry.'), armIdName(id)),
      parameter(`${upstream}LoginServer`, l10n.t('Login server of the upstream registry.'), loginServer),
      parameter(`${upstream}SubscriptionId`, l10n.t('Subscription of the upstream registry.'), armIdSubscription(id)),
      parameter(`${upstream}ResourceGroup`, l10n.t('Resource group of the upstream registry.'), armIdResourceGroup(id)),
    ]),
  ];
}

function parameter(name: string, description: string, value: string): TemplateParameter {
  return { name, description, value };
}

/** The first link of each thing of the kind, in their order. */
export function firstOf(kind: keyof ExportedLink['symbols'], links: readonly ExportedLink[]): ExportedLink[] {
  const first = new Map<string, ExportedLink>();
  for (const link of links) if (!first.has(link.symbols[kind])) first.set(link.symbols[kind], link);
  return [...first.values()];
}

export function identityDescriptions() {
  return {
    name: l10n.t('Name of the user-assigned managed identity that the cache rules use.'),
    location: l10n.t('Region of the managed identity.'),
  };
}

/** The link's identity; its region only where it is made, its place only where that is another resource group. */
export function identityParameters(link: ExportedLink): TemplateParameter[] {
  const { identityId: id, create } = link.authentication;
  const symbol = link.symbols.identity;
  const { name, location } = identityDescriptions();
  const place = [
    parameter(`${symbol}SubscriptionId`, l10n.t('Subscription of the managed identity.'), armIdSubscription(id)),
    parameter(`${symbol}ResourceGroup`, l10n.t('Resource group of the managed identity.'), armIdResourceGroup(id)),
  ];
  return [
    parameter(`${symbol}Name`, name, armIdName(id)),
    ...(create ? [parameter(`${symbol}Location`, location, create.location)] : []),
    ...(link.isIdentityBeside ? [] : place),
  ];
}
