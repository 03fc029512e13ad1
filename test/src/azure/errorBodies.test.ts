import { createHttpHeaders, createPipelineRequest } from '@azure/core-rest-pipeline';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  describeRequest,
  errorFromFailure,
  errorFromResponse,
  kindOfStatus,
  parseErrorBody,
  retryAfterSeconds,
} from '../../../src/azure/http/errors.ts';

function response(status: number, body: string | undefined, headers: Record<string, string> = {}) {
  const request = createPipelineRequest({ url: 'https://arm.example/subscriptions/1?secret=abc', method: 'PUT' });
  return { request, status, headers: createHttpHeaders(headers), bodyAsText: body };
}

describe('error bodies', () => {
  it("takes ARM's code and message, with the correlation id and without the query", () => {
    const error = errorFromResponse(
      response(409, JSON.stringify({ error: { code: 'RoleAssignmentExists', message: 'Exists.' } }), {
        'x-ms-correlation-request-id': 'c-1',
        'retry-after': '7',
      }),
    );
    expect(error).toMatchObject({
      kind: 'conflict',
      code: 'RoleAssignmentExists',
      message: 'Exists.',
      status: 409,
      correlationId: 'c-1',
      retryAfter: 7,
      request: 'PUT https://arm.example/subscriptions/1',
    });
  });

  it.each([
    [
      { error: { code: 'Conflict', message: 'Outer.', details: [{ code: 'Deep', message: 'Inner.' }] } },
      'Deep',
      'Outer. Inner.',
    ],
    [
      {
        error: {
          code: 'BadRequest',
          message: 'Outer',
          InnerError: { code: 'TargetRepositoryAlreadyPresentInRegistry', message: 'There' },
        },
      },
      'TargetRepositoryAlreadyPresentInRegistry',
      'Outer There',
    ],
    [{ error: { code: 'Specific', message: 'A', innererror: { code: 'Other', message: 'A' } } }, 'Specific', 'A'],
    [{ errors: [{ code: 'DENIED', message: 'no pull' }] }, 'DENIED', 'no pull'],
    [{ error: 'invalid_grant', error_description: 'expired' }, 'invalid_grant', 'expired'],
    [{ code: 'Flat', message: 'Flat message' }, 'Flat', 'Flat message'],
  ])('reads %j', (body, code, message) => {
    expect(parseErrorBody(JSON.stringify(body))).toEqual({ code, message });
  });

  it("prefers the registry's CorrelationId in the message", () => {
    const id = '0a1b2c3d-0000-4000-8000-0123456789ab';
    const body = JSON.stringify({ errors: [{ code: 'UNAUTHORIZED', message: `no. CorrelationId: ${id}` }] });
    expect(errorFromResponse(response(401, body, { 'x-ms-correlation-request-id': 'other' })).correlationId).toBe(id);
  });

  it('says the host and status where there is no body to quote, and never quotes HTML', () => {
    const error = errorFromResponse(response(502, '<html>proxy</html>'));
    expect(error).toMatchObject({ kind: 'unavailable', code: 'Http502' });
    expect(error.message).toBe('arm.example answered with status 502.');
  });

  it('never throws on arbitrary JSON or text', () => {
    fc.assert(fc.property(fc.oneof(fc.json(), fc.string()), (text) => void errorFromResponse(response(400, text))));
  });

  it.each([
    [401, 'unauthenticated'],
    [403, 'forbidden'],
    [404, 'notFound'],
    [409, 'conflict'],
    [412, 'conflict'],
    [400, 'invalid'],
    [429, 'throttled'],
    [408, 'unavailable'],
    [500, 'unavailable'],
  ] as const)('%i is %s', (status, kind) => expect(kindOfStatus(status)).toBe(kind));
});

describe('requests and waits', () => {
  it('describes a request without its query', () => {
    expect(describeRequest({ method: 'GET', url: 'https://h:1/p?token=x' })).toBe('GET https://h:1/p');
  });

  it('reads Retry-After as seconds, date and milliseconds', () => {
    expect(retryAfterSeconds(createHttpHeaders({ 'retry-after': '3' }))).toBe(3);
    expect(retryAfterSeconds(createHttpHeaders({ 'x-ms-retry-after-ms': '250' }))).toBe(0.25);
    const inAnHour = new Date(Date.now() + 3_600_000).toUTCString();
    const seconds = retryAfterSeconds(createHttpHeaders({ 'retry-after': inAnHour }));
    expect(seconds).toBeGreaterThan(3400);
    expect(seconds).toBeLessThanOrEqual(3600);
    expect(retryAfterSeconds(createHttpHeaders({ 'retry-after': 'soon' }))).toBeUndefined();
    expect(retryAfterSeconds(createHttpHeaders())).toBeUndefined();
  });

  it('tells cancelling from failing', () => {
    const aborted = createPipelineRequest({ url: 'https://h/', abortSignal: AbortSignal.abort() });
    expect(errorFromFailure(new Error('aborted'), aborted)).toMatchObject({ kind: 'cancelled' });
    const offline = Object.assign(new Error('getaddrinfo'), { code: 'ENOTFOUND' });
    const error = errorFromFailure(offline, createPipelineRequest({ url: 'https://h/' }));
    expect(error).toMatchObject({ kind: 'network', code: 'ENOTFOUND' });
    expect(error.message).toMatch(/^h could not be found/);
  });
});
