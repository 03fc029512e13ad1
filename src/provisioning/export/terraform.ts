import * as l10n from '@vscode/l10n';
import { armIdName, armIdResourceGroup, armIdSubscription } from '../../domain/armId.ts';
import { formatRepositoryPattern, formatSourceRepository } from '../../domain/repositoryPattern.ts';
import { preparationNote } from './azCommands.ts';
import type { ExportedLink, Grant, KeptRole, Rule, Section } from './exportedLink.ts';
import { HclBlock, hclBlock, quoteHcl } from './hcl.ts';
import { apiVersions, firstOf, types } from './templateParameters.ts';
import { about, commentOf, existingNote, expression, joinSections } from './text.ts';

/** Identity and roles by azurerm, the rules and the switch by azapi, which has their api-versions. */
export function terraformText(links: readonly [ExportedLink, ...ExportedLink[]]): string {
  return joinSections([
    about(links, 'terraform', [existingNote(), importNote()]),
    requirements,
    providers(links),
    hclBlock('locals', {
      registry_id: links[0].downstream.id,
      ...Object.fromEntries(firstOf('upstream', links).map((link) => [`${link.symbols.upstream}_id`, link.source.id])),
    }),
    ...links.flatMap((link) =>
      link.sections.flatMap((section) => {
        const code = codeOf(link, section);
        return code === undefined ? [] : [`${commentOf(section.title, 'terraform')}\n${code}`];
      }),
    ),
  ]);
}

/** azapi looks before it makes a resource (azapi_resource, ImportAsExistsError). */
function importNote(): string {
  return l10n.t('A cache rule of the same name is not overwritten: Terraform stops and asks you to import it.');
}

const requirements = hclBlock('terraform', {
  required_version: '>= 1.5',
  required_providers: new HclBlock({
    azapi: { source: 'Azure/azapi', version: '~> 2.0' },
    azurerm: { source: 'hashicorp/azurerm', version: '~> 4.0' },
  }),
});

/** One of azurerm for each subscription with an identity: it is bound to a subscription. */
function providers(links: readonly ExportedLink[]): string {
  const comment = l10n.t('Outside public Azure, set ARM_ENVIRONMENT (china, usgovernment) for both providers.');
  const azurerm = firstOf('subscription', links).map(({ symbols: { subscription }, authentication }) =>
    hclBlock('provider "azurerm"', {
      ...(isDefault(subscription) ? {} : { alias: subscription }),
      subscription_id: armIdSubscription(authentication.identityId),
      features: new HclBlock({}),
    }),
  );
  return `${commentOf(comment, 'terraform')}\n${[...azurerm, 'provider "azapi" {}'].join('\n\n')}`;
}

function isDefault(subscription: string): boolean {
  return subscription === 'subscription';
}

function codeOf(link: ExportedLink, section: Section): string | undefined {
  switch (section.kind) {
    case 'identity':
      return section.isFirst ? identity(link) : undefined;
    case 'grant':
      return grant(link, section);
    case 'rule':
      return rule(link, section);
    case 'keptAccess':
      return keptAccess(link, section);
    case 'abacMode':
    case 'feature':
      return section.kind === 'abacMode' && link.allowAbacSwitch
        ? abacMode(link)
        : commentOf(preparationNote(link, section, 'bash'), 'terraform');
  }
}

function identity({ authentication, symbols }: ExportedLink): string {
  const { identityId: id, create } = authentication;
  return hclBlock(`${create ? 'resource' : 'data'} "azurerm_user_assigned_identity" "${symbols.identity}"`, {
    ...(isDefault(symbols.subscription) ? {} : { provider: expression(`azurerm.${symbols.subscription}`) }),
    name: armIdName(id),
    resource_group_name: armIdResourceGroup(id),
    ...(create && { location: create.location }),
  });
}

/** The identity in expressions. */
function identityOf({ authentication, symbols }: ExportedLink): string {
  return `${authentication.create ? '' : 'data.'}azurerm_user_assigned_identity.${symbols.identity}`;
}

function grant(link: ExportedLink, { symbol, role, condition, repository }: Grant): string {
  const upstream = upstreamId(link);
  return hclBlock(`resource "azurerm_role_assignment" "${symbol}"`, {
    scope: expression(
      repository === undefined ? upstream : `join("/", [${upstream}, "repositories", ${quoteHcl(repository)}])`,
    ),
    role_definition_name: role.name,
    principal_id: expression(`${identityOf(link)}.principal_id`),
    principal_type: 'ServicePrincipal',
    ...(condition !== undefined && { condition, condition_version: '2.0' }),
  });
}

function keptAccess(link: ExportedLink, { symbol, role, principalId, principalType }: KeptRole): string {
  return hclBlock(`resource "azurerm_role_assignment" "${symbol}"`, {
    scope: expression(upstreamId(link)),
    role_definition_name: role.name,
    principal_id: principalId,
    principal_type: principalType,
  });
}

function abacMode(link: ExportedLink): string {
  const kept = link.sections.flatMap((section) =>
    section.kind === 'keptAccess' ? [`azurerm_role_assignment.${section.symbol}`] : [],
  );
  return hclBlock(`resource "azapi_update_resource" "${link.symbols.upstream}"`, {
    type: `${types.registry}@${apiVersions.registry}`,
    resource_id: expression(upstreamId(link)),
    body: { properties: { roleAssignmentMode: 'AbacRepositoryPermissions' } },
    // Terraform would do both at the same time.
    ...(kept.length > 0 && { depends_on: expression(`[${kept.join(', ')}]`) }),
  });
}

function rule(link: ExportedLink, { symbol, mapping }: Rule): string {
  return hclBlock(`resource "azapi_resource" "${symbol}"`, {
    type: `${types.cacheRule}@${apiVersions.cacheRule}`,
    parent_id: expression('local.registry_id'),
    name: mapping.ruleName,
    identity: new HclBlock({ type: 'UserAssigned', identity_ids: expression(`[${identityOf(link)}.id]`) }),
    body: {
      properties: {
        sourceRepository: formatSourceRepository({
          loginServer: link.source.loginServer,
          pattern: mapping.source,
        }),
        targetRepository: formatRepositoryPattern(mapping.target),
      },
    },
  });
}

function upstreamId({ symbols }: ExportedLink): string {
  return `local.${symbols.upstream}_id`;
}
