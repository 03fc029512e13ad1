import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { expiryOf } from '../../../../src/ui/account/tokenExpiry.ts';

function jwt(payload: unknown): string {
  return ['{}', JSON.stringify(payload), 'signature'].map((part) => Buffer.from(part).toString('base64url')).join('.');
}

describe('expiry of a token', () => {
  it('is exp in milliseconds', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 4_000_000_000 }), fc.string(), (exp, name) => {
        expect(expiryOf(jwt({ exp, name }))).toBe(exp * 1000);
      }),
    );
  });

  it.each([
    ['opaque', 'abcdef'],
    ['empty', ''],
    ['without exp', jwt({ iat: 1 })],
    ['with a text as exp', jwt({ exp: '1' })],
    ['with a list as payload', jwt([])],
    ['with null as payload', jwt(null)],
    ['with a payload that is no JSON', 'e30.e3.x'],
  ])('is unknown of one that is %s', (_what, token) => {
    expect(expiryOf(token)).toBeUndefined();
  });

  it('never throws', () => {
    fc.assert(fc.property(fc.string(), (token) => void expiryOf(token)));
  });
});
