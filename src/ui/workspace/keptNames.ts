import * as l10n from '@vscode/l10n';
import type { NameSite } from '../../files/types.ts';

/** Why a name that a rule maps keeps standing where it is, and what to do. */
export function whyKept(site: NameSite): string {
  if (site.kind === 'fixed') return fixedInWords(site.because);
  return site.kind === 'split' && site.onlyRepository !== undefined
    ? l10n.t(
        'A part of the name is the default of a variable: where that is set, another repository would not fit. Change it by hand.',
      )
    : l10n.t('It cannot be changed where it stands without changing another.');
}

/** Why a name cannot be replaced, whatever the new one is. */
export function fixedInWords(because: Extract<NameSite, { kind: 'fixed' }>['because']): string {
  switch (because) {
    case 'environmentFile':
      return l10n.t('The name comes from the .env file: change it there.');
    case 'escaped':
      return l10n.t('The name is written with escapes: change it by hand.');
    case 'sharedVariable':
      return l10n.t('The name comes from a variable that other references use too: change it by hand.');
    case 'usedByName':
      return l10n.t('Other commands of the file need the image by this name: change all of them by hand.');
    case 'kustomizeName':
      return l10n.t('A kustomization looks for the image by this name, and names the new one itself.');
  }
}
