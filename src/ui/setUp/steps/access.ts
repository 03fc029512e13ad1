import * as vscode from 'vscode';
import type { AccessForm } from '../../../provisioning/types.ts';
import { answerWith, frameOf, type Step } from '../context.ts';
import { accessForms, accessOf, type Draft, sourceKey } from '../draft.ts';
import { pick } from '../../pages/pick.ts';
import { icon } from '../../shared/icon.ts';

/** What the identity may read, where the upstream has repository permissions. */
export const askAccess: Step = async (_context, draft, position) => {
  const answer = await pick<AccessForm>(frameOf(position, vscode.l10n.t('Access')), {
    placeholder: vscode.l10n.t('Choose what the identity can read in {0}', draft.upstream?.name ?? ''),
    load: (show) =>
      show(
        accessForms(draft).map((form) => ({
          iconPath: icon(icons[form]),
          label: accessInWords(draft, form).label,
          description: form === 'condition' ? vscode.l10n.t('recommended') : undefined,
          detail: consequenceOf(form),
          value: form,
        })),
      ),
    active: (form) => form === accessOf(draft),
  });
  return answerWith(answer, (access) => ({ ...draft, access }));
};

const icons: Readonly<Record<AccessForm, string>> = {
  condition: 'shield',
  registry: 'unlock',
  repositoryScope: 'warning',
  acrPull: 'unlock',
};

/** The form of access as a row. */
export function accessInWords(
  draft: Draft,
  form: AccessForm,
): { readonly label: string; readonly description: string } {
  switch (form) {
    case 'condition': {
      const [first = '', ...others] = draft.sources.map(sourceKey);
      const label =
        others.length === 0
          ? vscode.l10n.t('Can read only {0}', first)
          : vscode.l10n.t('Can read only the {0} repositories', draft.sources.length);
      return { label, description: vscode.l10n.t('Repository Reader with a condition') };
    }
    case 'registry':
      return {
        label: vscode.l10n.t('Can read the whole registry'),
        description: vscode.l10n.t('Repository Reader without a condition'),
      };
    case 'repositoryScope':
      return {
        label: vscode.l10n.t('Per-repository scope (not recommended)'),
        description: vscode.l10n.t('may not be honored by Azure'),
      };
    case 'acrPull':
      return { label: 'AcrPull', description: vscode.l10n.t('the identity can pull everything') };
  }
}

function consequenceOf(form: AccessForm): string {
  switch (form) {
    case 'condition':
      return vscode.l10n.t('One role assignment with a condition that names these repositories.');
    case 'registry':
      return vscode.l10n.t('Every repository, including those created later.');
    case 'repositoryScope':
      return vscode.l10n.t("Azure's ABAC documentation rules out this scope, so pulls may fail.");
    case 'acrPull':
      return vscode.l10n.t('Not documented for cache rules.');
  }
}
