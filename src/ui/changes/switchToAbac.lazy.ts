import * as vscode from 'vscode';
import type { Azure } from '../../azure/azure.ts';
import type { Registry } from '../../domain/types.ts';
import { abacSwitchPlan } from '../../provisioning/changes/abacSwitch.ts';
import type { ApplyResult, KeptAccess } from '../../provisioning/types.ts';
import { armIdName } from '../../domain/armId.ts';
import type { Answer, Frame } from '../pages/quickInput.ts';
import type { Change } from '../review/change.ts';
import { applyWithProgress } from '../review/apply.ts';
import { askAndReview } from '../review/review.ts';
import type { Services } from '../services/services.ts';
import { decideAbac } from '../setUp/abacPage.ts';
import { chooseKeptAccess } from '../setUp/keepAccessPage.ts';
import { createFacts, type Facts } from '../setUp/reads.ts';
import { whileOpening, whileReading } from '../pages/opening.ts';

/**
 * The ABAC switch assistant: asks who gets new roles and has the registry's name typed, then plans, reviews and applies. For a
 * registry that was switched already it offers the roles alone.
 * @returns the outcome, or undefined if the user left before anything was changed
 * @throws CancellationError if signing in is declined; AzureError if the registry cannot be read
 */
export async function switchToAbac(services: Services, registryId: string): Promise<ApplyResult | undefined> {
  const title = vscode.l10n.t('Switch {0} to ABAC', armIdName(registryId));
  const { azure, registry } = await whileOpening(services, title, async (azure, signal) => ({
    azure,
    registry: await azure.registries.get(registryId, { signal }),
  }));
  const closed = new AbortController();
  const facts = createFacts(azure, closed.signal);
  let keepAccess: readonly KeptAccess[] | undefined;
  // The decision comes first: it is the one thing that has no default.
  const answer = await askAndReview(services, azure, async () => {
    const decided = await ask(services, facts, registry, { title, canGoBack: false }, keepAccess);
    if (decided.kind !== 'value') return undefined;
    keepAccess = decided.value;
    return switchChange(registry, keepAccess);
  }).finally(() => closed.abort());
  return answer.kind === 'apply' ? applyWithProgress(services, azure, answer.change, answer.plan) : undefined;
}

/** Who gets new roles, with the switch or, where that was made already, without. */
async function ask(
  services: Services,
  facts: Facts,
  registry: Registry,
  frame: Frame,
  before: readonly KeptAccess[] | undefined,
): Promise<Answer<readonly KeptAccess[]>> {
  if (registry.roleAssignmentMode === 'AbacRepositoryPermissions') {
    const offers = await whileReading(frame.title, facts.replacementOffers(registry));
    return chooseKeptAccess(
      registry,
      frame,
      offers,
      before ?? offers.offers.filter(({ isPreselected }) => isPreselected),
    );
  }
  const decided = await decideAbac({
    ...{ services, facts, registry, frame, mayKeep: false },
    ...(before && { before: { mode: 'switch', keepAccess: before } }),
  });
  if (decided.kind !== 'value') return decided;
  return { kind: 'value', value: decided.value.mode === 'switch' ? decided.value.keepAccess : [] };
}

function switchChange(registry: Registry, keepAccess: readonly KeptAccess[]): Change {
  const { id, name } = registry;
  const isSwitched = registry.roleAssignmentMode === 'AbacRepositoryPermissions';
  return {
    texts: isSwitched ? rolesTexts(name) : switchTexts(name),
    offers: [
      // With a button the message is shown whole.
      {
        title: vscode.l10n.t('Show Log'),
        run: ({ log }) => {
          log.show();
          return Promise.resolve();
        },
      },
    ],
    plan: (azure: Azure, { signal }) => abacSwitchPlan(azure, id, { keepAccess, signal }),
  };
}

function switchTexts(name: string): Change['texts'] {
  return {
    page: vscode.l10n.t('Switch {0} to ABAC: Review', name),
    start: vscode.l10n.t('Switch'),
    blocked: vscode.l10n.t('Cannot Be Switched Yet'),
    activity: vscode.l10n.t('Switching {0} to ABAC', name),
    complete: vscode.l10n.t('{0} is in ABAC mode. All clients must sign in again.', name),
    cancelled: vscode.l10n.t('The switch of {0} was cancelled.', name),
    failed: (reason: string) => vscode.l10n.t('The switch of {0} failed: {1}', name, reason),
  };
}

/** For a registry in ABAC mode, whose users only need the roles. */
function rolesTexts(name: string): Change['texts'] {
  return {
    page: vscode.l10n.t('New Roles on {0}: Review', name),
    start: vscode.l10n.t('Assign Roles'),
    blocked: vscode.l10n.t('Cannot Be Assigned Yet'),
    activity: vscode.l10n.t('Assigning roles on {0}', name),
    complete: vscode.l10n.t('The new roles on {0} are assigned. Clients that are refused must sign in again.', name),
    cancelled: vscode.l10n.t('Assigning roles on {0} was cancelled.', name),
    failed: (reason: string) => vscode.l10n.t('Assigning roles on {0} failed: {1}', name, reason),
  };
}
