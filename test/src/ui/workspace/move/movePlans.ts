import type { Registry } from '../../../../../src/domain/types.ts';
import type { Resolver } from '../../../../../src/inventory/resolutionTypes.ts';
import { type MovePlan, planMove } from '../../../../../src/ui/workspace/move/movePlan.lazy.ts';
import { resolveReferences } from '../../../../../src/ui/workspace/scan/references.lazy.ts';
import type { ScannedFile } from '../../../../../src/ui/workspace/scan/scan.lazy.ts';

/** The plan for files by what is known. */
export function planOf(files: readonly ScannedFile[], resolver: Resolver, downstream: Registry): MovePlan {
  return planMove(resolveReferences(files, resolver), downstream);
}
