import * as vscode from 'vscode';
import type { ExportLanguage } from '../../provisioning/types.ts';
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
      label: vscode.l10n.t('$(terminal-bash) Azure CLI, Bash'),
      description: vscode.l10n.t('a script of az commands'),
    },
    {
      language: 'powershell',
      label: vscode.l10n.t('$(terminal-powershell) Azure CLI, PowerShell'),
      description: vscode.l10n.t('a script of az commands'),
    },
    { language: 'bicep', label: '$(file-code) Bicep', description: vscode.l10n.t('a template and its modules') },
    { language: 'arm', label: vscode.l10n.t('$(json) ARM Template'), description: 'JSON' },
    {
      language: 'terraform',
      label: '$(file-code) Terraform',
      description: vscode.l10n.t('azurerm, and azapi for the cache rules'),
    },
  ];
}

/** Asks for the language; the one chosen last is the first. Undefined if the user left. */
export async function askLanguage(memento: vscode.Memento): Promise<ExportLanguage | undefined> {
  const last = memento.get<unknown>(lastLanguage);
  const items = picks().sort((a, b) => Number(b.language === last) - Number(a.language === last));
  const picked = await vscode.window.showQuickPick(plainRows(items), {
    title: vscode.l10n.t('Export Set-Up'),
    placeHolder: vscode.l10n.t('The language to write it in'),
    matchOnDescription: true,
  });
  if (picked) await memento.update(lastLanguage, picked.language);
  return picked?.language;
}

/** VS Code's ids of the language, the best first: not every one is installed. */
const languageIds: Readonly<Record<ExportLanguage, readonly string[]>> = {
  bash: ['shellscript'],
  powershell: ['powershell'],
  bicep: ['bicep'],
  arm: ['arm-template', 'json'],
  terraform: ['terraform', 'hcl'],
};

/** Opens the text as an untitled document of its language, to be read, changed and saved. */
export async function openExport(text: string, language: ExportLanguage): Promise<void> {
  const known = new Set(await vscode.languages.getLanguages());
  const id = languageIds[language].find((candidate) => known.has(candidate)) ?? 'plaintext';
  const document = await vscode.workspace.openTextDocument({ language: id, content: text });
  await vscode.window.showTextDocument(document, { preview: false });
}
