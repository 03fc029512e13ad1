// npm run -s measure: how large the house is, and what is tangled. Prints; decides nothing.
import { globSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { root } from './command.ts';

const texts = new Map(
  globSync(['src/**/*.{ts,js,mjs}', 'test/**/*.{ts,js,mjs}'], { cwd: root })
    .filter((path) => !/^test\/(vscode\/\.install|\.out)\//.test(path))
    .map((path) => [path, readFileSync(join(root, path), 'utf8')]),
);
const sources = [...texts.keys()].filter((path) => path.startsWith('src/'));

/** Of a file: the files it imports, `values` without those of which it takes types alone or which it loads later. */
function importsOf(path: string): { all: string[]; values: string[] } {
  const found = [...(texts.get(path) ?? '').matchAll(/\b(import type|import|export)\b[^;'"]*?(\()?'(\.[^']+)'/g)];
  const targets = found.map(([, word, later, target = '']) => ({
    isValue: word !== 'import type' && later === undefined,
    file: join(dirname(path), target),
  }));
  return {
    all: targets.map(({ file }) => file),
    values: targets.filter(({ isValue }) => isValue).map(({ file }) => file),
  };
}

/** Sets of files of which each reaches each other (Tarjan). */
function circles(edges: ReadonlyMap<string, readonly string[]>): string[][] {
  const [order, low, stack, found] = [
    new Map<string, number>(),
    new Map<string, number>(),
    [] as string[],
    [] as string[][],
  ];
  const visit = (file: string): number => {
    const number = order.size;
    order.set(file, number);
    let lowest = number;
    stack.push(file);
    for (const next of edges.get(file) ?? []) {
      if (!order.has(next)) lowest = Math.min(lowest, visit(next));
      else if (stack.includes(next)) lowest = Math.min(lowest, low.get(next) ?? order.get(next) ?? number);
    }
    low.set(file, lowest);
    if (lowest === number) {
      const circle = stack.splice(stack.indexOf(file));
      if (circle.length > 1) found.push(circle);
    }
    return lowest;
  };
  for (const file of edges.keys()) if (!order.has(file)) visit(file);
  return found;
}

function count(paths: readonly string[], keyOf: (path: string) => string): void {
  const rows = new Map<string, { files: number; lines: number }>();
  for (const path of paths) {
    const row = rows.get(keyOf(path)) ?? { files: 0, lines: 0 };
    row.files++;
    row.lines += (texts.get(path)?.match(/\n/g) ?? []).length;
    rows.set(keyOf(path), row);
  }
  for (const [key, { files, lines }] of [...rows].sort()) print(key, files, lines);
}

function print(name: string, ...numbers: readonly number[]): void {
  console.log(name.padEnd(44) + numbers.map((number) => String(number).padStart(8)).join(''));
}

console.log('folder                                        files   lines');
count([...texts.keys()], (path) => `${path.split('/')[0] ?? ''} (all)`);
count([...texts.keys()], (path) => dirname(path).split('/').slice(0, 3).join('/'));

const imports = new Map(sources.map((path) => [path, importsOf(path)]));
for (const which of ['values', 'all'] as const) {
  const found = circles(new Map([...imports].map(([path, edges]) => [path, edges[which]])));
  console.log(
    `\ncircles of imports in src, ${which === 'all' ? 'types and later loading too' : 'of values'}: ${found.length}`,
  );
  for (const circle of found) console.log(`  ${circle.sort().join(' ')}`);
}

const arrows = new Set(
  [...imports].flatMap(([path, { all }]) => all.map((target) => `${dirname(path)} ${dirname(target)}`)),
);
const mutual = [...arrows].filter((arrow) => {
  const [from = '', to = ''] = arrow.split(' ');
  return from < to && arrows.has(`${to} ${from}`);
});
console.log(`\npairs of folders in src that import each other: ${mutual.length}`);
for (const pair of mutual.sort()) console.log(`  ${pair}`);

console.log('\nrequirement: files that mention it              src    test');
for (const path of sources.filter((one) => dirname(one) === 'src/provisioning/requirements').sort()) {
  // Who imports the file or names the kind.
  const word = new RegExp(`/${basename(path, '.ts')}\\.ts'|'${basename(path, '.ts')}[':]`);
  const mentions = (folder: string): number =>
    [...texts].filter(([file, text]) => file.startsWith(`${folder}/`) && word.test(text)).length;
  print(basename(path, '.ts'), mentions('src'), mentions('test'));
}
