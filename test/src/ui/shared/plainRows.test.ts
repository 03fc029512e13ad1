import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { plainRows } from '../../../../src/ui/shared/plainRows.ts';

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

describe('rows of a quick pick', () => {
  it('have the icon that they begin with and no other', () => {
    fc.assert(
      fc.property(foreign, (text) => {
        const row = { label: `$(key) ${text}`, description: text, detail: `$(blank) ${text}`, value: text };
        const [shown] = plainRows([row]);
        // VS Code tells by the row itself what was chosen.
        expect(shown).toBe(row);
        expect(row.label.match(icon)).toEqual(['$(key)']);
        expect(row.detail.match(icon)).toEqual(['$(blank)']);
        expect(row.description.match(icon)).toBeNull();
        expect(row.value).toBe(text);
      }),
    );
  });

  it('stay as they are when they are made fit twice', async () => {
    const row = { label: '$(key) $(check) [1/2](x)', description: 'a', detail: undefined };
    await plainRows(Promise.resolve([row]));
    const once = { ...row };
    plainRows([row]);
    expect(row).toEqual(once);
    expect(row.label).toBe('$(key) $ (check) [1/2] (x)');
  });
});
