import * as vscode from 'vscode';
import type { ResourceGroup } from '../../../azure/azure.ts';
import { identityArmId, sameArmId } from '../../../domain/armId.ts';
import type { Subscription } from '../../../domain/types.ts';
import { whileReading } from '../../pages/opening.ts';
import { answerWith, frameOf, type Step, type PageContext } from '../context.ts';
import { orUndefined } from '../reads.ts';
import type { Position } from '../../pages/flow.ts';
import { type Draft, newIdentityOf } from '../draft.ts';
import { pick } from '../../pages/pick.ts';
import { type Row } from '../../pages/quickInput.ts';
import { icon } from '../../shared/icon.ts';

type Choice = ResourceGroup | 'subscription';

/** The resource group of the new identity, of any subscription of the tenant. Not asked for where there is only one. */
export const askIdentityGroup: Step = async (context, draft, position) => {
  const { facts } = context;
  const { downstream } = draft;
  if (!downstream) return { kind: 'back' };
  const subscriptions = subscriptionsOf(context, downstream.tenantId);
  const title = vscode.l10n.t('Resource Group of the New Identity');
  if (subscriptions.length === 1) {
    const [only, ...others] =
      (await whileReading(title, orUndefined(facts.resourceGroups(downstream.subscriptionId)))) ?? [];
    if (only && others.length === 0)
      return {
        kind: 'next',
        state: await whileReading(title, inGroup(context, draft, downstream.subscriptionId, only)),
      };
  }
  let subscriptionId = newIdentityOf(draft)?.subscriptionId ?? downstream.subscriptionId;
  for (;;) {
    const answer = await pick<Choice>(frameOf(position, title), {
      placeholder: vscode.l10n.t(
        'Choose a resource group in {0}',
        subscriptions.find(({ id }) => id === subscriptionId)?.name ?? subscriptionId,
      ),
      load: async (show) => {
        const elsewhere = subscriptions.length > 1 ? [otherSubscriptionRow()] : [];
        show(elsewhere);
        const groups = [...(await facts.resourceGroups(subscriptionId))].sort((a, b) => a.name.localeCompare(b.name));
        show(
          [...groups.map(groupRow), ...elsewhere],
          groups.length > 0 ? undefined : vscode.l10n.t('There is no resource group in this subscription.'),
        );
      },
      active: (choice) => choice !== 'subscription' && isSame(choice.name, newIdentityOf(draft)?.resourceGroup),
    });
    if (answer.kind !== 'value') return answerWith(answer, () => draft);
    if (answer.value !== 'subscription')
      return {
        kind: 'next',
        state: await whileReading(title, inGroup(context, draft, subscriptionId, answer.value)),
      };
    const other = await pickSubscription(subscriptions, subscriptionId, position);
    if (other.kind === 'cancelled') return other;
    if (other.kind === 'value') subscriptionId = other.value.id;
  }
};

/** An identity of this name that is already there is used; nothing needs to be created. */
async function inGroup(
  { facts }: PageContext,
  draft: Draft,
  subscriptionId: string,
  group: ResourceGroup,
): Promise<Draft> {
  const moved = draft.newIdentity.resourceGroup !== undefined && !isSame(draft.newIdentity.resourceGroup, group.name);
  const next: Draft = {
    ...draft,
    newIdentity: {
      ...draft.newIdentity,
      subscriptionId,
      resourceGroup: group.name,
      location: draft.newIdentity.location === undefined || moved ? group.location : draft.newIdentity.location,
    },
  };
  const fresh = newIdentityOf(next);
  const identities = (draft.downstream && (await orUndefined(facts.identities(draft.downstream.tenantId)))) ?? [];
  const existing =
    fresh && identities.find(({ id }) => sameArmId(id, identityArmId(subscriptionId, group.name, fresh.name)));
  return existing ? { ...next, identity: { kind: 'existing', identity: existing } } : next;
}

function subscriptionsOf({ facts }: PageContext, tenantId: string): Subscription[] {
  const all = facts.azure.subscriptions.filter((subscription) => subscription.tenantId === tenantId);
  // Two accounts may see the same subscription.
  return all.filter(({ id }, index) => all.findIndex((other) => other.id === id) === index);
}

function groupRow(group: ResourceGroup): Row<Choice> {
  return { iconPath: icon('folder'), label: group.name, description: group.location, value: group };
}

function otherSubscriptionRow(): Row<Choice> {
  return {
    iconPath: icon('list-tree'),
    label: vscode.l10n.t('In Another Subscription…'),
    value: 'subscription',
    alwaysShow: true,
  };
}

function pickSubscription(subscriptions: readonly Subscription[], current: string, position: Position) {
  return pick<Subscription>(
    { ...frameOf(position, vscode.l10n.t('Subscription of the New Identity')), canGoBack: true },
    {
      placeholder: vscode.l10n.t('Choose a subscription of the same tenant'),
      load: (show) =>
        show(
          subscriptions.map((subscription) => ({
            iconPath: icon('symbol-key'),
            label: subscription.name,
            description: subscription.id,
            value: subscription,
          })),
        ),
      active: ({ id }) => id === current,
    },
  );
}

function isSame(a: string, b: string | undefined): boolean {
  return a.toLowerCase() === b?.toLowerCase();
}
