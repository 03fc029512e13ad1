import { describe, expect, it } from 'vitest';
import { diagnosisMarkdown } from '../../../../src/provisioning/diagnosis/diagnosisMarkdown.ts';
import type { CheckResult } from '../../../../src/provisioning/checks/check.ts';
import { checkupOf, type RuleDiagnosis } from '../../../../src/provisioning/diagnosis/diagnose.ts';

const ruleId = '/subscriptions/s/resourceGroups/g/providers/Microsoft.ContainerRegistry/registries/r/cacheRules/MyRule';

function diagnosis(checks: readonly CheckResult[]): RuleDiagnosis {
  return { ruleId, ruleName: 'MyRule', checkedAt: '2026-11-23T10:00:00.000Z', ...counts, checks };
}

const counts = { health: 'problems', problems: 1, warnings: 1, skipped: 1 } as const;
const pull = 'dependsOn';

const hostile = '# [x](command:evil) <img src=x onerror=1> | `code` **b**\n- item https://evil.example';

describe('diagnosisMarkdown', () => {
  it('says problems first, with what to do, evidence, request and correlation id', () => {
    const text = diagnosisMarkdown(
      diagnosis([
        { id: 'a', code: 'a', title: 'First', verdict: 'ok', pull, reason: 'Fine.', evidence: [] },
        { id: 'b', code: 'b', title: 'Second', verdict: 'warning', pull, reason: 'Old.', next: 'Renew.', evidence: [] },
        {
          id: 'c',
          code: 'c',
          title: 'Third',
          verdict: 'problem',
          pull,
          reason: 'Broken.',
          next: 'Mend.',
          evidence: [{ text: 'Azure answered 404.', request: 'GET https://arm.example/x', correlationId: 'abc' }],
        },
        {
          id: 'd',
          code: 'd',
          title: 'Fourth',
          verdict: 'unknown',
          pull,
          reason: 'Could not be checked: no.',
          next: 'Ask.',
          evidence: [],
        },
      ]),
    );
    const order = ['has problems', 'Problem: Third', 'Mend.', '`GET https://arm.example/x`', '`abc`'];
    order.push('Skipped: Fourth', 'Warning: Second', 'Other checks', 'Passed: First');
    const places = order.map((part) => text.indexOf(part));
    expect(places).toEqual([...places].sort((x, y) => x - y));
    expect(places).not.toContain(-1);
  });

  it('lets nothing from outside become markup', () => {
    const check: CheckResult = {
      id: 'a',
      code: 'a',
      title: 'T',
      pull,
      verdict: 'problem',
      reason: hostile,
      next: hostile,
      evidence: [{ text: hostile, resourceId: hostile, request: hostile, correlationId: hostile }],
    };
    const text = diagnosisMarkdown({
      registryId: ruleId,
      rules: [{ ...diagnosis([check]), ruleName: hostile }],
      notChecked: [hostile],
    });
    const outsideCode = text.replace(/(`+)(?:(?!`)|.)*?\1/g, '');
    expect(outsideCode).not.toMatch(/(?<!\\)\[x|(?<!\\)<img|(?<!\\)\*\*b|(?<!\\|[#|] )\| `|https:\/\/evil/);
    expect(text).not.toMatch(/^- item/m);
    expect(text.split('\n').filter((line) => line.startsWith('# '))).toHaveLength(1);
  });
});

it('what is remembered of a finding is short, and one line', () => {
  const long = 'x\n\u202e'.repeat(1000);
  const check: CheckResult = { id: 'a', code: 'a', title: long, pull, verdict: 'problem', reason: long, evidence: [] };
  const [finding] = checkupOf([check], '2026-11-23T10:00:00.000Z', true).findings;
  expect(finding?.title.length).toBeLessThanOrEqual(81);
  expect(finding?.reason.length).toBeLessThanOrEqual(301);
  expect(`${finding?.title}${finding?.reason}`).not.toMatch(/[\n\u202e]/);
  expect(finding?.hasRepair).toBe(false);
});
