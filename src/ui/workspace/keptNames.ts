import * as l10n from '@vscode/l10n';
import type { NameSite } from '../../files/types.ts';

/** Why a name that a rule maps keeps standing where it is, and what to do. */
export function whyKept(site: NameSite): string {
  if (site.kind === 'fixed') return fixedInWords(site.because);
  return site.kind === 'split' && site.onlyRepository !== undefined
    ? l10n.t("Part of the name is a variable's default value. Change it manually.")
    : l10n.t('It cannot be changed without changing another reference.');
}

/** Why a name cannot be replaced, whatever the new one is. */
export function fixedInWords(because: Extract<NameSite, { kind: 'fixed' }>['because']): string {
  switch (because) {
    case 'environmentFile':
      return l10n.t('The name comes from the .env file. Change it there.');
    case 'escaped':
      return l10n.t('The name is written with escape sequences. Change it manually.');
    case 'sharedVariable':
      return l10n.t('The name comes from a variable that other references use. Change it manually.');
    case 'usedByName':
      return l10n.t('Other commands in the file use this image name. Change all of them manually.');
    case 'kustomizeName':
      return l10n.t('A kustomization replaces this image name with its own.');
  }
}
