import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { plainRows, rowLimits } from '../../../../src/ui/shared/plainRows.ts';

/** VS Code's own pattern (src/vs/base/common/iconLabels.ts). */
const icon = /\$\([A-Za-z0-9-]+(?:~[A-Za-z]+)?\)/g;

const pieces = fc.constantFrom(
  '$(check)',
  '$(sync~spin)',
  '$',
  '(',
  ')',
  '$(',
  'check',
  ' ',
  '\\',
  'Contoso',
  '\u202e',
);
const foreign = fc.array(pieces, { maxLength: 8 }).map((all) => all.join(''));

vi.mock('vscode', () => import('../vscodeDouble.ts'));

describe('rows of a quick pick', () => {
  it('have no icon in their texts, and no text that is longer than a row', () => {
    fc.assert(
      fc.property(foreign, (text) => {
        const row = { label: `a ${text}`, description: text.repeat(20), detail: text.repeat(20), value: text };
        const [shown] = plainRows([row]);
        // VS Code tells by the row itself what was chosen.
        expect(shown).toBe(row);
        for (const part of ['label', 'description', 'detail'] as const) expect(row[part].match(icon)).toBeNull();
        expect(row.label.length).toBeLessThanOrEqual(rowLimits.label);
        expect(row.label.length + row.description.length).toBeLessThanOrEqual(rowLimits.line);
        expect(row.detail.length).toBeLessThanOrEqual(rowLimits.detail);
        expect(row.value).toBe(text);
      }),
    );
  });

  it('keep both ends of what is cut', () => {
    const [row] = plainRows([{ label: `team/${'a'.repeat(200)}/app` }]);
    expect(row?.label).toMatch(/^team\/a+…a+\/app$/);
    expect(row?.label).toHaveLength(rowLimits.label);
  });

  it('tell whole sentences, as many as fit', () => {
    const first = 'It is not registered.';
    const detail = `${first} ${'a'.repeat(rowLimits.detail)}. Then more.`;
    expect(plainRows([{ label: 'a', detail }])[0]?.detail).toBe(first);
    expect(plainRows([{ label: 'a', detail: `${first} Register it.` }])[0]?.detail).toBe(`${first} Register it.`);
  });

  it('leave room for the separator that stands beside them', () => {
    const detail = 'a'.repeat(100);
    const rows = [
      { label: 'Warnings', kind: -1 },
      { label: 'a', detail },
      { label: 'b', detail },
    ];
    const lengths = plainRows(rows).map((row) => row.detail?.length);
    expect(lengths).toEqual([undefined, rowLimits.detail - 'Warnings'.length, rowLimits.detail]);
  });

  it('stay as they are when they are made fit twice', () => {
    const row = { label: 'x $(check) [1/2](x)', description: 'a', detail: undefined };
    plainRows([row]);
    const once = { ...row };
    plainRows([row]);
    expect(row).toEqual(once);
    expect(row.label).toBe('x $ (check) [1/2] (x)');
  });
});
