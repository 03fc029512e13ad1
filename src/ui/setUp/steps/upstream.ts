import * as vscode from 'vscode';
import { isAzureError } from '../../../azure/errors.ts';
import { chinaCloud, publicCloud, usGovernmentCloud } from '../../../azure/clouds.ts';
import { parseArmId, sameArmId } from '../../../domain/armId.ts';
import { isLoginServer } from '../../../domain/imageReference.ts';
import type { Problem } from '../../../domain/parsed.ts';
import { parseRepositoryPattern } from '../../../domain/repositoryPattern.ts';
import type { Registry, RepositoryPattern } from '../../../domain/types.ts';
import { answerWith, frameOf, type Step, type PageContext } from '../context.ts';
import type { Position } from '../../pages/flow.ts';
import { canCacheFrom, chooseDownstream, chooseSources, chooseUpstream, type Draft } from '../draft.ts';
import { askText } from '../../pages/askText.ts';
import { pick } from '../../pages/pick.ts';
import { type Answer, type Row } from '../../pages/quickInput.ts';
import { icon } from '../../shared/icon.ts';
import { continueDraft } from '../found.ts';
import { leftRow, noticeOf, registryRows, showInventory } from './registryRows.ts';

/** A registry of the list, the wish to name one, or to continue the last setup. */
type Choice = { readonly registry: Registry } | 'enter' | 'left';

/** Which registry holds the images. */
export const askUpstream: Step = async (context, draft, position) => {
  const { services, facts } = context;
  const left = position.canGoBack ? undefined : context.left;
  const { downstream } = draft;
  if (!downstream) return { kind: 'back' };
  for (;;) {
    let current: Registry | undefined;
    let continued: Draft | undefined;
    // The wizard may have begun with a downstream that is known from an earlier session.
    let downstreamNow = downstream;
    const answer = await pick<Choice>(frameOf(position, vscode.l10n.t('Upstream Registry')), {
      placeholder: vscode.l10n.t('Choose the registry that {0} fetches images from', downstream.name),
      load: (show, signal) =>
        showInventory(
          services,
          (state) => {
            const all = [...state.registries.values()].map(({ registry }) => registry);
            const others = all.filter(({ id }) => !sameArmId(id, downstream.id));
            const usable = others.filter((registry) => canCacheFrom(downstream, registry));
            show(
              [
                ...(left && sameArmId(left.downstream?.id ?? '', downstream.id) ? [leftRow<Choice>(left, 'left')] : []),
                ...registryRows(usable, state.subscriptions).map(toChoice),
                enterRow(),
              ],
              noticeOf(state) ?? otherTenants(others.length - usable.length),
            );
          },
          signal,
        ),
      active: (choice) => typeof choice === 'object' && sameArmId(choice.registry.id, draft.upstream?.id),
      accept: async (choice) => {
        if (choice === 'left' && left) continued = await continueDraft(facts, left);
        if (typeof choice === 'string') return undefined;
        [current, downstreamNow] = await Promise.all([
          facts.registry(choice.registry.id),
          facts.registry(downstream.id),
        ]);
        return checkUpstream(downstreamNow, current);
      },
    });
    if (continued) return { kind: 'next', state: continued, isWhole: true };
    if (answer.kind !== 'value' || answer.value !== 'enter') {
      return answerWith(answer, (choice) =>
        chooseUpstream(chooseDownstream(draft, downstreamNow), current ?? (choice as { registry: Registry }).registry),
      );
    }
    const named = await enterUpstream(context, downstream, position);
    if (named.kind === 'value') return { kind: 'next', state: withNamed(draft, named.value) };
    if (named.kind === 'cancelled') return named;
  }
};

function withNamed(draft: Draft, { registry, downstream, source }: Named): Draft {
  const next = chooseUpstream(chooseDownstream(draft, downstream), registry);
  return source && next.sources.length === 0 ? chooseSources(next, [source]) : next;
}

function toChoice(row: Row<Registry>): Row<Choice> {
  return { ...row, buttons: undefined, value: row.value && { registry: row.value } };
}

function enterRow(): Row<Choice> {
  return {
    iconPath: icon('edit'),
    label: vscode.l10n.t('Enter Login Server or Resource ID…'),
    value: 'enter',
    alwaysShow: true,
  };
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

interface Named {
  readonly registry: Registry;
  /** As Azure has it now. */
  readonly downstream: Registry;
  /** Typed behind the login server: `host/team/app`. */
  readonly source?: RepositoryPattern;
}

async function enterUpstream(context: PageContext, downstream: Registry, position: Position): Promise<Answer<Named>> {
  let found: Named | undefined;
  // Looked up once per text: Enter must not repeat what typing has just asked.
  const lookUps = new Map<string, Promise<Omit<Named, 'downstream'> | Problem>>();
  const answer = await askText(
    { ...frameOf(position, vscode.l10n.t('Upstream by Login Server or ID')), canGoBack: true },
    {
      value: '',
      placeholder: '/subscriptions/…/registries/upstreamregistry',
      prompt: () => vscode.l10n.t('Login server of the upstream registry, or its resource ID'),
      check: async (text, signal) => {
        found = undefined;
        const problem = checkRegistryText(context, text);
        if (problem) return problem;
        // Azure is asked when the typing has paused.
        if (!lookUps.has(text) && !(await pause(400, signal))) return undefined;
        const lookUp = lookUps.get(text) ?? lookUpRegistry(context, text);
        lookUps.set(text, lookUp);
        lookUp.catch(() => lookUps.delete(text));
        const result = await lookUp;
        if ('code' in result) return result;
        found = { ...result, downstream: await context.facts.registry(downstream.id) };
        return checkUpstream(found.downstream, result.registry);
      },
    },
  );
  if (answer.kind !== 'value') return answer;
  return found ? { kind: 'value', value: found } : { kind: 'back' };
}

/** Resolves false if the signal was aborted meanwhile. */
function pause(ms: number, signal: AbortSignal): Promise<boolean> {
  return new Promise((resolve) => setTimeout(() => resolve(!signal.aborted), ms));
}

/** What is wrong with the text itself, before Azure is asked. */
function checkRegistryText({ facts }: PageContext, text: string): Problem | undefined {
  if (text.startsWith('/')) {
    const parsed = parseArmId(text);
    if (!parsed.ok) return parsed.problem;
    const type = [parsed.value.provider, ...parsed.value.types].join('/').toLowerCase();
    if (type === 'microsoft.containerregistry/registries') return undefined;
    return {
      code: 'upstream.notARegistry',
      message: vscode.l10n.t(
        "This is not a container registry's resource ID, which ends with Microsoft.ContainerRegistry/registries/<name>.",
      ),
    };
  }
  const [host, source] = splitHost(text);
  if (!isLoginServer(host)) {
    return {
      code: 'upstream.notALoginServer',
      message: vscode.l10n.t(
        'Type a login server such as "upstreamregistry{0}", or a resource ID that starts with "/subscriptions/".',
        facts.azure.cloud.registrySuffix ?? '.example.com',
      ),
    };
  }
  const parsedSource = source === undefined ? undefined : parseRepositoryPattern(source);
  if (parsedSource && !parsedSource.ok) return parsedSource.problem;
  const { cloud } = facts.azure;
  const other = [publicCloud, chinaCloud, usGovernmentCloud].find(
    ({ name, registrySuffix }) => name !== cloud.name && registrySuffix && host.toLowerCase().endsWith(registrySuffix),
  );
  if (!other) return undefined;
  return {
    code: 'upstream.otherCloud',
    message: vscode.l10n.t(
      '{0} is in the cloud {1}, but you are signed in to {2}. A managed identity works only within one cloud.',
      host,
      other.name,
      cloud.name,
    ),
  };
}

/** `https://host/team/app` → host and what follows. A trailing slash does not count. */
function splitHost(text: string): [string, string | undefined] {
  const bare = text.replace(/^https:\/\//i, '').replace(/\/$/, '');
  const slash = bare.indexOf('/');
  return slash < 0 ? [bare, undefined] : [bare.slice(0, slash), bare.slice(slash + 1)];
}

async function lookUpRegistry(
  { facts, signal }: PageContext,
  text: string,
): Promise<Omit<Named, 'downstream'> | Problem> {
  try {
    if (text.startsWith('/')) return { registry: await facts.registry(text.replace(/\/$/, '')) };
    const [host, source] = splitHost(text);
    const registry = await facts.azure.registries.findByLoginServer(host.toLowerCase(), { signal });
    const pattern = source === undefined ? undefined : parseRepositoryPattern(source);
    if (registry) return { registry, source: pattern?.ok ? pattern.value : undefined };
    return {
      code: 'upstream.unknown',
      message: vscode.l10n.t(
        'None of your subscriptions has a registry with the login server {0}. Check the spelling, select more subscriptions, or enter the resource ID.',
        host,
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
