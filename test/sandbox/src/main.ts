import { parseArgs } from 'node:util';
import { startSandbox } from './sandbox.ts';
import { readScenario } from './scenarios.ts';
import type { SandboxOptions } from './types.ts';

const usage = `Usage: npm run -s sandbox -- [options]
  --arm-port PORT                    default: any free port
  --registry-ports PORT,PORT,…       in the scenario's order
  --latency MS                       added to every answer
  --scenario FILE                    JSON, see Scenario in test/sandbox/src/types.ts; default: the article's
  --folder FOLDER                    where ca.pem is written; default: a temp folder, removed at the end
  --article-scopes honour|ignore     roles at {registry}/repositories/{name}
  --acr-pull-for-rules honour|ignore AcrPull of a rule's identity on a registry in RBAC mode
  --feature-flag-required            rules with an identity need the preview feature
  --head-starts-copy                 HEAD on a manifest starts the copy too
  --rule-versions V,V,…              api-versions of cache rules that this cloud has
  --rule-identity-versions V,V,…     those whose rules carry an identity; any other drops it
  --patch-adds-identity              PATCH of a rule adds an identity; recorded: it replaces
  --put-keeps-paths                  PUT over a rule with other paths is refused; default: it overwrites
  --retry-after SECONDS              sent with operations; default: none, as recorded
  --copy-delay MS  --role-propagation MS  --operation MS  --principal-replication MS  --page-size N
`;

/** A number from the command line. @throws RangeError */
function number(name: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const value = Number(text);
  if (text.trim() === '' || !Number.isInteger(value) || value < 0)
    throw new RangeError(`--${name}: '${text}' is not a number`);
  return value;
}

function choice(name: string, text: string | undefined): 'honour' | 'ignore' | undefined {
  if (text === undefined || text === 'honour' || text === 'ignore') return text;
  throw new RangeError(`--${name}: '${text}' is neither honour nor ignore`);
}

async function readOptions(): Promise<SandboxOptions> {
  const { values } = parseArgs({
    options: {
      help: { type: 'boolean' },
      'arm-port': { type: 'string' },
      'registry-ports': { type: 'string' },
      latency: { type: 'string' },
      scenario: { type: 'string' },
      folder: { type: 'string' },
      'article-scopes': { type: 'string' },
      'acr-pull-for-rules': { type: 'string' },
      'feature-flag-required': { type: 'boolean' },
      'head-starts-copy': { type: 'boolean' },
      'rule-versions': { type: 'string' },
      'rule-identity-versions': { type: 'string' },
      'patch-adds-identity': { type: 'boolean' },
      'put-keeps-paths': { type: 'boolean' },
      'retry-after': { type: 'string' },
      'copy-delay': { type: 'string' },
      'role-propagation': { type: 'string' },
      operation: { type: 'string' },
      'principal-replication': { type: 'string' },
      'page-size': { type: 'string' },
    },
  });
  if (values.help === true) {
    process.stdout.write(usage);
    process.exit(0);
  }
  const given = {
    armPort: number('arm-port', values['arm-port']),
    registryPorts: values['registry-ports']?.split(',').map((port) => number('registry-ports', port) ?? 0),
    latencyMs: number('latency', values.latency),
    scenario: values.scenario === undefined ? undefined : await readScenario(values.scenario),
    folder: values.folder,
    articleScopes: choice('article-scopes', values['article-scopes']),
    acrPullForRules: choice('acr-pull-for-rules', values['acr-pull-for-rules']),
    featureFlagRequired: values['feature-flag-required'],
    headStartsCopy: values['head-starts-copy'],
    ruleVersions: values['rule-versions']?.split(','),
    ruleIdentityVersions: values['rule-identity-versions']?.split(','),
    patchAddsIdentity: values['patch-adds-identity'],
    putReplacesPaths: values['put-keeps-paths'] === true ? false : undefined,
    retryAfterSeconds: number('retry-after', values['retry-after']),
    copyDelayMs: number('copy-delay', values['copy-delay']),
    rolePropagationMs: number('role-propagation', values['role-propagation']),
    operationMs: number('operation', values.operation),
    principalReplicationMs: number('principal-replication', values['principal-replication']),
    pageSize: number('page-size', values['page-size']),
  };
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
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
