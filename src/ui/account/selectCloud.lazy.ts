import * as vscode from 'vscode';
import { icon } from '../shared/icon.ts';
import { chooseRow } from '../pages/chooseRow.ts';
import type { Row } from '../pages/quickInput.ts';
import { CustomCloudConfigurationSection, openCloudSettings, userValue } from './cloudSettings.lazy.ts';

type KnownCloud = 'AzureCloud' | 'ChinaCloud' | 'USGovernment';

type CloudChoice = KnownCloud | 'custom' | 'settings';

/** Lets the user choose the cloud; stored in the user's `microsoft-sovereign-cloud` settings, which all Azure extensions share. */
export async function selectCloud(): Promise<void> {
  const current = userValue('environment') || 'AzureCloud';
  const custom = userValue('customEnvironment') as { readonly name?: unknown } | null | undefined;
  const mark = (cloud: string) => (cloud === current ? vscode.l10n.t('current') : '');
  const cloud = icon('cloud');
  const rows: Row<CloudChoice>[] = [
    { iconPath: cloud, label: vscode.l10n.t('Azure'), description: mark('AzureCloud'), value: 'AzureCloud' },
    { iconPath: cloud, label: vscode.l10n.t('Azure China'), description: mark('ChinaCloud'), value: 'ChinaCloud' },
    {
      iconPath: cloud,
      label: vscode.l10n.t('Azure US Government'),
      description: mark('USGovernment'),
      value: 'USGovernment',
    },
    ...(custom
      ? [
          {
            iconPath: cloud,
            label: vscode.l10n.t('Custom: {0}', typeof custom.name === 'string' ? custom.name : '?'),
            description: mark('custom'),
            value: 'custom' as const,
          },
        ]
      : []),
    {
      iconPath: icon('gear'),
      label: vscode.l10n.t('Configure a Custom Cloud…'),
      description: vscode.l10n.t('opens the settings'),
      value: 'settings',
    },
  ];
  const chosen = await chooseRow(
    vscode.l10n.t('Switch Cloud'),
    vscode.l10n.t('This setting is shared by all Azure extensions'),
    rows,
  );
  if (!chosen) return;
  if (chosen === 'settings') {
    await openCloudSettings();
    return;
  }
  // The public cloud is what VS Code takes without the setting.
  const environment = chosen === 'AzureCloud' ? undefined : chosen;
  await vscode.workspace
    .getConfiguration(CustomCloudConfigurationSection)
    .update('environment', environment, vscode.ConfigurationTarget.Global);
}
