import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  judgeRule,
  mergeCheckup,
  type PullBearing,
  type PullProof,
  type RuleCheckup,
  type RuleFinding,
} from '../../../src/domain/ruleVerdict.ts';

const proof: PullProof = {
  image: 'myapp:1',
  by: 'docker',
  provenAt: '2026-11-30T10:00:00.000Z',
  digest: 'sha256:a',
  upstream: 'same',
};

function checkup(findings: readonly RuleFinding[], change: Partial<RuleCheckup> = {}): RuleCheckup {
  return { findings, checkedAt: '2026-11-30T11:00:00.000Z', served: true, isWhole: true, ...change };
}

function skipped(pull: PullBearing): RuleFinding {
  return { check: pull, verdict: 'unknown', pull, title: pull, reason: '', hasRepair: false };
}

describe('judgeRule', () => {
  it('a rule that Azure accepted and nobody has tried is not called working', () => {
    expect(judgeRule({}).health).toBe('unproven');
    expect(judgeRule({ checkup: checkup([], { isWhole: false, served: false }) }).health).toBe('unproven');
    expect(judgeRule({ checkup: checkup([], { served: false }) }).health).toBe('unknown');
  });

  it.each<[string, RuleFinding[], Partial<RuleCheckup>, PullProof | undefined, string]>([
    ['nothing found, served', [], {}, undefined, 'works'],
    ['only a proven pull', [], { isWhole: false, served: false }, proof, 'works'],
    ['skipped, no pull depends on it', [skipped('independent')], {}, undefined, 'works'],
    ['skipped, the diagnosis saw it served', [skipped('proves')], {}, undefined, 'works'],
    ['skipped, an earlier pull proves it', [skipped('proves')], { served: false }, proof, 'works'],
    ['skipped, nothing proves it', [skipped('proves')], { served: false }, undefined, 'unknown'],
    ['skipped, a pull depends on it', [skipped('dependsOn')], {}, proof, 'unknown'],
  ])('%s', (_, findings, change, pulled, health) => {
    expect(judgeRule({ checkup: checkup(findings, change), ...(pulled && { proof: pulled }) }).health).toBe(health);
  });

  const findings = fc.array(
    fc.record<RuleFinding>({
      check: fc.constantFrom('a', 'b', 'c'),
      verdict: fc.constantFrom('problem', 'warning', 'unknown'),
      pull: fc.constantFrom('dependsOn', 'proves', 'independent'),
      title: fc.constant(''),
      reason: fc.constant(''),
      hasRepair: fc.boolean(),
    }),
  );

  it('nothing outweighs a problem, and nothing that is found is lost', () => {
    fc.assert(
      fc.property(findings, fc.boolean(), fc.boolean(), fc.boolean(), (found, served, isWhole, isPulled) => {
        const verdict = judgeRule({ checkup: checkup(found, { served, isWhole }), ...(isPulled && { proof }) });
        expect(verdict.problems + verdict.warnings + verdict.skipped).toBe(found.length);
        expect(verdict.health === 'problems').toBe(verdict.problems > 0);
        if (verdict.health === 'works') expect(served || isPulled).toBe(true);
      }),
    );
  });

  it('checks that were made again replace their own earlier findings only', () => {
    fc.assert(
      fc.property(findings, findings, (before, after) => {
        const again = new Set(['a', 'b']);
        const later = after.filter(({ check }) => again.has(check));
        const merged = mergeCheckup(checkup(before), checkup(later, { isWhole: false, served: false }), again);
        expect(merged.findings.filter(({ check }) => again.has(check))).toEqual(later);
        expect(merged.findings.filter(({ check }) => !again.has(check))).toEqual(
          before.filter(({ check }) => !again.has(check)),
        );
        expect([merged.isWhole, merged.served]).toEqual([true, true]);
      }),
    );
  });
});
