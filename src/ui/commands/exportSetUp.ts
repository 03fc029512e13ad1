import * as vscode from 'vscode';
import { reportOf } from '../shared/reports.ts';
import type { Command } from '../services/services.ts';
import { pickRegistry, pickRule } from '../pages/pickResource.ts';
import { textOf } from '../shared/textOf.ts';

/** A rule, or all rules of a registry, as code. Without a node, of a registry. */
export const exportSetUp: Command = async (services, node) => {
  const title = vscode.l10n.t('Export as Code');
  const isRule = textOf(reportOf(node)?.subject ?? node, 'ruleId') !== undefined;
  if (isRule) {
    const { rule } = await pickRule(services, node, title);
    const exporting = await import('../export/exportSetUp.lazy.ts');
    await exporting.exportSetUp(services, { rule });
    return;
  }
  const { id, name } = await pickRegistry(services, node, title, { withRules: true });
  const exporting = await import('../export/exportSetUp.lazy.ts');
  await exporting.exportSetUp(services, { registryId: id, registryName: name });
};
