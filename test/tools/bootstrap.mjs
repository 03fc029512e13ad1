// Starts a tool of this repository on a machine that has only Node >= 20 and npm: installs what is missing, then runs the tool
// on the Node 24 that is among the dependencies. Plain JavaScript without imports from node_modules, since none may be there.
// node test/tools/bootstrap.mjs <tool> [arguments of the tool]
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

/** file, arguments put before the user's, programs it needs and those it can do without. */
const tools = {
  test: { file: 'test/tools/test.ts', needs: ['chromium'], likes: ['podman', 'skopeo', 'buildah', 'dockerd', 'az'] },
  host: { file: 'test/e2e/host/host.ts', needs: ['chromium'], likes: ['podman', 'dockerd', 'az'] },
  ui: { file: 'test/tools/demo.ts', args: ['--check'], needs: ['chromium'], likes: ['podman', 'dockerd'] },
  demo: {
    file: 'test/tools/demo.ts',
    needs: [],
    likes: ['podman'],
    needsWith: { '--check': ['chromium'], '--pictures': ['chromium'] },
  },
  build: { file: 'esbuild.js', needs: [], likes: [] },
  sandbox: { file: 'test/sandbox/src/main.ts', needs: [], likes: [] },
  bench: { file: 'test/tools/bench.ts', needs: ['chromium'], likes: ['az'] },
  fuzz: { file: 'test/tools/fuzz.ts', needs: [], likes: [] },
  contract: { file: 'test/tools/contract.ts', needs: [], likes: [] },
  measure: { file: 'test/tools/measure.ts', needs: [], likes: [] },
  say: { file: 'test/tools/say.ts', needs: [], likes: [] },
  electron: { file: 'test/e2e/host/electron.ts', needs: [], likes: [] },
};

/** Where a program is, and what Debian calls its package. */
const programs = {
  chromium: { path: process.env.CHROMIUM ?? '/usr/bin/chromium', package: 'chromium' },
  podman: { path: 'podman', package: 'podman' },
  skopeo: { path: 'skopeo', package: 'skopeo' },
  buildah: { path: 'buildah', package: 'buildah' },
  // With the client, containerd and ctr.
  dockerd: { path: 'dockerd', package: 'docker.io' },
  az: { path: 'az', package: 'azure-cli' },
};

const [name = '', ...args] = process.argv.slice(2);
const tool = tools[name];
if (!tool) fail(`Which tool? One of: ${Object.keys(tools).join(', ')}.`);
if (Number(process.versions.node.split('.')[0]) < 20)
  fail(`Node 20 or newer is needed; this is ${process.versions.node}.`);

installPackages();
const needsByArgument = Object.entries(tool.needsWith ?? {}).flatMap(([arg, names]) =>
  args.includes(arg) ? names : [],
);
installPrograms([...tool.needs, ...needsByArgument], tool.likes);
run();

/** `npm ci`, unless what is installed is what the lock file says. */
function installPackages() {
  const lock = packagesOf('package-lock.json');
  const installed = packagesOf('node_modules/.package-lock.json');
  const stale = Object.entries(lock).some(
    ([path, entry]) => path !== '' && !entry.optional && installed[path]?.version !== entry.version,
  );
  if (!stale) return;
  say('Installing the packages of package-lock.json …');
  const { status } = spawnSync('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: root,
    stdio: ['ignore', process.stderr, process.stderr],
  });
  if (status !== 0) fail('npm ci failed.');
}

function packagesOf(file) {
  const path = join(root, file);
  return existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')).packages : {};
}

/** Programs of the system: installed on Debian as root, else named in one line. */
function installPrograms(needs, likes) {
  const absent = () => [...needs, ...likes].filter((program) => !isThere(programs[program].path));
  const missing = absent();
  if (missing.length === 0) return;
  const packages = missing.map((program) => programs[program].package);
  if (process.getuid?.() === 0 && isThere('apt-get')) {
    say(`Installing ${packages.join(', ')} …`);
    aptGet('update');
    // One by one: one that this distribution lacks must not keep the others away.
    for (const each of packages) aptGet('install', '-y', '--no-install-recommends', each);
  }
  const left = absent();
  const required = left.filter((program) => needs.includes(program));
  const words = left.map((program) => programs[program].package).join(', ');
  if (required.length > 0) fail(`Please install: ${words} (or set CHROMIUM to a Chromium's path).`);
  if (left.length > 0) say(`Not installed: ${words}. What needs them is skipped.`);
}

function isThere(path) {
  if (path.includes('/')) return existsSync(path);
  return (process.env.PATH ?? '').split(delimiter).some((folder) => existsSync(join(folder, path)));
}

function aptGet(...aptArgs) {
  spawnSync('apt-get', ['-qq', ...aptArgs], {
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    stdio: ['ignore', 'ignore', process.stderr],
  });
}

/** Runs the tool; ends as it ends. Ctrl+C reaches it by the terminal, a `kill` of this process is passed on. */
function run() {
  const bin = join(root, 'node_modules', '.bin');
  const child = spawn(join(bin, 'node'), [join(root, tool.file), ...(tool.args ?? []), ...args], {
    cwd: root,
    env: { ...process.env, PATH: `${bin}${delimiter}${process.env.PATH ?? ''}` },
    stdio: 'inherit',
  });
  process.on('SIGINT', () => {});
  process.on('SIGTERM', () => child.kill('SIGTERM'));
  child.on('error', (error) => fail(error.message));
  child.on('exit', (code, signal) => process.exit(signal ? 1 : (code ?? 1)));
}

/** Progress goes to stderr: `npm run -s sandbox` prints one line of JSON. */
function say(text) {
  console.error(text);
}

function fail(text) {
  console.error(text);
  process.exit(1);
}
