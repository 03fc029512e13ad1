import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { holds } from './whenClause.ts';

interface MenuItem {
  readonly command: string;
  readonly when: string;
}

const { contributes } = JSON.parse(
  readFileSync(path.join(import.meta.dirname, '../../../../package.json'), 'utf8'),
) as {
  contributes: { menus: { 'view/item/context': MenuItem[] } };
};

function commandsAt(view: string, viewItem: string, more: Readonly<Record<string, string>> = {}): string[] {
  return contributes.menus['view/item/context']
    .filter(({ when }) => !when.includes('acrCache.registries') && holds(when, { view, viewItem, ...more }))
    .map(({ command }) => command);
}

const ofRegistry = ['acrCache.setUpCache', 'acrCache.showCacheRules', 'acrCache.diagnoseRegistry'];
const ofRepository = ['acrCache.setUpRepositoryCache', 'acrCache.openRule', 'acrCache.verifyRule'];

describe('the menus of other extensions’ trees', () => {
  it.each([
    ['azureResourceGroups', 'azureResource;hasPortalUrl;hasProperties;ContainerRegistry'],
    ['azureFocusView', 'azureResource;hasPortalUrl;hasProperties;ContainerRegistry'],
    ['vscode-containers.views.registries', 'azure;azureContainerRegistry;commonregistry'],
  ])('offer set-up, rules and diagnosis on a registry (%s)', (view, viewItem) => {
    expect(commandsAt(view, viewItem)).toEqual(ofRegistry);
    expect(commandsAt(view, viewItem, { listMultiSelection: 'true' })).toEqual([]);
  });

  it.each(['azure;azureContainerRepository;commonrepository', 'azure;azureContainerTag;commontag'])(
    'offer set-up, the rule and the proof on what is in a registry (%s)',
    (viewItem) => {
      expect(commandsAt('vscode-containers.views.registries', viewItem)).toEqual(ofRepository);
    },
  );

  it('offer set-up on a subscription', () => {
    expect(commandsAt('azureResourceGroups', 'azureextensionui.azureSubscription')).toEqual(['acrCache.setUpCache']);
  });

  it.each([
    ['azureResourceGroups', 'azureResourceGroup;ContainerRegistry'],
    ['azureResourceGroups', 'azureResourceTypeGroup;ContainerRegistry'],
    ['azureResourceGroups', 'azureResourceType;ContainerRegistry'],
    ['azureResourceGroups', 'azureResource;hasPortalUrl;hasProperties;StorageAccounts'],
    ['vscode-containers.views.registries', 'dockerHubV2;commonrepository'],
    ['vscode-containers.views.registries', 'dockerHubV2;commonregistry'],
    ['elsewhere', 'azureResource;hasPortalUrl;hasProperties;ContainerRegistry'],
    ['elsewhere', 'azure;azureContainerRegistry;commonregistry'],
  ])('offer nothing on anything else (%s, %s)', (view, viewItem) => {
    expect(commandsAt(view, viewItem)).toEqual([]);
  });
});
