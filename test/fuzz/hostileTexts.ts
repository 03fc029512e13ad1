import type { Seeds } from './seeds.ts';

/** A text that no person would write, made to take long. */
export interface HostileText {
  readonly name: string;
  readonly text: string;
}

const lineFillers = ['a', 'a ', '"', "'", '$', '${', '[', '{', '/', '\\', '`', '- ', '*a '];
const shortLines = ['\n', ' \n', 'a: &a *a\n', '- ', '{\n', '"\n', "'\n", '```\n', '<<EOF\n', '#\n'];
const openings = [
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

/**
 * Texts of a kind of file that begin as one in which something is found. Each is made when it is asked for.
 * @param share of the length at which the bench measures; 0.4 is still deeper than calls fit on a stack
 */
export function* hostileTexts({ texts: [text], tokens }: Seeds, share = 1): Generator<HostileText> {
  for (const filler of [...lineFillers, ...tokens.slice(0, 3)]) {
    // What is quadratic shows at less than a megabyte too.
    const length = share * (filler === 'a' || filler === '"' ? 1_000_000 : 200_000);
    const line = filler.replaceAll('\n', ' ').repeat(Math.ceil(length / filler.length));
    yield { name: `one line of ${JSON.stringify(filler)}`, text: `${text.split('\n')[0]}${line}` };
  }
  for (const filler of [...shortLines, ...tokens.slice(8, 12)]) {
    const lines = `${filler}\n`.repeat(Math.ceil((share * 100_000) / (filler.length + 1)));
    yield { name: `lines of ${JSON.stringify(filler)}`, text: text + lines };
  }
  const depth = share * 50_000;
  for (const opening of openings) {
    yield { name: `${depth} times ${JSON.stringify(opening)}`, text: `${text}\nimage: ${opening.repeat(depth)}` };
  }
}

/** YAML whose aliases, anchors or depth are what takes long. */
export function* hostileYaml(): Generator<HostileText> {
  const count = 100_000;
  yield {
    name: `${count} aliases of one anchor`,
    text: `a: &a host.example/app:1\nimages:\n${'- image: *a\n'.repeat(count)}`,
  };
  yield {
    name: `${count} anchors`,
    text: Array.from({ length: count }, (_, index) => `k${index}: &a${index} {image: x}\n`).join(''),
  };
  yield {
    name: 'indentation of 1,500 levels',
    text: Array.from({ length: 1500 }, (_, level) => `${' '.repeat(level)}a:`).join('\n'),
  };
  yield {
    name: 'aliases that double what they stand for',
    text: Array.from({ length: 60 }, (_, level) =>
      level === 0 ? 'a0: &a0 [host.example/app:1]' : `a${level}: &a${level} [*a${level - 1}, *a${level - 1}]`,
    ).join('\n'),
  };
  yield {
    name: 'merges that double what they stand for',
    text: Array.from({ length: 60 }, (_, level) =>
      level === 0
        ? 'm0: &m0 {image: "host.example/app:1"}'
        : `m${level}: &m${level} {x: {<<: *m${level - 1}}, y: {<<: *m${level - 1}}}`,
    ).join('\n'),
  };
  yield { name: 'an alias of itself', text: 'a: &a [*a, {b: *a}]\n<<: &b {<<: *b}\n' };
}
