import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { type CheckResult, worstFirst } from '../../../../src/provisioning/checks/check.ts';
import type { CheckVerdict } from '../../../../src/provisioning/types.ts';
import type { RuleDiagnosis } from '../../../../src/provisioning/diagnosis/diagnose.ts';
import { firstLine, pastedText } from '../../../../src/ui/diagnosis/pastedText.ts';
import { registryFindingsOf } from '../../../../src/ui/diagnosis/words.ts';
import type { Health } from '../../../../src/domain/ruleVerdict.ts';
import { forgetDiagnoses, keepDiagnosis, lastDiagnosis } from '../../../../src/ui/diagnosis/results.ts';

vi.mock('vscode', () => import('../vscodeDouble.ts'));

const verdicts: readonly CheckVerdict[] = ['problem', 'unknown', 'warning', 'ok', 'notApplicable'];

function check(id: string, verdict: CheckVerdict): CheckResult {
  return { id, code: id, title: id, verdict, pull: 'dependsOn', reason: '', evidence: [] };
}

const registryId =
  '/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/g/providers/Microsoft.ContainerRegistry/registries/r';

const counts = { problems: 0, warnings: 0, skipped: 0 };

function diagnosis(name: string, health: RuleDiagnosis['health'], checkedAt = '2026-11-23T10:00:00.000Z') {
  return { ruleId: `${registryId}/cacheRules/${name}`, ruleName: name, checkedAt, health, ...counts, checks: [] };
}

describe('worstFirst', () => {
  it('puts the worst first, keeps the order within, and loses nothing', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...verdicts)), (given) => {
        const checks = given.map((verdict, index) => check(String(index), verdict));
        const rank = ({ id, verdict }: CheckResult) => [verdicts.indexOf(verdict), Number(id)] as const;
        const sorted = [...checks].sort((a, b) => rank(a)[0] - rank(b)[0] || rank(a)[1] - rank(b)[1]);
        expect(worstFirst(checks)).toEqual(sorted);
      }),
    );
  });
});

describe('what a registry was found to have, in a sentence', () => {
  const sentence = (healths: readonly Health[], notChecked = 0): string =>
    registryFindingsOf({
      registryId,
      rules: healths.map((health, index) => diagnosis(String(index), health)),
      notChecked: Array.from({ length: notChecked }, (_, index) => ({ ruleName: `n${index}` }) as never),
    });

  it('counts the rules of the worst verdict', () => {
    const [problems, unknown, works] = [
      sentence(['works', 'problems', 'unknown', 'works']),
      sentence(['works', 'unknown'], 1),
      sentence(['works', 'works']),
    ];
    expect(problems).toMatch(/1 of 4/);
    expect(unknown).toMatch(/2 of 3/);
    expect(works).not.toMatch(/\d/);
    expect(sentence(['problems'], 3)).toMatch(/1 of 4/);
  });
});

/** An inventory that lists the registry, and has findings of these rules. */
function knowing(...names: readonly string[]): Parameters<typeof lastDiagnosis>[0] {
  const checkup = { findings: [], checkedAt: '', served: false, isWhole: true };
  const known = new Set(names.map((name) => `${registryId}/cacheRules/${name}`.toLowerCase()));
  return {
    entry: () => ({}) as never,
    knowledge: (ruleId) => (known.has(ruleId.toLowerCase()) ? { checkup } : {}),
  };
}

describe('the diagnoses of this session', () => {
  const inventory: Parameters<typeof lastDiagnosis>[0] = { entry: () => undefined, knowledge: () => ({}) };

  it('of a rule that was replaced under its name are over, alone, in that of the registry and of another rule', () => {
    const [old, other] = [diagnosis('old', 'problems'), diagnosis('other', 'problems')];
    const leading = { ...diagnosis('leading', 'problems'), dependents: [old, other] };
    const registry = { registryId, rules: [old, leading], notChecked: [] };
    keepDiagnosis(registry);
    const now = knowing('leading', 'other');
    expect(lastDiagnosis(now, old.ruleId)).toBeUndefined();
    expect(lastDiagnosis(now, leading.ruleId)).toEqual({ ...leading, dependents: [other] });
    expect(lastDiagnosis(now, registryId)).toEqual({ ...registry, rules: [{ ...leading, dependents: [other] }] });
    expect(lastDiagnosis(knowing(), registryId)).toBeUndefined();
    expect(lastDiagnosis(knowing('old', 'leading', 'other'), registryId)).toEqual(registry);
  });

  it('put a newer diagnosis of a rule into that of its registry, whatever the casing', () => {
    const registry = { registryId, rules: [diagnosis('a', 'problems'), diagnosis('b', 'works')], notChecked: [] };
    expect(keepDiagnosis(registry)).toEqual([...registry.rules, registry]);
    expect(lastDiagnosis(inventory, registry.rules[1]!.ruleId)).toBe(registry.rules[1]);
    const repaired = { ...diagnosis('a', 'works'), ruleId: `${registryId}/cacheRules/a`.toUpperCase() };
    const renewed = { ...registry, rules: [repaired, diagnosis('b', 'works')] };
    expect(keepDiagnosis(repaired)).toEqual([repaired, renewed]);
    expect(lastDiagnosis(inventory, registryId.toUpperCase())).toEqual(renewed);
    expect(lastDiagnosis(inventory, repaired.ruleId)).toBe(repaired);
    expect(keepDiagnosis(diagnosis('new', 'works'))).toHaveLength(1);
  });

  it('are forgotten where something newer is known', () => {
    const rule = diagnosis('a', 'works');
    keepDiagnosis(rule);
    forgetDiagnoses([{ ...rule, ruleId: rule.ruleId.toUpperCase() }]);
    expect(lastDiagnosis(inventory, rule.ruleId)).toBeUndefined();
  });

  it('are not kept without end', () => {
    for (let number = 0; number < 310; number++) keepDiagnosis(diagnosis(`rule-${number}`, 'works'));
    expect(lastDiagnosis(inventory, `${registryId}/cacheRules/rule-0`)).toBeUndefined();
    expect(lastDiagnosis(inventory, `${registryId}/cacheRules/rule-309`)).toBeDefined();
  });
});

describe('pastedText', () => {
  it('takes off a terminal’s colours, titles and line ends', () => {
    const text = '\u001b]0;title\u0007\u001b[31mError\u001b[0m: denied\r\nnext\u0000';
    expect(pastedText(text)).toBe('Error: denied\nnext');
  });

  it('keeps the end of a long text, and no control character, whatever is pasted', () => {
    expect(pastedText(`${'x'.repeat(1_000_000)}denied`)).toMatch(/^x+denied$/);
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom('\u001b', '[', ']', ';', '0', 'm', '\u0007', '\r', '\n', '\u0000', 'é') }),
        (text) => {
          const result = pastedText(text);
          expect(result).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u007f]/);
          expect(result.length).toBeLessThanOrEqual(100_000);
          expect(firstLine(result).length).toBeLessThanOrEqual(120);
        },
      ),
    );
  });

  it('ends for a text made to be slow', () => {
    // With the square of it this would take minutes.
    for (const text of ['\u001b]'.repeat(1_000_000), `\u001b[${'0'.repeat(2_000_000)}`]) {
      expect(pastedText(text).length).toBeLessThanOrEqual(100_000);
    }
  });
});
