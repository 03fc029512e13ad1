import type { Azure } from '../../../src/azure/azure.ts';
import { isCancelled } from '../../../src/azure/errors.ts';
import { explainFailure } from '../../../src/provisioning/engine/failureAdvice.ts';
import { requirementsOf } from '../../../src/provisioning/requirements/requirementsOf.ts';
import type { CacheLink, Requirement, Revocation } from '../../../src/provisioning/types.ts';
import { createWalkContext } from '../../../src/provisioning/engine/walkContext.ts';

export interface RevokeOptions {
  readonly signal?: AbortSignal;
  readonly onProgress?: (requirement: Requirement, revocation: Revocation) => void;
}

/**
 * Takes the link away: revokes its requirements in reverse order, what depends on a thing before the thing. What others need stays,
 * with the reason. A failure is reported as not gone and does not stop what is independent of it.
 * @throws AzureError `cancelled` only.
 */
export async function revokeLink(
  azure: Azure,
  link: CacheLink,
  options: RevokeOptions = {},
): Promise<{ requirement: Requirement; revocation: Revocation }[]> {
  const context = createWalkContext(azure, link, options);
  const results: { requirement: Requirement; revocation: Revocation }[] = [];
  for (const requirement of requirementsOf(link).reverse()) {
    const revocation = await revokeSafely(requirement, () => requirement.revoke(context));
    options.onProgress?.(requirement, revocation);
    results.push({ requirement, revocation });
  }
  return results;
}

async function revokeSafely(requirement: Requirement, revoke: () => Promise<Revocation>): Promise<Revocation> {
  try {
    return await revoke();
  } catch (error) {
    if (isCancelled(error) || !(error instanceof Error)) throw error;
    return { gone: false, reason: explainFailure(error, requirement.kind) };
  }
}
