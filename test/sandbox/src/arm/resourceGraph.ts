import type { Answer } from '../core.ts';
import { parseResourceId } from '../ids.ts';
import { isObject, objectAt, stringAt } from '../json.ts';
import { isAllowed } from '../rbac/isAllowed.ts';
import type { ResourceState } from '../types.ts';
import type { ArmCall, Route } from './call.ts';
import { jsonBody, ok } from './call.ts';
import { ArmError } from './errors.ts';
import { KqlError, runKql } from './kql.ts';
import type { Row } from './kql.ts';
import { visibleSubscriptions } from './visibility.ts';

/** Resource Graph's own bound per page. */
const maxPage = 1000;

export const resourceGraphRoutes: readonly Route[] = [
  {
    method: 'POST',
    path: '/providers/Microsoft.ResourceGraph/resources',
    type: 'Microsoft.ResourceGraph/resources',
    handle: query,
  },
];

async function query(call: ArmCall): Promise<Answer> {
  const input = await jsonBody(call);
  const text = stringAt(input, 'query');
  if (text === undefined) throw badRequest(call, [{ code: 'InvalidQuery', message: 'Query can not be empty.' }]);
  const subscriptions = subscriptionsAsked(call, input['subscriptions']);
  const rows = run(
    call,
    text,
    new Map([
      ['resources', () => rowsOf(call, subscriptions)],
      ['authorizationresources', () => assignmentRows(call, subscriptions)],
    ]),
  );
  const options = objectAt(input, 'options');
  const offset = offsetOf(call, stringAt(options, '$skipToken'));
  const size = Math.min(Number(options['$top'] ?? maxPage), maxPage, call.core.options.pageSize);
  const data = rows.slice(offset, offset + size);
  // Paging needs the id among the columns, as on Azure.
  const more = offset + size < rows.length;
  const canPage = data.every((row) => 'id' in row);
  return ok({
    totalRecords: rows.length,
    count: data.length,
    data,
    facets: [],
    resultTruncated: more && !canPage ? 'true' : 'false',
    ...(more && canPage && { $skipToken: Buffer.from(JSON.stringify({ skip: offset + size })).toString('base64') }),
  });
}

function run(call: ArmCall, text: string, tables: ReadonlyMap<string, () => readonly Row[]>): readonly Row[] {
  try {
    return runKql(text, tables);
  } catch (error) {
    if (!(error instanceof KqlError)) throw error;
    throw badRequest(call, [
      {
        code: 'InvalidQuery',
        message:
          'Query is invalid. Please refer to the documentation for the Azure Resource Graph service and fix the error before retrying.',
      },
      {
        code: 'ParserFailure',
        message: 'ParserFailure',
        line: 1,
        characterPositionInLine: error.at,
        token: error.clause,
        expectedToken: '',
      },
    ]);
  }
}

function badRequest(call: ArmCall, details: readonly object[]): ArmError {
  const time = new Date(call.core.clock.now()).toISOString();
  return new ArmError(
    400,
    'BadRequest',
    `Please provide below info when asking for support: timestamp = ${time}, correlationId = ${call.request.correlationId}.`,
    { details },
  );
}

/** Ids that the caller may see; without a list, all of the tenant. @throws ArmError 400 when none is left */
function subscriptionsAsked(call: ArmCall, asked: unknown): Set<string> {
  const visible = visibleSubscriptions(call).map(({ id }) => id.toLowerCase());
  if (!Array.isArray(asked) || asked.length === 0) return new Set(visible);
  const wanted = asked.map((id) => String(id).toLowerCase());
  const both = visible.filter((id) => wanted.includes(id));
  if (both.length === 0) {
    throw badRequest(call, [
      {
        code: 'NoValidSubscriptionsInQueryRequest',
        message: `There must be at least one subscription that is eligible to contain resources. Given: '${wanted.join(', ')}'.`,
      },
    ]);
  }
  return new Set(both);
}

function offsetOf(call: ArmCall, token: string | undefined): number {
  if (token === undefined || token === '') return 0;
  try {
    const value: unknown = JSON.parse(Buffer.from(token, 'base64').toString('utf8'));
    const skip = isObject(value) ? value['skip'] : undefined;
    if (typeof skip === 'number' && skip >= 0) return skip;
  } catch {
    // Answered below.
  }
  throw badRequest(call, [{ code: 'InvalidSkipToken', message: 'The skip token is invalid.' }]);
}

function rowsOf(call: ArmCall, subscriptions: ReadonlySet<string>): Row[] {
  // Whether a registry's child resources are in Resource Graph is unknown: only resources with a location are, here.
  return [...call.core.state.resources.values()]
    .filter((one) => one.location !== undefined && subscriptions.has(one.id.split('/')[2]?.toLowerCase() ?? ''))
    .filter((one) => isAllowed(call.core, call.caller.oid, `${one.type}/read`, one.id, { kind: 'action' }))
    .map((one) => rowOf(call, one));
}

/** Role assignments below the subscriptions, as far as the caller may read them. */
function assignmentRows(call: ArmCall, subscriptions: ReadonlySet<string>): Row[] {
  const type = 'Microsoft.Authorization/roleAssignments';
  return [...call.core.state.roleAssignments.values()]
    .filter(({ scope }) => subscriptions.has(scope.split('/')[2]?.toLowerCase() ?? ''))
    .filter(({ scope }) => isAllowed(call.core, call.caller.oid, `${type}/read`, scope, { kind: 'action' }))
    .map((one) => ({
      id: one.id,
      name: one.name,
      type: type.toLowerCase(),
      subscriptionId: one.scope.split('/')[2] ?? '',
      properties: {
        scope: one.scope,
        roleDefinitionId: one.roleDefinitionId,
        principalId: one.principalId,
        principalType: one.principalType,
        condition: one.condition ?? null,
        conditionVersion: one.conditionVersion ?? null,
      },
    }));
}

function rowOf(call: ArmCall, one: ResourceState): Row {
  const id = parseResourceId(one.id);
  const subscription = call.core.state.subscriptions.get(id?.subscriptionId.toLowerCase() ?? '');
  return {
    id: one.id,
    name: one.name,
    type: one.type.toLowerCase(),
    tenantId: subscription?.tenantId ?? call.core.state.tenantId,
    kind: '',
    location: one.location,
    resourceGroup: id?.group?.toLowerCase() ?? '',
    subscriptionId: subscription?.id ?? '',
    managedBy: '',
    sku: one.sku ?? null,
    plan: null,
    properties: one.properties,
    tags: one.tags ?? {},
    identity: one.identity ?? null,
    zones: null,
    extendedLocation: null,
  };
}
