import * as vscode from 'vscode';
import { checkIdentityName } from '../../../domain/names.ts';
import { answerWith, frameOf, type Step } from '../context.ts';
import { type Draft, newIdentityOf } from '../draft.ts';
import { askText } from '../../pages/askText.ts';

/** The name of the new identity. */
export const askIdentityName: Step = async (_context, draft, position) => {
  const suggested = newIdentityOf(draft);
  if (!suggested) return { kind: 'back' };
  const withName = (name: string): Draft => ({ ...draft, newIdentity: { ...draft.newIdentity, name } });
  let typed = draft;
  const answer = await askText(frameOf(position, vscode.l10n.t('Name of the New Identity')), {
    value: suggested.name,
    prompt: () => vscode.l10n.t('Name of the user-assigned managed identity to create'),
    check: checkIdentityName,
    typed: (text) => {
      typed = withName(text);
    },
  });
  return answerWith(answer, withName, typed);
};
