import { describe, expect, it, vi } from 'vitest';
import type { ApplyResult, Inspection, Plan, PlannedStep, StepState } from '../../../../src/provisioning/types.ts';
import type { Change } from '../../../../src/ui/review/change.ts';
import { registry } from '../../../samples.ts';
import { keptThing } from '../../../../src/provisioning/requirements/absence/absence.ts';

vi.mock('vscode', () => import('../vscodeDouble.ts'));
const reviewAndApply = vi.fn<(services: unknown, change: Change) => Promise<unknown>>();
vi.mock('../../../../src/ui/review/apply.ts', () => ({ reviewAndApply }));
const showBeside = vi.fn<(documents: unknown, uri: { readonly path: string }) => void>();
vi.mock('../../../../src/ui/pages/leftPage.ts', () => ({ showBeside }));
const { cleanUp, confirmationText, messageOf } = await import('../../../../src/ui/changes/cleanUp.lazy.ts');
const { cleanUpPlanDocument, cleanUpReport } = await import('../../../../src/ui/changes/cleanUpDocuments.lazy.ts');
const { sizeInWords } = await import('../../../../src/ui/review/chooseSteps.ts');

const { plainText } = await import('../../../../src/ui/shared/plainText.ts');

const ruleId = '/subscriptions/s/resourceGroups/g/providers/Microsoft.ContainerRegistry/registries/r/cacheRules/MyRule';

function step(id: string, facts: Partial<PlannedStep> = {}, verdict: Inspection['verdict'] = 'missing'): PlannedStep {
  const describe = () => ({ title: `Title ${id}`, todo: `Delete ${id}.`, done: `${id} gone.` });
  const requirement = { ...keptThing({ id, kind: id, subject: '' }, ''), describe };
  return { requirement, inspection: { verdict, reason: '', evidence: [] }, ...facts };
}

const plan: Plan = {
  steps: [
    step('rule'),
    step('withoutAssignment'),
    step('identity', {}, 'conflicting'),
    step('repository', { isLeftOut: true }),
  ],
  findings: [],
  canApply: true,
};

describe('sizes in words', () => {
  it.each([
    [0, '0 B'],
    [999, '999 B'],
    [1000, '1 kB'],
    [1549, '1.5 kB'],
    [999_949, '999.9 kB'],
    [999_951, '1 MB'],
    [3_200_000_000, '3.2 GB'],
    [5e15, '5,000 TB'],
  ])('%d', (bytes, words) => expect(sizeInWords(bytes, 'en')).toBe(words));
});

it('the confirmation names exactly what is deleted, and what stays', () => {
  expect(confirmationText(plan)).toMatchSnapshot();
});

it('the confirmation of very many deletions says how many there are, and its last sentence is shown', () => {
  const many = Array.from({ length: 150 }, (_, index) => step(`team/${'x'.repeat(240)}${index}`));
  const kept = Array.from({ length: 50 }, (_, index) => step(`kept${index}`, { isLeftOut: true }));
  const text = confirmationText({ ...plan, steps: [...many, ...kept] });
  expect(plainText(text)).toBe(text);
  const lines = text.split('\n');
  expect(lines.filter((line) => line.startsWith('• Title team'))).toHaveLength(15);
  expect(lines.filter((line) => /^• (135|42) /.test(line))).toHaveLength(2);
  expect(lines.at(-1)).toBe('This cannot be undone.');
});

it('deletions of rules of one name in two registries have documents of their own', async () => {
  reviewAndApply.mockImplementation(async (_services, change) => change.showPlan?.(plan));
  const { id } = registry('one');
  for (const registryId of [id, id.replace(/one$/, 'two')])
    await cleanUp({} as never, `${registryId}/cacheRules/MyRule`);
  expect(new Set(showBeside.mock.calls.map(([, { path }]) => path)).size).toBe(2);
});

describe('the report', () => {
  const now = { date: new Date(0), language: 'en' };
  const report = (states: Readonly<Record<string, [StepState, string]>>): string => {
    const steps = Object.entries(states).map(([requirementId, [state, message]]) => ({
      requirementId,
      state,
      message,
    }));
    const result: ApplyResult = { outcome: 'failed', steps, done: [], begun: [], left: [], kept: [] };
    return cleanUpReport(ruleId, plan, result, now).replace(now.date.toLocaleString(now.language), 'now');
  };

  it('lists what is gone and what stays', () => {
    expect(
      report({ rule: ['done', ''], repository: ['kept', 'why'], identity: ['failed', 'No right.'] }),
    ).toMatchSnapshot();
    expect(report({ rule: ['cancelled', 'Not begun: x'] })).toMatchSnapshot();
    // It needs nothing of what has failed before it.
    expect(report({ identity: ['skipped', 'not in place'] })).toMatchSnapshot();
  });

  it('shows texts of Azure as they are', () => {
    const text = report({ rule: ['alreadyDone', '<img src=x> [a](b)\n# c'] });
    expect(text).not.toMatch(/(?<!\\)<img|(?<!\\)\[a|^# c/m);
  });
});

describe('the message', () => {
  const result = (
    outcome: ApplyResult['outcome'],
    states: readonly StepState[],
    begun: string[] = [],
  ): ApplyResult => ({
    outcome,
    steps: states.map((state, index) => ({ requirementId: String(index), state, message: '' })),
    ...{ done: [], left: [], kept: [], begun },
  });

  it.each([
    ['of two chosen, both are gone', result('complete', ['done', 'alreadyDone', 'kept', 'kept']), ['2', '2']],
    ['one failed', result('failed', ['done', 'failed', 'kept', 'kept']), ['1', '2']],
    ['Azure may still finish one', result('cancelled', ['cancelled'], ['Delete rule.']), ['0', '2', '1']],
    ['nothing was begun', result('cancelled', []), ['0', '2']],
  ])('counts: %s', (_, ended, counts) => {
    const message = messageOf('MyRule', plan, ended);
    expect(message.match(/\d+/g)).toEqual(counts);
    expect(message.match(/[.]/g)).toHaveLength(1);
  });

  it('says that nothing is left when there was nothing', () => {
    expect(messageOf('MyRule', { ...plan, steps: [] }, result('complete', []))).not.toMatch(/\d/);
  });
});

describe('the plan', () => {
  it('tells what would go, and of the rest why it is kept', () => {
    const text = cleanUpPlanDocument(ruleId, {
      ...plan,
      steps: [
        step('rule', { because: 'lastTrace' }),
        step('identity', { inspection: { verdict: 'conflicting', code: 'inUse', reason: 'By b.', evidence: [] } }),
        step('assignment', { inspection: { verdict: 'unknown', reason: 'No right.', evidence: [] } }),
        step('repository', { isLeftOut: true }),
      ],
    });
    expect(text.split('\n').filter((line) => /^(#|- )/.test(line))).toMatchSnapshot();
    expect(text.trim().endsWith(`\`${ruleId}\``)).toBe(true);
  });

  it('shows texts of Azure as they are', () => {
    const inspection: Inspection = { verdict: 'unknown', reason: '<img src=x> [a](command:b)', evidence: [] };
    expect(cleanUpPlanDocument(ruleId, { ...plan, steps: [step('x', { inspection })] })).not.toMatch(
      /(?<!\\)<img|(?<!\\)\[a/,
    );
  });
});
