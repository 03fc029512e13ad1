import { isAllowed } from '../../rbac/isAllowed.ts';
import { isAbac, property } from '../context.ts';
import type { RegistryPlace } from '../context.ts';

/** One entry of an access token's `access` claim. */
export interface Access {
  readonly type: string;
  readonly name: string;
  readonly actions: readonly string[];
}

/** Who a registry token stands for. */
export interface Caller {
  /** Object id; empty for an anonymous caller. */
  readonly principalId: string;
  /** The identity of a cache rule, at an upstream. */
  readonly forRule: boolean;
}

const prefix = 'Microsoft.ContainerRegistry/registries';

/**
 * What a token's action needs: the data action where repositories have permissions of their own (ABAC), the control-plane
 * action otherwise. AcrPull also reads metadata and lists the catalog on such registries.
 */
const needs: Readonly<Record<string, { readonly abac: string; readonly legacy: string }>> = {
  pull: { abac: `${prefix}/repositories/content/read`, legacy: `${prefix}/pull/read` },
  push: { abac: `${prefix}/repositories/content/write`, legacy: `${prefix}/push/write` },
  delete: { abac: `${prefix}/repositories/content/delete`, legacy: `${prefix}/artifacts/delete` },
  metadata_read: { abac: `${prefix}/repositories/metadata/read`, legacy: `${prefix}/pull/read` },
  metadata_write: { abac: `${prefix}/repositories/metadata/write`, legacy: `${prefix}/push/write` },
};

/**
 * The part of a requested scope that the caller is allowed: `repository:team/app:pull,push`, `registry:catalog:*`.
 * Undefined when nothing is, or the scope is malformed.
 */
export function grantScope(context: RegistryPlace, caller: Caller, scope: string): Access | undefined {
  // A name may hold colons only as part of a host, which registries do not have here.
  const match = /^(repository|registry)(?:\([^)]*\))?:([^:]+):([a-z_,*]*)$/.exec(scope);
  const [, type, name, list] = match ?? [];
  if (type === undefined || name === undefined || list === undefined) return undefined;
  if (type === 'registry') {
    return name === 'catalog' && mayList(context, caller) ? { type, name, actions: ['*'] } : undefined;
  }
  const asked = list.split(',').includes('*') ? Object.keys(needs) : [...new Set(list.split(','))];
  const actions = asked.filter((action) => mayUse(context, caller, name, action));
  return actions.length === 0 ? undefined : { type, name, actions };
}

function mayUse(context: RegistryPlace, caller: Caller, repository: string, action: string): boolean {
  const need = needs[action];
  if (need === undefined) return false;
  if (caller.principalId === '') {
    const reads = action === 'pull' || action === 'metadata_read';
    return reads && property(context, 'anonymousPullEnabled') === true;
  }
  if (isAbac(context)) return ask(context, caller, need.abac, 'dataAction', repository);
  if (caller.forRule && context.core.options.rbacUpstreams === 'ignore') return false;
  return ask(context, caller, need.legacy, 'action', repository);
}

function mayList(context: RegistryPlace, caller: Caller): boolean {
  if (caller.principalId === '') return false;
  return isAbac(context)
    ? ask(context, caller, `${prefix}/catalog/read`, 'dataAction')
    : ask(context, caller, `${prefix}/pull/read`, 'action');
}

function ask(
  context: RegistryPlace,
  caller: Caller,
  action: string,
  kind: 'action' | 'dataAction',
  repository?: string,
): boolean {
  return isAllowed(context.core, caller.principalId, action, context.registry.id, {
    kind,
    dataPlane: true,
    ...(repository === undefined ? {} : { repository }),
  });
}
