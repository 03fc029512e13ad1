import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { logLine, maskSecrets, safeMessage } from '../../../src/common/secrets.ts';

const jwt = 'eyJhbGciOiJIUzI1NiJ9.eyJvaWQiOiJhYmMifQ.c2lnbmF0dXJlLXBhcnQ';
const opaque = 'qwRTyuIopASdfGHjklZXcvbNM';
const key = 'Zm9vYmFyYmF6cXV4Zm9vYmFyYmF6cXV4Zm9vYmFyYmF6cXV4Zm9vYmFyYmF6cXV4Zm9vYmFyYmF6cXV4Zm9vYg==';
const refresh = `0.A${'XoAbc_-12'.repeat(8)}`;
const registryPassword = `${'aB3dE'.repeat(8)}xy+ACRAbC123`;
const clientSecret = `abc8Q~${'aB3d.'.repeat(7)}`;

/** Each holds one secret, which must not be seen any more. */
const leaks: readonly (readonly [text: string, secret: string])[] = [
  [`token ${jwt} refused`, jwt],
  [`x${jwt}`, jwt],
  [`Authorization: Bearer ${opaque}`, opaque],
  [`authorization=bearer ${opaque}`, opaque],
  [`{"Authorization":"Bearer ${opaque}"}`, opaque],
  ['Authorization: Basic QWxhZGRpbjpPcGVuU2VzYW1l', 'QWxhZGRpbjpPcGVuU2VzYW1l'],
  ['Proxy-Authorization: Basic dXNlcjpwYXNz', 'dXNlcjpwYXNz'],
  [`DefaultEndpointsProtocol=https;AccountName=a;AccountKey=${key};EndpointSuffix=core.windows.net`, key],
  [`Endpoint=sb://x/;SharedAccessKeyName=Root;SharedAccessKey=${key}`, key],
  ['https://a.blob.example/c?sv=2024&se=2026&sr=b&sig=aBc%2Fd%3D&sp=r', 'aBc%2Fd%3D'],
  ['SharedAccessSignature sr=x&sig=aBc%2Fd%3D&se=1', 'aBc%2Fd%3D'],
  [`grant_type=refresh_token&refresh_token=${refresh}&x=1`, refresh],
  [`the cache holds ${refresh}`, refresh],
  [`{"access_token": "${opaque}"}`, opaque],
  [`{"refreshToken":"${opaque}"}`, opaque],
  [`{\\"token\\":\\"${opaque}\\"}`, opaque],
  ['{"password": "two words, one secret"}', 'one secret'],
  [`https://h/p?token=${opaque}&x=1`, opaque],
  [`token=${opaque}`, opaque],
  ['password=hunter2', 'hunter2'],
  ['password: hunter', 'hunter'],
  ['DB_PASSWORD=p,w', 'p,w'],
  ["pwd='a b'", 'a b'],
  ['docker login -u me -p hunter2 host', 'hunter2'],
  ['docker login --username me --password hunter2 host', 'hunter2'],
  ['docker login --password=hunter2 host', 'hunter2'],
  ['["login","-u","me","--password","hunter2"]', 'hunter2'],
  ['az login --service-principal --client-secret s3cr3t', 's3cr3t'],
  ['az storage --account-key s3cr3t --name x', 's3cr3t'],
  ['az storage --sas-token "sv=1&x=2"', 'sv=1'],
  ['curl -u me:hunter2 https://host', 'hunter2'],
  ['https://me:hunter2@host/v2/', 'hunter2'],
  [`the account has ${key} now`, key],
  [`the password is ${registryPassword}`, registryPassword],
  [`the secret ${clientSecret} has expired`, clientSecret],
  ['ghp_16C7e42F292c6912E7710c838347Ae178B4a failed', 'ghp_16C7e42F292c6912E7710c838347Ae178B4a'],
  ['X-Api-Key: 1234abcd', '1234abcd'],
];

const ordinary = [
  "Cannot create cache rule: feature 'ArtifactCacheManagedIdentityAuthentication' (Bearer authentication is on).",
  'Basic registries have no cache rules.',
  'Bearer realm="https://r.example/oauth2/token",service="r.example"',
  'GET https://r.example/v2/team/app/manifests/latest 401 12ms 0a1b2c3d-0000-4000-8000-0123456789ab',
  `team/app@sha256:${'0123456789abcdef'.repeat(4)}`,
  '/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/MyGroup/providers/Microsoft.ContainerRegistry/registries/r',
  'unauthorized: authentication required, the token: expired.',
  'docker run -p 8080:80 nginx',
  'echo x | docker login --password-stdin r.example',
  'The token has expired. Sign in again.',
  'acquiring a token for the registry took 3 s',
];

describe('secrets', () => {
  it.each(leaks)('are masked in %s', (text, secret) => {
    for (const clean of [maskSecrets, safeMessage, logLine]) {
      expect(clean(text)).toContain('[redacted]');
      expect(clean(text)).not.toContain(secret);
    }
  });

  it('are masked wherever they stand', () => {
    fc.assert(
      fc.property(fc.constantFrom(...leaks), fc.string(), fc.string(), ([text, secret], before, after) => {
        expect(safeMessage(`${before} ${text}`)).not.toContain(secret);
        expect(logLine(`${before}\n${text}\n${after}`)).not.toContain(secret);
      }),
      { numRuns: 500 },
    );
  });

  it.each(ordinary)('are not seen where there are none: %s', (text) => {
    expect(safeMessage(text)).toBe(text);
    expect(logLine(text)).toBe(text);
  });
});

describe('text from outside', () => {
  const unseen = /[\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u;

  it('is bounded, and everything in it is seen', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 5000 }), (text) => {
        expect(safeMessage(text).length).toBeLessThanOrEqual(2000);
        expect(safeMessage(text)).not.toMatch(unseen);
        expect(safeMessage(text)).not.toMatch(/(?!\n)\p{Cc}/u);
      }),
    );
    expect(safeMessage('x'.repeat(5000))).toHaveLength(2000);
  });

  it('is one line of a log', () => {
    expect(logLine('one\n2026-11-30 12:00:00 [info] two\r\u001b[2J\u202e')).toBe(
      'one\\n2026-11-30 12:00:00 [info] two\\r\\u{1b}[2J\\u{202e}',
    );
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(logLine(text)).not.toMatch(unseen);
        expect(logLine(text)).not.toMatch(/\p{Cc}/u);
      }),
    );
  });

  it('is cut before it is cleaned', () => {
    // Each took seconds to minutes when it was cleaned as a whole.
    for (const piece of ['eyJhbGciOiJIUzI1NiJ9-', 'password ', 'Bearer ', '-p ', '://', '\\"', 'a:']) {
      const text = piece.repeat(2_000_000);
      expect(safeMessage(text).length).toBeLessThanOrEqual(2000);
      expect(logLine(text).length).toBeLessThan(70_000);
    }
  });
});
