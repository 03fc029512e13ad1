import { describe, expect, it } from 'vitest';
import { AzureError } from '../../../../src/azure/errors.ts';
import { explainPullError } from '../../../../src/provisioning/verification/pullErrors.ts';

describe('explainPullError', () => {
  it('is about who is signed in', () => {
    const text =
      'Error: unable to copy: reading manifest: unauthorized: authentication required, visit https://aka.ms/acr/authorization';
    expect(explainPullError(text)).toMatchObject({ code: 'unauthenticated', mayPass: false });
  });

  it('finds rule, source and correlation id in the text', () => {
    const text =
      "denied: requested access to pull from source 'up.example/app' for cache rule 'MyRule' has been denied. CorrelationId: 3ff2c2b1-0000-4000-8000-0123456789ab.";
    expect(explainPullError(text)).toMatchObject({
      code: 'sourceDenied',
      mayPass: true,
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

  it('is quick on long output', () => {
    // What would be slow by the square of the length would not end here.
    expect(explainPullError("from source 'denied ".repeat(100_000)).reason).not.toBe('');
  });
});
