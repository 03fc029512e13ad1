import { parse } from 'jsonc-parser';
import type { ParseError } from 'jsonc-parser';
import type { Answer } from '../../core.ts';
import { groupId, parseResourceId } from '../../ids.ts';
import { asText, isObject, objectAt } from '../../json.ts';
import type { JsonObject } from '../../json.ts';
import { isAllowed } from '../../rbac/isAllowed.ts';
import { findType } from '../apiVersions.ts';
import type { ArmCall, Route } from '../call.ts';
import { clientName, groupOf, jsonBody, ok, param, subscriptionOf } from '../call.ts';
import { ArmError, armErrors } from '../errors.ts';
import { locationNamed, locations } from '../locations.ts';
import { Deferred, TemplateError } from './expressions.ts';
import { readTemplate } from './template.ts';
import type { TemplateResource } from './template.ts';
import { changesOf } from './whatIf.ts';

const type = 'Microsoft.Resources/deployments';
const one = `/subscriptions/{subscription}/resourceGroups/{group}/providers/${type}/{deployment}`;

/** What a template would do to a resource group. The sandbox does not deploy: its clients write resource by resource. */
export const deploymentRoutes: readonly Route[] = [
  {
    method: 'POST',
    path: `${one}/validate`,
    type,
    action: `${type}/validate/action`,
    scope: deploymentId,
    handle: validate,
  },
  { method: 'POST', path: `${one}/whatIf`, type, action: `${type}/whatIf/action`, scope: deploymentId, handle: whatIf },
];

interface Deployment {
  readonly mode: 'Incremental' | 'Complete';
  /** Given values, name → `{value}`. */
  readonly parameters: JsonObject;
  readonly resources: readonly TemplateResource[];
  readonly resultFormat: string;
}

function deploymentId(call: ArmCall): string {
  return `${groupId(subscriptionOf(call).id, param(call, 'group'))}/providers/${type}/${param(call, 'deployment')}`;
}

async function validate(call: ArmCall): Promise<Answer> {
  const { mode, parameters, resources } = await readDeployment(call);
  const types = new Map(resources.map((resource) => [resource.type.toLowerCase(), findType(call.core, resource.type)]));
  return ok({
    id: deploymentId(call),
    name: param(call, 'deployment'),
    type,
    properties: {
      mode,
      parameters,
      provisioningState: 'Succeeded',
      timestamp: new Date(call.core.clock.now()).toISOString(),
      duration: 'PT0S',
      correlationId: call.request.correlationId,
      providers: [...types.values()].map((known) => ({
        namespace: known?.namespace,
        resourceTypes: [{ resourceType: known?.type, locations: locations.map(([name]) => name) }],
      })),
      dependencies: [],
      validatedResources: resources.filter(({ isDeferred }) => !isDeferred).map(({ id }) => ({ id })),
    },
  });
}

async function whatIf(call: ArmCall): Promise<Answer> {
  const { mode, resources, resultFormat } = await readDeployment(call);
  const changes = await changesOf(call, resources, mode);
  const shown =
    resultFormat === 'ResourceIdOnly'
      ? changes.map(({ resourceId, changeType }) => ({
          resourceId,
          changeType: ['Modify', 'NoChange'].includes(changeType) ? 'Deploy' : changeType,
        }))
      : changes;
  return ok({
    status: 'Succeeded',
    properties: { correlationId: call.request.correlationId, changes: shown },
  });
}

/** The deployment of the body, which could be started. @throws ArmError 400 */
async function readDeployment(call: ArmCall): Promise<Deployment> {
  const properties = objectAt(await jsonBody(call, parseBody), 'properties');
  const { mode, template, parameters = {} } = properties;
  if (mode !== 'Incremental' && mode !== 'Complete')
    throw armErrors.invalidContent(`Error converting value '${asText(mode).slice(0, 100)}' to type 'DeploymentMode'`);
  if (!isObject(parameters) || !Object.values(parameters).every(isObject))
    throw armErrors.invalidContent("Error converting the value of 'parameters'");
  const given = Object.fromEntries(Object.keys(parameters).map((name) => [name, objectAt(parameters, name)['value']]));
  const resources: TemplateResource[] = [];
  try {
    await readTemplate(
      template,
      { subscriptionId: subscriptionOf(call).id, resourceGroup: groupOf(call).name },
      given,
      {
        reference: () => Promise.reject(new Deferred('a reference is known only while the template is deployed')),
        resource: (resource) => void resources.push(resource),
      },
    );
  } catch (error) {
    if (error instanceof TemplateError) throw invalidTemplate(error.message);
    throw error;
  }
  checkResources(call, resources);
  return {
    mode,
    parameters,
    resources,
    resultFormat: asText(objectAt(properties, 'whatIfSettings')['resultFormat']),
  };
}

/** JSON, also as the Azure CLI writes it and ARM reads it: the file as it is, with its comments, behind a name without quotes. */
function parseBody(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    const errors: ParseError[] = [];
    const value: unknown = parse(text.replace(', template:', ', "template":'), errors, { allowTrailingComma: true });
    if (errors.length > 0) throw new Error(`not JSON at ${errors[0]?.offset ?? 0}`);
    return value;
  }
}

/** In the form of Azure/azure-sdk-for-go#6125. */
function invalidTemplate(reason: string): ArmError {
  return new ArmError(400, 'InvalidTemplate', `Deployment template validation failed: '${reason}'.`);
}

/** What can be said before anything is written. @throws ArmError 400 InvalidTemplateDeployment with what is wrong in its details */
function checkResources(call: ArmCall, resources: readonly TemplateResource[]): void {
  const details = resources.flatMap((resource) => {
    try {
      checkResource(call, resource);
      return [];
    } catch (error) {
      if (!(error instanceof ArmError)) throw error;
      return [{ code: error.code, target: resource.id, message: error.message }];
    }
  });
  if (details.length === 0) return;
  throw new ArmError(
    400,
    'InvalidTemplateDeployment',
    `The template deployment '${param(call, 'deployment')}' is not valid according to the validation procedure. The tracking id is '${call.request.correlationId}'. See inner errors for details.`,
    { details },
  );
}

function checkResource({ core, caller }: ArmCall, resource: TemplateResource): void {
  const known = findType(core, resource.type);
  if (!known) throw armErrors.invalidNamespace(resource.type);
  if (!known.versions.includes(resource.apiVersion))
    throw armErrors.unknownType(known.type, known.namespace, resource.apiVersion, known.versions);
  const place = parseResourceId(resource.id.split('/').slice(0, 5).join('/'));
  if (!place || !core.state.subscriptions.has(place.subscriptionId.toLowerCase()))
    throw armErrors.subscriptionNotFound(place?.subscriptionId ?? '');
  const group = groupId(place.subscriptionId, place.group ?? '');
  if (place.group !== undefined && !core.state.resourceGroups.has(group.toLowerCase()))
    throw armErrors.groupNotFound(place.group);
  const action = `${known.namespace}/${known.type}/write`;
  if (!isAllowed(core, caller.oid, action, resource.id, { kind: 'action' }))
    throw armErrors.authorizationFailed(clientName(caller), caller.oid, action, resource.id);
  if ('location' in resource.body) locationNamed(asText(resource.body['location']));
}
