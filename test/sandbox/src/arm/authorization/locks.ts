import type { Answer } from '../../core.ts';
import { objectAt, stringAt } from '../../json.ts';
import { isAtOrAbove } from '../../rbac/scopes.ts';
import type { ResourceState } from '../../types.ts';
import type { ArmCall, Route } from '../call.ts';
import { ok, page, param, resourceBody } from '../call.ts';
import { ArmError, armErrors } from '../errors.ts';
import { scopeOf } from './scopes.ts';

const type = 'Microsoft.Authorization/locks';
const collection = '{+scope}/providers/Microsoft.Authorization/locks';
const one = `${collection}/{name}`;
const levels = ['CanNotDelete', 'ReadOnly'];

/** Locks of a subscription, a group or a resource; they hold for all that is below. */
export const lockRoutes: readonly Route[] = [
  { method: 'GET', path: collection, type, action: `${type}/read`, scope: scopeOf, handle: list },
  {
    method: 'GET',
    path: one,
    type,
    action: `${type}/read`,
    scope: scopeOf,
    handle: (call) => ok(bodyOf(lockOf(call))),
  },
  { method: 'PUT', path: one, type, action: `${type}/write`, scope: scopeOf, handle: put },
  { method: 'DELETE', path: one, type, action: `${type}/delete`, scope: scopeOf, handle: remove },
];

/**
 * What a lock at or above a path keeps from being done: deleting, and with ReadOnly any write. Locks themselves are free.
 * @throws ArmError 409 ScopeLocked
 */
export function checkLocks({ core, request }: ArmCall, route: Route): void {
  const { method, path } = request;
  if (route.type === type || method === 'GET' || method === 'HEAD' || !path.startsWith('/subscriptions/')) return;
  const locked = locksIn(core.state.resources).filter(
    (lock) => isAtOrAbove(scopeOfLock(lock), path) && (method === 'DELETE' || lock.properties['level'] === 'ReadOnly'),
  );
  if (locked.length === 0) return;
  throw new ArmError(
    409,
    'ScopeLocked',
    `The scope '${path}' cannot perform ${method === 'DELETE' ? 'delete' : 'write'} operation because following scope(s) are locked: '${locked.map(scopeOfLock).join(',')}'. Please remove the lock and try again.`,
  );
}

function locksIn(resources: ReadonlyMap<string, ResourceState>): ResourceState[] {
  return [...resources.values()].filter((resource) => resource.type === type);
}

const scopeOfLock = ({ id }: ResourceState): string => id.slice(0, id.lastIndexOf('/providers/'));

function idOf(call: ArmCall): string {
  return `${scopeOf(call)}/providers/${type}/${param(call, 'name')}`;
}

function lockOf(call: ArmCall): ResourceState {
  const found = call.core.state.resources.get(idOf(call).toLowerCase());
  if (!found) throw new ArmError(404, 'LockNotFound', `The lock '${param(call, 'name')}' could not be found.`);
  return found;
}

function bodyOf({ id, name, properties }: ResourceState): unknown {
  return { id, name, type, properties };
}

function list(call: ArmCall): Answer {
  const scope = scopeOf(call);
  const found = locksIn(call.core.state.resources).filter((lock) => {
    const own = scopeOfLock(lock);
    return isAtOrAbove(own, scope) || isAtOrAbove(scope, own);
  });
  return page(call, found.map(bodyOf));
}

async function put(call: ArmCall): Promise<Answer> {
  const properties = objectAt(await resourceBody(call), 'properties');
  const level = stringAt(properties, 'level') ?? '';
  if (!levels.includes(level))
    throw armErrors.badRequest(
      'InvalidLockLevel',
      `The lock level '${level}' is invalid. It is one of ${levels.join(', ')}.`,
    );
  const id = idOf(call);
  const isNew = !call.core.state.resources.has(id.toLowerCase());
  const notes = stringAt(properties, 'notes');
  const lock: ResourceState = {
    id,
    name: param(call, 'name'),
    type,
    properties: { level, ...(notes !== undefined && { notes }) },
    createdAt: call.core.clock.now(),
  };
  call.core.state.resources.set(id.toLowerCase(), lock);
  return { status: isNew ? 201 : 200, json: bodyOf(lock) };
}

function remove(call: ArmCall): Answer {
  return { status: call.core.state.resources.delete(idOf(call).toLowerCase()) ? 200 : 204 };
}
