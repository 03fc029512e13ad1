import * as vscode from 'vscode';
import type { PermissionDecision } from '../../../provisioning/types.ts';
import { decideAbac } from '../abacPage.ts';
import { answerWith, frameOf, type Step } from '../context.ts';
import type { Draft } from '../draft.ts';

/** The upstream is in RBAC mode: switch it to ABAC, knowing what that breaks, or leave it and use AcrPull. */
export const askPermissionMode: Step = async ({ services, facts }, draft, position) => {
  const { upstream } = draft;
  if (!upstream) return { kind: 'back' };
  const answer = await decideAbac({
    services,
    facts,
    registry: upstream,
    frame: frameOf(position, vscode.l10n.t('How {0} Is Read', upstream.name)),
    mayKeep: true,
    before: decisionOf(draft),
  });
  return answerWith(answer, (decision) =>
    decision.mode === 'keep'
      ? { ...draft, permissionMode: 'keep' }
      : { ...draft, permissionMode: 'switch', keepAccess: decision.keepAccess },
  );
};

function decisionOf({ permissionMode, keepAccess = [] }: Draft): PermissionDecision | undefined {
  if (permissionMode === undefined) return undefined;
  return permissionMode === 'keep' ? { mode: 'keep' } : { mode: 'switch', keepAccess };
}
