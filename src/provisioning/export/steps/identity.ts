import * as l10n from '@vscode/l10n';
import { armIdKey, armIdName, armIdResourceGroup, armIdSubscription } from '../../../domain/armId.ts';
import type { CacheLink, ExportLanguage } from '../../types.ts';
import { armParameter, armPart, armTemplate, nestedDeployment, parameter } from '../armTemplate.ts';
import { apiVersions } from '../apiVersions.ts';
import { bicepBlock, bicepParameter, quoteBicep } from '../bicep.ts';
import type { ExportDocument } from '../document.ts';
import { hclBlock, quoteHcl, type HclEntry } from '../hcl.ts';
import { assign, capture, command, quote, variable, type ShellLanguage } from '../quote.ts';
import { providerOf } from '../terraform.ts';
import { identitySymbol, isBesideDownstream } from './names.ts';

const type = 'Microsoft.ManagedIdentity/userAssignedIdentities';

/** The identity, created or taken as it is; a second link with the same identity refers to the first one's. */
export function exportIdentity(
  link: CacheLink,
  language: ExportLanguage,
  document: ExportDocument,
): string | undefined {
  const first = document.first(`identity ${armIdKey(link.authentication.identityId)}`);
  switch (language) {
    case 'bash':
    case 'powershell':
      return shell(link, language, first);
    case 'bicep':
      return first ? bicep(link, document) : undefined;
    case 'arm':
      return first ? arm(link, document) : undefined;
    case 'terraform':
      return first ? terraform(link, document) : undefined;
  }
}

function shell(link: CacheLink, language: ShellLanguage, first: boolean): string {
  const { identityId: id, create } = link.authentication;
  const q = (text: string): string => quote(text, language);
  const lines: string[] = [];
  if (create && first) {
    lines.push(
      command(
        ['az', 'identity', 'create'],
        [
          ['--name', q(armIdName(id))],
          ['--resource-group', q(armIdResourceGroup(id))],
          ['--subscription', q(armIdSubscription(id))],
          ['--location', q(create.location)],
        ],
        language,
      ),
    );
  }
  lines.push(assign('IDENTITY_RESOURCE_ID', q(id), language));
  const show = ['az', 'identity', 'show', '--ids', variable('IDENTITY_RESOURCE_ID')];
  lines.push(capture('IDENTITY_PRINCIPAL_ID', [...show, '--query', 'principalId', '-o', 'tsv'].join(' '), language));
  return lines.join('\n');
}

function descriptions() {
  return {
    name: l10n.t('Name of the user-assigned managed identity as which the cache rules read.'),
    location: l10n.t('Region of the managed identity.'),
    subscription: l10n.t('Subscription of the managed identity.'),
    group: l10n.t('Resource group of the managed identity.'),
  };
}

/** Bicep's files of one document; the module writes what is outside the document's own resource group. */
const identityModule = `targetScope = 'resourceGroup'

@description('Name of the user-assigned managed identity.')
param name string

@description('Region of the managed identity.')
param location string

resource identity '${type}@${apiVersions.identity}' = {
  name: name
  location: location
}

output principalId string = identity.properties.principalId
`;

function bicep(link: CacheLink, document: ExportDocument): string {
  const { identityId: id, create } = link.authentication;
  const symbol = identitySymbol(link, document);
  const about = descriptions();
  const parts = [bicepParameter(`${symbol}Name`, about.name, armIdName(id))];
  if (create) parts.push(bicepParameter(`${symbol}Location`, about.location, create.location));
  const what = `resource ${symbol} '${type}@${apiVersions.identity}'`;
  if (isBesideDownstream(link)) {
    return [
      ...parts,
      create
        ? bicepBlock(what, [`name: ${symbol}Name`, `location: ${symbol}Location`])
        : bicepBlock(`${what} existing`, [`name: ${symbol}Name`]),
    ].join('\n\n');
  }
  parts.push(
    bicepParameter(`${symbol}SubscriptionId`, about.subscription, armIdSubscription(id)),
    bicepParameter(`${symbol}ResourceGroup`, about.group, armIdResourceGroup(id)),
  );
  const scope = `scope: resourceGroup(${symbol}SubscriptionId, ${symbol}ResourceGroup)`;
  if (create) {
    const file = 'identity.bicep';
    document.files.set(file, identityModule);
    parts.push(
      bicepBlock(`module ${symbol}Deployment ${quoteBicep(file)}`, [
        `name: '${symbol}-\${uniqueString(registry.id)}'`,
        scope,
        'params: {',
        `  name: ${symbol}Name`,
        `  location: ${symbol}Location`,
        '}',
      ]),
    );
  }
  return [...parts, bicepBlock(`${what} existing`, [`name: ${symbol}Name`, scope])].join('\n\n');
}

function arm(link: CacheLink, document: ExportDocument): string {
  const { identityId: id, create } = link.authentication;
  const symbol = identitySymbol(link, document);
  const about = descriptions();
  const isBeside = isBesideDownstream(link);
  const parameters = {
    [`${symbol}Name`]: armParameter(about.name, armIdName(id)),
    ...(create && { [`${symbol}Location`]: armParameter(about.location, create.location) }),
    ...(!isBeside && {
      [`${symbol}SubscriptionId`]: armParameter(about.subscription, armIdSubscription(id)),
      [`${symbol}ResourceGroup`]: armParameter(about.group, armIdResourceGroup(id)),
    }),
  };
  const place = isBeside ? [] : [`${symbol}SubscriptionId`, `${symbol}ResourceGroup`].map(parameter);
  const idArguments = [...place, `'${type}'`, parameter(`${symbol}Name`)];
  const variables = { [`${symbol}Id`]: `[resourceId(${idArguments.join(', ')})]` };
  if (!create) return armPart({ parameters, variables });
  const resource = (name: string, location: string) => ({
    type,
    apiVersion: apiVersions.identity,
    name: `[${parameter(name)}]`,
    location: `[${parameter(location)}]`,
  });
  if (isBeside) {
    return armPart({ parameters, variables, resources: [resource(`${symbol}Name`, `${symbol}Location`)] });
  }
  return armPart({
    parameters,
    variables: { ...variables, ...deploymentVariables(symbol, place) },
    resources: [
      nestedDeployment({
        name: `[variables('${symbol}DeploymentName')]`,
        comments: l10n.t('Managed identity {0}', armIdName(id)),
        subscriptionId: `[${parameter(`${symbol}SubscriptionId`)}]`,
        resourceGroup: `[${parameter(`${symbol}ResourceGroup`)}]`,
        parameters: {
          name: `[${parameter(`${symbol}Name`)}]`,
          location: `[${parameter(`${symbol}Location`)}]`,
        },
        template: armTemplate([
          {
            parameters: {
              name: { type: 'string', metadata: { description: about.name } },
              location: { type: 'string', metadata: { description: about.location } },
            },
            resources: [resource('name', 'location')],
          },
        ]),
      }),
    ],
  });
}

function deploymentVariables(symbol: string, place: readonly string[]): Record<string, string> {
  const name = `format('${symbol}-{0}', uniqueString(variables('registryId')))`;
  return {
    [`${symbol}DeploymentName`]: `[${name}]`,
    [`${symbol}DeploymentId`]: `[resourceId(${place.join(', ')}, 'Microsoft.Resources/deployments', ${name})]`,
  };
}

/** What has to be there before the identity can be used, for `dependsOn`. */
export function armIdentityDependencies(link: CacheLink, document: ExportDocument): string[] {
  if (!link.authentication.create) return [];
  const symbol = identitySymbol(link, document);
  return [isBesideDownstream(link) ? `[variables('${symbol}Id')]` : `[variables('${symbol}DeploymentId')]`];
}

function terraform(link: CacheLink, document: ExportDocument): string {
  const { identityId: id, create } = link.authentication;
  const symbol = identitySymbol(link, document);
  const common: HclEntry[] = [
    ...providerOf(link, document),
    ['name', quoteHcl(armIdName(id))],
    ['resource_group_name', quoteHcl(armIdResourceGroup(id))],
  ];
  const label = `"azurerm_user_assigned_identity" "${symbol}"`;
  return create
    ? hclBlock(`resource ${label}`, [...common, ['location', quoteHcl(create.location)]])
    : hclBlock(`data ${label}`, common);
}

/** The identity in Terraform's expressions. */
export function terraformIdentity(link: CacheLink, document: ExportDocument): string {
  const reference = `azurerm_user_assigned_identity.${identitySymbol(link, document)}`;
  return link.authentication.create ? reference : `data.${reference}`;
}
