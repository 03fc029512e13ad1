import * as vscode from 'vscode';
import type { ExportLanguage } from '../../provisioning/types.ts';
import { icon } from '../shared/icon.ts';
import { plainRows } from '../shared/plainRows.ts';

/** Key of the choice that is offered first next time. */
const lastLanguage = 'exportLanguage';

interface LanguagePick extends vscode.QuickPickItem {
  readonly language: ExportLanguage;
}

function picks(): LanguagePick[] {
  return [
    {
      language: 'bash',
      iconPath: icon('terminal-bash'),
      label: vscode.l10n.t('Azure CLI, Bash'),
      description: vscode.l10n.t('a script of az commands'),
    },
    {
      language: 'powershell',
      iconPath: icon('terminal-powershell'),
      label: vscode.l10n.t('Azure CLI, PowerShell'),
      description: vscode.l10n.t('a script of az commands'),
    },
    {
      language: 'bicep',
      iconPath: icon('file-code'),
      label: 'Bicep',
      description: vscode.l10n.t('a template and its modules'),
    },
    { language: 'arm', iconPath: icon('json'), label: vscode.l10n.t('ARM Template'), description: 'JSON' },
    {
      language: 'terraform',
      iconPath: icon('file-code'),
      label: 'Terraform',
      description: vscode.l10n.t('azurerm, and azapi for the cache rules'),
    },
  ];
}

/** Asks for the language; the one chosen last is the first. Undefined if the user left. */
export async function askLanguage(memento: vscode.Memento): Promise<ExportLanguage | undefined> {
  const last = memento.get<unknown>(lastLanguage);
  const items = picks().sort((a, b) => Number(b.language === last) - Number(a.language === last));
  const picked = await vscode.window.showQuickPick(plainRows(items), {
    title: vscode.l10n.t('Export as Code'),
    placeHolder: vscode.l10n.t('Choose a language'),
    matchOnDescription: true,
  });
  if (picked) await memento.update(lastLanguage, picked.language);
  return picked?.language;
}
