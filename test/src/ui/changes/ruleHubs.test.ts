import { beforeEach, expect, test, vi } from 'vitest';
import type { CacheRule } from '../../../../src/domain/types.ts';
import type { AccessForm } from '../../../../src/provisioning/types.ts';
import { chooseSources, type Draft, nameRule, nameTarget } from '../../../../src/ui/setUp/draft.ts';
import { type Found, nothingFound } from '../../../../src/ui/setUp/found.ts';
import type { Hub } from '../../../../src/ui/setUp/hub.ts';
import type { Facts } from '../../../../src/ui/setUp/reads.ts';
import { identity, pattern, registry, rule } from '../../../samples.ts';
import { articleLink } from '../../provisioning/links.ts';
import { l10n, ThemeColor, ThemeIcon } from '../vscodeDouble.ts';

const [askHub, linkOfRule] = [vi.fn(), vi.fn()];
vi.mock('vscode', () => ({ l10n, ThemeIcon, ThemeColor, QuickPickItemKind: { Separator: -1 } }));
vi.mock('../../../../src/ui/setUp/hub.ts', () => ({ askHub }));
vi.mock('../../../../src/provisioning/link/linkOfRule.ts', () => ({ linkOfRule }));
const [reviewAndApply, withConsent, readChangedRule] = [vi.fn(), vi.fn(), vi.fn()];
vi.mock('../../../../src/ui/review/apply.ts', () => ({ reviewAndApply }));
vi.mock('../../../../src/ui/setUp/resume.ts', () => ({ withConsent }));
vi.mock('../../../../src/provisioning/changes/changeRule.ts', () => ({ readChangedRule }));
const [rules, identities] = [vi.fn(), vi.fn()];
vi.mock('../../../../src/ui/setUp/reads.ts', () => ({ createFacts: () => ({ rules, identities }) }));
vi.mock('../../../../src/ui/pages/opening.ts', () => ({
  whileOpening: (_services: unknown, _title: string, read: (azure: object, signal: undefined) => unknown) =>
    read({}, undefined),
}));
const { changeIdentity, resumeIdentityChange } = await import('../../../../src/ui/changes/changeIdentity.lazy.ts');
const { replaceRule } = await import('../../../../src/ui/changes/replaceRule.lazy.ts');

const [downstream, upstream] = [registry('myregistry'), registry('upstreamregistry')];
const present = identity('id-myregistry-from-upstreamregistry', 'p1');
const old = rule('MyRule', `${upstream.loginServer}/myapp`, 'myapp', { identity: { id: present.id } });

/** The hub that a command opens, with the draft that it begins with, and what its pages see of Azure. */
async function hubOf(
  command: (services: never, rule: CacheRule) => Promise<unknown>,
  {
    of = old,
    access = 'condition',
    mode = upstream.roleAssignmentMode,
  }: { of?: CacheRule; access?: AccessForm; mode?: typeof upstream.roleAssignmentMode } = {},
) {
  linkOfRule.mockResolvedValue({
    ...{ ok: true, downstream, upstream: { ...upstream, roleAssignmentMode: mode } },
    link: {
      ...{ downstream, source: { kind: 'registry', ...upstream }, access },
      mappings: [{ ruleName: of.name, source: pattern('myapp'), target: pattern('myapp') }],
      authentication: { kind: 'identity', identityId: present.id },
    },
  });
  askHub.mockResolvedValue({ kind: 'cancelled' });
  expect(await command({} as never, of)).toBeUndefined();
  const [context, draft, hub] = askHub.mock.calls[0] as [{ readonly facts: Facts }, Draft, Hub];
  return { facts: context.facts, draft, hub };
}

beforeEach(() => void vi.clearAllMocks());
const about = (hub: Hub, draft: Draft, found: Found = nothingFound) =>
  hub.rows(draft, found).flatMap(({ value }) => value?.about ?? []);

test('a replacement opens with the rule as it is, and plans nothing before something of it is another', async () => {
  const { draft, hub } = await hubOf(replaceRule);
  const shown = hub.withDefaults(draft, nothingFound);
  expect(shown.ruleNames.get('myapp')).toBe('MyRule');
  // What the rule has cached is no obstacle as long as nothing is changed.
  const found: Found = { ...nothingFound, repositories: ['myapp'] };
  expect(hub.change(shown, found)).toBeUndefined();
  expect(about(hub, shown, found)).toEqual(['source', 'target']);
  expect(hub.change(nameRule(draft, pattern('myapp'), 'MYRULE'), found)).toBeUndefined();
  expect(hub.change(nameRule(draft, pattern('myapp'), 'Other'), nothingFound)).toBeDefined();
});

test('another source keeps the name, since the old rule is in the way anyway; another target does not', async () => {
  const { draft, hub } = await hubOf(replaceRule);
  const shop = pattern('charts/shop');
  const fetched = nameTarget(chooseSources(draft, [shop]), shop, 'myapp');
  expect(hub.withDefaults(fetched, nothingFound).ruleNames.get('charts/shop')).toBe('MyRule');
  const served = hub.withDefaults(nameTarget(draft, pattern('myapp'), 'elsewhere'), nothingFound);
  expect(served.ruleNames.get('myapp')).toBe('upstreamregistry-myapp');
  expect(hub.change(served, nothingFound)).toBeDefined();
});

test('the name that a rule with another target gets is never the one that goes away', async () => {
  const suggested = { ...old, name: 'upstreamregistry-myapp' };
  const { draft, hub } = await hubOf(replaceRule, { of: suggested });
  const served = hub.withDefaults(nameTarget(draft, pattern('myapp'), 'elsewhere'), nothingFound);
  expect(served.ruleNames.get('myapp')).not.toBe(suggested.name);
  expect(hub.change(served, nothingFound)).toBeDefined();
});

test('a target that cannot be is asked for first, and nothing is planned', async () => {
  const { draft, hub } = await hubOf(replaceRule);
  const elsewhere = nameTarget(draft, pattern('myapp'), 'taken');
  const found: Found = { ...nothingFound, repositories: ['taken'] };
  expect(about(hub, elsewhere, found)[0]).toBe('target');
  expect(hub.rows(elsewhere, found)[0]?.value?.about).toBe('target');
  expect(hub.change(elsewhere, found)).toBeUndefined();
});

test('its pages do not see the rule that goes away', async () => {
  const { facts } = await hubOf(replaceRule);
  const other = rule('Other', 'x', 'y');
  rules.mockResolvedValue([old, other]);
  expect(await facts.rules(downstream.id)).toEqual([other]);
});

test('another identity is new and not called as the present one, unless there is one that fits', async () => {
  const { draft, hub, facts } = await hubOf(changeIdentity);
  const shown = hub.withDefaults(draft, nothingFound);
  expect(shown.identity).toEqual({ kind: 'new' });
  expect(shown.newIdentity.name).toBe('id-myregistry-from-upstreamregistry-2');
  expect(hub.change(shown, nothingFound)).toBeDefined();
  identities.mockResolvedValue([present, identity('id-other', 'p2')]);
  const offered = await facts.identities(downstream.tenantId);
  expect(offered.map(({ name }) => name)).toEqual(['id-other']);
  const found: Found = {
    ...nothingFound,
    identities: offered,
    rules: [rule('A', `${upstream.loginServer}/a`, 'a', { identity: { id: offered[0]?.id ?? '' } })],
  };
  expect(hub.withDefaults(draft, found).identity).toEqual({ kind: 'existing', identity: offered[0] });
});

test('how a registry in RBAC mode is read stays as it is, and is a decision where the rule cannot read it', async () => {
  const mode = 'LegacyRegistryPermissions';
  const keeping = await hubOf(changeIdentity, { access: 'acrPull', mode });
  const kept = keeping.hub.withDefaults(keeping.draft, nothingFound);
  expect(keeping.hub.change(kept, nothingFound)).toBeDefined();
  expect(about(keeping.hub, kept)).toEqual(['identity', 'permissionMode']);
  askHub.mockClear();
  const { draft, hub } = await hubOf(changeIdentity, { mode });
  const open = hub.withDefaults(draft, nothingFound);
  expect(hub.change(open, nothingFound)).toBeUndefined();
  expect(hub.rows(open, nothingFound)[0]?.value).toEqual({ about: 'permissionMode' });
});

test.each<[AccessForm, AccessForm | undefined]>([
  ['registry', 'registry'],
  ['condition', 'condition'],
  ['repositoryScope', undefined],
])(
  'what the other identity may read is as before (%s), but never by the scope that nothing shows to work',
  async (access, kept) => {
    expect((await hubOf(changeIdentity, { access })).draft.access).toBe(kept);
  },
);

test('a change of identity that switches the upstream is resumed with consent of now alone', async () => {
  const begun = { kind: 'changeIdentity', link: articleLink({ allowAbacSwitch: true }) } as const;
  readChangedRule.mockResolvedValue(old);
  withConsent.mockResolvedValueOnce(undefined).mockResolvedValueOnce(begun.link);
  expect(await resumeIdentityChange({} as never, begun)).toBeUndefined();
  expect(withConsent).toHaveBeenCalledWith({}, {}, begun.link);
  expect(reviewAndApply).not.toHaveBeenCalled();
  await resumeIdentityChange({} as never, begun);
  expect(reviewAndApply).toHaveBeenCalledOnce();
});
