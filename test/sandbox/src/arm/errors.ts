import type { Answer } from '../core.ts';

/** Thrown by ARM's handlers; becomes ARM's error body `{error: {code, message, …}}`. */
export class ArmError extends Error {
  override readonly name = 'ArmError';
  readonly status: number;
  readonly code: string;
  readonly extra: {
    readonly target?: string;
    readonly details?: readonly unknown[];
    readonly headers?: Answer['headers'];
  };

  constructor(status: number, code: string, message: string, extra: ArmError['extra'] = {}) {
    super(message);
    this.status = status;
    this.code = code;
    this.extra = extra;
  }

  answer(): Answer {
    const { headers, ...body } = this.extra;
    return {
      status: this.status,
      headers: { 'x-ms-failure-cause': 'gateway', 'x-ms-error-code': this.code, ...headers },
      json: { error: { code: this.code, message: this.message, ...body } },
    };
  }
}

/** Refused by the registry service itself, not by ARM's gateway (../shared/domain.md §10). */
export class ProviderError extends ArmError {
  override answer(): Answer {
    const { headers, ...body } = this.extra;
    return {
      status: this.status,
      ...(headers && { headers }),
      json: { error: { code: this.code, message: this.message, ...body }, status: 'Failed' },
    };
  }
}

/** What the registry service says to a request that it does not take. */
export function refused(code: string, message: string, status = 400, target?: string): ProviderError {
  return new ProviderError(status, code, message, target === undefined ? {} : { target });
}

/** Texts as ARM writes them. */
export const armErrors = {
  badRequest: (code: string, message: string, target?: string) =>
    new ArmError(400, code, message, target === undefined ? {} : { target }),
  invalidContent: (reason: string) =>
    new ArmError(
      400,
      'InvalidRequestContent',
      `The request content was invalid and could not be deserialized: '${reason}'.`,
    ),
  subscriptionNotFound: (id: string) =>
    new ArmError(404, 'SubscriptionNotFound', `The subscription '${id}' could not be found.`),
  invalidNamespace: (namespace: string) =>
    new ArmError(404, 'InvalidResourceNamespace', `The resource namespace '${namespace}' is invalid.`),
  groupNotFound: (name: string) =>
    new ArmError(404, 'ResourceGroupNotFound', `Resource group '${name}' could not be found.`),
  /** Of a resource of the registry service. */
  childNotFound: (type: string, names: readonly string[], group: string) =>
    new ProviderError(404, 'ResourceNotFound', armErrors.resourceNotFound(type, names, group).message),
  resourceNotFound: (type: string, names: readonly string[], group: string) =>
    new ArmError(
      404,
      'ResourceNotFound',
      `The Resource '${interleave(type, names)}' under resource group '${group}' was not found. For more details please go to https://aka.ms/ARMResourceNotFoundFix`,
    ),
  parentNotFound: (verb: string, type: string, parentId: string) =>
    new ArmError(
      404,
      'ParentResourceNotFound',
      `Failed to perform '${verb}' on resource(s) of type '${type}', because the parent resource '${parentId}' could not be found.`,
    ),
  authorizationFailed: (client: string, objectId: string, action: string, scope: string) =>
    new ArmError(
      403,
      'AuthorizationFailed',
      `The client '${client}' with object id '${objectId}' does not have authorization to perform action '${action}' over scope '${scope}' or the scope is invalid. If access was recently granted, please refresh your credentials.`,
    ),
  denied: (
    client: string,
    objectId: string,
    action: string,
    scope: string,
    denial: { readonly name: string; readonly id: string; readonly scope: string },
  ) =>
    new ArmError(
      403,
      'DenyAssignmentAuthorizationFailed',
      `The client '${client}' with object id '${objectId}' has permission to perform action '${action}' on scope '${scope}'; however, the access is denied because of the deny assignment with name '${denial.name}' and Id '${denial.id}' at scope '${denial.scope}'.`,
    ),
  linkedAuthorizationFailed: (
    client: string,
    objectId: string,
    action: string,
    scope: string,
    linkedAction: string,
    linkedScope: string,
  ) =>
    new ArmError(
      403,
      'LinkedAuthorizationFailed',
      `The client '${client}' with object id '${objectId}' has permission to perform action '${action}' on scope '${scope}'; however, it does not have permission to perform action(s) '${linkedAction}' on the linked scope(s) '${linkedScope}' (respectively) or the linked scope(s) are invalid.`,
    ),
  invalidLocation: (type: string, name: string, existing: string, wanted: string) =>
    new ArmError(
      409,
      'InvalidResourceLocation',
      `The resource '${name}' already exists in location '${existing}' in resource group. A resource with the same name cannot be created in location '${wanted}'. Please select a new resource name.`,
      { target: type },
    ),
  /** 404, as reported in Azure/azure-rest-api-specs#14807. */
  unknownType: (type: string, namespace: string, version: string, supported: readonly string[]) =>
    new ArmError(
      404,
      'InvalidResourceType',
      `The resource type '${type}' could not be found in the namespace '${namespace}' for api version '${version}'. The supported api-versions are '${supported.join(',')}'.`,
    ),
  methodNotAllowed: (method: string) =>
    new ArmError(405, 'MethodNotAllowed', `The requested resource does not support http method '${method}'.`),
} as const;

/** 'Ns/a/b' with names x, y → 'Ns/a/x/b/y', as ARM's ResourceNotFound names a resource. */
function interleave(type: string, names: readonly string[]): string {
  const [namespace, ...types] = type.split('/');
  return [namespace, ...types.map((part, index) => `${part}/${names[index] ?? ''}`)].join('/');
}
