import { sameArmId } from '../../../domain/armId.ts';
import { nameChanges } from '../../../files/rename.ts';
import type { FoundReference, TextChange } from '../../../files/types.ts';
import type { CachedUse, Resolution } from '../../../inventory/resolutionTypes.ts';

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
    for (const change of renamed) changes.push(change);
  }
  return { changes, count, left };
}
