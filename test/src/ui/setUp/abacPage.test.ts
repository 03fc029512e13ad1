import { beforeEach, expect, it, vi } from 'vitest';
import { roles } from '../../../../src/domain/roles.ts';
import type { ReplacementOffer, ReplacementOffers } from '../../../../src/provisioning/changes/replacementOffers.ts';
import type { KeptAccess } from '../../../../src/provisioning/types.ts';
import type { TextPage } from '../../../../src/ui/pages/askText.ts';
import type { PickPage } from '../../../../src/ui/pages/pick.ts';
import type { Answer, Frame, Row } from '../../../../src/ui/pages/quickInput.ts';
import type { TogglePage } from '../../../../src/ui/pages/toggles.ts';
import { assignment, registry } from '../../../samples.ts';
import { EventEmitter, l10n, Uri } from '../vscodeDouble.ts';

type Choice = 'keep' | 'switchWithRoles' | 'switchOnly' | 'chooseRoles' | 'showAffected' | 'explain';
type Left = { readonly kind: 'back' | 'cancelled' };

/** What the user does on each page that is shown, in order. */
let script: (
  Choice | { readonly text: string } | { readonly toggle: readonly string[] } | { readonly isBack: boolean } | Left
)[] = [];
const documents: string[] = [];
/** What was seen: rows of the decision by value, and which was active. */
let seen: { rows: Row<Choice>[]; active: string | undefined; failed: boolean }[] = [];

vi.mock('vscode', () => ({
  l10n,
  EventEmitter,
  Uri,
  ThemeIcon: Object,
  ThemeColor: Object,
  QuickPickItemKind: { Separator: -1 },
  env: { language: 'en' },
}));
vi.mock('../../../../src/ui/pages/leftPage.ts', () => ({
  showBeside(_documents: unknown, { path }: Uri): Promise<boolean> {
    documents.push(path);
    return Promise.resolve((script.shift() as { readonly isBack: boolean }).isBack);
  },
}));
vi.mock('../../../../src/ui/pages/pick.ts', () => ({
  async pick(_frame: Frame, page: PickPage<Choice>): Promise<Answer<Choice>> {
    let rows: Row<Choice>[] = [];
    const signal = new AbortController().signal;
    const failed = await Promise.resolve(page.load((shown) => (rows = [...shown]), signal)).then(
      () => false,
      () => true,
    );
    const active = rows.find(({ value }) => value !== undefined && page.active?.(value))?.value;
    seen.push({ rows, active, failed });
    const choice = script.shift();
    if (typeof choice !== 'string') return choice as Left;
    if (choice === 'explain') return { kind: 'value', value: choice };
    expect(rows.map(({ value }) => value)).toContain(choice);
    try {
      expect(await page.accept?.(choice, signal)).toBeUndefined();
    } catch {
      return { kind: 'cancelled' };
    }
    return { kind: 'value', value: choice };
  },
}));
vi.mock('../../../../src/ui/pages/askText.ts', () => ({
  async askText(_frame: Frame, page: TextPage): Promise<Answer<string>> {
    const answer = script.shift() as { readonly text: string } | Left;
    if (!('text' in answer)) return answer;
    const problem = await page.check(answer.text, new AbortController().signal);
    return problem ? { kind: 'back' } : { kind: 'value', value: answer.text };
  },
}));
vi.mock('../../../../src/ui/pages/toggles.ts', () => ({
  switchRow: (key: string) => ({ label: key }),
  chooseToggled(_frame: Frame, page: TogglePage): Promise<Answer<ReadonlySet<string>>> {
    const { selected } = page;
    page.rows();
    const answer = script.shift() as { readonly toggle: readonly string[] } | Left;
    if (!('toggle' in answer)) return Promise.resolve(answer);
    for (const key of answer.toggle) if (!selected.delete(key)) selected.add(key);
    return Promise.resolve({ kind: 'value', value: selected });
  },
}));
const { decideAbac } = await import('../../../../src/ui/setUp/abacPage.ts');
const { rowLimits } = await import('../../../../src/ui/shared/plainRows.ts');

const upstream = registry('upstreamregistry', { roleAssignmentMode: 'LegacyRegistryPermissions' });
const roleIds = [roles.repositoryReader.id, roles.catalogLister.id];
const offer = (principalId: string, change: Partial<ReplacementOffer> = {}): ReplacementOffer => ({
  ...{ principalId, principalType: 'ServicePrincipal', name: principalId, roleIds, isPreselected: true, ...change },
});
const me = offer('me', { principalType: 'User', isSelf: true });
const person = offer('person', { principalType: 'User', isPreselected: false });

function offersOf(offers: readonly ReplacementOffer[]): ReplacementOffers {
  const affected = offers.map(({ principalId, name }) => ({
    assignment: assignment(roles.acrPull.id, principalId, upstream.id),
    ...{ roleName: 'AcrPull', principal: name, where: '', consequence: '' },
  }));
  const none = { temporary: [], left: [], conditioned: [], unknown: [] };
  return { offers, affected, nameOf: ({ principalId }) => principalId, ...none };
}

/** Decides as the script says; who is kept by id. */
async function decided(
  steps: typeof script,
  offers: ReplacementOffers | Error = offersOf([me, offer('kubelet'), person]),
  more: { mayKeep?: boolean; before?: readonly KeptAccess[] } = {},
): Promise<string | string[]> {
  script = [...steps];
  const answer = await decideAbac({
    services: {} as never,
    facts: {
      azure: { cloud: { docs: 'https://docs.example' } },
      replacementOffers: () => (offers instanceof Error ? Promise.reject(offers) : Promise.resolve(offers)),
    } as never,
    registry: upstream,
    frame: { title: 'How upstreamregistry Is Read', canGoBack: true },
    mayKeep: more.mayKeep ?? true,
    ...(more.before && { before: { mode: 'switch', keepAccess: more.before } }),
  });
  expect(script).toEqual([]);
  if (answer.kind !== 'value') return answer.kind;
  return answer.value.mode === 'keep' ? 'keep' : answer.value.keepAccess.map(({ principalId }) => principalId);
}

beforeEach(() => {
  seen = [];
  documents.length = 0;
});

const name = { text: 'upstreamregistry' };
it.each<[string, typeof script, string | string[]]>([
  ['keeps registry roles, which needs no confirmation', ['keep'], 'keep'],
  ['switches, and oneself and workloads get roles', ['switchWithRoles', name], ['me', 'kubelet']],
  ['switches, and nobody gets roles', ['switchOnly', name], []],
  [
    'switches, with roles for others',
    ['chooseRoles', { toggle: ['me', 'person'] }, 'switchWithRoles', name],
    ['kubelet', 'person'],
  ],
  ['does not choose who gets roles', ['chooseRoles', { kind: 'back' }, 'switchWithRoles', name], ['me', 'kubelet']],
  ['comes back from the confirmation', ['switchOnly', { kind: 'back' }, 'keep'], 'keep'],
  ['types another name', ['switchOnly', { text: 'upstream' }, { kind: 'back' }], 'back'],
  ['leaves the confirmation', ['switchOnly', { kind: 'cancelled' }], 'cancelled'],
  ['leaves the roles', ['chooseRoles', { kind: 'cancelled' }], 'cancelled'],
  ['reads who is affected first', ['showAffected', { isBack: true }, 'keep'], 'keep'],
  ['reads what ABAC is first', ['explain', { isBack: true }, 'keep'], 'keep'],
  ['closes what was to be read', ['showAffected', { isBack: false }], 'cancelled'],
  ['goes back', [{ kind: 'back' }], 'back'],
])('who %s', async (_, steps, expected) => {
  expect(await decided(steps)).toEqual(expected);
  expect(documents).toHaveLength(steps.includes('showAffected') || steps.includes('explain') ? 1 : 0);
});

it('nothing is active at first; what was decided or left is, when it comes back', async () => {
  await decided(['switchOnly', { kind: 'back' }, { kind: 'back' }]);
  await decided([{ kind: 'back' }], undefined, { before: [] });
  await decided([{ kind: 'back' }], undefined, { before: [me] });
  expect(seen.map(({ active }) => active)).toEqual([undefined, 'switchOnly', 'switchOnly', 'switchWithRoles']);
});

it.each<[string, ReplacementOffers, { mayKeep?: boolean; before?: readonly KeptAccess[] }, Choice[]]>([
  ['all', offersOf([me]), {}, ['keep', 'switchWithRoles', 'switchOnly', 'chooseRoles', 'showAffected']],
  ['no AcrPull', offersOf([me]), { mayKeep: false }, ['switchWithRoles', 'switchOnly', 'chooseRoles', 'showAffected']],
  ['no roles for nobody', offersOf([me]), { before: [] }, ['keep', 'switchOnly', 'chooseRoles', 'showAffected']],
  ['nobody to give roles to', offersOf([]), {}, ['keep', 'switchOnly', 'showAffected']],
])('answers: %s', async (_, offers, more, expected) => {
  await decided([{ kind: 'back' }], offers, more);
  expect(seen[0]?.rows.flatMap(({ value }) => value ?? [])).toEqual(expected);
});

it('where nobody knows who is affected, a switch without roles is still possible, and one with roles is not', async () => {
  const failure = new Error('refused');
  expect(await decided(['switchOnly', name], failure)).toEqual([]);
  expect(await decided(['switchWithRoles'], failure)).toBe('cancelled');
  expect(seen.map(({ failed }) => failed)).toEqual([true, true]);
});

it.each([0, 1, 2, 99, 1234])('the answers are rows that fit, with %i principals', async (count) => {
  await decided([{ kind: 'back' }], offersOf(Array.from({ length: count }, (_, index) => offer(`p${index}`))));
  for (const { label, detail = '' } of seen[0]?.rows ?? []) {
    expect(label.length, label).toBeLessThanOrEqual(rowLimits.label);
    expect(detail.length, detail).toBeLessThanOrEqual(rowLimits.detail);
  }
});
