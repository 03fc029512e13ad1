import * as vscode from 'vscode';
import type { Azure } from '../../azure/azure.ts';
import type { ApplyResult, CacheLink } from '../../provisioning/types.ts';
import { whileOpening } from '../pages/opening.ts';
import type { Services } from '../services/services.ts';
import { reviewAndApply } from '../review/apply.ts';
import { setUpChange } from './setUpChange.ts';
import { createFacts } from './reads.ts';
import { emptyDraft } from './draft.ts';
import { askPermissionMode } from './steps/permissionMode.ts';

/**
 * Continues a setup that was cut off: inspects its link again, shows what is left, and does it when the user says so.
 * The entry of the journal stays until the setup has ended, so that leaving the review loses nothing.
 * @returns the outcome, or undefined if the user left
 * @throws CancellationError if signing in is declined
 */
export async function resumeSetUp(services: Services, begun: CacheLink): Promise<ApplyResult | undefined> {
  const azure = await whileOpening(services, vscode.l10n.t('Set Up Cache'), (found) => found);
  const link = await withConsent(services, azure, begun);
  return link && reviewAndApply(services, setUpChange(link));
}

/**
 * Consent to the ABAC switch was given to what was affected then. If the switch is still to be made, what is affected now is shown
 * and asked for again. undefined if the user left.
 */
export async function withConsent(services: Services, azure: Azure, link: CacheLink): Promise<CacheLink | undefined> {
  if (!link.allowAbacSwitch) return link;
  const closed = new AbortController();
  try {
    const context = { services, facts: createFacts(azure, closed.signal), signal: closed.signal };
    const upstream = await context.facts.registry(link.source.id);
    if (upstream.roleAssignmentMode === 'AbacRepositoryPermissions') return link;
    const answer = await askPermissionMode(context, { ...emptyDraft, upstream }, { canGoBack: false });
    if (answer.kind !== 'next') return undefined;
    const { permissionMode, keepAccess } = answer.state;
    return permissionMode === 'switch'
      ? { ...link, ...(keepAccess && { keepAccess }) }
      : { ...link, access: 'acrPull', allowAbacSwitch: false };
  } finally {
    closed.abort();
  }
}
