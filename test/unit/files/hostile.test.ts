import { describe, expect, it } from 'vitest';
import { findReferences, findRuleDefinitions } from '../../../src/files/find.ts';
import { findInArmTemplate } from '../../../src/files/images/armTemplate.ts';
import { runAtOnce, type Sliced } from '../../../src/files/slices.ts';
import { readJson } from '../../../src/files/syntax/json.ts';
import { shellCommands } from '../../../src/files/syntax/shellCommands.ts';
import { readYaml } from '../../../src/files/syntax/yaml.ts';
import { checkReferences, checkRuleDefinitions, checkScalars } from '../../fuzz/checks.ts';
import { seeds } from '../../fuzz/seeds.ts';

/** Far above what is needed, far below what anything quadratic would take. Milliseconds of this process, however busy the machine. */
const limit = 5000;

const kinds = Object.entries(seeds);

function timed<T>(run: () => T): { result: T; ms: number } {
  const started = process.cpuUsage();
  const result = run();
  const { user, system } = process.cpuUsage(started);
  return { result, ms: (user + system) / 1000 };
}

/** Finds references and rules, and checks what must hold. */
function look(path: string, text: string): { written: string[]; ms: number } {
  const file = { path, text };
  const { result, ms } = timed(() => ({
    references: runAtOnce(findReferences(file)),
    rules: runAtOnce(findRuleDefinitions(file)),
  }));
  if (text.length < 100_000) {
    checkReferences(text, result.references, (other) => runAtOnce(findReferences({ path, text: other })));
  }
  checkRuleDefinitions(text, result.rules);
  return { written: result.references.map(({ written }) => written), ms };
}

describe('a file of 50 MB is not looked at', () => {
  it.each(kinds)('%s', (_, { path, texts: [text] }) => {
    const large = text + '\n'.repeat(50_000_000);
    const { written, ms } = look(path, large);
    expect(written).toEqual([]);
    expect(ms).toBeLessThan(100);
  });
});

describe('one line of a megabyte', () => {
  it.each(kinds)(
    '%s',
    (_, { path, texts: [text], tokens }) => {
      for (const filler of [
        'a',
        'a ',
        '"',
        "'",
        '$',
        '${',
        '[',
        '{',
        '/',
        '\\',
        '`',
        '- ',
        '*a ',
        ...tokens.slice(0, 3),
      ]) {
        // What is quadratic shows at less too.
        const length = filler === 'a' || filler === '"' ? 1_000_000 : 200_000;
        const line = filler.replaceAll('\n', ' ').repeat(Math.ceil(length / filler.length));
        const { ms } = look(path, `${text.split('\n')[0]}${line}`);
        expect(ms, JSON.stringify(filler)).toBeLessThan(limit);
      }
    },
    120_000,
  );
});

describe('many short lines', () => {
  it.each(kinds)(
    '%s',
    (_, { path, texts: [text], tokens }) => {
      for (const filler of [
        '\n',
        ' \n',
        'a: &a *a\n',
        '- ',
        '{\n',
        '"\n',
        "'\n",
        '```\n',
        '<<EOF\n',
        '#\n',
        ...tokens.slice(8, 12),
      ]) {
        const { ms } = look(path, text + `${filler}\n`.repeat(Math.ceil(100_000 / (filler.length + 1))));
        expect(ms, JSON.stringify(filler)).toBeLessThan(limit);
      }
    },
    120_000,
  );
});

describe('deep nesting', () => {
  const depth = 50_000;
  const open = [
    '[',
    '{',
    '{"a":',
    '(',
    '${',
    '"${',
    "'${",
    '$(',
    '"$(',
    '`',
    '- ',
    '> ',
    '? ',
    '{{',
    '%{ if a }',
    '/*',
    '!!a ',
  ];
  it.each(kinds)(
    '%s',
    (_, { path, texts: [text] }) => {
      for (const bracket of open) {
        const { ms } = look(path, `${text}\nimage: ${bracket.repeat(depth)}`);
        expect(ms, bracket).toBeLessThan(limit);
      }
    },
    120_000,
  );

  it('of indentation in YAML', () => {
    const text = Array.from({ length: 1500 }, (_, level) => `${' '.repeat(level)}a:`).join('\n');
    expect(look('compose.yaml', text).ms).toBeLessThan(limit);
  });
});

describe('2 MB of one construct', () => {
  const filled = (begin: string, unit: string) => begin + unit.repeat(Math.floor(1_990_000 / unit.length));
  const stepsOf = (work: Sliced<unknown>) => {
    let steps = 0;
    while (!work.next().done) steps++;
    return steps;
  };

  it.each([
    ['Bicep', 'a.bicep', filled('var x = 1 ', '+ a ')],
    ['Terraform', 'a.tf', filled('x = 1 ', '+ a ')],
  ])('is read with interruptions in %s', (_, path, text) => {
    expect(stepsOf(findReferences({ path, text }))).toBeGreaterThanOrEqual(19);
  });

  it.each([
    ['texts', filled('{"resources": [], "outputs": {"x": [', '"a.b/c",')],
    ['resources', filled('{"resources": [', '{"type": "a"},')],
  ])('is looked at with interruptions in %s of an ARM template', (_, text) => {
    expect(stepsOf(findInArmTemplate(text))).toBeGreaterThan(100_000);
  });

  it('keeps no command of a shell waiting for the end of a substitution', () => {
    const commands = [...shellCommands(filled('x=$(', 'docker pull a/b\n'), { escape: '\\' })];
    expect(commands.length).toBeGreaterThan(100_000);
    expect(commands.findIndex(({ isNested }) => !isNested)).toBeLessThan(5000);
  });

  it('ends a Markdown text, whose lists are read in one go', () => {
    const code = `\`\`\`sh\ndocker pull u.example/a:1\n\`\`\`\n${'\ntext\n'.repeat(2000)}\n`;
    expect(look('README.md', `${code}${'- docker\n'.repeat(200_000)}\n${code}`).written).toHaveLength(1);
    expect(look('README.md', code + '- docker\n'.repeat(10_000) + code).written).toHaveLength(2);
  });
});

describe('YAML', () => {
  const count = 100_000;

  it('with 100,000 aliases of one anchor', () => {
    const text = `a: &a host.example/app:1\nimages:\n${'- image: *a\n'.repeat(count)}`;
    const { ms, result } = timed(() => runAtOnce(readYaml(text)));
    expect(ms).toBeLessThan(limit);
    checkScalars(text, result);
    expect(look('compose.yaml', text).ms).toBeLessThan(limit);
  });

  it('with 100,000 anchors', () => {
    const text = Array.from({ length: count }, (_, index) => `k${index}: &a${index} {image: x}\n`).join('');
    const { ms, result } = timed(() => runAtOnce(readYaml(text)));
    expect(ms).toBeLessThan(limit);
    checkScalars(text, result);
  });

  it('with aliases that double what they stand for', () => {
    const levels = Array.from({ length: 60 }, (_, level) =>
      level === 0 ? 'a0: &a0 [host.example/app:1]' : `a${level}: &a${level} [*a${level - 1}, *a${level - 1}]`,
    );
    const merges = Array.from({ length: 60 }, (_, level) =>
      level === 0
        ? 'm0: &m0 {image: "host.example/app:1"}'
        : `m${level}: &m${level} {x: {<<: *m${level - 1}}, y: {<<: *m${level - 1}}}`,
    );
    for (const text of [levels.join('\n'), merges.join('\n')]) {
      const { ms, result } = timed(() => runAtOnce(readYaml(text)));
      expect(ms).toBeLessThan(limit);
      expect(result.length).toBeLessThan(100_000);
    }
  });

  it('with an alias of itself', () => {
    expect(() => runAtOnce(readYaml('a: &a [*a, {b: *a}]\n<<: &b {<<: *b}\n'))).not.toThrow();
  });
});

it('JSON of 100,000 keys', () => {
  const text = JSON.stringify(Object.fromEntries(Array.from({ length: 100_000 }, (_, index) => [`k${index}`, 'a'])));
  const { ms, result } = timed(() => runAtOnce(readJson(text)));
  expect(ms).toBeLessThan(limit);
  expect(result).toHaveLength(100_000);
});

describe('how lines end, and marks', () => {
  it.each(kinds)('change nothing that %s finds', (_, { path, texts }) => {
    for (const text of texts) {
      const { written } = look(path, text);
      expect(look(path, text.replaceAll('\n', '\r\n')).written, 'CRLF').toEqual(written);
      expect(look(path, `${text}# \u{1f600} \ud83d \u202e\n`).written, 'surrogates').toEqual(
        expect.arrayContaining(written),
      );
      // Not what VS Code gives, but it must not break anything.
      look(path, `\ufeff${text}`);
      look(path, text.replaceAll('\n', '\r'));
      look(path, text.replaceAll(' ', '\t'));
    }
  });
});
