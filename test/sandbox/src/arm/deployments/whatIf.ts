import { parseResourceId } from '../../ids.ts';
import { asText, isObject, objectAt, stringAt } from '../../json.ts';
import type { JsonObject } from '../../json.ts';
import { isAtOrAbove } from '../../rbac/scopes.ts';
import type { ArmCall } from '../call.ts';
import { groupOf } from '../call.ts';
import { ArmError } from '../errors.ts';
import type { TemplateResource } from './template.ts';

/** One of `changes` in the answer of what-if. */
export interface WhatIfChange {
  readonly resourceId: string;
  readonly changeType: 'Create' | 'Modify' | 'NoChange' | 'Ignore' | 'Delete' | 'Unsupported';
  readonly unsupportedReason?: string;
  readonly before?: unknown;
  readonly after?: unknown;
  readonly delta?: readonly PropertyChange[];
}

interface PropertyChange {
  readonly path: string;
  readonly propertyChangeType: 'Create' | 'Modify';
  readonly before?: unknown;
  readonly after: unknown;
}

/**
 * What a deployment would change, compared with what the caller reads now. As on Azure, `reference` is not resolved: a value that holds
 * one counts as changed (Azure/arm-template-whatif#156), a resource named by one is not looked at (#399). What the template does
 * not name is left alone; Azure also tells deletions in it, which needs each type's defaults.
 */
export async function changesOf(
  call: ArmCall,
  resources: readonly TemplateResource[],
  mode: 'Incremental' | 'Complete',
): Promise<WhatIfChange[]> {
  const changes: WhatIfChange[] = [];
  for (const resource of resources) changes.push(await changeOf(call, resource));
  const named = new Set(resources.map(({ id }) => id.toLowerCase()));
  // Only tracked resources (those with a location) are in ARM's own list.
  const others = [...call.core.state.resources.values()].filter(
    ({ id, location }) => location !== undefined && isAtOrAbove(groupOf(call).id, id) && !named.has(id.toLowerCase()),
  );
  for (const { id, name, type, location } of others) {
    const before = { id, name, type, location };
    changes.push(
      mode === 'Complete'
        ? { resourceId: id, changeType: 'Delete', before }
        : { resourceId: id, changeType: 'Ignore', before, after: before },
    );
  }
  return changes;
}

async function changeOf(
  call: ArmCall,
  { id, type, apiVersion, body, isDeferred }: TemplateResource,
): Promise<WhatIfChange> {
  if (isDeferred) {
    const unsupportedReason =
      'The resource cannot be analyzed because its resource ID cannot be calculated until the deployment is under way.';
    return { resourceId: id, changeType: 'Unsupported', unsupportedReason };
  }
  const { status, json } = await call.read(id.split('/').map(encodeURIComponent).join('/'), apiVersion);
  const answer = isObject(json) ? json : {};
  if (status === 404) {
    const { names, group } = parseResourceId(id) ?? { names: [], group: undefined };
    const after = { id, name: names.at(-1), type, apiVersion, resourceGroup: group, ...body };
    return { resourceId: id, changeType: 'Create', after };
  }
  if (status !== 200) {
    const error = objectAt(answer, 'error');
    throw new ArmError(status, stringAt(error, 'code') ?? '', stringAt(error, 'message') ?? '');
  }
  const before = { ...answer, apiVersion };
  const delta = differences(before, body);
  return {
    resourceId: id,
    changeType: delta.length === 0 ? 'NoChange' : 'Modify',
    before,
    after: merged(before, body),
    delta,
  };
}

function differences(before: JsonObject, wanted: JsonObject, above = ''): PropertyChange[] {
  return Object.entries(wanted).flatMap(([name, after]): PropertyChange[] => {
    const path = `${above}${name}`;
    const key = keyIn(before, name);
    if (key === undefined) return [{ path, propertyChangeType: 'Create', after }];
    const now = before[key];
    if (isObject(now) && isObject(after)) return differences(now, after, `${path}.`);
    return isSame(path, now, after) ? [] : [{ path, propertyChangeType: 'Modify', before: now, after }];
  });
}

/** Names are compared as they are, ids (of assigned identities) without case. */
function keyIn(values: JsonObject, name: string): string | undefined {
  if (Object.hasOwn(values, name)) return name;
  return name.startsWith('/') ? Object.keys(values).find((key) => key.toLowerCase() === name.toLowerCase()) : undefined;
}

/** Ids, and what ARM itself writes outside `properties`, have no case. */
function isSame(path: string, before: unknown, after: unknown): boolean {
  const [now, wanted] = [asText(before), asText(after)];
  const isExact = path.startsWith('properties.') && !wanted.startsWith('/subscriptions/');
  return isExact || path.startsWith('tags.') ? now === wanted : now.toLowerCase() === wanted.toLowerCase();
}

function merged(before: JsonObject, wanted: JsonObject): JsonObject {
  const result = { ...before };
  for (const [name, after] of Object.entries(wanted)) {
    const key = keyIn(before, name) ?? name;
    const now = before[key];
    result[key] = isObject(now) && isObject(after) ? merged(now, after) : after;
  }
  return result;
}
