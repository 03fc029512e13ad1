import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  formatImageReference,
  isDigest,
  isLoginServer,
  isRegistryHost,
  isTag,
  parseImageReference,
  parseRepository,
} from '../../../src/domain/imageReference.ts';
import { anyRepository, hostileText, imageReference, loginServer } from './arbitraries.ts';

const sha256 = `sha256:${'0123456789abcdef'.repeat(4)}`;
const sha512 = `sha512:${'0123456789abcdef'.repeat(8)}`;

function problemOf(text: string): string | undefined {
  const parsed = parseImageReference(text);
  return parsed.ok ? undefined : parsed.problem.code;
}

describe('parseImageReference', () => {
  it.each([
    ['ubuntu', { repository: 'ubuntu' }],
    ['ubuntu:22.04', { repository: 'ubuntu', tag: '22.04' }],
    ['library/ubuntu', { repository: 'library/ubuntu' }],
    ['localhost/app', { host: 'localhost', repository: 'app' }],
    ['LocalHost/app', { host: 'localhost', repository: 'app' }],
    ['BUILDHOST/team/app:1', { host: 'buildhost', repository: 'team/app', tag: '1' }],
    ['Team/app', { host: 'team', repository: 'app' }],
    ['localhost:5000', { repository: 'localhost', tag: '5000' }],
    ['localhost:5000/team/app:v1', { host: 'localhost:5000', repository: 'team/app', tag: 'v1' }],
    ['MyRegistry.Example/App'.replace('App', 'app'), { host: 'myregistry.example', repository: 'app' }],
    ['registry:5000/app', { host: 'registry:5000', repository: 'app' }],
    ['10.0.0.1:5000/app', { host: '10.0.0.1:5000', repository: 'app' }],
    ['[::1]:5000/team/app:v1', { host: '[::1]:5000', repository: 'team/app', tag: 'v1' }],
    ['[2001:DB8::1]/app', { host: '[2001:db8::1]', repository: 'app' }],
    [
      `registry.example/a/b/c/d:1.0@${sha256}`,
      { host: 'registry.example', repository: 'a/b/c/d', tag: '1.0', digest: sha256 },
    ],
    [`app@${sha512}`, { repository: 'app', digest: sha512 }],
    ['a__b/c--d/e.f', { repository: 'a__b/c--d/e.f' }],
    [`app:${'t'.repeat(128)}`, { repository: 'app', tag: 't'.repeat(128) }],
    [`registry.example/${'a'.repeat(255)}`, { host: 'registry.example', repository: 'a'.repeat(255) }],
  ])('reads %s', (text, value) => {
    expect(parseImageReference(text)).toEqual({ ok: true, value });
  });

  it.each([
    ['', 'reference.empty'],
    [' app', 'repository.characters'],
    ['app ', 'repository.characters'],
    ['App', 'repository.upperCase'],
    ['team/App', 'repository.upperCase'],
    ['Team/App', 'repository.upperCase'],
    ['MY_HOST/app', 'reference.host'],
    ['a'.repeat(64), 'reference.isImageId'],
    ['a'.repeat(256), 'repository.tooLong'],
    ['a'.repeat(5000), 'reference.tooLong'],
    [`app:${'t'.repeat(129)}`, 'reference.tag'],
    ['app:', 'reference.tag'],
    ['app:-v1', 'reference.tag'],
    ['app:.v1', 'reference.tag'],
    ['app:a:b', 'reference.tag'],
    ['app@sha256:abc', 'reference.digest'],
    [`app@${sha256.toUpperCase()}`, 'reference.digest'],
    [`app@${sha256}@${sha256}`, 'reference.digest'],
    ['app@', 'reference.digest'],
    ['app:1.0/web', 'reference.host'],
    ['https://registry.example/app:1', 'reference.hasScheme'],
    ['HTTP://registry.example/app', 'reference.hasScheme'],
    ['docker://registry.example/app:1', 'reference.hasScheme'],
    ['docker-pullable://registry.example/app', 'reference.hasScheme'],
    ['oci://registry.example/charts/app', 'reference.hasScheme'],
    ['app://', 'reference.hasScheme'],
    ['docker-pullable://registry.example/app@sha256:1', 'reference.hasScheme'],
    ['://registry.example/app', 'reference.host'],
    ['registry.example:/app', 'reference.host'],
    ['registry.example:0/app', 'reference.host'],
    ['registry.example:65536/app', 'reference.host'],
    ['registry.example:5x/app', 'reference.host'],
    ['-registry.example/app', 'reference.host'],
    ['registry..example/app', 'reference.host'],
    ['registry_1.example/app', 'reference.host'],
    ['[::1/app', 'reference.host'],
    ['[::1%25eth0]/app', 'reference.host'],
    ['[::ffff:127.0.0.1]/app', 'reference.host'],
    ['[1:2:3]/app', 'reference.host'],
    ['user@registry.example/app', 'reference.digest'],
    ['registry.example/', 'repository.empty'],
    ['/app', 'repository.emptySegment'],
    ['a//b', 'repository.emptySegment'],
    ['a/', 'repository.emptySegment'],
    ['a___b', 'repository.characters'],
    ['a..b', 'repository.characters'],
    ['-a', 'repository.characters'],
    ['a-', 'repository.characters'],
    ['a/_b', 'repository.characters'],
    ['äpp', 'repository.characters'],
    ['registry.example/*', 'repository.hasWildcard'],
  ])('rejects %j with %s', (text, code) => {
    expect(problemOf(text)).toBe(code);
  });

  it('reads back what it writes', () => {
    fc.assert(
      fc.property(imageReference, (reference) => {
        expect(parseImageReference(formatImageReference(reference))).toEqual({ ok: true, value: reference });
      }),
    );
  });

  it('writes every accepted text back to a text with the same meaning', () => {
    fc.assert(
      fc.property(
        hostileText(['a', 'B', '/', ':', '@', '.', '-', '_', '[', ']', 'localhost', sha256, '5000', '*']),
        (text) => {
          const parsed = parseImageReference(text);
          if (!parsed.ok) {
            expect(parsed.problem.message.length).toBeLessThan(400);
            return;
          }
          const { host } = parsed.value;
          // A host that only its casing told is written in lower case all the same.
          const staysHost = host === undefined || /[.:]|^localhost$/.test(host);
          if (staysHost) expect(parseImageReference(formatImageReference(parsed.value))).toEqual(parsed);
          expect(formatImageReference(parsed.value).toLowerCase()).toBe(text.toLowerCase());
        },
      ),
      { numRuns: 2000 },
    );
  });

  it('ends for texts made to backtrack', () => {
    const texts = [
      'a'.repeat(1_000_000),
      'a-'.repeat(510),
      '-'.repeat(1000),
      `${'a.'.repeat(500)}!`,
      `${'a/'.repeat(500)}!`,
      `[${':'.repeat(1000)}]/a`,
      `a:${'-'.repeat(1000)}`,
    ];
    for (const text of texts) expect(parseImageReference(text).ok).toBe(false);
  });
});

describe('parseRepository', () => {
  it.each([
    ['myapp:latest', 'repository.hasTag'],
    [`myapp@${sha256}`, 'repository.hasDigest'],
    [`myapp:1@${sha256}`, 'repository.hasDigest'],
    ['MyApp', 'repository.upperCase'],
    ['team//app', 'repository.emptySegment'],
    ['', 'repository.empty'],
    ['team/*', 'repository.hasWildcard'],
    ['https://registry.example/app', 'repository.hasScheme'],
    [`${'a'.repeat(255)}b`, 'repository.tooLong'],
    ["app'", 'repository.characters'],
    ['app\n', 'repository.characters'],
  ])('says why %j is no repository', (text, code) => {
    const parsed = parseRepository(text);
    expect(parsed.ok ? 'accepted' : parsed.problem.code).toBe(code);
  });

  it('accepts every valid path', () => {
    fc.assert(
      fc.property(anyRepository, (path) => {
        expect(parseRepository(path)).toEqual({ ok: true, value: path });
      }),
    );
  });

  it('shows no control or bidirectional characters in its message', () => {
    const parsed = parseRepository('a\u0000\u202Eb\n');
    expect(parsed.ok ? '' : parsed.problem.message).toMatch(/^[^\u0000\u202E\n]+$/);
  });
});

describe('isTag, isDigest, isLoginServer', () => {
  it('knows the limits', () => {
    expect([isTag('a'.repeat(128)), isTag('a'.repeat(129)), isTag(''), isTag('a\n')]).toEqual([
      true,
      false,
      false,
      false,
    ]);
    expect([isDigest(sha256), isDigest(sha512), isDigest('md5:00'), isDigest(`${sha256}0`)]).toEqual([
      true,
      true,
      false,
      false,
    ]);
    for (const text of ['registry.example', 'REGISTRY.example:443', 'localhost', '[::1]'])
      expect(isRegistryHost(text)).toBe(true);
    for (const text of [
      '',
      'registry',
      'https://registry.example',
      'registry.example/',
      'a b.c',
      'registry.example.',
      '.example',
    ]) {
      expect(isRegistryHost(text)).toBe(false);
    }
    expect(isRegistryHost(`${'a'.repeat(64)}.example`)).toBe(false);
    expect(isRegistryHost(`${'a.'.repeat(200)}example`)).toBe(false);
  });

  it('accepts every generated host', () => {
    fc.assert(
      fc.property(loginServer, (host) => {
        expect(isRegistryHost(host)).toBe(true);
      }),
    );
  });

  it('takes a name, not an address, for a login server', () => {
    for (const text of ['registry.example', 'REGISTRY.example:443', 'localhost:5000', 'a1.example', '1a.example']) {
      expect(isLoginServer(text)).toBe(true);
    }
    for (const text of [
      '169.254.169.254',
      '10.0.0.1:5000',
      '127.1',
      '0x7f.0.0.1',
      '2130706433:443',
      '[::1]',
      '[::1]:443',
      'a',
    ]) {
      expect(isLoginServer(text)).toBe(false);
    }
  });
});
