import { describe, expect, it, vi } from 'vitest';
import type { ApplyResult, Inspection, Plan, PlannedStep, StepState } from '../../../../src/provisioning/types.ts';
import { keptThing } from '../../../../src/provisioning/requirements/absence.ts';
import { l10n } from '../vscodeDouble.ts';

vi.mock('vscode', () => ({ l10n }));
const { cleanUpReport, confirmationText, messageOf } = await import('../../../../src/ui/changes/cleanUp.lazy.ts');
const { sizeInWords } = await import('../../../../src/ui/review/chooseSteps.ts');

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

it('the message does not say of a deletion that Azure may still finish that nothing was deleted', () => {
  const result = (...begun: readonly string[]): ApplyResult => ({
    ...{ outcome: 'cancelled', steps: [], done: [], left: [], kept: [] },
    begun,
  });
  expect([messageOf(plan, result()), messageOf(plan, result('Delete rule.'))]).toMatchSnapshot();
});
