import * as vscode from 'vscode';
import type { AccessForm } from '../../../provisioning/types.ts';
import { answerWith, frameOf, type Step } from '../context.ts';
import { accessForms, accessOf, type Draft, sourceKey } from '../draft.ts';
import { pick } from '../../pages/pick.ts';
import { type Row } from '../../pages/quickInput.ts';

/** How the identity gets to read, where the upstream has repository permissions. */
export const askAccess: Step = async (_context, draft, position) => {
  const { upstream } = draft;
  if (!upstream) return { kind: 'back' };
  const answer = await pick<AccessForm>(frameOf(position, vscode.l10n.t('Access')), {
    placeholder: vscode.l10n.t('Choose what the identity may read in {0}', upstream.name),
    load: (show) => show(accessForms(draft).map((form) => rowOf(form, draft))),
    active: (form) => form === accessOf(draft),
  });
  return answerWith(answer, (access) => ({ ...draft, access }));
};

function rowOf(form: AccessForm, draft: Draft): Row<AccessForm> {
  const names = draft.sources.map(sourceKey);
  const shown =
    names.length > 3
      ? vscode.l10n.t('{0} and {1} more', names.slice(0, 3).join(', '), names.length - 3)
      : names.join(', ');
  switch (form) {
    case 'condition':
      return {
        label: `$(shield) ${vscode.l10n.t('Only the Chosen Repositories')}`,
        description: vscode.l10n.t('recommended'),
        detail: vscode.l10n.t('Repository Reader with a condition: {0}', shown),
        value: form,
      };
    case 'registry':
      return {
        label: `$(unlock) ${vscode.l10n.t('The Whole Registry')}`,
        detail: draft.sources.some(({ kind }) => kind === 'all')
          ? vscode.l10n.t('Repository Reader without a condition: you chose all repositories.')
          : vscode.l10n.t('Repository Reader without a condition: every repository, now and later.'),
        value: form,
      };
    case 'repositoryScope':
      return {
        label: `$(book) ${vscode.l10n.t("The Article's Form")}`,
        description: vscode.l10n.t('not recommended'),
        detail: vscode.l10n.t('One role assignment per repository, at its own scope: may have no effect.'),
        value: form,
      };
    case 'acrPull':
      return { label: `$(beaker) AcrPull`, value: form };
  }
}
