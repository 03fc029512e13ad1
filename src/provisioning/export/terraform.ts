import * as l10n from '@vscode/l10n';
import { armIdSubscription } from '../../domain/armId.ts';
import type { CacheLink } from '../types.ts';
import { commentOf } from './comment.ts';
import type { ExportDocument } from './document.ts';
import { hclBlock, hclObject, quoteHcl, type HclEntry } from './hcl.ts';
import { upstreamSymbol } from './steps/names.ts';

/** azurerm's provider is bound to a subscription: each subscription with an identity has its own. */
function providerSymbol(link: CacheLink, document: ExportDocument): string {
  return document.symbol('subscription', armIdSubscription(link.authentication.identityId).toLowerCase());
}

/** The provider of a resource that belongs to the identity, unless it is the default one. */
export function providerOf(link: CacheLink, document: ExportDocument): HclEntry[] {
  const symbol = providerSymbol(link, document);
  return symbol === 'subscription' ? [] : [['provider', `azurerm.${symbol}`]];
}

/** Providers and the registries that are there already. `links` are of one downstream registry. */
export function terraformFrame(links: readonly [CacheLink, ...CacheLink[]], document: ExportDocument): string[] {
  const registries: HclEntry[] = [['registry_id', quoteHcl(links[0].downstream.id)]];
  const providers: string[] = [];
  for (const link of links) {
    const upstream = upstreamSymbol(link, document);
    if (document.first(`terraform ${upstream}`)) registries.push([`${upstream}_id`, quoteHcl(link.source.id)]);
    const symbol = providerSymbol(link, document);
    if (!document.first(`terraform ${symbol}`)) continue;
    providers.push(
      hclBlock('provider "azurerm"', [
        ...(symbol === 'subscription' ? [] : ([['alias', quoteHcl(symbol)]] satisfies HclEntry[])),
        ['subscription_id', quoteHcl(armIdSubscription(link.authentication.identityId))],
        'features {}',
      ]),
    );
  }
  return [
    hclBlock('terraform', [
      ['required_version', '">= 1.5"'],
      '',
      hclBlock('required_providers', [
        [
          'azapi',
          hclObject([
            ['source', '"Azure/azapi"'],
            ['version', '"~> 2.0"'],
          ]),
        ],
        [
          'azurerm',
          hclObject([
            ['source', '"hashicorp/azurerm"'],
            ['version', '"~> 4.0"'],
          ]),
        ],
      ]),
    ]),
    [
      commentOf(
        l10n.t('Outside public Azure set ARM_ENVIRONMENT (china, usgovernment) for both providers.'),
        'terraform',
      ),
      ...providers,
      'provider "azapi" {}',
    ]
      .join('\n\n')
      .replace('\n\n', '\n'),
    hclBlock('locals', registries),
  ];
}
