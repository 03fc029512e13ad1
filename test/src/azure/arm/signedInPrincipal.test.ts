import { describe, expect, it } from 'vitest';
import { signedInPrincipal } from '../../../../src/azure/arm/signedInPrincipal.ts';
import type { ArmSession } from '../../../../src/azure/arm/sessions.ts';

const id = '11111111-1111-4111-8111-111111111111';
const oid = '22222222-2222-4222-8222-222222222222';

function session(token: string, tenantId = 'tenant'): ArmSession {
  const subscription = { id, name: 'one', tenantId: 'tenant', accountId: 'dev' };
  const all: Partial<ArmSession> = {
    tenantId,
    subscriptions: [subscription],
    armToken: () => Promise.resolve(token),
  };
  return all as ArmSession;
}

function token(claims: object): string {
  return `e30.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.x`;
}

const of = (text: string, tenantId?: string) =>
  signedInPrincipal(session(text, tenantId), `/subscriptions/${id}`, undefined);

describe('signedInPrincipal', () => {
  it.each([
    ['a user', { oid, idtyp: 'user', upn: 'a@b.example' }, 'User', 'a@b.example'],
    [
      'a user, by scopes',
      { oid, scp: 'user_impersonation', unique_name: 'live.com#a@b.example' },
      'User',
      'live.com#a@b.example',
    ],
    ['an app', { oid, idtyp: 'app', appid: 'x' }, 'ServicePrincipal', oid],
    ['an app, without scopes', { oid, appid: 'x' }, 'ServicePrincipal', oid],
  ])('%s', async (_, claims, principalType, name) => {
    expect(await of(token(claims))).toEqual({ principalId: oid, principalType, name });
  });

  it.each([
    ['no JWT', 'opaque'],
    ['no object id', token({ idtyp: 'user' })],
    ['an object id that is none', token({ oid: `${oid}' or 1 eq 1`, idtyp: 'user' })],
    ['claims that are none', token([])],
  ])('nobody: %s', async (_, text) => {
    expect(await of(text)).toBeUndefined();
  });

  it('nobody in a subscription that is delegated: the object id is of another tenant', async () => {
    expect(await of(token({ oid, idtyp: 'user' }), 'managing-tenant')).toBeUndefined();
  });

  it('shows no text that turns a line around', async () => {
    const found = await of(token({ oid, idtyp: 'user', upn: `a\u202eb${'x'.repeat(500)}` }));
    expect(found?.name).not.toMatch(/\u202e/);
    expect(found?.name.length).toBeLessThan(110);
  });
});
