import * as vscode from 'vscode';
import type { ExportLanguage } from '../../provisioning/types.ts';
import { icon } from '../shared/icon.ts';
import { chooseRow } from '../pages/chooseRow.ts';
import type { Row } from '../pages/quickInput.ts';

/** Key of the choice that is offered first next time. */
const lastLanguage = 'exportLanguage';

function languageRows(): Row<ExportLanguage>[] {
  return [
    {
      value: 'bash',
      iconPath: icon('terminal-bash'),
      label: vscode.l10n.t('Azure CLI, Bash'),
      description: vscode.l10n.t('a script of az commands'),
    },
    {
      value: 'powershell',
      iconPath: icon('terminal-powershell'),
      label: vscode.l10n.t('Azure CLI, PowerShell'),
      description: vscode.l10n.t('a script of az commands'),
    },
    {
      value: 'bicep',
      iconPath: icon('file-code'),
      label: 'Bicep',
      description: vscode.l10n.t('a template and its modules'),
    },
    { value: 'arm', iconPath: icon('json'), label: vscode.l10n.t('ARM Template'), description: 'JSON' },
    {
      value: 'terraform',
      iconPath: icon('file-code'),
      label: 'Terraform',
      description: vscode.l10n.t('azurerm, and azapi for the cache rules'),
    },
  ];
}

/** Asks for the language; the one chosen last is the first. Undefined if the user left. */
export async function askLanguage(memento: vscode.Memento): Promise<ExportLanguage | undefined> {
  const last = memento.get<unknown>(lastLanguage);
  const rows = languageRows().sort((a, b) => Number(b.value === last) - Number(a.value === last));
  const language = await chooseRow(vscode.l10n.t('Export as Code'), vscode.l10n.t('Choose a language'), rows);
  if (language) await memento.update(lastLanguage, language);
  return language;
}
