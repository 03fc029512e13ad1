import { randomUUID } from 'node:crypto';
import { createServer, type AddressInfo, type Server } from 'node:net';
import type { ArmRest } from './armRest.ts';

/** A command line that the Azure CLI would not take. */
class UsageError extends Error {}

/** `az` on the PATH of a script: hands its words to the server at port AZ_PORT, and ends as that says. */
export const azScript = `#!/bin/bash
exec 3<>"/dev/tcp/127.0.0.1/$AZ_PORT"
printf '%s\\0' "$#" "$@" >&3
read -r code <&3
if [ "$code" = 0 ]; then cat <&3; else cat <&3 >&2; fi
exit "$code"
`;

/**
 * Stands in for the Azure CLI of the article (2.85), which this machine does not have: performs the commands that the exported script
 * holds against ARM by REST, and tells each call. One process serves all of them.
 */
export async function serveAz(rest: ArmRest, onCall: (words: string[]) => void): Promise<Server> {
  const server = createServer((socket) => {
    let received = '';
    socket.setEncoding('utf8').on('data', (chunk: string) => {
      received += chunk;
      const [count, ...words] = received.split('\0');
      // What follows the last word is empty.
      if (words.length !== Number(count) + 1) return;
      words.pop();
      onCall(words);
      void runAz(rest, words).then(
        (output) => socket.end(`0\n${output}\n`),
        (error: unknown) => socket.end(`${error instanceof UsageError ? 2 : 1}\n${String(error)}\n`),
      );
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server;
}

export const portOf = (server: Server): number => (server.address() as AddressInfo).port;

const registries = 'providers/Microsoft.ContainerRegistry/registries';

/**
 * What a call prints. Knows only documented options.
 * @throws UsageError for anything else, Error where ARM refuses
 */
async function runAz(rest: ArmRest, words: readonly string[]): Promise<string> {
  const first = words.findIndex((word) => word.startsWith('-'));
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
  const group = (): string =>
    `/subscriptions/${take('--subscription')}/resourceGroups/${take('--resource-group', '-g')}`;

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

  const name = words.slice(0, first).join(' ');
  const run = commands[name] ?? stop(`'${name}' is misspelled or not recognized by the system.`);
  const output = await run();
  if (options.size > 0) stop(`unrecognized arguments: ${[...options.keys()].join(' ')}`);
  return output;
}

function stop(message: string): never {
  throw new UsageError(message);
}

function property(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined;
}

function text(value: unknown): string {
  return JSON.stringify(value, null, 2);
}
