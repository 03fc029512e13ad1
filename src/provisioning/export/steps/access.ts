import * as l10n from '@vscode/l10n';
import { generateCondition } from '../../../domain/condition/abacCondition.ts';
import { armIdName } from '../../../domain/armId.ts';
import { formatRepositoryPattern } from '../../../domain/repositoryPattern.ts';
import { roles, type Role } from '../../../domain/roles.ts';
import type { CacheLink, ExportLanguage, RepositoryMapping } from '../../types.ts';
import { apiVersions } from '../apiVersions.ts';
import { armPart, armTemplate, armText, nestedDeployment, parameter, type ArmParameter } from '../armTemplate.ts';
import { bicepBlock, quoteBicep } from '../bicep.ts';
import { commentOf } from '../comment.ts';
import type { ExportDocument } from '../document.ts';
import { hclBlock, quoteHcl, type HclEntry } from '../hcl.ts';
import { command, quote, variable, type ShellLanguage } from '../quote.ts';
import { armIdentityDependencies, terraformIdentity } from './identity.ts';
import { identitySymbol, isBesideDownstream, upstreamSymbol } from './names.ts';

/** What is assigned: a role at the upstream registry, or, in the article's form, at one repository of it. */
interface Grant {
  readonly link: CacheLink;
  readonly role: Pick<Role, 'id' | 'name'>;
  readonly condition?: string;
  readonly repository?: string;
}

/** The role assignment at the registry, with the condition that the link's access form asks for. */
export function exportRegistryAccess(
  link: CacheLink,
  role: Pick<Role, 'id' | 'name'>,
  language: ExportLanguage,
  document: ExportDocument,
): string {
  const sources = link.mappings.map((mapping) => mapping.source);
  const condition = link.access === 'condition' ? generateCondition(sources)?.replace(/\s+/g, ' ') : undefined;
  return exportGrant({ link, role, ...(condition !== undefined && { condition }) }, language, document);
}

/** The role assignment at `{registryId}/repositories/{name}`. */
export function exportRepositoryAccess(
  link: CacheLink,
  mapping: RepositoryMapping,
  role: Pick<Role, 'id' | 'name'>,
  language: ExportLanguage,
  document: ExportDocument,
): string {
  return exportGrant({ link, role, repository: formatRepositoryPattern(mapping.source) }, language, document);
}

function exportGrant(grant: Grant, language: ExportLanguage, document: ExportDocument): string {
  switch (language) {
    case 'bash':
    case 'powershell':
      return shell(grant, language);
    case 'bicep':
      return bicep(grant, document);
    case 'arm':
      return arm(grant, document);
    case 'terraform':
      return terraform(grant, document);
  }
}

function accessSymbol({ link, repository }: Grant, document: ExportDocument): string {
  const [identity, upstream] = [identitySymbol(link, document), upstreamSymbol(link, document)];
  return document.symbol('upstreamAccess', [identity, upstream, link.access, repository ?? ''].join('/'));
}

function shell({ link, role, condition, repository }: Grant, language: ShellLanguage): string {
  const create = command(
    ['az', 'role', 'assignment', 'create'],
    [
      ['--role', quote(role.name, language)],
      // Not --assignee: it looks the identity up in the directory, which does not know a new one at once.
      ['--assignee-object-id', variable('IDENTITY_PRINCIPAL_ID')],
      ['--assignee-principal-type', 'ServicePrincipal'],
      [
        '--scope',
        repository === undefined
          ? variable('UPSTREAM_ID')
          : quote(`${link.source.id}/repositories/${repository}`, language),
      ],
      ...(condition === undefined
        ? []
        : [
            ['--condition', quote(condition, language)],
            ['--condition-version', '2.0'],
          ]),
    ],
    language,
  );
  const isOnePerScope = repository === undefined && role.id !== roles.acrPull.id;
  return isOnePerScope ? `${commentOf(existingAssignment(link), language)}\n${create}` : create;
}

/** Azure has one assignment per identity, role and scope, and `create` leaves one that exists as it is. */
function existingAssignment(link: CacheLink): string {
  return l10n.t(
    'If {0} already has this role on {1}, the next command does not change its condition. Then write the whole condition, what it allows now included, with: az role assignment update --role-assignment',
    armIdName(link.authentication.identityId),
    armIdName(link.source.id),
  );
}

/** Bicep: a module, since the upstream registry may be in another resource group or subscription. */
function accessModule(atRepository: boolean): string {
  const registry = 'Microsoft.ContainerRegistry/registries';
  return `targetScope = 'resourceGroup'

@description('Name of the upstream registry.')
param registryName string
${atRepository ? "\n@description('The repository of the registry to which access is given.')\nparam repositoryName string\n" : ''}
@description('Object (principal) id of the managed identity.')
param principalId string

@description('GUID of the role definition.')
param roleId string
${atRepository ? '' : "\n@description('ABAC condition, version 2.0, that says which repositories may be read; empty: all.')\nparam condition string = ''\n"}
resource registry '${registry}@${apiVersions.registry}' existing = {
  name: registryName
}
${
  atRepository
    ? `
// The form of Microsoft's ACR-to-ACR article. There is no resource type of this name: Bicep warns that it has no types for it.
resource repository '${registry}/repositories@${apiVersions.registry}' existing = {
  parent: registry
  name: repositoryName
}
`
    : ''
}
resource assignment 'Microsoft.Authorization/roleAssignments@${apiVersions.roleAssignment}' = {
  name: guid(${atRepository ? 'repository' : 'registry'}.id, principalId, roleId)
  scope: ${atRepository ? 'repository' : 'registry'}
  properties: {
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roleId)
    principalId: principalId
    principalType: 'ServicePrincipal'
${atRepository ? '' : "    condition: empty(condition) ? null : condition\n    conditionVersion: empty(condition) ? null : '2.0'\n"}  }
}
`;
}

function bicep(grant: Grant, document: ExportDocument): string {
  const { link, role, condition, repository } = grant;
  const atRepository = repository !== undefined;
  const file = atRepository ? 'upstream-repository-access.bicep' : 'upstream-access.bicep';
  document.files.set(file, accessModule(atRepository));
  const [identity, upstream] = [identitySymbol(link, document), upstreamSymbol(link, document)];
  const symbol = accessSymbol(grant, document);
  const isModule = link.authentication.create !== undefined && !isBesideDownstream(link);
  return bicepBlock(`module ${symbol} ${quoteBicep(file)}`, [
    `name: '${symbol}-\${uniqueString(registry.id)}'`,
    `scope: resourceGroup(${upstream}SubscriptionId, ${upstream}ResourceGroup)`,
    'params: {',
    `  registryName: ${upstream}Name`,
    ...(atRepository ? [`  repositoryName: ${quoteBicep(repository)}`] : []),
    `  principalId: ${isModule ? `${identity}Deployment.outputs.principalId` : `${identity}.properties.principalId`}`,
    `  roleId: ${quoteBicep(role.id)} // ${role.name}`,
    ...(condition === undefined ? [] : [`  condition: ${quoteBicep(condition)}`]),
    '}',
  ]);
}

function arm(grant: Grant, document: ExportDocument): string {
  const { link, role, condition, repository } = grant;
  const [identity, upstream] = [identitySymbol(link, document), upstreamSymbol(link, document)];
  const symbol = accessSymbol(grant, document);
  const inner = (description: string): ArmParameter => ({ type: 'string', metadata: { description } });
  const type = repository === undefined ? '' : '/repositories';
  const names = ['registryName', ...(repository === undefined ? [] : ['repositoryName'])].map(parameter);
  const scope = `resourceId('Microsoft.ContainerRegistry/registries${type}', ${names.join(', ')})`;
  return armPart({
    resources: [
      nestedDeployment({
        name: `[format('${symbol}-{0}', uniqueString(variables('registryId')))]`,
        comments: l10n.t(
          'Permission of {0} on {1}: {2}',
          armIdName(link.authentication.identityId),
          armIdName(link.source.id),
          role.name,
        ),
        subscriptionId: `[${parameter(`${upstream}SubscriptionId`)}]`,
        resourceGroup: `[${parameter(`${upstream}ResourceGroup`)}]`,
        dependsOn: armIdentityDependencies(link, document),
        parameters: {
          registryName: `[${parameter(`${upstream}Name`)}]`,
          ...(repository !== undefined && { repositoryName: armText(repository) }),
          principalId: `[reference(variables('${identity}Id'), '${apiVersions.identity}').principalId]`,
          roleId: armText(role.id),
          ...(condition !== undefined && { condition: armText(condition) }),
        },
        template: armTemplate([
          {
            parameters: {
              registryName: inner(l10n.t('Name of the upstream registry.')),
              ...(repository !== undefined && {
                repositoryName: inner(l10n.t('The repository of the registry to which access is given.')),
              }),
              principalId: inner(l10n.t('Object (principal) id of the managed identity.')),
              roleId: inner(l10n.t('GUID of the role definition.')),
              ...(condition !== undefined && {
                condition: inner(l10n.t('ABAC condition that says which repositories may be read.')),
              }),
            },
            resources: [
              {
                type: 'Microsoft.Authorization/roleAssignments',
                apiVersion: apiVersions.roleAssignment,
                scope: `[${scope}]`,
                name: `[guid(${scope}, ${parameter('principalId')}, ${parameter('roleId')})]`,
                properties: {
                  roleDefinitionId: `[subscriptionResourceId('Microsoft.Authorization/roleDefinitions', ${parameter('roleId')})]`,
                  principalId: `[${parameter('principalId')}]`,
                  principalType: 'ServicePrincipal',
                  ...(condition !== undefined && {
                    condition: `[${parameter('condition')}]`,
                    conditionVersion: '2.0',
                  }),
                },
              },
            ],
          },
        ]),
      }),
    ],
  });
}

function terraform(grant: Grant, document: ExportDocument): string {
  const { link, role, condition, repository } = grant;
  const upstream = `local.${upstreamSymbol(link, document)}_id`;
  const entries: HclEntry[] = [
    [
      'scope',
      repository === undefined ? upstream : `join("/", [${upstream}, "repositories", ${quoteHcl(repository)}])`,
    ],
    ['role_definition_name', quoteHcl(role.name)],
    ['principal_id', `${terraformIdentity(link, document)}.principal_id`],
    ['principal_type', '"ServicePrincipal"'],
    ...(condition === undefined
      ? []
      : ([
          ['condition', quoteHcl(condition)],
          ['condition_version', '"2.0"'],
        ] satisfies HclEntry[])),
  ];
  return hclBlock(`resource "azurerm_role_assignment" "${accessSymbol(grant, document)}"`, entries);
}
