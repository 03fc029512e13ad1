import * as vscode from 'vscode';
import { icon } from '../shared/icon.ts';
import { plainRows } from '../shared/plainRows.ts';
import { CustomCloudConfigurationSection, openCloudSettings, userValue } from './cloudSettings.lazy.ts';

type KnownCloud = 'AzureCloud' | 'ChinaCloud' | 'USGovernment';

interface CloudPick extends vscode.QuickPickItem {
  readonly cloud: KnownCloud | 'custom' | 'settings';
}

/** Lets the user choose the cloud; stored in the user's `microsoft-sovereign-cloud` settings, which all Azure extensions share. */
export async function selectCloud(): Promise<void> {
  const current = userValue('environment') || 'AzureCloud';
  const custom = userValue('customEnvironment') as { readonly name?: unknown } | null | undefined;
  const mark = (cloud: string) => (cloud === current ? vscode.l10n.t('current') : '');
  const cloud = icon('cloud');
  const picks: CloudPick[] = [
    { iconPath: cloud, label: vscode.l10n.t('Azure'), description: mark('AzureCloud'), cloud: 'AzureCloud' },
    { iconPath: cloud, label: vscode.l10n.t('Azure China'), description: mark('ChinaCloud'), cloud: 'ChinaCloud' },
    {
      iconPath: cloud,
      label: vscode.l10n.t('Azure US Government'),
      description: mark('USGovernment'),
      cloud: 'USGovernment',
    },
    ...(custom
      ? [
          {
            iconPath: cloud,
            label: vscode.l10n.t('Custom: {0}', typeof custom.name === 'string' ? custom.name : '?'),
            description: mark('custom'),
            cloud: 'custom' as const,
          },
        ]
      : []),
    {
      iconPath: icon('gear'),
      label: vscode.l10n.t('Configure a Custom Cloud…'),
      description: vscode.l10n.t('opens the settings'),
      cloud: 'settings',
    },
  ];
  const picked = await vscode.window.showQuickPick(plainRows(picks), {
    title: vscode.l10n.t('Switch Cloud'),
    placeHolder: vscode.l10n.t('This setting is shared by all Azure extensions'),
  });
  if (!picked) return;
  if (picked.cloud === 'settings') {
    await openCloudSettings();
    return;
  }
  // The public cloud is what VS Code takes without the setting.
  const environment = picked.cloud === 'AzureCloud' ? undefined : picked.cloud;
  await vscode.workspace
    .getConfiguration(CustomCloudConfigurationSection)
    .update('environment', environment, vscode.ConfigurationTarget.Global);
}
