// npm run contract: what the product relies on, tried on the sandbox, and with --azure on a subscription too.
import { writeFileSync } from 'node:fs';
import { createInterface } from 'node:readline/promises';
import { parseArgs } from 'node:util';
import { createArmSessions } from '../../src/azure/arm/sessions.ts';
import { cliEnvironment, sandboxEnvironment } from '../contract/environments.ts';
import { compareRuns, describe, toJson, toMarkdown } from '../contract/report.ts';
import { runContract } from '../contract/run.ts';
import type { ContractRun, Environment, ProbeResult } from '../contract/types.ts';
import { leftoverGroups, removeGroup } from '../contract/world.ts';
import { formatCounts, noCounts } from './counts.ts';

const usage = `npm run contract                                                    on the sandbox
npm run contract -- --azure --subscription ID --location NAME       on the sandbox and on Azure, as the Azure CLI is signed in
npm run contract -- --azure --subscription ID --remove-leftovers    removes what interrupted runs have left
  --yes     does not ask        --quick   leaves out what waits for minutes`;

const { values } = parseArgs({
  options: {
    azure: { type: 'boolean' },
    subscription: { type: 'string' },
    location: { type: 'string' },
    'remove-leftovers': { type: 'boolean' },
    yes: { type: 'boolean' },
    quick: { type: 'boolean' },
    help: { type: 'boolean' },
  },
});

const stop = new AbortController();

if (values.help) console.log(usage);
else if (!values.azure) await onSandbox();
else if (!values.subscription || (!values.location && !values['remove-leftovers'])) wrongUse();
else {
  const azure = await cliEnvironment(values.subscription, values.location ?? '');
  await (values['remove-leftovers'] ? removeLeftovers(azure) : onBoth(azure));
}

function wrongUse(): void {
  console.error(usage);
  process.exitCode = 2;
}

async function onSandbox(): Promise<void> {
  const run = await runOnSandbox();
  const counts = noCounts();
  for (const { state } of run.results) {
    if (state === 'differs' || state === 'failed') counts.failed++;
    else if (state === 'skipped') counts.skipped++;
    else counts.passed++;
  }
  if (run.left) counts.failed++;
  console.log(`\n${formatCounts(counts)}`);
  process.exitCode = counts.failed > 0 ? 1 : 0;
}

async function runOnSandbox(): Promise<ContractRun> {
  console.log('On the sandbox:');
  const sandbox = await sandboxEnvironment();
  try {
    return await runContract(sandbox, { isQuick: values.quick ?? false, onResult: print, signal: stop.signal });
  } finally {
    await sandbox.close();
  }
}

async function onBoth(azure: Environment): Promise<void> {
  console.log(`In ${azure.name}, subscription ${azure.subscriptionId}, ${azure.location}, this makes and removes again:
  a resource group acr-cache-contract-…, with the tag acr-cache-contract
  2 Standard registries, 1 Basic registry, 5 user-assigned managed identities
  about 20 cache rules, 8 role assignments on those registries, images of a few hundred bytes
It takes at most 20 minutes. At list prices (Standard 0.67 and Basic 0.17 US dollars a day) that is about 0.02 dollars.
It needs Owner, or Contributor and User Access Administrator. Nothing else in the subscription is touched.`);
  if (!(await mayGoOn('Run it?'))) return;
  const sandbox = await runOnSandbox();
  console.log(`\nIn ${azure.name} (Ctrl+C ends it and removes what was made):`);
  process.once('SIGINT', () => {
    console.log('\nEnding: the resource group is removed. Ctrl+C again stops that too.');
    stop.abort();
  });
  const run = await runContract(azure, {
    isQuick: values.quick ?? false,
    onBegin: (group) => console.log(`  in ${group}`),
    onResult: printWithIds,
    signal: stop.signal,
  });
  report(sandbox, run);
  if (run.left) sayLeft(run.left);
}

function report(sandbox: ContractRun, run: ContractRun): void {
  const comparisons = compareRuns(sandbox, run);
  const date = new Date().toISOString().slice(0, 10);
  console.log(`\n${'fact'.padEnd(28)} ${'verdict'.padEnd(13)} sandbox | ${run.environment}`);
  for (const { fact, verdict, option, sandbox: here, other } of comparisons) {
    const sides =
      verdict === 'same'
        ? describe(here.observed)
        : `${describe(here.observed, other.observed)} | ${describe(other.observed, here.observed) || other.state}`;
    console.log(
      `${fact.padEnd(28)} ${verdict.padEnd(13)} ${sides}${option && verdict !== 'same' ? ` (${option})` : ''}`,
    );
  }
  writeFileSync('contract-report.md', toMarkdown(comparisons, run.environment, date));
  writeFileSync('contract-report.json', toJson(comparisons, run.environment, date));
  const different = comparisons.filter(({ verdict }) => verdict === 'different').length;
  console.log(`\n${different} of ${comparisons.length} facts differ. See contract-report.md and contract-report.json.`);
}

async function removeLeftovers(azure: Environment): Promise<void> {
  const { arm } = createArmSessions(azure.access).forSubscription(azure.subscriptionId);
  const groups = await leftoverGroups(arm, azure.subscriptionId);
  console.log(groups.length === 0 ? 'Nothing is left.' : `Left by earlier runs:\n${groups.join('\n')}`);
  if (groups.length === 0 || !(await mayGoOn('Remove them with all that is in them?'))) return;
  for (const group of groups) {
    if (await removeGroup(arm, group)) console.log(`Removed ${group}`);
    else sayLeft(group);
  }
}

function sayLeft(group: string): void {
  console.error(`The removal of ${group} was not confirmed. Look in the portal, or run this with --remove-leftovers.`);
  process.exitCode = 1;
}

async function mayGoOn(question: string): Promise<boolean> {
  if (values.yes) return true;
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  const answer = await terminal.question(`${question} [y/N] `);
  terminal.close();
  return /^y(es)?$/i.test(answer.trim());
}

function print({ state, fact, observed }: ProbeResult): void {
  console.log(`  ${state.padEnd(9)} ${fact.padEnd(28)} ${describe(observed)}`);
}

/** Also the requests, with the ids that Azure's support asks for. */
function printWithIds(result: ProbeResult): void {
  print(result);
  for (const { request, status, correlationId } of result.requests) {
    console.log(`            ${status} ${request}${correlationId === undefined ? '' : ` · ${correlationId}`}`);
  }
}
