// Builds the extension: dist/extension.js holds what runs at activation, dist/fileReader.js is the thread that reads files, everything
// else is a chunk loaded by import().
// node esbuild.js [--production] [--watch] [--tests]
//   --production  minified, without source maps
//   --tests       the host tests too (dist/test/host), which run inside VS Code's extension host
import * as esbuild from 'esbuild';
import { globSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';

const production = process.argv.includes('--production');
const watch = process.argv.includes('--watch');
const tests = process.argv.includes('--tests');

/** Bytes of minified code that may run before the user asks for anything. */
const EAGER_LIMIT = 55_000;

/** What is only ever loaded by import(); eslint.config.js says the same of single imports, this of their sum. */
const LAZY =
  /^node_modules\/(@(azure|microsoft)|yaml|jsonc-parser|markdown-it)\/|^src\/(provisioning|files\/(find\.ts|(?!text\/)\w+\/)|ui\/(pages|review|setUp|verify)|azure\/(arm|registry))\b|\.lazy\.ts$/;

/** What only other ways of signing in need (managed identity, browser, secrets): code that handles credentials is not shipped unused. */
const UNUSED = /node_modules\/(@azure\/(identity|msal-)|jsonwebtoken\/)/;

/**
 * azureauth asks for the cloud by VS Code's effective settings, in which those of an opened folder win: a repository would say where
 * tokens are sent. Its module for that is replaced by ours, which heeds the user's settings alone.
 * @type {esbuild.Plugin}
 */
const cloudOfTheUser = {
  name: 'cloud of the user',
  setup(build) {
    let replaced = 0;
    build.onResolve({ filter: /\/configuredAzureEnv$/ }, ({ importer }) => {
      if (!importer.includes('vscode-azext-azureauth')) return undefined;
      replaced++;
      return { path: resolve('src/ui/account/cloudSettings.lazy.ts') };
    });
    build.onEnd(({ metafile }) => {
      const isLeft = Object.keys(metafile?.inputs ?? {}).some((input) => input.includes('configuredAzureEnv'));
      if (replaced === 0 || isLeft) return { errors: [{ text: 'azureauth reads the cloud from elsewhere now.' }] };
      return undefined;
    });
  },
};

/**
 * esbuild gives each set of modules that the same entries share a file of its own, and to VS Code every file is a question to its
 * loader's thread. What is loaded later therefore imports the extension itself, which has long run by then: all that runs at activation is in one file.
 * @type {esbuild.Plugin}
 */
const oneEagerFile = {
  name: 'one eager file',
  setup(build) {
    const entry = resolve('src/extension.ts');
    const sources = globSync('src/**/*.ts').map((file) => resolve(file));
    const later = new Set(
      sources.flatMap((file) =>
        [...readFileSync(file, 'utf8').matchAll(/\bimport\('(\.[^']+)'\)/g)].map(([, path]) =>
          resolve(dirname(file), path),
        ),
      ),
    );
    build.onLoad({ filter: /\.ts$/ }, ({ path }) => {
      if (!later.has(path)) return undefined;
      return { contents: `${readFileSync(path, 'utf8')}\nimport ${JSON.stringify(entry)};`, loader: 'ts' };
    });
  },
};

/** @type {esbuild.BuildOptions} */
const extension = {
  entryPoints: { extension: 'src/extension.ts', fileReader: 'src/files/worker/thread.ts' },
  outdir: 'dist',
  bundle: true,
  format: 'esm',
  splitting: true,
  chunkNames: 'chunks/[name]-[hash]',
  platform: 'node',
  target: 'node22',
  external: ['vscode'],
  // ES module builds first: they tree-shake, and need no CommonJS interop.
  mainFields: ['module', 'main'],
  // CommonJS dependencies call require() for Node's own modules; an ES module has none of its own.
  banner: {
    js: "import{createRequire as __createRequire}from'node:module';const require=__createRequire(import.meta.url);",
  },
  minify: production,
  sourcemap: production ? false : 'linked',
  sourcesContent: false,
  legalComments: 'none',
  logLevel: 'warning',
  metafile: true,
  plugins: [cloudOfTheUser, oneEagerFile],
};

/**
 * The host tests: the entry and one bundle per test file. VS Code loads `extensionTestsPath` with require(): CommonJS.
 * @type {esbuild.BuildOptions}
 */
const hostTests = {
  entryPoints: ['test/e2e/host/index.ts', 'test/e2e/host/**/*.test.ts'],
  outdir: 'dist/test/host',
  bundle: true,
  format: 'cjs',
  platform: 'node',
  target: 'node22',
  external: ['vscode'],
  // As above: a UMD build's require() cannot be bundled.
  mainFields: ['module', 'main'],
  sourcemap: 'inline',
  logLevel: 'warning',
  metafile: true,
  plugins: [cloudOfTheUser],
};

/**
 * Output files that run at activation: the entry and all it imports statically.
 * @param {esbuild.Metafile} metafile
 */
function eagerOutputs(metafile) {
  const eager = new Set(['dist/extension.js']);
  for (const file of eager) {
    for (const imported of metafile.outputs[file]?.imports ?? []) {
      if (imported.kind === 'import-statement' && !imported.external) eager.add(imported.path);
    }
  }
  return [...eager];
}

/**
 * Prints the sizes, keeps them in dist/sizes.json and says whether the eager part is what it should be, and within its limit (checked on minified builds only).
 * @param {esbuild.Metafile} metafile
 */
function reportSizes(metafile) {
  const size = (/** @type {string} */ file) => metafile.outputs[file]?.bytes ?? 0;
  const eager = eagerOutputs(metafile);
  const eagerBytes = eager.reduce((sum, file) => sum + size(file), 0);
  const all = Object.keys(metafile.outputs).filter((file) => file.endsWith('.js'));
  const allBytes = all.reduce((sum, file) => sum + size(file), 0);
  const kilobytes = (/** @type {number} */ bytes) => `${(bytes / 1000).toFixed(1)} KB`;
  console.log(
    `eager code ${kilobytes(eagerBytes)} in ${eager.length} files (limit ${kilobytes(EAGER_LIMIT)} minified), ` +
      `all code ${kilobytes(allBytes)} in ${all.length} files`,
  );
  writeFileSync('dist/sizes.json', JSON.stringify({ eagerBytes, allBytes }));
  const inputs = eager.flatMap((file) => Object.entries(metafile.outputs[file]?.inputs ?? {}));
  const misplaced = inputs.filter(([input, { bytesInOutput }]) => LAZY.test(input) && bytesInOutput > 0);
  for (const [input] of misplaced) console.error(`${input} would run at activation: load it by import().`);
  if (misplaced.length > 0) return false;
  const unused = all
    .flatMap((file) => Object.keys(metafile.outputs[file]?.inputs ?? {}))
    .filter((input) => UNUSED.test(input));
  for (const input of unused) console.error(`${input} is shipped although nothing uses it.`);
  if (unused.length > 0) return false;
  if (!production || eagerBytes <= EAGER_LIMIT) return true;
  console.error('Too much eager code. Largest inputs:');
  for (const [input, { bytesInOutput }] of inputs
    .sort((a, b) => b[1].bytesInOutput - a[1].bytesInOutput)
    .slice(0, 15)) {
    console.error(`  ${kilobytes(bytesInOutput).padStart(9)}  ${input}`);
  }
  return false;
}

/**
 * The licences of what is bundled, which they ask to be shipped along.
 * @param {esbuild.Metafile} metafile
 */
function writeNotices(metafile) {
  const folders = Object.values(metafile.outputs)
    .flatMap(({ inputs }) => Object.keys(inputs))
    .flatMap((input) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(input)?.[0] ?? []);
  const notices = [...new Set(folders)].sort().map((folder) => {
    const { name, version, license, author } = JSON.parse(readFileSync(`${folder}/package.json`, 'utf8'));
    const [file] = globSync(`${folder}/{LICEN[SC]E,licen[sc]e}*`);
    // Some packages only name their licence and author.
    const text = file ? readFileSync(file, 'utf8').trim() : `${author?.name ?? author ?? ''}`;
    return `${name} ${version} (${license})\n\n${text}\n`;
  });
  writeFileSync('dist/ThirdPartyNotices.txt', notices.join(`\n${'-'.repeat(80)}\n\n`));
}

/**
 * The README as the extension's page shows it. VS Code takes its pictures from https only, and follows no relative link: where
 * package.json names no repository for vsce to complete them with, the lines that hold such pictures and links are left out.
 */
function writePage() {
  const readme = readFileSync('README.md', 'utf8');
  const { repository } = JSON.parse(readFileSync('package.json', 'utf8'));
  writeFileSync('dist/README.md', repository ? readme : readme.replace(/^.*\]\((?!https:).*\n/gm, ''));
}

/** Chunk names change with their content: without this, stale ones would be packaged. */
function removeEarlierBuild() {
  for (const path of [...globSync('dist/*.{js,js.map}'), 'dist/chunks', ...(tests ? ['dist/test'] : [])]) {
    rmSync(path, { recursive: true, force: true });
  }
}

removeEarlierBuild();
if (watch) {
  const context = await esbuild.context(extension);
  await context.watch();
  console.log('watching');
} else {
  try {
    const result = await esbuild.build(extension);
    if (tests) {
      await esbuild.build(hostTests);
      writeFileSync('dist/test/package.json', JSON.stringify({ type: 'commonjs' }));
    }
    writeNotices(result.metafile);
    writePage();
    if (!reportSizes(result.metafile)) process.exitCode = 1;
  } catch (error) {
    // esbuild has printed what is wrong with the sources, and where.
    if (!(error instanceof Error && 'errors' in error)) console.error(error);
    process.exitCode = 1;
  }
}
