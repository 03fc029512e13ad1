import { describe, expect, it, vi } from 'vitest';
import { registry, rule } from '../../inventory/fakeAzure.ts';

const said: unknown[][] = [];
vi.mock('vscode', async () => ({
  ...(await import('../vscodeDouble.ts')),
  Range: class {
    readonly isSingleLine = true;
  },
  DocumentLink: class {
    readonly target: unknown;
    tooltip?: string;
    constructor(_range: unknown, target: unknown) {
      this.target = target;
    }
  },
  window: { showWarningMessage: (...told: unknown[]) => void said.push(told) },
}));
vi.mock('../../../../src/ui/shared/reports.ts', () => ({ reportUri: () => 'report' }));
const { ruleItem } = await import('../../../../src/ui/tree/ruleItems.lazy.ts');
const { provideDocumentLinks } = await import('../../../../src/ui/editor/providers.lazy.ts');
const { showWarningMessage } = await import('../../../../src/ui/shared/messages.ts');

const downstream = registry('downstream');
/** Turns what follows around, and cannot be seen itself. */
const unseen = '\u202E';
const textOf = (tooltip: unknown): string => (typeof tooltip === 'string' ? tooltip : '');

describe('a name from outside', () => {
  it('hides nothing and makes no line in the tree, its tooltip and what is spoken', () => {
    const item = ruleItem({
      ...rule(downstream),
      sourceRepository: `up.azurecr.io/${unseen}app`,
      provisioningState: 'Succeeded\nVerdict: works',
    });
    for (const text of [item.label, item.description, item.tooltip, item.accessibilityInformation?.label]) {
      expect(text).not.toContain(unseen);
    }
    const verdicts = textOf(item.tooltip)
      .split('\n')
      .filter((line) => line.startsWith('Verdict'));
    expect(verdicts).toHaveLength(1);
    expect(
      textOf(ruleItem({ ...rule(downstream), targetRepository: 'x'.repeat(100_000) }).tooltip).length,
    ).toBeLessThan(3000);
  });

  it('is no Markdown in the tooltip of a link', () => {
    const served = { match: { rule: { ...rule(downstream), name: '\\](command:evil) ![x](https://evil.example/)' } } };
    const reference = {
      found: { range: { start: 0, end: 1 } },
      resolution: { served, entry: { registry: downstream } },
    };
    const looked = { document: { positionAt: () => 0 }, inspection: { references: [reference] } };
    const links = provideDocumentLinks(looked as unknown as Parameters<typeof provideDocumentLinks>[0]);
    expect(links[0]?.tooltip).toContain(downstream.name);
    expect(links[0]?.tooltip).not.toMatch(/[\\[\]()!<>`*]/);
  });

  it('hides nothing in what a modal message says below it', async () => {
    await showWarningMessage('Delete?', { modal: true, detail: `• ${unseen}app` }, 'Delete');
    expect(said).toEqual([['Delete?', { modal: true, detail: '• ·app' }, 'Delete']]);
  });
});
