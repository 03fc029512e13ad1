import { randomBytes, randomUUID } from 'node:crypto';
import type { Answer, Core, SandboxRequest } from '../core.ts';
import { ArmError } from './errors.ts';

/** What the resource is called while the operation runs; the status says the same word. */
export type Running = 'Creating' | 'Updating' | 'Deleting' | 'Importing';

/** Whose operations are polled at `Location`, at the subscription, and say how they end by their status. */
const atLocation: readonly Running[] = ['Deleting', 'Importing'];

interface Operation {
  readonly running: Running;
  /** The address that was handed out. */
  readonly url: string;
  hasEnded: boolean;
  error?: { code: string; message: string };
}

/** What an operation is on. `results`: where its end is told, if not where the registry service does. */
export interface OperationPlace {
  readonly id: string;
  readonly location: string;
  readonly results?: string;
}

/** Long-running operations of the registry service, on the wire as in recordings of the Azure CLI's tests (../shared/domain.md §10). */
export interface OperationStore {
  /**
   * Starts one that ends after `options.operationMs` of the sandbox clock. `finish(failure)` runs at its end and changes the state.
   * Returns the headers to send: `Azure-AsyncOperation` below the resource, for a deletion or import `Location` at the subscription.
   */
  start(
    call: { readonly request: SandboxRequest; readonly apiVersion: string },
    resource: OperationPlace,
    prefix: string,
    running: Running,
    finish: (failure: Operation['error'] | undefined) => void | Promise<void>,
  ): Record<string, string>;
  /** The answer at an operation's URL, or undefined when there is none of this id. @throws ArmError 400 when its signature is not whole */
  poll(id: string, query: URLSearchParams): Answer | undefined;
}

/** Of the length that ARM's certificate (`c`), signature (`s`) and hash (`h`) have. */
const certificate = randomBytes(1900).toString('base64url');
const signature = (): string =>
  `t=${Date.now()}0000&c=${certificate}&s=${randomBytes(256).toString('base64url')}&h=${randomBytes(32).toString('base64url')}`;

export function createOperationStore(core: Core): OperationStore {
  const operations = new Map<string, Operation>();

  function headersOf({ running, url }: Operation): Record<string, string> {
    const { retryAfterSeconds } = core.options;
    return {
      [atLocation.includes(running) ? 'Location' : 'Azure-AsyncOperation']: url,
      ...(retryAfterSeconds !== undefined && { 'Retry-After': String(retryAfterSeconds) }),
    };
  }

  return {
    start(call, resource, prefix, running, finish) {
      const id = `${prefix}-${randomUUID()}`;
      const place =
        resource.results !== undefined
          ? resource.results
          : atLocation.includes(running)
            ? `${resource.id.split('/').slice(0, 3).join('/')}/providers/Microsoft.ContainerRegistry/locations/${resource.location.toUpperCase()}/operationResults`
            : `${resource.id}/operationStatuses`;
      const url = `${core.armEndpoint.replace(/\/$/, '')}${place}/${id}?api-version=${call.apiVersion}&${signature()}`;
      const operation: Operation = { running, url, hasEnded: false };
      operations.set(id.toLowerCase(), operation);
      const failure = call.request.failOperation;
      core.runLater(core.options.operationMs, async () => {
        await finish(failure);
        operation.hasEnded = true;
        if (failure) operation.error = { ...failure };
      });
      return headersOf(operation);
    },
    poll(id, query) {
      const operation = operations.get(id.toLowerCase());
      if (!operation) return undefined;
      const { running, hasEnded, error, url } = operation;
      const signed = new URL(url).searchParams;
      if (['t', 'c', 's', 'h'].some((name) => query.get(name) !== signed.get(name))) {
        // The service's own wording is not known.
        throw new ArmError(400, 'InvalidOperationSignature', 'The signature of the operation is not valid.');
      }
      if (!hasEnded) {
        const answer = atLocation.includes(running)
          ? { status: 202, json: null }
          : { status: 200, json: { status: running } };
        return { ...answer, headers: headersOf(operation) };
      }
      if (atLocation.includes(running)) return error ? { status: 409, json: { error } } : { status: 200 };
      return { status: 200, json: error ? { status: 'Failed', error } : { status: 'Succeeded' } };
    },
  };
}
