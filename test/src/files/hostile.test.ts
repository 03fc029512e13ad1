import { describe, expect, it } from 'vitest';
import { findInFile } from '../../../src/files/find.ts';
import { readJson } from '../../../src/files/text/json.ts';
import { readYaml } from '../../../src/files/yaml/yaml.ts';
import { checkReferences, checkRuleDefinitions, checkScalars } from '../../fuzz/checks.ts';
import { hostileTexts, hostileYaml } from '../../fuzz/hostileTexts.ts';
import { seeds } from '../../fuzz/seeds.ts';

const kinds = Object.entries(seeds);

/** Finds references and rules, and checks what must hold. How long it takes is for `npm run bench -- hostile`. */
function look(path: string, text: string): string[] {
  const { references, ruleFile } = findInFile({ path, text });
  if (text.length < 40_000) {
    checkReferences(text, references, (other) => findInFile({ path, text: other }).references);
  }
  checkRuleDefinitions(text, ruleFile);
  return references.map(({ written }) => written);
}

describe('a file of 50 MB is not looked at', () => {
  it.each(kinds)('%s', (_, { path, texts: [text] }) => {
    const large = text + '\n'.repeat(50_000_000);
    expect(look(path, text)).not.toEqual([]);
    expect(look(path, large)).toEqual([]);
  });
});

describe('texts made to take long', () => {
  it.each(kinds)(
    'end in %s',
    (_, kind) => {
      for (const { name, text } of hostileTexts(kind, 0.4)) expect(() => look(kind.path, text), name).not.toThrow();
    },
    300_000,
  );

  it('end in YAML', () => {
    for (const { name, text } of hostileYaml()) {
      const scalars = readYaml(text);
      checkScalars(text, scalars);
      expect(scalars.length, name).toBeLessThanOrEqual(200_001);
      expect(() => look('compose.yaml', text), name).not.toThrow();
    }
  }, 120_000);

  it('end in JSON', () => {
    const text = JSON.stringify(Object.fromEntries(Array.from({ length: 100_000 }, (_, index) => [`k${index}`, 'a'])));
    expect(readJson(text)).toHaveLength(100_000);
  });
});

describe('how lines end, and marks', () => {
  it.each(kinds)('change nothing that %s finds', (_, { path, texts }) => {
    for (const text of texts) {
      const written = look(path, text);
      expect(look(path, text.replaceAll('\n', '\r\n')), 'CRLF').toEqual(written);
      expect(look(path, `${text}# \u{1f600} \ud83d \u202e\n`), 'surrogates').toEqual(expect.arrayContaining(written));
      // Not what VS Code gives, but it must not break anything.
      look(path, `\ufeff${text}`);
      look(path, text.replaceAll('\n', '\r'));
      look(path, text.replaceAll(' ', '\t'));
    }
  });
});
