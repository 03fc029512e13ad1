// Stands in for the Azure CLI of the article (2.85), which this machine does not have: performs the commands that the exported script
// holds against ARM by REST, and writes each call as a line of JSON. Knows only their documented options; anything else ends with 2.
// SANDBOX_ARM, SANDBOX_TOKEN, AZ_CALLS: address of ARM, token for it, file of the calls.
import { appendFileSync } from 'node:fs';
import { randomUUID } from 'node:crypto';
import { createArmRest } from './armRest.ts';

const words = process.argv.slice(2);
appendFileSync(environment('AZ_CALLS'), `${JSON.stringify(words)}\n`);
const rest = createArmRest(environment('SANDBOX_ARM'), environment('SANDBOX_TOKEN'));

const first = words.findIndex((word) => word.startsWith('-'));
const name = words.slice(0, first).join(' ');
const options = new Map<string, string>();
for (let index = first; index < words.length; index += 2) {
  const [option = '', value] = words.slice(index, index + 2);
  if (value === undefined) stop(`argument ${option}: expected one argument`);
  options.set(option, value);
}

/** Takes an option by one of its names. */
function take(...names: string[]): string {
  for (const option of names) {
    const value = options.get(option);
    if (value === undefined) continue;
    options.delete(option);
    return value;
  }
  return stop(`the following arguments are required: ${names.join('/')}`);
}

function environment(variable: string): string {
  return process.env[variable] ?? stop(`${variable} is not set`);
}

function stop(message: string): never {
  process.stderr.write(`${message}\n`);
  process.exit(2);
}

function group(): string {
  return `/subscriptions/${take('--subscription')}/resourceGroups/${take('--resource-group', '-g')}`;
}

const registries = 'providers/Microsoft.ContainerRegistry/registries';

const commands: Record<string, () => Promise<string>> = {
  'identity create': async () => {
    const id = `${group()}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/${take('--name')}`;
    return text(await rest.call('PUT', id, '2024-11-30', { location: take('--location') }));
  },
  'identity show': async () => {
    const identity = await rest.call('GET', take('--ids'), '2024-11-30');
    if (take('--query') !== 'principalId' || take('-o') !== 'tsv') stop('only --query principalId -o tsv');
    return String(property(identity['properties'], 'principalId'));
  },
  'acr update': async () => {
    const id = `${group()}/${registries}/${take('--name')}`;
    if (take('--role-assignment-mode') !== 'rbac-abac') stop('only rbac-abac');
    const properties = { roleAssignmentMode: 'AbacRepositoryPermissions' };
    return text(await rest.call('PATCH', id, '2025-11-01', { properties }));
  },
  'role assignment create': async () => {
    const [scope, role] = [take('--scope'), take('--role')];
    const registry = scope.replace(/\/repositories\/.*$/, '');
    const definitions = await rest.call(
      'GET',
      `${registry}/providers/Microsoft.Authorization/roleDefinitions`,
      '2022-04-01',
    );
    const found = (Array.isArray(definitions['value']) ? (definitions['value'] as unknown[]) : []).find(
      (definition) => property(property(definition, 'properties'), 'roleName') === role,
    );
    if (!found) stop(`Role '${role}' doesn't exist.`);
    const assignment = {
      roleDefinitionId: property(found, 'id'),
      principalId: take('--assignee-object-id'),
      principalType: take('--assignee-principal-type'),
      ...(options.has('--condition') && {
        condition: take('--condition'),
        conditionVersion: take('--condition-version'),
      }),
    };
    const id = `${scope}/providers/Microsoft.Authorization/roleAssignments/${randomUUID()}`;
    return text(await rest.call('PUT', id, '2022-04-01', { properties: assignment }));
  },
  'acr cache create': async () => {
    const id = `${group()}/${registries}/${take('--registry', '-r')}/cacheRules/${take('--name', '-n')}`;
    const body = {
      identity: { type: 'UserAssigned', userAssignedIdentities: { [take('--identity')]: {} } },
      properties: { sourceRepository: take('--source-repo', '-s'), targetRepository: take('--target-repo', '-t') },
    };
    return text(await rest.call('PUT', id, '2026-01-01-preview', body));
  },
  /** Without JMESPath: rows of name, source, target and identities, which is what the exported script asks for. */
  'acr cache list': async () => {
    const id = `${group()}/${registries}/${take('--registry', '-r')}/cacheRules`;
    const columns =
      /^\[\]\.\[name, sourceRepository [^[]*, targetRepository [^[]*, join\(.*keys\(identity\.userAssignedIdentities/;
    if (take('-o') !== 'tsv' || !columns.test(take('--query'))) stop('only the rows of names, paths and identities');
    const { value } = await rest.call('GET', id, '2026-01-01-preview');
    const rows = (Array.isArray(value) ? (value as unknown[]) : []).map((rule) => [
      property(rule, 'name'),
      property(property(rule, 'properties'), 'sourceRepository'),
      property(property(rule, 'properties'), 'targetRepository'),
      Object.keys(property(property(rule, 'identity'), 'userAssignedIdentities') ?? {}).join(),
    ]);
    return rows.map((row) => row.join('\t')).join('\n');
  },
  'feature register': async () => {
    const feature = `/subscriptions/${take('--subscription')}/providers/Microsoft.Features/providers/${take('--namespace')}/features/${take('--name')}`;
    return text(await rest.call('POST', `${feature}/register`, '2021-07-01'));
  },
  'provider register': async () => {
    const provider = `/subscriptions/${take('--subscription')}/providers/${take('--namespace')}`;
    return text(await rest.call('POST', `${provider}/register`, '2021-04-01'));
  },
};

function property(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined;
}

function text(value: unknown): string {
  return JSON.stringify(value, null, 2);
}

const run = commands[name];
if (!run) stop(`'${name}' is misspelled or not recognized by the system.`);
const output = await run();
if (options.size > 0) stop(`unrecognized arguments: ${[...options.keys()].join(' ')}`);
process.stdout.write(`${output}\n`);
