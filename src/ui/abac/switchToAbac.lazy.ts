import * as vscode from 'vscode';
import type { Azure } from '../../azure/azure.ts';
import type { Registry } from '../../domain/types.ts';
import { abacSwitchPlan } from '../../provisioning/abacSwitch.ts';
import type { ApplyResult } from '../../provisioning/types.ts';
import { armIdName } from '../../domain/armId.ts';
import { whileOpening } from '../shared/opening.ts';
import type { Services } from '../shared/services.ts';
import { confirmSwitch, impactRows, showAffected } from '../wizard/abacPage.ts';
import { applyWithProgress } from '../wizard/apply.ts';
import { changeOf, type Change } from '../wizard/change.ts';
import { createFacts, type Facts, orUndefined } from '../wizard/facts.ts';
import { runFlow, type StepAnswer } from '../wizard/flow.ts';
import { pick } from '../wizard/pick.ts';
import type { Frame, Row } from '../wizard/quickInput.ts';
import { reviewChange, type ReviewAnswer } from '../wizard/review.ts';

interface Draft {
  readonly addReplacements: boolean;
}

type StepId = 'impact' | 'confirm' | 'review';

/**
 * The ABAC switch assistant: shows whom the switch hits and what else it breaks, offers the replacing roles, has the registry's
 * name typed, then plans, reviews and applies. For a registry that was switched already it offers the roles alone.
 * @returns the outcome, or undefined if the user left before anything was changed
 * @throws CancellationError if signing in is declined; AzureError if the registry cannot be read
 */
export async function switchToAbac(services: Services, registryId: string): Promise<ApplyResult | undefined> {
  const { azure, registry } = await whileOpening(
    services,
    vscode.l10n.t('Switch {0} to ABAC', armIdName(registryId)),
    async (azure, signal) => ({ azure, registry: await azure.registries.get(registryId, { signal }) }),
  );
  const isSwitched = registry.roleAssignmentMode === 'AbacRepositoryPermissions';
  const closed = new AbortController();
  const facts = createFacts(azure, closed.signal);
  let accepted: Extract<ReviewAnswer, { kind: 'apply' }> | undefined;
  try {
    await runFlow<Draft, StepId>(
      {
        steps: () => (isSwitched ? ['impact', 'review'] : ['impact', 'confirm', 'review']),
        ask: async (id, draft, position) => {
          if (id === 'impact') {
            const title = vscode.l10n.t('Switch {0} to ABAC: Who and What Is Affected', registry.name);
            return askReplacements(facts, registry, draft, { ...position, title });
          }
          if (id === 'confirm') {
            const title = vscode.l10n.t('Switch {0} to ABAC: Confirm', registry.name);
            const answer = await confirmSwitch(facts, registry, { ...position, title });
            return answer.kind === 'value' ? { kind: 'next', state: draft } : answer;
          }
          const names = await principalNames(facts, registry);
          const change = switchChange(registry, draft, names);
          const answer = await reviewChange(services, azure, change, position);
          if (answer.kind !== 'apply') return answer;
          accepted = answer;
          return { kind: 'next', state: draft };
        },
      },
      { addReplacements: true },
      'impact',
    );
  } finally {
    closed.abort();
  }
  return accepted && applyWithProgress(services, azure, accepted.change, accepted.plan);
}

type Choice = 'add' | 'switchOnly' | 'cancel';

async function askReplacements(
  facts: Facts,
  registry: Registry,
  draft: Draft,
  frame: Frame,
): Promise<StepAnswer<Draft>> {
  const isSwitched = registry.roleAssignmentMode === 'AbacRepositoryPermissions';
  const answer = await pick<Choice>(frame, {
    placeholder: isSwitched
      ? vscode.l10n.t('{0} is in ABAC mode already', registry.name)
      : vscode.l10n.t('Read what the switch of {0} breaks, then choose', registry.name),
    load: (show) =>
      showAffected(facts, registry, show, (affected) => [
        ...choiceRows(registry, isSwitched),
        ...impactRows(registry, affected),
      ]),
    active: (choice) => choice === (draft.addReplacements ? 'add' : 'switchOnly'),
    matchOnDetail: false,
  });
  if (answer.kind !== 'value') return answer;
  if (answer.value === 'cancel') return { kind: 'cancelled' };
  return { kind: 'next', state: { addReplacements: answer.value === 'add' } };
}

function choiceRows(registry: Registry, isSwitched: boolean): Row<Choice>[] {
  const cancel: Row<Choice> = { label: `$(close) ${vscode.l10n.t('Cancel')}`, value: 'cancel', alwaysShow: true };
  if (isSwitched) {
    return [
      {
        label: `$(add) ${vscode.l10n.t('Add the Replacing Roles…')}`,
        detail: vscode.l10n.t(
          'Gives those listed with AcrPull, AcrPush or AcrDelete the roles that work in ABAC mode.',
        ),
        value: 'add',
        alwaysShow: true,
      },
      cancel,
    ];
  }
  return [
    {
      label: `$(shield) ${vscode.l10n.t('Add the Replacing Roles First, Then Switch…')}`,
      detail: vscode.l10n.t(
        'Everyone listed below keeps access, after logging in again. You will be asked to confirm.',
      ),
      value: 'add',
      alwaysShow: true,
    },
    {
      label: `$(warning) ${vscode.l10n.t('Only Switch…')}`,
      detail: vscode.l10n.t('Everyone listed below loses access until you assign roles on {0}.', registry.name),
      value: 'switchOnly',
      alwaysShow: true,
    },
    cancel,
  ];
}

/** Object ids of known managed identities and their names; without them the review shows the ids. */
async function principalNames(facts: Facts, registry: Registry): Promise<ReadonlyMap<string, string>> {
  const identities = (await orUndefined(facts.identities(registry.tenantId))) ?? [];
  return new Map(identities.map(({ principalId, name }) => [principalId.toLowerCase(), name]));
}

function switchChange(registry: Registry, draft: Draft, names: ReadonlyMap<string, string>): Change {
  const { id, loginServer, name } = registry;
  const isSwitched = registry.roleAssignmentMode === 'AbacRepositoryPermissions';
  const side = { id, loginServer };
  const link = {
    downstream: side,
    upstream: side,
    mappings: [],
    identity: { id: '' },
    access: 'condition' as const,
    allowAbacSwitch: true,
  };
  return {
    ...changeOf(link, [], isSwitched ? rolesWords(name) : switchWords(name), [
      // With a button the message is shown whole.
      {
        title: vscode.l10n.t('Show Log'),
        run: ({ log }) => {
          log.show();
          return Promise.resolve();
        },
      },
    ]),
    plan: (azure: Azure, { signal }) =>
      abacSwitchPlan(azure, id, {
        addReplacements: draft.addReplacements,
        principalNames: names,
        ...(signal ? { signal } : {}),
      }),
  };
}

function switchWords(name: string): Change['words'] {
  return {
    page: vscode.l10n.t('Switch {0} to ABAC: Review', name),
    start: vscode.l10n.t('Switch'),
    blocked: vscode.l10n.t('Cannot be switched yet'),
    doing: vscode.l10n.t('Switching {0} to ABAC', name),
    // First what has to be done now: a long message is cut off at its end.
    complete: vscode.l10n.t(
      '{0} is in ABAC mode. Every client has to refresh its credentials: log in again; on AKS restart the kubelet or replace the nodes.',
      name,
    ),
    cancelled: vscode.l10n.t('The switch of {0} was cancelled.', name),
    failed: (reason: string) => vscode.l10n.t('The switch of {0} failed: {1}', name, reason),
  };
}

/** For a registry in ABAC mode, whose users only need the roles. */
function rolesWords(name: string): Change['words'] {
  return {
    page: vscode.l10n.t('Replacing Roles on {0}: Review', name),
    start: vscode.l10n.t('Add Roles'),
    blocked: vscode.l10n.t('Cannot be added yet'),
    doing: vscode.l10n.t('Adding roles on {0}', name),
    complete: vscode.l10n.t(
      'The replacing roles on {0} are there. Clients that are refused have to log in again.',
      name,
    ),
    cancelled: vscode.l10n.t('Adding roles on {0} was cancelled.', name),
    failed: (reason: string) => vscode.l10n.t('Adding roles on {0} failed: {1}', name, reason),
  };
}
