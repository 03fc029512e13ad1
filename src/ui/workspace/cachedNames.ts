import * as vscode from 'vscode';
import { sameArmId } from '../../domain/armId.ts';
import { nameChanges } from '../../files/rename.ts';
import type { FoundReference, NameSite, TextChange } from '../../files/types.ts';
import type { CachedUse, Resolution } from '../../inventory/resolutionTypes.ts';

/** A reference of a file with what is known about it. */
interface Known {
  readonly found: FoundReference;
  readonly resolution: Resolution;
}

/** What a file needs so that its references go through one rule. */
export interface CachedNames {
  readonly changes: readonly TextChange[];
  /** How many references they rename. */
  readonly count: number;
  /** References that the rule maps, whose name cannot be replaced where it stands. */
  readonly left: readonly FoundReference[];
}

/** The same image through a rule, if the rule maps it. */
export function useThrough({ cachedBy }: Resolution, ruleId: string): CachedUse | undefined {
  return cachedBy.find(({ match }) => sameArmId(match.rule.id, ruleId));
}

/** Renames every reference that a rule maps and that does not go through it yet. */
export function cachedNames(references: readonly Known[], ruleId: string): CachedNames {
  const changes: TextChange[] = [];
  const left: FoundReference[] = [];
  let count = 0;
  for (const { found, resolution } of references) {
    const use = useThrough(resolution, ruleId);
    if (!use) continue;
    const renamed = nameChanges(found, use.image);
    if (!renamed) {
      left.push(found);
      continue;
    }
    count++;
    changes.push(...renamed);
  }
  return { changes, count, left };
}

/** Why a name cannot be replaced. */
export function fixedInWords(because: Extract<NameSite, { kind: 'fixed' }>['because']): string {
  switch (because) {
    case 'environmentFile':
      return vscode.l10n.t('The name comes from the .env file: change it there.');
    case 'escaped':
      return vscode.l10n.t('The name is written with escapes: change it by hand.');
    case 'sharedVariable':
      return vscode.l10n.t('The name comes from a variable that other references use too: change it by hand.');
    case 'usedByName':
      return vscode.l10n.t('Other commands of the file need the image by this name: change all of them by hand.');
    case 'kustomizeName':
      return vscode.l10n.t('A kustomization looks for the image by this name, and names the new one itself.');
  }
}
