import * as l10n from '@vscode/l10n';
import { armIdName, armIdResourceGroup, armIdSubscription } from '../../domain/armId.ts';
import type { CacheLink } from '../types.ts';
import { apiVersions } from './apiVersions.ts';
import { armParameter, parameter, type ArmPart } from './armTemplate.ts';
import { bicepBlock, bicepParameter } from './bicep.ts';
import type { ExportDocument } from './document.ts';
import { quoteBash } from './quote.ts';
import { upstreamSymbol } from './steps/names.ts';

/** How to deploy a template to the resource group of the downstream registry. */
export function deployCommand(link: CacheLink, file: string): string {
  const place = [
    ['--subscription', armIdSubscription(link.downstream.id)],
    ['--resource-group', armIdResourceGroup(link.downstream.id)],
  ];
  return [
    'az deployment group create',
    ...place.map(([name = '', value = '']) => `${name} ${quoteBash(value)}`),
    `--template-file ${file}`,
  ].join(' ');
}

interface Parameter {
  readonly name: string;
  readonly description: string;
  readonly value: string;
}

/** The registries that are there already, as parameters. */
function parametersOf(links: readonly [CacheLink, ...CacheLink[]], document: ExportDocument): Parameter[] {
  const upstreams = links.flatMap((link): Parameter[] => {
    const symbol = upstreamSymbol(link, document);
    if (!document.first(`parameters ${symbol}`)) return [];
    const { id, loginServer } = link.source;
    return [
      { name: `${symbol}Name`, description: l10n.t('Name of the upstream registry.'), value: armIdName(id) },
      {
        name: `${symbol}LoginServer`,
        description: l10n.t('Login server of the upstream registry.'),
        value: loginServer,
      },
      {
        name: `${symbol}SubscriptionId`,
        description: l10n.t('Subscription of the upstream registry.'),
        value: armIdSubscription(id),
      },
      {
        name: `${symbol}ResourceGroup`,
        description: l10n.t('Resource group of the upstream registry.'),
        value: armIdResourceGroup(id),
      },
    ];
  });
  return [
    {
      name: 'registryName',
      description: l10n.t('Name of the registry that caches (downstream), in the resource group this is deployed to.'),
      value: armIdName(links[0].downstream.id),
    },
    ...upstreams,
  ];
}

const registryType = 'Microsoft.ContainerRegistry/registries';

export function bicepFrame(links: readonly [CacheLink, ...CacheLink[]], document: ExportDocument): string[] {
  return [
    "targetScope = 'resourceGroup'",
    ...parametersOf(links, document).map(({ name, description, value }) => bicepParameter(name, description, value)),
    bicepBlock(`resource registry '${registryType}@${apiVersions.cacheRule}' existing`, ['name: registryName']),
  ];
}

export function armFrame(links: readonly [CacheLink, ...CacheLink[]], document: ExportDocument): ArmPart {
  return {
    parameters: Object.fromEntries(
      parametersOf(links, document).map(({ name, description, value }) => [name, armParameter(description, value)]),
    ),
    variables: { registryId: `[resourceId('${registryType}', ${parameter('registryName')})]` },
  };
}
