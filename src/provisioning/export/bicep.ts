import * as l10n from '@vscode/l10n';
import { formatRepositoryPattern } from '../../domain/repositoryPattern.ts';
import { preparationNote } from './azCommands.ts';
import { bicepDeclaration, type BicepObject, bicepParameter, escapeBicep, quoteBicep } from './bicepPrinter.ts';
import type { ExportedLink, Grant, Rule, Section } from './exportedLink.ts';
import { apiVersions, identityParameters, registryParameters, types } from './templateParameters.ts';
import {
  about,
  commentOf,
  deployCommand,
  type ExportedFiles,
  existingNote,
  expression,
  joinSections,
  overwritingNote,
} from './text.ts';

/** `main.bicep` and its modules: Bicep writes into another resource group only by a module, which is a file of its own. */
export function bicepFiles(links: readonly [ExportedLink, ...ExportedLink[]]): ExportedFiles {
  const modules = new Map<string, string>();
  const code = [
    groupScope,
    ...registryParameters(links).map(({ name, description, value }) => bicepParameter(name, description, value)),
    existing('registry', types.registry, apiVersions.cacheRule, { name: expression('registryName') }),
    ...links.flatMap((link) =>
      link.sections.flatMap((section) => {
        const part = codeOf(link, section, modules);
        return part === undefined ? [] : [`${commentOf(section.title, 'bicep')}\n${part}`];
      }),
    ),
  ];
  const header = about(links, 'bicep', [
    l10n.t('Deploy it with its modules, which are files in the same folder:'),
    deployCommand(links[0].downstream.id, 'main.bicep'),
    existingNote(),
    overwritingNote(),
  ]);
  return [
    { name: 'main.bicep', text: joinSections([header, ...code]) },
    ...[...modules].map(([name, text]) => ({ name, text })),
  ];
}

/** @param modules the files that the section refers to are added */
function codeOf(link: ExportedLink, section: Section, modules: Map<string, string>): string | undefined {
  switch (section.kind) {
    case 'identity':
      return section.isFirst ? identity(link, modules) : undefined;
    case 'grant':
      return grant(link, section, modules);
    case 'rule':
      return rule(link, section);
    case 'abacMode':
    case 'keptAccess':
    case 'feature':
      // A template writes a registry whole or not at all: the switch of an existing one stays a command.
      return commentOf(preparationNote(link, section, 'bash'), 'bicep');
  }
}

const groupScope = "targetScope = 'resourceGroup'";

function identity(link: ExportedLink, modules: Map<string, string>): string {
  const { create } = link.authentication;
  const symbol = link.symbols.identity;
  const name = expression(`${symbol}Name`);
  const location = expression(`${symbol}Location`);
  const scope = groupOf(symbol);
  const isModule = isMadeByModule(link);
  if (isModule) modules.set('identity.bicep', identityModule());
  return [
    ...identityParameters(link).map((one) => bicepParameter(one.name, one.description, one.value)),
    ...(isModule ? [moduleOf(`${symbol}Deployment`, symbol, 'identity.bicep', symbol, { name, location })] : []),
    create && !isModule
      ? resource(symbol, types.identity, apiVersions.identity, { name, location })
      : existing(symbol, types.identity, apiVersions.identity, { name, ...(!link.isIdentityBeside && { scope }) }),
  ].join('\n\n');
}

/** An identity in another resource group is made by a module. */
function isMadeByModule({ authentication, isIdentityBeside }: ExportedLink): boolean {
  return authentication.create !== undefined && !isIdentityBeside;
}

function identityModule(): string {
  return joinSections([
    groupScope,
    bicepParameter('name', 'Name of the user-assigned managed identity.'),
    bicepParameter('location', 'Region of the managed identity.'),
    resource('identity', types.identity, apiVersions.identity, {
      name: expression('name'),
      location: expression('location'),
    }),
    'output principalId string = identity.properties.principalId',
  ]);
}

function grant(
  link: ExportedLink,
  { symbol, role, condition, repository }: Grant,
  modules: Map<string, string>,
): string {
  const { identity, upstream } = link.symbols;
  const file = repository === undefined ? 'upstream-access.bicep' : 'upstream-repository-access.bicep';
  modules.set(file, accessModule(repository !== undefined));
  return moduleOf(symbol, symbol, file, upstream, {
    registryName: expression(`${upstream}Name`),
    ...(repository !== undefined && { repositoryName: repository }),
    principalId: expression(
      isMadeByModule(link) ? `${identity}Deployment.outputs.principalId` : `${identity}.properties.principalId`,
    ),
    roleId: expression(`${quoteBicep(role.id)} // ${role.name}`),
    ...(condition !== undefined && { condition }),
  });
}

/** A module, since the upstream registry may be in another resource group or subscription. */
function accessModule(atRepository: boolean): string {
  const scope = atRepository ? 'repository' : 'registry';
  const whenGiven = (value: string) => expression(`empty(condition) ? null : ${value}`);
  return joinSections([
    groupScope,
    bicepParameter('registryName', 'Name of the upstream registry.'),
    ...(atRepository ? [bicepParameter('repositoryName', 'Repository in the registry to which access is given.')] : []),
    bicepParameter('principalId', 'Object (principal) ID of the managed identity.'),
    bicepParameter('roleId', 'GUID of the role definition.'),
    ...(atRepository
      ? []
      : [
          bicepParameter(
            'condition',
            'ABAC condition, version 2.0, that says which repositories may be read; empty: all.',
            '',
          ),
        ]),
    existing('registry', types.registry, apiVersions.registry, { name: expression('registryName') }),
    ...(atRepository
      ? [
          `// The form of Microsoft's ACR-to-ACR article. There is no resource type of this name: Bicep warns that it has no types for it.\n${existing(
            'repository',
            `${types.registry}/repositories`,
            apiVersions.registry,
            { parent: expression('registry'), name: expression('repositoryName') },
          )}`,
        ]
      : []),
    resource('assignment', types.roleAssignment, apiVersions.roleAssignment, {
      name: expression(`guid(${scope}.id, principalId, roleId)`),
      scope: expression(scope),
      properties: {
        roleDefinitionId: expression("subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roleId)"),
        principalId: expression('principalId'),
        principalType: 'ServicePrincipal',
        ...(!atRepository && { condition: whenGiven('condition'), conditionVersion: whenGiven("'2.0'") }),
      },
    }),
  ]);
}

function rule(link: ExportedLink, { symbol, mapping }: Rule): string {
  const { identity, upstream } = link.symbols;
  const source = escapeBicep(formatRepositoryPattern(mapping.source));
  return resource(symbol, types.cacheRule, apiVersions.cacheRule, {
    parent: expression('registry'),
    name: mapping.ruleName,
    identity: { type: 'UserAssigned', userAssignedIdentities: { [`'\${${identity}.id}'`]: {} } },
    properties: {
      sourceRepository: expression(`'\${${upstream}LoginServer}/${source}'`),
      targetRepository: formatRepositoryPattern(mapping.target),
    },
    // A reference to an `existing` resource waits for nothing.
    ...(isMadeByModule(link) && { dependsOn: [expression(`${identity}Deployment`)] }),
  });
}

function resource(symbol: string, type: string, version: string, body: BicepObject): string {
  return bicepDeclaration(`resource ${symbol} '${type}@${version}'`, body);
}

function existing(symbol: string, type: string, version: string, body: BicepObject): string {
  return bicepDeclaration(`resource ${symbol} '${type}@${version}' existing`, body);
}

/** A module in the resource group of `place`. `name`: of the deployment that it becomes. */
function moduleOf(symbol: string, name: string, file: string, place: string, params: BicepObject): string {
  return bicepDeclaration(`module ${symbol} ${quoteBicep(file)}`, {
    name: expression(`'${name}-\${uniqueString(registry.id)}'`),
    scope: groupOf(place),
    params,
  });
}

function groupOf(place: string): BicepObject[string] {
  return expression(`resourceGroup(${place}SubscriptionId, ${place}ResourceGroup)`);
}
