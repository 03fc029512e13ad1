import * as vscode from 'vscode';
import { armIdName } from '../../domain/armId.ts';
import { pullCommand } from '../../domain/pullCommand.ts';
import type { RuleKnowledge } from '../../domain/ruleVerdict.ts';
import type { CacheRule, Registry } from '../../domain/types.ts';
import { localDate } from '../shared/localDate.ts';
import { clientName } from '../shared/clientName.ts';
import { verdictWithBasis } from '../shared/ruleVerdict.ts';
import type { DetailNode, RuleNode } from './nodes.ts';

/** The lines below a rule, in reading order. */
export function ruleDetails(parent: RuleNode, rule: CacheRule, registry: Registry, known: RuleKnowledge): DetailNode[] {
  const line = (name: string, label: string, value: string, icon: string, full?: string): DetailNode => ({
    kind: 'detail',
    parent,
    name,
    label,
    value,
    icon,
    full,
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
    line('state', vscode.l10n.t('Provisioning state'), rule.provisioningState ?? vscode.l10n.t('unknown'), 'pulse'),
    line('verdict', vscode.l10n.t('Verdict'), verdictWithBasis(known), 'checklist'),
    line('pull', vscode.l10n.t('Pull command'), pull.ok ? pull.value : pull.problem.message, 'terminal'),
  ];
}
