import * as vscode from 'vscode';
import { answerWith, frameOf, type Step } from '../context.ts';
import { newIdentityOf } from '../draft.ts';
import { pick } from '../../pages/pick.ts';
import { icon } from '../../shared/icon.ts';

/** The region of the new identity. */
export const askIdentityRegion: Step = async ({ facts }, draft, position) => {
  const fresh = newIdentityOf(draft);
  if (!fresh) return { kind: 'back' };
  const answer = await pick<string>(frameOf(position, vscode.l10n.t('Region of the New Identity')), {
    placeholder: vscode.l10n.t('Choose where the identity is stored; it works in every region'),
    load: async (show) => {
      const first = { iconPath: icon('globe'), label: fresh.location, value: fresh.location };
      show([first]);
      const locations = await facts.locations(fresh.subscriptionId);
      const own = locations.find(({ name }) => name === fresh.location);
      const others = locations
        .filter(({ name }) => name !== fresh.location)
        .sort((a, b) => a.displayName.localeCompare(b.displayName));
      show([
        own ? { iconPath: icon('globe'), label: own.displayName, description: own.name, value: own.name } : first,
        ...others.map(({ name, displayName }) => ({
          iconPath: icon('globe'),
          label: displayName,
          description: name,
          value: name,
        })),
      ]);
    },
    active: (name) => name === fresh.location,
  });
  return answerWith(answer, (location) => ({ ...draft, newIdentity: { ...draft.newIdentity, location } }));
};
