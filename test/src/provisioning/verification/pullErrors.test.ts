import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AzureError } from '../../../../src/azure/errors.ts';
import { explainPullError } from '../../../../src/provisioning/verification/pullErrors.ts';

describe('explainPullError', () => {
  // Texts as users reported them: Azure/acr#772, #599, #754, #765, #891.
  it.each([
    [
      "Error response from daemon: pull access denied for x, repository does not exist or may require 'docker login': denied: requested access to pull from source 'docker.io/library/pulumi/pulumi-dotnet' for cache rule 'docker-io-rule' has been denied.",
      'sourceDenied',
      true,
    ],
    [
      "unauthorized: authentication required with source registry for cache rule 'docker-io' For more information",
      'sourceUnauthenticated',
      true,
    ],
    ["toomanyrequests: too many requests to source registry for cache rule 'docker-io'", 'sourceThrottled', true],
    ['not found: manifest unknown: manifest tagged by "alpha" is not found', 'tagMissing', false],
    [
      "request to fetch referrers from source 'x' for cache rule 'ghcr-io' returned status code 303. CorrelationId: 3ff2c2b1-0000-4000-8000-0123456789ab. For more information",
      'sourceFailed',
      true,
    ],
    [
      'Error: unable to copy: reading manifest: unauthorized: authentication required, visit https://aka.ms/acr/authorization',
      'unauthenticated',
      false,
    ],
    ['dial tcp: lookup myregistry.example: no such host', 'network', true],
    [
      "denied: client with IP '203.0.113.9' is not allowed access. Refer https://aka.ms/acr/firewall to grant access.",
      'blockedByNetwork',
      false,
    ],
    ['something never seen', 'unknown', false],
  ] as const)('%s', (text, code, mayPass) => {
    expect(explainPullError(text)).toMatchObject({ code, mayPass });
  });

  it('finds rule, source and correlation id in the text', () => {
    const text =
      "denied: requested access to pull from source 'up.example/app' for cache rule 'MyRule' has been denied. CorrelationId: 3ff2c2b1-0000-4000-8000-0123456789ab.";
    expect(explainPullError(text)).toMatchObject({
      ruleName: 'MyRule',
      source: 'up.example/app',
      correlationId: '3ff2c2b1-0000-4000-8000-0123456789ab',
    });
  });

  it('judges an error without a telling text by its kind', () => {
    const error = new AzureError('No.', { kind: 'forbidden', code: 'X', correlationId: 'c' });
    // Only the registry's own word is about a right: the network answers so too.
    expect(explainPullError(error)).toMatchObject({ code: 'blockedByNetwork', correlationId: 'c' });
    expect(explainPullError(new AzureError('No.', { kind: 'forbidden', code: 'DENIED' })).code).toBe('denied');
    expect(explainPullError(new AzureError('No.', { kind: 'notFound', code: 'X' })).code).toBe('tagMissing');
  });

  it('always has words, and is quick on long output', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const problem = explainPullError(text);
        expect(problem.reason).not.toBe('');
        expect(problem.next).not.toBe('');
      }),
    );
    // What would be slow by the square of the length would not end here.
    expect(explainPullError("from source 'denied ".repeat(100_000)).reason).not.toBe('');
  });
});
