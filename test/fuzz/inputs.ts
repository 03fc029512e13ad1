import type { Random } from './random.ts';
import type { Seeds } from './seeds.ts';

/** Inputs are no longer than this, so that the limit of time means something. */
export const maxInput = 4096;

/** What breaks readers of text: other ends of lines, marks, halves of characters, controls. */
const odd: readonly [string, ...string[]] = [
  '\ufeff',
  '\r',
  '\r\n',
  '\n',
  '\t',
  '\0',
  '\u2028',
  '\u0085',
  '\ud83d',
  '\ude00',
  '\u{1f600}',
  '\u202e',
  'é',
  '\u00a0',
  '\\',
  '%',
  'ﬀ',
  'İ',
];

/** A text for a target: noise, pieces of its grammar, or one of its files with damage. */
export function makeInput(random: Random, { texts, tokens }: Seeds): string {
  const text = random.chance(0.1)
    ? noise(random)
    : random.chance(0.3)
      ? fragments(random, tokens)
      : mutated(random, texts, tokens);
  return text.length > maxInput ? text.slice(0, maxInput) : text;
}

function noise(random: Random): string {
  let text = '';
  const widest = random.pick([128, 256, 65_536]);
  for (let length = random.below(60); length > 0; length--) {
    text += random.chance(0.1) ? random.pick(odd) : String.fromCharCode(random.below(widest));
  }
  return text;
}

function fragments(random: Random, tokens: Seeds['tokens']): string {
  let text = '';
  for (let length = random.below(25); length > 0; length--) {
    text += random.chance(0.05) ? random.pick(odd) : random.pick(tokens);
  }
  return text;
}

function mutated(random: Random, texts: Seeds['texts'], tokens: Seeds['tokens']): string {
  let text = random.pick(texts);
  for (let changes = random.below(4); changes >= 0; changes--) text = damage(random, text, texts, tokens);
  return text;
}

function damage(random: Random, text: string, texts: Seeds['texts'], tokens: Seeds['tokens']): string {
  const at = random.below(text.length + 1);
  const end = Math.min(text.length, at + random.below(random.chance(0.8) ? 8 : 200));
  switch (random.below(8)) {
    case 0:
      return text.slice(0, at) + text.slice(end);
    case 1:
      return text.slice(0, end) + text.slice(at);
    case 2:
      return text.slice(0, at) + random.pick(odd) + text.slice(at);
    case 3:
      return text.slice(0, at);
    case 4:
      return text.slice(0, at) + random.pick(texts).slice(random.below(200));
    case 5:
      return text.replaceAll('\n', random.pick(['\r\n', '\r', '\n\n', '\n \n']));
    default:
      return text.slice(0, at) + random.pick(tokens) + text.slice(random.chance(0.5) ? at : end);
  }
}
