import * as vscode from 'vscode';
import { sameArmId } from '../../../domain/armId.ts';
import { createCleanUpMemory } from '../../../provisioning/changes/cleanUp/cleanUpMemory.ts';
import type { CleanUpMemory } from '../../../provisioning/changes/cleanUp/types.ts';
import type { Services } from '../../services/services.ts';

/** The clean-ups that are not finished, beside the other things this extension keeps on the machine. */
export function cleanUpMemoryOf({ storage }: Pick<Services, 'storage'>): CleanUpMemory {
  return createCleanUpMemory(vscode.Uri.joinPath(storage.root, 'clean-ups').fsPath);
}

/** What an unfinished clean-up remembers of a rule, which may be gone itself. */
export async function rememberedOf(
  services: Pick<Services, 'storage'>,
  ruleId: string,
): Promise<Awaited<ReturnType<CleanUpMemory['list']>>[number] | undefined> {
  return (await cleanUpMemoryOf(services).list()).find((entry) => sameArmId(entry.ruleId, ruleId));
}
