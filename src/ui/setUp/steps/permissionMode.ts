import * as vscode from 'vscode';
import type { Registry } from '../../../domain/types.ts';
import type { KeptAccess } from '../../../provisioning/types.ts';
import { type Affected, confirmSwitch, impactRows, showAffected } from '../abacPage.ts';
import { answerWith, frameOf, type Step } from '../context.ts';
import type { Facts } from '../reads.ts';
import type { Position } from '../../pages/flow.ts';
import { chooseKeptAccess } from '../keepAccessPage.ts';
import type { Draft } from '../draft.ts';
import { pick } from '../../pages/pick.ts';
import { type Answer, cancelRow, type Frame, type Row } from '../../pages/quickInput.ts';

type Choice = 'switch' | 'keep' | 'cancel';

/** The upstream is in RBAC mode: switch it to ABAC, knowing what that breaks, or leave it and use AcrPull. */
export const askPermissionMode: Step = async ({ facts }, draft, position) => {
  const { upstream } = draft;
  if (!upstream) return { kind: 'back' };
  for (;;) {
    const answer = await pick<Choice>(frameOf(position, vscode.l10n.t('Permissions of {0}', upstream.name)), {
      placeholder: vscode.l10n.t('{0} is in RBAC mode; documented is caching from ABAC mode only', upstream.name),
      load: (show) => showAffected(facts, upstream, show, (affected) => rowsOf(upstream, affected)),
      // One breaks what others use, the other is not documented: neither is what Enter does by itself.
      isDecision: true,
      active: (choice) => choice === draft.permissionMode,
      matchOnDetail: false,
    });
    if (answer.kind !== 'value') return answerWith(answer, () => draft);
    if (answer.value === 'cancel') return { kind: 'cancelled' };
    if (answer.value === 'keep') return { kind: 'next', state: { ...draft, permissionMode: 'keep' } };
    const kept = await askKeptAccess(facts, upstream, draft, position);
    if (kept.kind === 'value') {
      return { kind: 'next', state: { ...draft, permissionMode: 'switch', keepAccess: kept.value } };
    }
    if (kept.kind === 'cancelled') return kept;
  }
};

/** Who keeps access, then the registry's name to confirm. */
async function askKeptAccess(
  facts: Facts,
  upstream: Registry,
  draft: Draft,
  position: Position,
): Promise<Answer<readonly KeptAccess[]>> {
  let { keepAccess } = draft;
  const frame = (name: string): Frame => ({ ...frameOf(position, name), canGoBack: true });
  for (;;) {
    const page = frame(vscode.l10n.t('Who Keeps Access to {0}', upstream.name));
    const kept = await chooseKeptAccess(facts, upstream, page, keepAccess);
    if (kept.kind !== 'value') return kept;
    keepAccess = kept.value;
    const confirmed = await confirmSwitch(
      facts,
      upstream,
      frame(vscode.l10n.t('Confirm the Switch of {0}', upstream.name)),
    );
    if (confirmed.kind === 'value') return kept;
    if (confirmed.kind === 'cancelled') return confirmed;
  }
}

function rowsOf(upstream: Registry, affected: Affected): Row<Choice>[] {
  return [
    {
      label: `$(shield) ${vscode.l10n.t('Switch {0} to Repository Permissions (ABAC)…', upstream.name)}`,
      detail: vscode.l10n.t(
        'The documented way. Breaks what is listed below; you choose who keeps access and are asked to confirm.',
      ),
      value: 'switch',
      alwaysShow: true,
    },
    {
      label: `$(beaker) ${vscode.l10n.t('Leave It and Use AcrPull')}`,
      detail: vscode.l10n.t('Not documented for cache rules: may fail; the identity can pull everything.'),
      value: 'keep',
      alwaysShow: true,
    },
    cancelRow(),
    ...impactRows(upstream, affected),
  ];
}
