import { afterEach, describe, expect, it, vi } from 'vitest';
import type { Goal } from '../../../../src/provisioning/plan.ts';
import type { CheckResult } from '../../../../src/provisioning/checks/check.ts';
import type { RuleDiagnosis } from '../../../../src/provisioning/diagnosis/diagnose.ts';
import type { Repair, Requirement } from '../../../../src/provisioning/types.ts';
import type { Change } from '../../../../src/ui/review/change.ts';
import { articleLink } from '../../provisioning/links.ts';
import { l10n } from '../vscodeDouble.ts';

const decideAbac = vi.fn<(page: { readonly mayKeep: boolean }) => unknown>();
const reviewAndApply = vi.fn<(services: unknown, change: Change) => Promise<void>>();
const checkRule = vi.fn();
vi.mock('../../../../src/provisioning/diagnosis/repairAll.ts', async (original) => ({
  ...(await original<object>()),
  planOfGoals: (_: unknown, goals: readonly Goal[]) =>
    goals.flatMap(({ requirements }) => requirements.map(({ id }) => id)),
}));
vi.mock('vscode', () => ({ l10n }));
vi.mock('../../../../src/ui/review/apply.ts', () => ({
  reviewAndApply,
  applyWithProgress: (services: unknown, _azure: unknown, change: Change) => reviewAndApply(services, change),
}));
vi.mock('../../../../src/ui/review/review.ts', () => ({
  async askAndReview(_services: unknown, _azure: unknown, ask: () => Promise<Change | undefined>) {
    const change = await ask();
    return change ? { kind: 'apply', change } : { kind: 'cancelled' };
  },
}));
vi.mock('../../../../src/ui/setUp/abacPage.ts', () => ({ decideAbac }));
vi.mock('../../../../src/ui/setUp/reads.ts', () => ({ createFacts: () => ({}) }));
vi.mock('../../../../src/ui/pages/opening.ts', () => ({
  whileOpening: (services: { azure(): unknown }, _title: string, read: (azure: unknown, signal: unknown) => unknown) =>
    read(services.azure(), undefined),
}));
vi.mock('../../../../src/ui/pages/pick.ts', () => ({}));
vi.mock('../../../../src/ui/shared/messages.ts', () => ({ showInformationMessage: vi.fn() }));
vi.mock('../../../../src/ui/diagnosis/diagnose.lazy.ts', () => ({ showResults: vi.fn() }));
vi.mock('../../../../src/ui/diagnosis/runDiagnosis.lazy.ts', () => ({ checkRule }));
vi.mock('../../../../src/ui/pages/pickResource.ts', () => ({
  pickRule: (_services: unknown, { ruleId }: { ruleId: string }) => ({ rule: { id: ruleId, name: 'rule' } }),
}));
const { repairRule } = await import('../../../../src/ui/diagnosis/repair.lazy.ts');
const { keepDiagnosis } = await import('../../../../src/ui/diagnosis/results.ts');
afterEach(() => vi.clearAllMocks());

/** Which does not list the registry. */
const services = { inventory: { entry: () => undefined, knowledge: () => ({}) } };
const registryId = articleLink().downstream.id;
const idOf = (name: string): string => `${registryId}/cacheRules/${name}`;

function step(id: string): Requirement {
  return {
    ...{ id, kind: id, needs: [], rights: [], reads: [], writes: [] },
    describe: () => ({ title: id, todo: id, done: id }),
    inspect: () => Promise.reject(new Error('not asked')),
    satisfy: () => Promise.reject(new Error('not asked')),
  };
}

function repair(id: string, change: Partial<Repair> = {}): Repair {
  return { id, link: articleLink(), title: () => id, once: () => [step(id)], ...change };
}

function diagnosis(name: string, repairs: Readonly<Record<string, Repair>>): RuleDiagnosis {
  const checks = Object.entries(repairs).map(([id, one]): CheckResult => ({
    ...{ id, code: id, title: id, verdict: 'problem', pull: 'dependsOn', reason: '', evidence: [] },
    repair: one,
  }));
  const counts = { health: 'problems', problems: checks.length, warnings: 0, skipped: 0 } as const;
  return { ruleId: idOf(name), ruleName: name, checkedAt: '2026-11-23T10:00:00.000Z', ...counts, checks };
}

/** Ids of the steps that the change plans. */
const stepsReviewed = () => reviewAndApply.mock.calls[0]?.[1].plan({} as never, {}) as unknown as string[];

describe('repairRule', () => {
  it('repairs the one finding, by the diagnosis of this session', async () => {
    keepDiagnosis(diagnosis('one', { a: repair('a'), b: repair('b') }));
    await repairRule(services as never, { ruleId: idOf('one'), check: 'b' });
    expect(stepsReviewed()).toEqual(['b']);
    expect(checkRule).not.toHaveBeenCalled();
  });

  it('diagnoses first where this session has no such finding, and reviews nothing if it is gone', async () => {
    checkRule.mockResolvedValueOnce(diagnosis('new', { a: repair('a') }));
    await repairRule(services as never, { ruleId: idOf('new'), check: 'a' });
    expect(stepsReviewed()).toEqual(['a']);
    checkRule.mockResolvedValueOnce(diagnosis('new', {}));
    await repairRule(services as never, { ruleId: idOf('new'), check: 'a' });
    expect(checkRule).toHaveBeenCalledTimes(2);
    expect(reviewAndApply).toHaveBeenCalledOnce();
  });

  it('repairs all that pulls fail from, also in rules that share it, and diagnoses each again', async () => {
    const shared = repair('shared', { about: ['/thing'], each: () => [step('rule')] });
    const both = {
      ...diagnosis('both', { a: shared, b: repair('b') }),
      dependents: [diagnosis('other', { a: shared })],
    };
    keepDiagnosis(both);
    await repairRule(services as never, { ruleId: both.ruleId, all: true });
    expect(stepsReviewed().sort()).toEqual(['b', 'rule@MyRegistry', 'shared']);
    reviewAndApply.mock.calls[0]?.[1].onComplete?.({} as never, {} as never);
    await vi.waitFor(() => expect(checkRule).toHaveBeenCalledTimes(2));
    expect(checkRule.mock.calls.map(([, id]) => id as unknown)).toEqual(['both', 'other'].map(idOf));
  });

  it('repairs one finding in all rules of the registry that share it, and nothing else', async () => {
    const shared = repair('shared', { about: ['/thing'] });
    const elsewhere = repair('elsewhere', { about: ['/other'] });
    const rules = [
      diagnosis('first', { a: shared, b: repair('b') }),
      diagnosis('second', { a: shared }),
      diagnosis('third', { a: elsewhere }),
    ];
    keepDiagnosis({ registryId, rules, notChecked: [] });
    await repairRule(services as never, { ruleId: idOf('first'), check: 'a', all: true });
    expect(stepsReviewed()).toEqual(['shared']);
    reviewAndApply.mock.calls[0]?.[1].onComplete?.({} as never, {} as never);
    await vi.waitFor(() => expect(checkRule).toHaveBeenCalledTimes(2));
    expect(checkRule.mock.calls.map(([, id]) => id as unknown)).toEqual(['first', 'second'].map(idOf));
  });

  it.each<[string, Repair['confirmation'], string, unknown, string[] | undefined]>([
    ['to keep the mode', 'permissionMode', 'LegacyRegistryPermissions', { mode: 'keep' }, ['acrPull']],
    ['to switch', 'permissionMode', 'LegacyRegistryPermissions', { mode: 'switch', keepAccess: [] }, ['condition']],
    ['nothing', 'permissionMode', 'LegacyRegistryPermissions', undefined, undefined],
    ['to switch, the only answer', 'abacSwitch', 'LegacyRegistryPermissions', { mode: 'switch' }, ['condition']],
    ['nothing, since it was switched meanwhile', 'abacSwitch', 'AbacRepositoryPermissions', undefined, ['condition']],
  ])('repairs as it was decided how the upstream is read: %s', async (_, confirmation, mode, decision, steps) => {
    const decided = repair('a', { confirmation, once: ({ access }) => [step(access)] });
    keepDiagnosis(diagnosis('mode', { a: decided }));
    decideAbac.mockReturnValue(decision ? { kind: 'value', value: decision } : { kind: 'cancelled' });
    const azure = () => ({ registries: { get: () => ({ roleAssignmentMode: mode }) } });
    await repairRule({ ...services, azure } as never, { ruleId: idOf('mode'), check: 'a' });
    if (mode === 'AbacRepositoryPermissions') expect(decideAbac).not.toHaveBeenCalled();
    else expect(decideAbac.mock.calls[0]?.[0].mayKeep).toBe(confirmation === 'permissionMode');
    expect(reviewAndApply.mock.calls.length === 0 ? undefined : stepsReviewed()).toEqual(steps);
  });
});
