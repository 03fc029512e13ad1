import { expect, it, vi } from 'vitest';
import type { Finding, Inspection, Plan, Requirement, Verdict } from '../../../../src/provisioning/types.ts';
import type { Change } from '../../../../src/ui/review/change.ts';

vi.mock('vscode', async () => ({ ...(await import('../vscodeDouble.ts')), QuickPickItemKind: { Separator: -1 } }));
const { concernRows, concernsOf, startRow, stepRows } = await import('../../../../src/ui/review/planRows.ts');
const { planMarkdown, resultMarkdown } = await import('../../../../src/ui/review/planDocument.ts');

function step(id: string, verdict: Verdict, more: Partial<Inspection> = {}, isOptional?: true) {
  const describe = () => ({ title: `Title ${id}`, todo: `todo ${id}`, done: '' });
  const requirement = { id, describe, isOptional } as unknown as Requirement;
  return { requirement, inspection: { verdict, reason: `reason ${id}`, evidence: [], ...more } };
}

function planOf(steps: Plan['steps'], findings: readonly Finding[] = [], canApply = true): Plan {
  return { steps, findings, canApply };
}

const change = { texts: { start: 'Create', blocked: 'Cannot' }, setUp: {} } as unknown as Change;
const finding = (code: string, severity: Finding['severity']): Finding => ({
  code,
  verdict: 'warning',
  severity,
  reason: `about ${code}`,
});

it('begins only what was planned and may be applied', () => {
  const icons = [
    undefined,
    planOf([step('a', 'missing')]),
    planOf([step('a', 'satisfied')]),
    planOf([step('a', 'conflicting')], [], false),
  ].map((plan) => {
    const { iconPath, value } = startRow(change, plan);
    return [(iconPath as { id: string }).id, value];
  });
  expect(icons).toEqual([
    ['loading~spin', 'apply'],
    ['play', 'apply'],
    ['pass', 'apply'],
    ['error', 'plan'],
  ]);
});

it('tells every concern in a row of its own, and counts the warnings where it begins', () => {
  const plan = planOf(
    [step('a', 'missing', { warnings: ['one', 'two'] }), step('b', 'unknown'), step('c', 'unknown', {}, true)],
    [finding('cycle', 'blocking'), finding('softDelete', 'warning')],
  );
  const { blocking, warnings } = concernsOf(plan);
  expect(blocking.map(({ text }) => text)).toEqual(['reason b', 'about cycle']);
  expect(warnings.map(({ text }) => text)).toEqual(['about softDelete', 'one', 'two']);
  expect(concernRows(change, plan).flatMap(({ value, detail }) => (value ? [detail] : []))).toEqual([
    'reason b',
    'about cycle',
    'about softDelete',
    'one',
    'two',
  ]);
  expect(startRow(change, plan).description).toContain('3');
});

it('offers the preview feature only with the finding about it', () => {
  const values = (findings: readonly Finding[]) =>
    concernRows(change, planOf([], findings)).flatMap(({ value }) => value ?? []);
  expect(values([finding('featureFlag', 'warning')])).toEqual(['plan', 'feature']);
  expect(values([finding('softDelete', 'warning')])).toEqual(['plan']);
});

it('has one row for a step to do, one for all that are in place, none for one that is told above', () => {
  const steps = [
    step('a', 'missing'),
    step('b', 'satisfied'),
    step('c', 'satisfied'),
    step('d', 'conflicting'),
    step('e', 'conflicting', {}, true),
  ];
  const rows = stepRows(planOf(steps)).filter(({ value }) => value !== undefined);
  expect(rows.map(({ label }) => label).slice(0, 2)).toEqual(['Title a', 'Title e']);
  expect(rows[2]?.label).toContain('2');
  expect(rows).toHaveLength(3);
});

it('says the whole plan in a document, with whole ids once and nothing of Azure as markup', () => {
  const resourceId = '/subscriptions/s';
  const again = resourceId.toUpperCase();
  const steps = [
    step('a', 'missing', { resourceId, evidence: [{ text: '', resourceId: again }] }),
    step('c', 'conflicting', {}, true),
    step('b', 'satisfied', { reason: '<b>in place</b>' }),
  ];
  const text = planMarkdown('Plan', planOf(steps, [finding('cycle', 'blocking')]));
  expect(text.toLowerCase().split(resourceId)).toHaveLength(2);
  expect(text).not.toContain('<b>');
  for (const part of ['Title a', 'todo a', 'Title b', 'reason c', 'about cycle']) expect(text).toContain(part);
});

it('says of an outcome what failed, what is done and what is not', () => {
  const plan = planOf([step('a', 'missing'), step('b', 'missing')]);
  const text = resultMarkdown('Plan', 'half', plan, {
    outcome: 'failed',
    steps: [{ requirementId: 'b', state: 'failed', message: 'No right.' }],
    done: ['A is done.'],
    begun: [],
    left: ['do b'],
    kept: [],
  });
  const order = ['half', 'Title b', 'No right', 'A is done', 'do b'].map((part) => text.indexOf(part));
  expect(order).toEqual(order.toSorted((a, b) => a - b));
  expect(Math.min(...order)).toBeGreaterThan(0);
});
