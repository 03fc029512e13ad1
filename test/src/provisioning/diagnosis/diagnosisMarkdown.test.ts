import { describe, expect, it } from 'vitest';
import {
  diagnosisMarkdown,
  rememberedMarkdown,
  rememberedRegistryMarkdown,
} from '../../../../src/provisioning/diagnosis/diagnosisMarkdown.ts';
import type { Repair } from '../../../../src/provisioning/types.ts';
import { explanationMarkdown } from '../../../../src/provisioning/diagnosis/explanationMarkdown.ts';
import { explainPullText } from '../../../../src/provisioning/verification/explainPullText.ts';
import { articleLink } from '../links.ts';
import type { CheckResult } from '../../../../src/provisioning/checks/check.ts';
import { checkupOf, type RuleDiagnosis } from '../../../../src/provisioning/diagnosis/diagnose.ts';

const ruleId = '/subscriptions/s/resourceGroups/g/providers/Microsoft.ContainerRegistry/registries/r/cacheRules/MyRule';

function diagnosis(checks: readonly CheckResult[]): RuleDiagnosis {
  return { ruleId, ruleName: 'MyRule', checkedAt: '2026-11-23T10:00:00.000Z', ...counts, checks };
}

const counts = { health: 'problems', problems: 1, warnings: 1, skipped: 1 } as const;
const pull = 'dependsOn';

const hostile = '# [x](command:evil) <img src=x onerror=1> | `code` **b**\n- item https://evil.example';

const markdown = (of: Parameters<typeof diagnosisMarkdown>[0]) => diagnosisMarkdown(of, (time) => time);

/** Command and argument of each link. */
function links(text: string): (readonly [string, unknown])[] {
  return [...text.matchAll(/\]\(command:([\w.]+)\?([^)]*)\)/g)].map(
    ([, command = '', query = '']) => [command, (JSON.parse(decodeURIComponent(query)) as unknown[])[0]] as const,
  );
}

function check(id: string, change: Partial<CheckResult>): CheckResult {
  return { id, code: id, title: `Title ${id}`, verdict: 'problem', pull, reason: `${id}.`, evidence: [], ...change };
}

const repair: Repair = { id: 'r', about: ['/shared'], link: articleLink(), title: () => 'Mend it.', once: () => [] };
const other = { ...diagnosis([check('a', { repair })]), ruleId: ruleId.replace('MyRule', 'Other') };
const repairsOf = (text: string) => links(text).flatMap(([name, to]) => (name === 'acrCache.repairRule' ? [to] : []));

describe('the links of a diagnosis', () => {
  it('repair one finding; all, where a rule has several or several rules share one', () => {
    const single = check('a', { repair });
    expect(repairsOf(markdown(diagnosis([single])))).toEqual([{ ruleId, check: 'a' }]);
    const two = [single, check('b', { repair: { ...repair, id: 's' } })];
    expect(repairsOf(markdown(diagnosis(two)))).toEqual([
      { ruleId, all: true },
      { ruleId, check: 'a' },
      { ruleId, check: 'b' },
    ]);
    const shared = { ...diagnosis([single]), dependents: [other] };
    expect(repairsOf(markdown(shared))).toEqual([
      { ruleId, all: true },
      { ruleId, check: 'a' },
    ]);
    const registryId = ruleId.replace(/\/cacheRules.*/, '');
    expect(repairsOf(markdown({ registryId, rules: [diagnosis([single]), other], notChecked: [] }))).toEqual([
      { registryId },
      { ruleId, check: 'a', all: true },
    ]);
  });

  it('do not count a switch to ABAC, or what only warns, among all', () => {
    const checks = [
      check('a', { repair }),
      check('b', { repair: { ...repair, id: 's', confirmation: 'abacSwitch' } }),
      check('c', { repair: { ...repair, id: 't' }, verdict: 'warning' }),
    ];
    expect(repairsOf(markdown(diagnosis(checks)))).toEqual(['a', 'b', 'c'].map((id) => ({ ruleId, check: id })));
  });

  it('say once what several checks have as their cause', () => {
    const cause = { verdict: 'unknown', reason: 'No right.', repair } as const;
    const text = markdown(diagnosis([check('a', cause), check('b', cause)]));
    expect(text.split('No right.')).toHaveLength(2);
    expect(repairsOf(text)).toEqual([{ ruleId, check: 'a' }]);
  });

  it('are there for what an earlier session found', () => {
    const checks = [check('a', { repair }), check('b', { verdict: 'warning' }), check('c', { verdict: 'ok' })];
    const checkup = checkupOf(checks, '2026-11-23T10:00:00.000Z', true);
    const text = rememberedMarkdown(ruleId, { checkup }, (time) => `at ${time}`);
    expect(text).toContain('at 2026');
    for (const part of ['a.', 'b.']) expect(text).toContain(part);
    expect(links(text)).toEqual([
      ['acrCache.diagnoseRule', { ruleId }],
      ['acrCache.openRule', { ruleId }],
      ['acrCache.repairRule', { ruleId, check: 'a' }],
    ]);
    const registryId = ruleId.replace(/\/cacheRules.*/, '');
    const ofRegistry = rememberedRegistryMarkdown(registryId, [
      { ruleId, known: { checkup } },
      { ruleId: other.ruleId, known: {} },
    ]);
    expect(repairsOf(ofRegistry)).toEqual([{ registryId }, { ruleId, check: 'a' }]);
  });
});

describe('diagnosisMarkdown', () => {
  it('says problems first, with what to do, then what passed, and requests at the end', () => {
    const text = markdown(
      diagnosis([
        { id: 'e', code: 'e', title: 'Fifth', verdict: 'notApplicable', pull, reason: 'None.', evidence: [] },
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
    const order = ['has problems', '✗ Third', 'Mend.', '? Fourth', '⚠ Second', '✓ **First', 'Fifth', '<details>'];
    order.push('`GET https://arm.example/x`', '`abc`');
    const places = order.map((part) => text.indexOf(part));
    expect(places).toEqual([...places].sort((x, y) => x - y));
    expect(places).not.toContain(-1);
  });

  it('names a request once for its answers that are alike, and once for its error', () => {
    const request = 'GET https://arm.example/x';
    const answered = ['1', '2'].map((correlationId) => ({ text: 'Azure answered 200.', request, correlationId }));
    const failed = ['DENIED', 'Azure answered 401.'].map((text) => ({ text, request, correlationId: '3' }));
    const text = markdown(
      diagnosis([check('a', { evidence: answered }), check('b', { evidence: [...answered, ...failed] })]),
    );
    expect(text.split(request)).toHaveLength(3);
    expect(text).toContain('DENIED');
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
    const text = markdown({
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

describe('explanationMarkdown', () => {
  const registryId = ruleId.replace(/\/cacheRules.*/, '');
  const rule = { id: ruleId, name: 'MyRule', registryId, sourceRepository: 'up.example/app', targetRepository: 'app' };
  const rules = [{ registry: { id: registryId, loginServer: 'r.example' }, rule }];
  const text = [
    'Error response from daemon: failed to resolve reference "r.example/app:1.22":',
    "denied: requested access to pull from source 'up' for cache rule 'MyRule' has been denied. CorrelationId: 1-2",
  ].join(' ');

  it('leads to the diagnosis of the rule, with the tag', () => {
    expect(links(explanationMarkdown(explainPullText(text, rules)))).toEqual([
      ['acrCache.diagnoseRule', { ruleId, tag: '1.22' }],
      ['acrCache.openRule', { ruleId }],
    ]);
    expect(links(explanationMarkdown(explainPullText(text, [])))).toEqual([['acrCache.diagnoseRule', {}]]);
  });

  it('lets nothing of the text become markup', () => {
    const problem = { code: 'denied', reason: hostile, next: hostile, mayPass: true, ruleName: hostile } as const;
    const shown = explanationMarkdown({ problem: { ...problem, source: hostile, correlationId: hostile } });
    const outsideCode = shown.replace(/(`+)(?:(?!`)|.)*?\1/g, '');
    expect(outsideCode).not.toMatch(/(?<!\\)\[x|(?<!\\)<img|(?<!\\)\*\*b|https:\/\/evil/);
    expect(shown).not.toMatch(/^- item/m);
  });
});
