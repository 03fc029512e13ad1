import { describe, expect, it, vi } from 'vitest';
import { parseImageReference } from '../../../../src/domain/imageReference.ts';
import { type Health, judgeRule, type RuleKnowledge, verdictLine } from '../../../../src/domain/ruleVerdict.ts';
import { createObservations } from '../../../../src/inventory/observations.ts';
import { createResolver } from '../../../../src/inventory/resolution.ts';
import type { RegistryEntry } from '../../../../src/inventory/types.ts';
import { ruleReportMarkdown } from '../../../../src/provisioning/ruleReport/ruleReportMarkdown.ts';
import { unreadReport } from '../../../../src/provisioning/ruleReport/readRuleReport.ts';
import { inventoryState } from '../../../samples.ts';
import { registry, rule } from '../../inventory/fakeAzure.ts';

vi.mock('vscode', () => import('../vscodeDouble.ts'));
const { registryItem } = await import('../../../../src/ui/tree/items.lazy.ts');
const { ruleItem } = await import('../../../../src/ui/tree/ruleItems.lazy.ts');
const { referenceMarkdown } = await import('../../../../src/ui/editor/referenceHover.ts');
const { problemsOf } = await import('../../../../src/ui/editor/referenceProblems.ts');
const { stateInWords } = await import('../../../../src/ui/shared/ruleVerdict.ts');
const { ruleAnswer } = await import('../../../../src/ui/chat/listCacheRules.lazy.ts');

const downstream = registry('downstream');
// Azure says of every rule that it accepted that it succeeded.
const made = { ...rule(downstream), provisioningState: 'Succeeded' };
const proof = {
  image: 'app:1',
  by: 'docker',
  provenAt: '2026-11-30T10:00:00.000Z',
  digest: 'sha256:a',
  upstream: 'same',
} as const;

const view = { client: 'docker', time: (iso: string) => iso } as const;

function checked(...verdicts: readonly ('problem' | 'unknown' | 'warning')[]): RuleKnowledge {
  const findings = verdicts.map(
    (verdict, index) =>
      ({
        check: `${index}`,
        verdict,
        pull: 'dependsOn',
        title: '',
        reason: '',
        hasRepair: false,
      }) as const,
  );
  return { checkup: { findings, checkedAt: '2026-11-30T11:00:00.000Z', served: true, isWhole: true } };
}

function inspected(knowledge: RuleKnowledge) {
  const entry: RegistryEntry = {
    registry: downstream,
    rules: [made],
    rulesFreshness: 'current',
    knowledge: new Map([[made.id.toLowerCase(), knowledge]]),
  };
  const written = `${downstream.loginServer}/${made.targetRepository}:1`;
  const image = parseImageReference(written);
  if (!image.ok) throw new Error(image.problem.message);
  const range = { start: 0, end: written.length };
  const resolution = createResolver(inventoryState(entry), createObservations()).resolve(image.value);
  const found = {
    ...{ range, written, uses: [], usage: 'base' as const, image: image.value },
    ...{ openTag: false, certain: true, name: { kind: 'whole' as const, range } },
  };
  return { entry, reference: { found, resolution } };
}

describe.each<[Health, RuleKnowledge]>([
  ['unproven', {}],
  ['works', { proof }],
  ['works', checked()],
  ['works', checked('warning')],
  ['unknown', { ...checked('unknown'), proof }],
  ['problems', { ...checked('problem', 'problem'), proof }],
])('a rule that Azure created, of which is known: %s (%#)', (health, knowledge) => {
  const line = verdictLine(judgeRule(knowledge));
  const { entry, reference } = inspected(knowledge);

  it('has the same verdict in the tree, hover, lens, rule document and chat', () => {
    expect(judgeRule(knowledge).health).toBe(health);
    const item = ruleItem(made, knowledge);
    for (const text of [
      item.tooltip,
      item.accessibilityInformation?.label,
      stateInWords(made, knowledge),
      // Punctuation is escaped in Markdown.
      referenceMarkdown(reference, 'file:///Dockerfile')?.replaceAll('\\', ''),
      ruleReportMarkdown({ ...unreadReport(made.id), knowledge }, view).replaceAll('\\', ''),
      ruleAnswer(entry, made)['verdict'],
    ]) {
      expect(text).toContain(line);
    }
    expect(ruleAnswer(entry, made)['health']).toBe(health);
  });

  it('has its own icon, and is a problem in the editor only with problems', () => {
    const icons = { works: 'pass', problems: 'error', unknown: 'question', unproven: 'cloud-download' };
    expect(ruleItem(made, knowledge).iconPath).toMatchObject({ id: icons[health] });
    const broken = problemsOf(reference).filter(({ kind }) => kind === 'brokenRule');
    expect(broken.map(({ message }) => message.includes(line))).toEqual(health === 'problems' ? [true] : []);
    expect(String(registryItem(entry).description).includes('1 rule')).toBe(true);
  });
});
