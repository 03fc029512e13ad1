import * as l10n from '@vscode/l10n';
import { deploymentTemplateSchema } from '../../azure/clouds.ts';
import { armIdName } from '../../domain/armId.ts';
import { formatRepositoryPattern } from '../../domain/repositoryPattern.ts';
import { preparationNote } from './azCommands.ts';
import type { ExportedLink, Grant, Rule, Section } from './exportedLink.ts';
import {
  apiVersions,
  identityDescriptions,
  identityParameters,
  registryParameters,
  type TemplateParameter,
  types,
} from './templateParameters.ts';
import { deployCommand, existingNote, overwritingNote, summary, wellFormed } from './text.ts';

type ArmResource = Readonly<Record<string, unknown>>;

interface ArmParameter {
  readonly type: 'string';
  readonly defaultValue?: string;
  readonly metadata: { readonly description: string };
}

/** A template, or what one section gives to it. */
interface ArmPart {
  readonly parameters?: Readonly<Record<string, ArmParameter>>;
  readonly variables?: Readonly<Record<string, string>>;
  readonly resources?: readonly ArmResource[];
  /** What a person has to know or do; templates have no other place for it than their description. */
  readonly notes?: readonly string[];
}

/** An ARM template as JSON. */
export function armJson(links: readonly [ExportedLink, ...ExportedLink[]]): string {
  const frame: ArmPart = {
    parameters: armParameters(registryParameters(links)),
    variables: { registryId: `[resourceId('${types.registry}', ${parameter('registryName')})]` },
    notes: [
      ...summary(links),
      deployCommand(links[0].downstream.id, 'azuredeploy.json'),
      existingNote(),
      overwritingNote(),
    ],
  };
  const parts = links.flatMap((link) => link.sections.map((section) => partOf(link, section)));
  return `${JSON.stringify(template([frame, ...parts]), null, 2)}\n`;
}

function template(parts: readonly ArmPart[]): ArmResource {
  const notes = parts.flatMap((part) => part.notes ?? []);
  return {
    $schema: deploymentTemplateSchema,
    contentVersion: '1.0.0.0',
    ...(notes.length > 0 && { metadata: { description: notes.join('\n') } }),
    parameters: merged(parts.map((part) => part.parameters)),
    variables: merged(parts.map((part) => part.variables)),
    resources: parts.flatMap((part) => part.resources ?? []),
  };
}

function merged<T>(records: readonly (Readonly<Record<string, T>> | undefined)[]): Record<string, T> {
  return Object.fromEntries(records.flatMap((record = {}) => Object.entries(record)));
}

function partOf(link: ExportedLink, section: Section): ArmPart {
  switch (section.kind) {
    case 'identity':
      return section.isFirst ? identity(link) : {};
    case 'grant':
      return { resources: [grant(link, section)] };
    case 'rule':
      return { resources: [rule(link, section)] };
    case 'abacMode':
    case 'keptAccess':
    case 'feature':
      return { notes: [preparationNote(link, section, 'bash')] };
  }
}

function identity(link: ExportedLink): ArmPart {
  const { identityId, create } = link.authentication;
  const symbol = link.symbols.identity;
  const place = link.isIdentityBeside ? [] : [`${symbol}SubscriptionId`, `${symbol}ResourceGroup`];
  const idArguments = [...place.map(parameter), `'${types.identity}'`, parameter(`${symbol}Name`)];
  const parameters = armParameters(identityParameters(link));
  const variables = { [`${symbol}Id`]: `[resourceId(${idArguments.join(', ')})]` };
  if (!create) return { parameters, variables };
  const resource = (name: string, location: string): ArmResource => ({
    type: types.identity,
    apiVersion: apiVersions.identity,
    name: `[${parameter(name)}]`,
    location: `[${parameter(location)}]`,
  });
  if (link.isIdentityBeside) {
    return { parameters, variables, resources: [resource(`${symbol}Name`, `${symbol}Location`)] };
  }
  const deployment = `format('${symbol}-{0}', uniqueString(variables('registryId')))`;
  const deploymentId = [...place.map(parameter), "'Microsoft.Resources/deployments'", deployment].join(', ');
  const about = identityDescriptions();
  return {
    parameters,
    variables: {
      ...variables,
      [`${symbol}DeploymentName`]: `[${deployment}]`,
      [`${symbol}DeploymentId`]: `[resourceId(${deploymentId})]`,
    },
    resources: [
      nestedDeployment({
        name: `[variables('${symbol}DeploymentName')]`,
        comments: l10n.t('Identity {0}', armIdName(identityId)),
        place: symbol,
        parameters: {
          name: [about.name, `[${parameter(`${symbol}Name`)}]`],
          location: [about.location, `[${parameter(`${symbol}Location`)}]`],
        },
        resource: resource('name', 'location'),
      }),
    ],
  };
}

function grant(link: ExportedLink, { symbol, role, condition, repository }: Grant): ArmResource {
  const { identity, upstream } = link.symbols;
  const type = repository === undefined ? types.registry : `${types.registry}/repositories`;
  const names = ['registryName', ...(repository === undefined ? [] : ['repositoryName'])].map(parameter);
  const scope = `resourceId('${type}', ${names.join(', ')})`;
  const roleId = parameter('roleId');
  return nestedDeployment({
    name: `[format('${symbol}-{0}', uniqueString(variables('registryId')))]`,
    comments: l10n.t(
      '{2} for {0} on {1}',
      armIdName(link.authentication.identityId),
      armIdName(link.source.id),
      role.name,
    ),
    place: upstream,
    dependsOn: identityDependencies(link),
    parameters: {
      registryName: [l10n.t('Name of the upstream registry.'), `[${parameter(`${upstream}Name`)}]`],
      repositoryName: [
        l10n.t('Repository in the registry to which access is given.'),
        repository && armText(repository),
      ],
      principalId: [
        l10n.t('Object (principal) ID of the managed identity.'),
        `[reference(variables('${identity}Id'), '${apiVersions.identity}').principalId]`,
      ],
      roleId: [l10n.t('GUID of the role definition.'), armText(role.id)],
      condition: [l10n.t('ABAC condition that says which repositories can be read.'), condition && armText(condition)],
    },
    resource: {
      type: types.roleAssignment,
      apiVersion: apiVersions.roleAssignment,
      scope: `[${scope}]`,
      name: `[guid(${scope}, ${parameter('principalId')}, ${roleId})]`,
      properties: {
        roleDefinitionId: `[subscriptionResourceId('Microsoft.Authorization/roleDefinitions', ${roleId})]`,
        principalId: `[${parameter('principalId')}]`,
        principalType: 'ServicePrincipal',
        ...(condition !== undefined && { condition: `[${parameter('condition')}]`, conditionVersion: '2.0' }),
      },
    },
  });
}

function rule(link: ExportedLink, { mapping }: Rule): ArmResource {
  const { identity, upstream } = link.symbols;
  const source = [parameter(`${upstream}LoginServer`), armLiteral(formatRepositoryPattern(mapping.source))];
  const dependsOn = identityDependencies(link);
  return {
    type: types.cacheRule,
    apiVersion: apiVersions.cacheRule,
    name: `[format('{0}/{1}', ${parameter('registryName')}, ${armLiteral(mapping.ruleName)})]`,
    ...(dependsOn.length > 0 && { dependsOn }),
    identity: { type: 'UserAssigned', userAssignedIdentities: { [`[variables('${identity}Id')]`]: {} } },
    properties: {
      sourceRepository: `[format('{0}/{1}', ${source.join(', ')})]`,
      targetRepository: armText(formatRepositoryPattern(mapping.target)),
    },
  };
}

/** What has to be there before the identity can be used. */
function identityDependencies({ authentication, symbols, isIdentityBeside }: ExportedLink): string[] {
  if (!authentication.create) return [];
  return [`[variables('${symbols.identity}${isIdentityBeside ? '' : 'Deployment'}Id')]`];
}

/** A nested deployment of one resource into a resource group that may be another one, with expressions of its own. */
function nestedDeployment(deployment: {
  readonly name: string;
  readonly comments: string;
  /** The parameters `…SubscriptionId` and `…ResourceGroup` say where. */
  readonly place: string;
  readonly dependsOn?: readonly string[];
  /** Description and value; one without a value is left out. */
  readonly parameters: Readonly<Record<string, readonly [description: string, value: string | undefined]>>;
  readonly resource: ArmResource;
}): ArmResource {
  const { name, comments, place, dependsOn = [], resource } = deployment;
  const given = Object.entries(deployment.parameters).filter(([, [, value]]) => value !== undefined);
  const declared = given.map(([key, [description]]): [string, ArmParameter] => [
    key,
    { type: 'string', metadata: { description } },
  ]);
  return {
    type: 'Microsoft.Resources/deployments',
    apiVersion: apiVersions.deployment,
    name,
    comments: armText(comments),
    subscriptionId: `[${parameter(`${place}SubscriptionId`)}]`,
    resourceGroup: `[${parameter(`${place}ResourceGroup`)}]`,
    ...(dependsOn.length > 0 && { dependsOn }),
    properties: {
      mode: 'Incremental',
      expressionEvaluationOptions: { scope: 'inner' },
      parameters: Object.fromEntries(given.map(([key, [, value]]) => [key, { value }])),
      template: template([{ parameters: Object.fromEntries(declared), resources: [resource] }]),
    },
  };
}

function armParameters(parameters: readonly TemplateParameter[]): Record<string, ArmParameter> {
  const entries = parameters.map(({ name, description, value }): [string, ArmParameter] => [
    name,
    { type: 'string', defaultValue: armText(value), metadata: { description: armText(description) } },
  ]);
  return Object.fromEntries(entries);
}

/** Any text as a value of a template: one that begins like an expression is given as an expression for that text. */
export function armText(text: string): string {
  const value = wellFormed(text);
  return value.startsWith('[') ? `[string(${armLiteral(value)})]` : value;
}

/** Any text as a string inside an expression. */
export function armLiteral(text: string): string {
  return `'${wellFormed(text).replaceAll("'", "''")}'`;
}

function parameter(name: string): string {
  return `parameters(${armLiteral(name)})`;
}
