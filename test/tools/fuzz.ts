// Gives every reader of text many inputs, and says what breaks: nothing may throw, hang, or name a range outside the text.
// node test/tools/fuzz.ts [--count N] [--seed S] [target …]     default: 1,000,000 inputs for each target, seed 1
import { parseArgs } from 'node:util';
import { fuzz } from '../fuzz/fuzz.ts';
import { targets } from '../fuzz/targets.ts';
import { exitOnSignals } from './command.ts';

const { values, positionals } = parseArgs({
  options: { count: { type: 'string', default: '1000000' }, seed: { type: 'string', default: '1' } },
  allowPositionals: true,
});
const [count, seed] = [Number(values.count), Number(values.seed)];
const unknown = positionals.filter((name) => !targets.some((target) => target.name === name));
if (unknown.length > 0 || !Number.isInteger(count) || !Number.isInteger(seed)) {
  console.error(`--count and --seed are whole numbers; targets: ${targets.map(({ name }) => name).join(', ')}.`);
  process.exit(2);
}

exitOnSignals();
let failed = 0;
for (const target of targets.filter(({ name }) => positionals.length === 0 || positionals.includes(name))) {
  const { inputs, seconds, slowestMs, failures } = fuzz(target, { count, seed });
  const rate = `${Math.round(inputs / seconds).toLocaleString('en')} a second`;
  console.log(
    `${failures.length === 0 ? '✓' : '✗'} ${target.name}: ${inputs.toLocaleString('en')} inputs, ${rate}, slowest ${slowestMs.toFixed(1)} ms`,
  );
  for (const { input, message } of failures) console.log(`    ${message}\n    ${JSON.stringify(input)}`);
  failed += failures.length;
}
process.exitCode = failed > 0 ? 1 : 0;
