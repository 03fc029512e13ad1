import * as vscode from 'vscode';
import { armIdName } from '../../domain/armId.ts';
import { pullCommand } from '../../domain/pullCommand.ts';
import type { CacheRule, Registry } from '../../domain/types.ts';
import type { RuleHealth } from '../../inventory/types.ts';
import { localDate } from '../shared/localDate.ts';
import { clientName } from '../shared/clientName.ts';
import type { DetailNode, RuleNode } from './nodes.ts';

/** The lines below a rule, in reading order. */
export function ruleDetails(
  parent: RuleNode,
  rule: CacheRule,
  registry: Registry,
  health: RuleHealth | undefined,
): DetailNode[] {
  const line = (name: string, label: string, value: string, icon: string, full?: string): DetailNode => ({
    kind: 'detail',
    parent,
    name,
    label,
    value,
    icon,
    ...(full === undefined ? {} : { full }),
  });
  const pull = pullCommand(clientName(), registry.loginServer, rule.targetRepository);
  return [
    line('source', vscode.l10n.t('Source'), rule.sourceRepository, 'cloud'),
    line('target', vscode.l10n.t('Target'), `${registry.loginServer}/${rule.targetRepository}`, 'package'),
    rule.identity
      ? line('identity', vscode.l10n.t('Identity'), armIdName(rule.identity.id), 'person', rule.identity.id)
      : line(
          'identity',
          vscode.l10n.t('Identity'),
          rule.identityUnknown ? vscode.l10n.t('not known') : vscode.l10n.t('none'),
          'person',
        ),
    ...(rule.identity?.principalId
      ? [line('principal', vscode.l10n.t('Principal ID'), rule.identity.principalId, 'person')]
      : []),
    rule.credentialSetId
      ? line(
          'credentials',
          vscode.l10n.t('Credential set'),
          armIdName(rule.credentialSetId),
          'key',
          rule.credentialSetId,
        )
      : line('credentials', vscode.l10n.t('Credential set'), vscode.l10n.t('none'), 'key'),
    ...(rule.creationDate ? [line('created', vscode.l10n.t('Created'), localDate(rule.creationDate), 'calendar')] : []),
    line('state', vscode.l10n.t('State'), rule.provisioningState ?? vscode.l10n.t('unknown'), 'pulse'),
    line(
      'diagnosis',
      vscode.l10n.t('Last diagnosis'),
      health ? `${health.sentence} (${localDate(health.checkedAt)})` : vscode.l10n.t('none yet'),
      'checklist',
    ),
    line('pull', vscode.l10n.t('Pull command'), pull.ok ? pull.value : pull.problem.message, 'terminal'),
  ];
}
