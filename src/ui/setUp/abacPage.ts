import * as vscode from 'vscode';
import type { Registry } from '../../domain/types.ts';
import { affectedMarkdown, whatIsAbac } from '../../provisioning/changes/abacMarkdown.ts';
import { type ReplacementOffers, whoLoses } from '../../provisioning/changes/replacementOffers.ts';
import type { KeptAccess, PermissionDecision } from '../../provisioning/types.ts';
import { askText } from '../pages/askText.ts';
import { pick } from '../pages/pick.ts';
import { showBeside } from '../pages/leftPage.ts';
import { type Answer, type Frame, type Row, separator } from '../pages/quickInput.ts';
import type { Services } from '../services/services.ts';
import { documentScheme } from '../documents/documents.ts';
import { icon } from '../shared/icon.ts';
import { localDate } from '../shared/localDate.ts';
import { chooseKeptAccess } from './keepAccessPage.ts';
import type { Facts } from './reads.ts';

export interface DecisionPage {
  readonly services: Pick<Services, 'documents'>;
  readonly facts: Facts;
  /** In RBAC mode. */
  readonly registry: Registry;
  readonly frame: Frame;
  /** Whether AcrPull is an answer. */
  readonly mayKeep: boolean;
  /** What was decided before. */
  readonly before?: PermissionDecision;
}

type Choice = 'keep' | 'switchWithRoles' | 'switchOnly' | 'chooseRoles' | 'showAffected' | 'explain';

/** What says something of those who are affected. */
const needsOffers: ReadonlySet<Choice> = new Set(['switchWithRoles', 'chooseRoles', 'showAffected']);

/**
 * Asks whether the registry is switched to ABAC, with the consequence of each answer in its row. Nothing is chosen at first, and a
 * switch has to be confirmed.
 */
export async function decideAbac(page: DecisionPage): Promise<Answer<PermissionDecision>> {
  const { services, facts, registry, frame, before } = page;
  let offers: ReplacementOffers | undefined;
  let chosen = before?.mode === 'switch' ? before.keepAccess : undefined;
  const kept = () => chosen ?? offers?.offers.filter(({ isPreselected }) => isPreselected) ?? [];
  let active = before && choiceOf(before);
  for (;;) {
    const answer = await pick<Choice>(frame, {
      placeholder: vscode.l10n.t('Choose how images in {0} are read; nothing has been changed yet', registry.name),
      load: async (show) => {
        const notice = vscode.l10n.t(
          '{0} uses registry roles (RBAC). Caching is documented for ABAC only.',
          registry.name,
        );
        const paint = () => show(rowsOf(page, offers, kept()), notice);
        paint();
        offers = await facts.replacementOffers(registry);
        paint();
      },
      accept: async (choice) => {
        // Who may not read the assignments may still switch.
        if (needsOffers.has(choice)) offers ??= await facts.replacementOffers(registry);
        return undefined;
      },
      isDecision: true,
      active: (choice) => choice === active,
      matchOnDetail: false,
      buttons: [{ icon: 'question', tooltip: vscode.l10n.t('What Is ABAC?'), run: () => ({ value: 'explain' }) }],
    });
    if (answer.kind !== 'value') return answer;
    active = answer.value;
    const part: Frame = { ...frame, canGoBack: true };
    if (active === 'keep') return { kind: 'value', value: { mode: 'keep' } };
    if (active === 'explain' || active === 'showAffected') {
      const document = active === 'explain' ? explanation(facts) : offers && affected(registry, offers, kept());
      if (document && !(await showBeside(services.documents, ...document))) return { kind: 'cancelled' };
    } else if (active === 'chooseRoles') {
      const roles = offers && (await chooseKeptAccess(registry, part, offers, kept()));
      if (roles?.kind === 'cancelled') return roles;
      if (roles?.kind === 'value') chosen = roles.value;
    } else {
      const keepAccess = active === 'switchOnly' ? [] : kept();
      const confirmed = await confirmSwitch(registry, part, offers && whoLoses(offers, keepAccess).length);
      if (confirmed.kind === 'cancelled') return confirmed;
      if (confirmed.kind === 'value') return { kind: 'value', value: { mode: 'switch', keepAccess } };
    }
  }
}

function choiceOf(decision: PermissionDecision): Choice {
  if (decision.mode === 'keep') return 'keep';
  return decision.keepAccess.length > 0 ? 'switchWithRoles' : 'switchOnly';
}

type Report = readonly [uri: vscode.Uri, markdown: string];

function explanation({ azure }: Facts): Report {
  return [reportNamed(vscode.l10n.t('What Is ABAC?')), whatIsAbac(azure.cloud.docs)];
}

function affected(registry: Registry, offers: ReplacementOffers, kept: readonly KeptAccess[]): Report {
  const uri = reportNamed(vscode.l10n.t('Switching {0} to ABAC', registry.name));
  return [uri, affectedMarkdown(registry, offers, kept, localDate)];
}

function reportNamed(name: string): vscode.Uri {
  return vscode.Uri.from({ scheme: documentScheme, path: `/${name.replaceAll('?', '')}.md` });
}

/** `offers` is absent until it is known who is affected. */
function rowsOf(
  { registry, mayKeep }: DecisionPage,
  offers: ReplacementOffers | undefined,
  kept: readonly KeptAccess[],
): Row<Choice>[] {
  const keep: Row<Choice> = {
    iconPath: icon('key'),
    label: vscode.l10n.t('Keep registry roles (AcrPull)'),
    detail: vscode.l10n.t('Nothing breaks. The identity can pull everything. Undocumented for cache rules.'),
    value: 'keep',
    alwaysShow: true,
  };
  const withRoles: Row<Choice> = {
    iconPath: icon('shield'),
    label: givingText(offers && kept.length),
    detail: offers ? losingText(whoLoses(offers, kept).length) : vscode.l10n.t('All clients must sign in again.'),
    value: 'switchWithRoles',
    alwaysShow: true,
  };
  const only: Row<Choice> = {
    iconPath: icon('warning', 'warning'),
    label: vscode.l10n.t('Switch to ABAC only'),
    detail: offers
      ? losingText(whoLoses(offers, []).length)
      : vscode.l10n.t('All clients must sign in again, and principals with registry roles can no longer pull.'),
    value: 'switchOnly',
    alwaysShow: true,
  };
  return [
    ...(mayKeep ? [keep] : []),
    ...(offers && kept.length === 0 ? [] : [withRoles]),
    only,
    separator(vscode.l10n.t('Before you decide')),
    ...(offers?.offers.length === 0 ? [] : [chooseRow(offers && kept)]),
    {
      iconPath: icon('list-unordered'),
      label: vscode.l10n.t('Show who and what is affected'),
      detail: vscode.l10n.t('Everyone who has access to {0} now, and all consequences', registry.name),
      value: 'showAffected',
      alwaysShow: true,
    },
  ];
}

function chooseRow(kept: readonly KeptAccess[] | undefined): Row<Choice> {
  return {
    iconPath: icon('organization'),
    label: vscode.l10n.t('Choose who gets new roles…'),
    detail: kept ? namesOf(kept) : vscode.l10n.t('Reading the role assignments…'),
    value: 'chooseRoles',
    alwaysShow: true,
  };
}

/** The first few. */
function namesOf(kept: readonly KeptAccess[]): string {
  if (kept.length === 0) return vscode.l10n.t('Nobody');
  const names = kept.map(({ name, principalId, isSelf }) => (isSelf ? vscode.l10n.t('you') : (name ?? principalId)));
  const first = names.slice(0, 3).join(', ');
  return names.length > 3 ? vscode.l10n.t('{0} and {1} more', first, names.length - 3) : first;
}

function givingText(count: number | undefined): string {
  if (count === undefined) return vscode.l10n.t('Switch to ABAC, and first give new roles');
  return count === 1
    ? vscode.l10n.t('Switch to ABAC, and first give 1 principal its new roles')
    : vscode.l10n.t('Switch to ABAC, and first give {0} principals new roles', count);
}

function losingText(count: number): string {
  if (count === 0) return vscode.l10n.t('All clients must sign in again. All principals can still pull.');
  return count === 1
    ? vscode.l10n.t('All clients must sign in again. 1 principal can no longer pull.')
    : vscode.l10n.t('All clients must sign in again. {0} principals can no longer pull.', count);
}

/** The registry's name has to be typed: the switch affects people who are not asked. `losing`: how many, if that is known. */
function confirmSwitch(registry: Registry, frame: Frame, losing: number | undefined): Promise<Answer<string>> {
  const { name } = registry;
  const consequence =
    losing === undefined
      ? vscode.l10n.t('All clients must sign in again, and some may no longer be able to pull.')
      : losingText(losing);
  return askText(
    { ...frame, title: vscode.l10n.t('Confirm the Switch of {0} to ABAC', name) },
    {
      value: '',
      placeholder: name,
      prompt: () => vscode.l10n.t('{0} Type "{1}" to confirm.', consequence, name),
      check: (text) =>
        text === name
          ? undefined
          : { code: 'switch.notConfirmed', message: vscode.l10n.t('Type "{0}" to confirm, or go back.', name) },
    },
  );
}
