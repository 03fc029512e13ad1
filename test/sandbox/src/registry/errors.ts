import type { Answer } from '../core.ts';

/** An error answer in the form of the distribution specification: `{ errors: [{ code, message, detail? }] }`. */
export class RegistryError extends Error {
  override readonly name = 'RegistryError';
  readonly answer: Answer;

  constructor(
    status: number,
    code: string,
    message: string,
    detail?: unknown,
    headers?: Readonly<Record<string, string>>,
  ) {
    super(message);
    this.answer = errorAnswer(status, code, message, detail, headers);
  }
}

export function errorAnswer(
  status: number,
  code: string,
  message: string,
  detail?: unknown,
  headers: Readonly<Record<string, string>> = {},
): Answer {
  return {
    status,
    headers: { 'Docker-Distribution-Api-Version': 'registry/2.0', ...headers },
    json: { errors: [{ code, message, ...(detail === undefined ? {} : { detail }) }] },
  };
}

/** What ACR says to a caller without, or with insufficient, credentials. Recorded: `detail` is null where there is nothing to tell. */
export function unauthorized(detail: unknown = null, headers: Readonly<Record<string, string>> = {}): RegistryError {
  const message = 'authentication required, visit https://aka.ms/acr/authorization for more information.';
  return new RegistryError(401, 'UNAUTHORIZED', message, detail, headers);
}

export function manifestUnknown(reference: string): RegistryError {
  return reference.includes(':')
    ? new RegistryError(404, 'MANIFEST_UNKNOWN', `manifest ${reference} is not found`, { Revision: reference })
    : new RegistryError(404, 'MANIFEST_UNKNOWN', `manifest tagged by "${reference}" is not found`, { Tag: reference });
}

export function nameUnknown(): RegistryError {
  return new RegistryError(404, 'NAME_UNKNOWN', 'repository name not known to registry');
}

export function tagUnknown(repository: string, tag: string): RegistryError {
  return new RegistryError(404, 'TAG_UNKNOWN', `the specified tag does not exist`, { name: repository, tag });
}

export function blobUnknown(): RegistryError {
  return new RegistryError(404, 'BLOB_UNKNOWN', 'blob unknown to registry');
}

export function unsupported(): RegistryError {
  return new RegistryError(405, 'UNSUPPORTED', 'The operation is unsupported.');
}
