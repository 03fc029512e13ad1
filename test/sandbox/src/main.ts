import { parseArgs } from 'node:util';
import { defaultOptions, optionKinds, optionProblem } from './options.ts';
import { startSandbox } from './sandbox.ts';
import { readScenario } from './scenarios.ts';
import type { SandboxOptions } from './options.ts';

const usage = `Usage: npm run -s sandbox -- [--scenario FILE] [--folder FOLDER] [--hosts ports] [--OPTION VALUE …]
  --scenario FILE   JSON, see Scenario in test/sandbox/src/types.ts; default: the article's
  --folder FOLDER   where ca.pem is written; default: a temp folder, removed at the end
  --hosts ports     localhost:P for each service; default: names (myregistry.azurecr.sandbox) that its proxy knows
  --proxyCredentials USER:PASSWORD   --proxyOpensTls   how the proxy is
SandboxOptions in options.ts says what the options mean; without them:
${Object.entries(defaultOptions)
  .map(([name, value]) => `  --${name} ${String(value)}`)
  .join('\n')}
`;

/** @throws Error that names what is wrong with the command line */
async function readOptions(): Promise<SandboxOptions> {
  const text = { type: 'string' } as const;
  const live = Object.fromEntries(Object.keys(optionKinds).map((name) => [name, text]));
  const flag = { type: 'boolean' } as const;
  const start = { scenario: text, folder: text, hosts: text, proxyCredentials: text, proxyOpensTls: flag };
  const { values } = parseArgs({ options: { ...live, ...start, help: flag } });
  const { help, scenario, folder, hosts, proxyCredentials, proxyOpensTls, ...given } = values;
  if (help) {
    process.stdout.write(usage);
    process.exit(0);
  }
  const options = Object.fromEntries(
    Object.entries(given).map(([name, value]) => [name, valueOf(name, String(value))]),
  );
  const problem = optionProblem(options);
  if (problem !== undefined) throw new Error(problem);
  if (hosts !== undefined && hosts !== 'names' && hosts !== 'ports') throw new Error('--hosts is names or ports.');
  return {
    ...options,
    ...(hosts !== undefined && { hosts }),
    ...(proxyCredentials !== undefined && { proxyCredentials }),
    ...(proxyOpensTls !== undefined && { proxyOpensTls }),
    ...(scenario !== undefined && { scenario: await readScenario(scenario) }),
    ...(folder !== undefined && { folder }),
  };
}

/** The text as a value of the option's type; as it is where it cannot be one. */
function valueOf(name: string, text: string): unknown {
  const standard = optionKinds[name];
  if (typeof standard === 'number') return /^\d+$/.test(text) ? Number(text) : text;
  if (typeof standard === 'boolean') return text === 'true' ? true : text === 'false' ? false : text;
  return Array.isArray(standard) ? text.split(',') : text;
}

let options: SandboxOptions;
try {
  options = await readOptions();
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n\n${usage}`);
  process.exit(2);
}
const sandbox = await startSandbox(options).catch((error: unknown) => {
  process.stderr.write(`The sandbox could not start: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
});
process.stdout.write(`${JSON.stringify(sandbox.info)}\n`);
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => {
    void sandbox.close().then(() => process.exit(0));
  });
}
