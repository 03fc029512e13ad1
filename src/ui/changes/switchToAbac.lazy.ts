import * as vscode from 'vscode';
import type { Azure } from '../../azure/azure.ts';
import type { Registry } from '../../domain/types.ts';
import { abacSwitchPlan } from '../../provisioning/changes/abacSwitch.ts';
import type { ApplyResult, KeptAccess } from '../../provisioning/types.ts';
import { armIdName } from '../../domain/armId.ts';
import { whileOpening } from '../shared/opening.ts';
import type { Services } from '../services/services.ts';
import { confirmSwitch, impactRows, showAffected } from '../setUp/abacPage.ts';
import type { Change } from '../review/change.ts';
import { createFacts, type Facts } from '../setUp/reads.ts';
import type { StepAnswer } from '../pages/flow.ts';
import { chooseKeptAccess } from '../setUp/keepAccessPage.ts';
import { pick } from '../pages/pick.ts';
import { cancelRow, type Frame, type Row } from '../pages/quickInput.ts';
import { runChangeFlow } from '../review/changeFlow.ts';

interface Draft {
  /** Who gets roles before the switch; absent until that was asked. */
  readonly keepAccess?: readonly KeptAccess[];
}

type PageId = 'impact' | 'keepAccess' | 'confirm';

/**
 * The ABAC switch assistant: shows whom the switch hits and what else it breaks, asks who keeps access, has the registry's name
 * typed, then plans, reviews and applies. For a registry that was switched already it offers the roles alone.
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
  const titleOf = (page: string): string => vscode.l10n.t('Switch {0} to ABAC: {1}', registry.name, page);
  return runChangeFlow<Draft, PageId>(
    services,
    azure,
    closed,
    {
      steps: () => (isSwitched ? ['impact', 'keepAccess', 'review'] : ['impact', 'keepAccess', 'confirm', 'review']),
      ask: async (id, draft, position) => {
        if (id === 'impact') {
          const title = titleOf(vscode.l10n.t('Who and What Is Affected'));
          return showImpact(facts, registry, draft, { ...position, title });
        }
        if (id === 'keepAccess') {
          const title = titleOf(vscode.l10n.t('Who Keeps Access'));
          const answer = await chooseKeptAccess(facts, registry, { ...position, title }, draft.keepAccess);
          return answer.kind === 'value' ? { kind: 'next', state: { keepAccess: answer.value } } : answer;
        }
        const answer = await confirmSwitch(facts, registry, { ...position, title: titleOf(vscode.l10n.t('Confirm')) });
        return answer.kind === 'value' ? { kind: 'next', state: draft } : answer;
      },
      change: (draft) => switchChange(registry, draft),
    },
    {},
    'impact',
  );
}

type Choice = 'continue' | 'cancel';

/** Only read: what is switched is chosen on the pages that follow. */
async function showImpact(facts: Facts, registry: Registry, draft: Draft, frame: Frame): Promise<StepAnswer<Draft>> {
  const isSwitched = registry.roleAssignmentMode === 'AbacRepositoryPermissions';
  const rows: Row<Choice>[] = [
    {
      label: `$(organization) ${vscode.l10n.t('Choose Who Keeps Access…')}`,
      detail: isSwitched
        ? vscode.l10n.t('Those who lost access can be given roles that work in ABAC mode.')
        : vscode.l10n.t('Nothing is switched yet; you will be asked to confirm.'),
      value: 'continue',
      alwaysShow: true,
    },
    cancelRow(),
  ];
  const answer = await pick<Choice>(frame, {
    placeholder: isSwitched
      ? vscode.l10n.t('{0} is in ABAC mode already', registry.name)
      : vscode.l10n.t('Read what the switch of {0} breaks', registry.name),
    load: (show) => showAffected(facts, registry, show, (affected) => [...rows, ...impactRows(registry, affected)]),
    matchOnDetail: false,
  });
  if (answer.kind !== 'value') return answer;
  return answer.value === 'cancel' ? { kind: 'cancelled' } : { kind: 'next', state: draft };
}

function switchChange(registry: Registry, { keepAccess = [] }: Draft): Change {
  const { id, name } = registry;
  const isSwitched = registry.roleAssignmentMode === 'AbacRepositoryPermissions';
  return {
    requirements: [],
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
    blocked: vscode.l10n.t('Cannot be switched yet'),
    activity: vscode.l10n.t('Switching {0} to ABAC', name),
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
function rolesTexts(name: string): Change['texts'] {
  return {
    page: vscode.l10n.t('Replacing Roles on {0}: Review', name),
    start: vscode.l10n.t('Add Roles'),
    blocked: vscode.l10n.t('Cannot be added yet'),
    activity: vscode.l10n.t('Adding roles on {0}', name),
    complete: vscode.l10n.t(
      'The replacing roles on {0} are there. Clients that are refused have to log in again.',
      name,
    ),
    cancelled: vscode.l10n.t('Adding roles on {0} was cancelled.', name),
    failed: (reason: string) => vscode.l10n.t('Adding roles on {0} failed: {1}', name, reason),
  };
}
