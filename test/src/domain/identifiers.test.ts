import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  armIdKey,
  armIdName,
  armIdResourceGroup,
  armIdSubscription,
  cacheRuleArmId,
  identityArmId,
  parentArmId,
  parseArmId,
  registryArmId,
  sameArmId,
} from '../../../src/domain/armId.ts';
import { guidV5, roleAssignmentName } from '../../../src/domain/guid.ts';
import {
  checkCacheRuleName,
  checkIdentityName,
  checkRepositoryName,
  checkTagName,
  suggestIdentityName,
  suggestRuleName,
} from '../../../src/domain/names.ts';
import { roleById, roles } from '../../../src/domain/roles.ts';
import { anyRepository, hostileText, loginServer } from './arbitraries.ts';

const subscription = '00000000-0000-0000-0000-000000000001';
const registry = registryArmId(subscription, 'MyResourceGroup', 'myregistry');

describe('ARM ids', () => {
  it('are split into their parts', () => {
    const id = cacheRuleArmId(registry, 'MyRule');
    expect(parseArmId(id)).toEqual({
      ok: true,
      value: {
        subscriptionId: subscription,
        resourceGroup: 'MyResourceGroup',
        provider: 'Microsoft.ContainerRegistry',
        types: ['registries', 'cacheRules'],
        names: ['myregistry', 'MyRule'],
      },
    });
    expect([armIdName(id), armIdSubscription(id), armIdResourceGroup(id), parentArmId(id)]).toEqual([
      'MyRule',
      subscription,
      'MyResourceGroup',
      registry,
    ]);
    expect(parentArmId(registry)).toBeUndefined();
  });

  it('of extension resources name their scope', () => {
    const id = `${registry}/providers/Microsoft.Authorization/roleAssignments/${subscription}`;
    const parsed = parseArmId(id);
    expect(parsed.ok && parsed.value).toMatchObject({
      provider: 'Microsoft.Authorization',
      names: [subscription],
      scope: registry,
    });
    expect(parentArmId(id)).toBe(registry);
  });

  it('compare without casing', () => {
    expect(sameArmId(registry, registry.toUpperCase())).toBe(true);
    expect(sameArmId(registry, `${registry}/`)).toBe(true);
    expect(sameArmId(registry, `${registry}2`)).toBe(false);
    expect(sameArmId(undefined, undefined)).toBe(false);
    expect(armIdKey(registry)).toBe(registry.toLowerCase());
  });

  it.each([
    ['', 'armId.shape'],
    ['myregistry', 'armId.shape'],
    [registry.slice(1), 'armId.shape'],
    [`/subscriptions/${subscription}`, 'armId.shape'],
    [`/subscriptions/${subscription}/resourceGroups/rg`, 'armId.shape'],
    [registry.replace(subscription, 'mine'), 'armId.subscription'],
    [`/subscriptions/${subscription}/resourceGroups/rg/locations/here`, 'armId.shape'],
    [`${registry}/cacheRules`, 'armId.shape'],
    [`${registry}/repositories/team/app`, 'armId.shape'],
    [`${registry}//MyRule`, 'armId.shape'],
    [`${registry}/cacheRules/..`, 'armId.name'],
    [`${registry}/cacheRules/a%2Fb`, 'armId.name'],
    [`${registry}/cacheRules/a?api-version=1`, 'armId.name'],
    [`${registry}/cacheRules/a#b`, 'armId.name'],
    [`${registry}/cacheRules/a\nb`, 'armId.name'],
    [`${registry}/cacheRules/a\u3164b`, 'armId.name'],
    [registry.replace('MyResourceGroup', 'my$(zap)group'), 'armId.name'],
    [registry.replace('MyResourceGroup', 'group.'), 'armId.name'],
    [registry.replace('MyResourceGroup', 'g'.repeat(91)), 'armId.name'],
    [registry.replace('Microsoft.ContainerRegistry', 'evil'), 'armId.shape'],
    [`https://portal.example${registry}`, 'armId.shape'],
    [registry + '/cacheRules/' + 'a'.repeat(3000), 'armId.tooLong'],
  ])('rejects %j with %s', (text, code) => {
    const parsed = parseArmId(text);
    expect(parsed.ok ? 'accepted' : parsed.problem.code).toBe(code);
  });

  it('round trip for every name, and no text throws', () => {
    const name = fc.stringMatching(/^[A-Za-z0-9_().-]{1,40}$/).filter((text) => !/^\.+$/.test(text));
    const groupName = name.filter((text) => !text.endsWith('.'));
    fc.assert(
      fc.property(fc.uuid(), groupName, name, (sub, group, resource) => {
        for (const id of [registryArmId(sub, group, resource), identityArmId(sub, group, resource)]) {
          const parsed = parseArmId(id);
          expect(parsed.ok && [parsed.value.subscriptionId, parsed.value.resourceGroup, ...parsed.value.names]).toEqual(
            [sub, group, resource],
          );
        }
      }),
    );
    fc.assert(
      fc.property(
        hostileText(['/', 'subscriptions', subscription, 'resourceGroups', 'providers', 'Microsoft.X', '..', registry]),
        (text) => {
          const parsed = parseArmId(text);
          parentArmId(text);
          if (parsed.ok) expect(decodeURI(new URL(`https://arm.example${text}`).pathname)).toBe(text);
        },
      ),
      { numRuns: 2000 },
    );
  });
});

describe('names', () => {
  it.each([
    [
      checkCacheRuleName,
      ['MyRule', 'abcde', 'a'.repeat(50), '-----'],
      ['abcd', 'a'.repeat(51), 'my_rule', 'my rule', 'rule\n1', ''],
    ],
    [checkIdentityName, ['abc', '1_-', 'a'.repeat(128)], ['ab', '-abc', '_abc', 'a'.repeat(129), 'a.bc', 'abc\n']],
    [checkRepositoryName, ['app', 'team/app'], ['App', 'app:1', 'team/*', '']],
    [checkTagName, ['latest', '_1.0-x'], ['', '-a', 'a b', 'a'.repeat(129)]],
  ])('%o knows its limits', (check, good, bad) => {
    for (const text of good) expect(check(text), text).toBeUndefined();
    for (const text of bad) expect(check(text)?.message, text).toMatch(/\S/);
  });

  it('suggests rule names that are valid and free', () => {
    expect(suggestRuleName('upstreamregistry.example/myapp', new Set())).toBe('upstreamregistry-myapp');
    expect(suggestRuleName('upstreamregistry.example/team/*', new Set())).toBe('upstreamregistry-team-all');
    expect(suggestRuleName('upstreamregistry.example/*', new Set())).toBe('upstreamregistry-all');
    expect(
      suggestRuleName(
        'upstreamregistry.example/myapp',
        new Set(['UpstreamRegistry-MyApp', 'upstreamregistry-myapp-2']),
      ),
    ).toBe('upstreamregistry-myapp-3');
    const source = fc.oneof(
      fc
        .tuple(loginServer, anyRepository, fc.constantFrom('', '/*'))
        .map(([host, path, star]) => `${host}/${path}${star}`),
      hostileText(['/', '*', '-', '--', 'a.b']),
    );
    fc.assert(
      fc.property(source, fc.integer({ min: 0, max: 12 }), (text, count) => {
        const taken = new Set<string>();
        for (let number = 0; number <= count; number++) {
          const name = suggestRuleName(text, taken);
          expect(checkCacheRuleName(name), name).toBeUndefined();
          expect(taken.has(name)).toBe(false);
          taken.add(name);
        }
      }),
      { numRuns: 500 },
    );
  });

  it('suggests identity names that are valid', () => {
    expect(suggestIdentityName('myregistry', 'upstreamregistry')).toBe('id-myregistry-from-upstreamregistry');
    fc.assert(
      fc.property(fc.string(), fc.string(), (a, b) => {
        expect(checkIdentityName(suggestIdentityName(a, b))).toBeUndefined();
      }),
    );
  });
});

describe('GUIDs', () => {
  it('are the ones RFC 9562 and other implementations compute', () => {
    const dns = '6ba7b810-9dad-11d1-80b4-00c04fd430c8';
    expect(guidV5(dns, 'www.example.com')).toBe('2ed6657d-e927-568b-95e1-2665a8aea6a2');
    expect(guidV5(dns, 'python.org')).toBe('886313e1-3b8a-5372-9b90-0c9aee199e5d');
  });

  it('keep parts apart and ignore the casing of a role assignment', () => {
    expect(roleAssignmentName(registry, 'P', 'R')).toBe(roleAssignmentName(`${registry.toUpperCase()}/`, 'p', 'r'));
    expect(roleAssignmentName(registry, 'ab', 'c')).not.toBe(roleAssignmentName(registry, 'a', 'bc'));
    expect(() => guidV5('no guid', 'x')).toThrow(RangeError);
  });
});

describe('roles', () => {
  it('are found by GUID in any casing', () => {
    expect(roleById(roles.repositoryReader.id.toUpperCase())).toBe(roles.repositoryReader);
    expect(roleById('00000000-0000-0000-0000-000000000000')).toBeUndefined();
    expect(new Set(Object.values(roles).map((role) => role.id)).size).toBe(Object.keys(roles).length);
  });
});
