import { randomUUID } from 'node:crypto';
import type { Answer, Core, SandboxRequest } from '../core.ts';

interface Operation {
  readonly id: string;
  readonly startTime: string;
  readonly kind: 'status' | 'location';
  status: string;
  endTime?: string;
  error?: { code: string; message: string };
}

/** Long-running operations of all ARM resources. */
export interface OperationStore {
  /**
   * Starts one that ends after `options.operationMs` of the sandbox clock. `finish(failure)` runs at its end and changes the state.
   * `kind` 'status' answers 200 with a status body (Azure-AsyncOperation), 'location' 202 until the end, then 200 or the failure (Location).
   * Returns the headers to send.
   */
  start(
    call: { readonly request: SandboxRequest; readonly apiVersion: string },
    resourceId: string,
    prefix: string,
    kind: 'status' | 'location',
    finish: (failure: Operation['error'] | undefined) => void | Promise<void>,
  ): Record<string, string>;
  /** The answer at an operation's URL, or undefined when there is none of this id. */
  poll(id: string): Answer | undefined;
}

export function createOperationStore(core: Core): OperationStore {
  const operations = new Map<string, Operation>();
  const retryAfter = (): string =>
    String(core.options.retryAfterSeconds ?? Math.max(1, Math.ceil(core.options.operationMs / 1000)));
  const time = (): string => new Date(core.clock.now()).toISOString();

  return {
    start(call, resourceId, prefix, kind, finish) {
      const id = `${prefix}-${randomUUID()}`;
      const operation: Operation = { id, kind, status: 'InProgress', startTime: time() };
      operations.set(id.toLowerCase(), operation);
      const failure = call.request.failOperation;
      core.runLater(core.options.operationMs, async () => {
        await finish(failure);
        operation.status = failure ? 'Failed' : 'Succeeded';
        operation.endTime = time();
        if (failure) operation.error = { ...failure };
      });
      const url = `${core.armEndpoint.replace(/\/$/, '')}${resourceId}/operationStatuses/${id}?api-version=${call.apiVersion}`;
      return { [kind === 'status' ? 'Azure-AsyncOperation' : 'Location']: url, 'Retry-After': retryAfter() };
    },
    poll(id) {
      const operation = operations.get(id.toLowerCase());
      if (!operation) return undefined;
      const running = operation.status === 'InProgress';
      if (operation.kind === 'location') {
        if (running) return { status: 202, headers: { 'Retry-After': retryAfter() } };
        if (operation.error) return { status: 409, json: { error: operation.error } };
      }
      return {
        status: 200,
        ...(running && { headers: { 'Retry-After': retryAfter() } }),
        json: {
          id: operation.id,
          name: operation.id,
          status: operation.status,
          startTime: operation.startTime,
          ...(operation.endTime !== undefined && { endTime: operation.endTime }),
          ...(operation.error && { error: operation.error }),
        },
      };
    },
  };
}
