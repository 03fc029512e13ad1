import * as vscode from 'vscode';
import { isAzureError } from '../../../azure/errors.ts';
import type { Cloud } from '../../../azure/clouds.ts';
import { sameArmId } from '../../../domain/armId.ts';
import type { Problem } from '../../../domain/parsed.ts';
import type { Registry, RepositoryPattern } from '../../../domain/types.ts';
import { readingOf } from '../../../domain/upstreams.ts';
import type { InventoryState } from '../../../inventory/types.ts';
import { showOtherUpstream } from '../../export/otherUpstream.lazy.ts';
import { frameOf, type PageContext, type Step } from '../context.ts';
import { canCacheFrom, chooseDownstream, chooseSources, chooseUpstream, type Draft } from '../draft.ts';
import { pick } from '../../pages/pick.ts';
import { type Row, type Typed } from '../../pages/quickInput.ts';
import { continueDraft } from '../found.ts';
import { readUpstream, type TypedOther, type TypedRegistry } from '../typed.ts';
import { leftRow, noticeOf, registryRows, showInventory } from './registryRows.ts';

/** A registry of the list or a typed one, or to continue the last setup. */
type Choice =
  { readonly registry: Registry } | { readonly typed: TypedRegistry } | { readonly other: TypedOther } | 'left';

/** Which registry holds the images. */
export const askUpstream: Step = async (context, draft, position) => {
  const { services, facts } = context;
  const left = position.canGoBack ? undefined : context.left?.();
  const { downstream } = draft;
  if (!downstream) return { kind: 'back' };
  let found: Found | undefined;
  let continued: Draft | undefined;
  let shown: readonly Row<Choice>[] = [];
  // The wizard may have begun with a downstream that is known from an earlier session.
  let downstreamNow = downstream;
  const answer = await pick<Choice>(frameOf(position, vscode.l10n.t('Upstream Registry')), {
    placeholder: vscode.l10n.t(
      'Choose the registry that {0} fetches images from, or type its login server',
      downstream.name,
    ),
    load: (show, signal) =>
      showInventory(
        services,
        (state) => {
          const all = [...state.registries.values()].map(({ registry }) => registry);
          const others = all.filter(({ id }) => !sameArmId(id, downstream.id));
          const usable = others.filter((registry) => canCacheFrom(downstream, registry));
          shown = [
            ...(left && sameArmId(left.downstream?.id ?? '', downstream.id) ? [leftRow<Choice>(left, 'left')] : []),
            ...registryRows(usable, state.subscriptions).map(toChoice),
          ];
          show(shown, noticeOf(state) ?? otherTenants(others.length - usable.length) ?? noneOf(state, usable));
        },
        signal,
      ),
    active: (choice) =>
      typeof choice === 'object' && 'registry' in choice && sameArmId(choice.registry.id, draft.upstream?.id),
    typed: (text) => readTyped(text, facts.azure.cloud, shown),
    accept: async (choice, signal) => {
      if (choice === 'left') {
        if (left) continued = await continueDraft(facts, left);
        return undefined;
      }
      if ('other' in choice) return undefined;
      const named = 'typed' in choice ? await lookUp(context, choice.typed, signal) : choice;
      if ('code' in named) return named;
      [found, downstreamNow] = await Promise.all([
        facts.registry(named.registry.id).then((registry) => ({ ...named, registry })),
        facts.registry(downstream.id),
      ]);
      return checkUpstream(downstreamNow, found.registry);
    },
  });
  if (continued) return { kind: 'next', state: continued, isWhole: true };
  if (answer.kind !== 'value') return answer;
  if (typeof answer.value === 'object' && 'other' in answer.value) {
    await showOtherUpstream(services, downstream, answer.value.other);
    return { kind: 'cancelled' };
  }
  return found ? { kind: 'next', state: withFound(draft, downstreamNow, found) } : { kind: 'back' };
};

/** A registry as Azure has it now. `source`: typed behind its login server. */
interface Found {
  readonly registry: Registry;
  readonly source?: RepositoryPattern;
}

function withFound(draft: Draft, downstream: Registry, { registry, source }: Found): Draft {
  const next = chooseUpstream(chooseDownstream(draft, downstream), registry);
  return source ? chooseSources(next, [...next.sources, source]) : next;
}

function toChoice(row: Row<Registry>): Row<Choice> {
  return { ...row, buttons: undefined, value: row.value && { registry: row.value } };
}

/** What only filters the rows stands for nothing; nor does the beginning of a listed login server. */
function readTyped(text: string, cloud: Cloud, rows: readonly Row<Choice>[]): Typed<Choice> | undefined {
  const lower = text.toLowerCase();
  const isOf = ({ label, description, detail }: Row<Choice>): boolean =>
    [label, description, detail].some((part) => part?.toLowerCase().includes(lower));
  if (rows.some(isOf)) return undefined;
  const read = readUpstream(text, cloud);
  if (!read.ok) return { reason: read.problem.message };
  if (read.value.kind !== 'other') return { value: { typed: read.value }, label: vscode.l10n.t('Use This Registry') };
  const { upstream } = read.value;
  return {
    value: { other: read.value },
    label: vscode.l10n.t('Show az Commands for {0}', upstream.name),
    notice: [readingOf(upstream), vscode.l10n.t('This extension sets up Azure upstreams only.')].join(' '),
  };
}

function noneOf({ freshness }: InventoryState, usable: readonly Registry[]): string | undefined {
  return usable.length > 0 || freshness !== 'current'
    ? undefined
    : vscode.l10n.t('No other registry is known. Type a login server or resource ID.');
}

function otherTenants(count: number): string | undefined {
  if (count === 0) return undefined;
  return count === 1
    ? vscode.l10n.t('1 registry is not listed: it is in another tenant, where the identity does not work.')
    : vscode.l10n.t(
        '{0} registries are not listed: they are in other tenants, where the identity does not work.',
        count,
      );
}

/** The registry that was typed, or why there is none. */
async function lookUp({ facts }: PageContext, typed: TypedRegistry, signal: AbortSignal): Promise<Found | Problem> {
  try {
    if (typed.kind === 'id') return { registry: await facts.registry(typed.id) };
    const registry = await facts.azure.registries.findByLoginServer(typed.host, { signal });
    if (registry) return { registry, source: typed.source };
    return {
      code: 'upstream.unknown',
      message: vscode.l10n.t(
        'None of your subscriptions has a registry with the login server {0}. Check the spelling, select more subscriptions, or enter the resource ID.',
        typed.host,
      ),
    };
  } catch (error) {
    if (!isAzureError(error, 'notFound') && !isAzureError(error, 'forbidden')) throw error;
    return {
      code: 'upstream.notVisible',
      message: vscode.l10n.t(
        'You cannot see this registry: {0} Your account needs the role Reader on it.',
        error.message,
      ),
    };
  }
}

function checkUpstream(downstream: Registry, upstream: Registry): Problem | undefined {
  if (sameArmId(downstream.id, upstream.id)) {
    return {
      code: 'upstream.same',
      message: vscode.l10n.t('{0} is the downstream registry itself. Choose another one.', upstream.name),
    };
  }
  if (canCacheFrom(downstream, upstream)) return undefined;
  return {
    code: 'upstream.otherTenant',
    message: vscode.l10n.t(
      '{0} is in tenant {1}, {2} in tenant {3}. A managed identity works only within its own tenant.',
      upstream.name,
      upstream.tenantId,
      downstream.name,
      downstream.tenantId,
    ),
  };
}
