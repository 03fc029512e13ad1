import type { Registry } from '../../../src/domain/types.ts';
import { runAtOnce } from '../../../src/common/slices.ts';
import type { Resolver } from '../../../src/inventory/resolutionTypes.ts';
import {
  type MoveFile,
  type MovePlan,
  placedReferences,
  planMove,
} from '../../../src/ui/workspace/move/movePlan.lazy.ts';

/** The plan for files by what is known, in one go. */
export function planOf<F extends MoveFile>(files: readonly F[], resolver: Resolver, downstream: Registry): MovePlan<F> {
  return runAtOnce(planMove(files, runAtOnce(placedReferences(files, resolver)), downstream));
}
