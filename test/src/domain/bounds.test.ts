import { describe, expect, it } from 'vitest';
import { armIdSubscription, parseArmId } from '../../../src/domain/armId.ts';
import { parseCondition, sameCondition } from '../../../src/domain/condition/abacCondition.ts';
import { readCondition, readingOf, shownCondition } from '../../../src/domain/condition/conditionReading.ts';
import { maxTextLength, normalizedTokens } from '../../../src/domain/condition/conditionTokens.ts';
import { isRegistryHost, parseImageReference, parseRepository } from '../../../src/domain/imageReference.ts';
import { checkCacheRuleName, checkIdentityName, checkTagName } from '../../../src/domain/names.ts';
import type { Parsed } from '../../../src/domain/parsed.ts';
import { lossOf, lostRoles, roles } from '../../../src/domain/roles.ts';
import {
  carriesRuleIdentity,
  firstRuleIdentityVersion,
  firstRuleVersion,
  ruleIdentityVersions,
} from '../../../src/domain/ruleVersions.ts';

const name = '@Resource[Microsoft.ContainerRegistry/registries/repositories:name]';
const action = (path: string): string => `ActionMatches{'Microsoft.ContainerRegistry/registries/${path}'}`;
const guards = ['repositories/content/read', 'repositories/metadata/read'].map(action);
const guarded = (grant: string, more: readonly string[] = []): string =>
  `(${[...guards, ...more].map((one) => `!(${one})`).join(' AND ')}) OR (${grant})`;

const codeOf = (parsed: Parsed<unknown>): string => (parsed.ok ? 'ok' : parsed.problem.code);
const repeat = (length: number): string => 'a'.repeat(length);

describe('what is as long as it may be is read, and one more is not', () => {
  const group = (length: number) =>
    `/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/${repeat(length)}/providers/Microsoft.ContainerRegistry`;
  const nested = (length: number): string => {
    const start = `${group(1)}/registries/r`;
    const whole = start + '/x/'.concat(repeat(250)).repeat(7);
    return `${whole}/x/${repeat(length - whole.length - 3)}`;
  };

  it.each<[string, number, (length: number) => string, string, string?]>([
    ['a resource group', 90, (length) => codeOf(parseArmId(`${group(length)}/registries/r`)), 'armId.name'],
    ['a resource', 260, (length) => codeOf(parseArmId(`${group(1)}/registries/${repeat(length)}`)), 'armId.name'],
    ['a resource id', 2048, (length) => codeOf(parseArmId(nested(length))), 'armId.tooLong'],
    ['a repository', 255, (length) => codeOf(parseRepository(repeat(length))), 'repository.tooLong'],
    [
      'an image reference',
      1024,
      (length) => codeOf(parseImageReference(`${'a.'.repeat(100)}b/c@sha256:${repeat(length - 211)}`)),
      'reference.tooLong',
      'reference.digest',
    ],
    ['a host', 253, (length) => String(isRegistryHost(`${'a.'.repeat(100)}${repeat(length - 200)}`)), 'false', 'true'],
    ['a port', 65535, (port) => String(isRegistryHost(`host.example:${port}`)), 'false', 'true'],
    ['a rule name', 50, (length) => checkCacheRuleName(repeat(length))?.code ?? 'ok', 'ruleName.length'],
    ['an identity', 128, (length) => checkIdentityName(repeat(length))?.code ?? 'ok', 'identityName.length'],
    ['a tag', 128, (length) => checkTagName(repeat(length))?.code ?? 'ok', 'tag.characters'],
    [
      'a condition',
      maxTextLength,
      (length) => codeOf(parseCondition(guarded(`${name} StringEqualsIgnoreCase 'app'`).padEnd(length))),
      'condition.tooLong',
    ],
    [
      'the tokens of a condition',
      maxTextLength,
      (length) => typeof normalizedTokens('a'.padEnd(length)),
      'undefined',
      'string',
    ],
    [
      'the actions of a condition',
      50,
      (count) =>
        codeOf(
          parseCondition(
            guarded(
              `${name} StringEqualsIgnoreCase 'app'`,
              Array.from({ length: count - 2 }, (_, index) => action(`a${index}/read`)),
            ),
          ),
        ),
      'condition.notWritable',
    ],
    [
      'the repositories of a condition',
      1000,
      (count) => {
        const values = Array.from({ length: count }, (_, index) => `'a${index}'`);
        return codeOf(readingOf(guarded(`${name} ForAnyOfAnyValues:StringEqualsIgnoreCase {${values.join(', ')}}`)));
      },
      'condition.tooLong',
    ],
    [
      'the shown part of a condition',
      300,
      (length) => String(shownCondition(repeat(length)) === repeat(length)),
      'false',
      'true',
    ],
  ])('%s: %i', (_, limit, read, refused, taken = 'ok') => {
    expect([read(limit), read(limit + 1)]).toEqual([taken, refused]);
  });
});

it('names that are shorter than they may be are refused', () => {
  expect([4, 5].map((length) => checkCacheRuleName(repeat(length))?.code)).toEqual(['ruleName.length', undefined]);
  expect([2, 3].map((length) => checkIdentityName(repeat(length))?.code)).toEqual(['identityName.length', undefined]);
});

describe('only the documented comparison is written again', () => {
  it.each<[string, string]>([
    ["StringEqualsIgnoreCase 'app'", 'ok'],
    ["StringStartsWithIgnoreCase 'app/'", 'ok'],
    ["StringEquals 'app'", 'condition.notWritable'],
    ["StringStartsWith 'app/'", 'condition.notWritable'],
    ["StringNotEqualsIgnoreCase 'app'", 'condition.notWritable'],
    ["StringLikeIgnoreCase 'app/*'", 'condition.notWritable'],
    ["ForAnyOfAnyValues:StringEqualsIgnoreCase {'app'}", 'condition.notWritable'],
  ])('%s: %s', (comparison, code) => {
    const text = guarded(`${name} ${comparison}`);
    expect(codeOf(parseCondition(text))).toBe(code);
    expect(readCondition(text).understood).toBe(true);
  });

  it.each<[string, string]>([
    ['repositories/content/*', 'ok'],
    ['repositories/*/read', 'condition.notWritable'],
    ['repositories/content*', 'condition.notWritable'],
    ['*/content/*', 'condition.notWritable'],
  ])('of the actions %s: %s', (path, code) => {
    expect(codeOf(parseCondition(guarded(`${name} StringEqualsIgnoreCase 'app'`, [action(path)])))).toBe(code);
  });
});

it('a list of names with wildcards is read beside actions that are something else', () => {
  const like = (pattern: string): string => `${name} StringLike '${pattern}'`;
  const other = `${action('tokens/read')} OR ${action('webhooks/read')}`;
  expect(readCondition(guarded(like('team/*/app'))).reads).toEqual(['team/*/app']);
  expect(readCondition(guarded(`${like('b*c')} OR ${like('a*c')}`)).reads).toEqual(['a*c', 'b*c']);
  expect(readCondition(guarded(`(${other}) OR ${like('team/*/app')}`)).reads).toEqual(['team/*/app']);
  expect(readCondition(guarded(`(${other}) AND ${like('team/*/app')}`)).reads).toEqual([]);
  expect(readCondition(guarded(`${like('team/*/app')} AND ${like('a*c')}`)).reads).toBeNull();
  expect(
    readCondition(`(!(${guards[0]}) OR (${like('a*c')})) AND (!(${guards[1]}) OR (${like('b*c')}))`).reads,
  ).toBeNull();
});

it('conditions that are not understood are the same by their tokens alone', () => {
  const odd = (value: string): string => guarded(`${name} StringMatches '${value}'`);
  expect(sameCondition(odd('a'), `  ${odd('a').replaceAll(' AND ', '\n AND ')}`)).toBe(true);
  expect(sameCondition(odd('a'), odd('b'))).toBe(false);
});

it('a subscription is found in an id without its first slash', () => {
  expect(armIdSubscription('subscriptions/s/resourceGroups/g')).toBe('s');
  expect(armIdSubscription('/providers/Microsoft.Authorization')).toBe('');
});

it('roles that the switch to ABAC ends are known by their GUID in any casing', () => {
  for (const loss of lostRoles) expect(lossOf(loss.role.id.toUpperCase())).toBe(loss);
  expect(lossOf(roles.repositoryReader.id)).toBeUndefined();
  // AcrDelete never let repositories be listed; Owner, Contributor and Reader are for more than images.
  expect(lostRoles.filter(({ lists }) => !lists).map(({ role }) => role)).toEqual([roles.acrDelete]);
  expect(lostRoles.filter(({ isForImages }) => isForImages).map(({ role }) => role)).toEqual([
    roles.acrPull,
    roles.acrPush,
    roles.acrDelete,
  ]);
});

it('api-versions carry a rule’s identity, do not, or are not known', () => {
  for (const version of ruleIdentityVersions) expect(carriesRuleIdentity(version.toUpperCase())).toBe(true);
  expect(ruleIdentityVersions).toContain(firstRuleIdentityVersion);
  expect(carriesRuleIdentity(firstRuleVersion)).toBe(false);
  expect(carriesRuleIdentity('2019-05-01')).toBe(false);
  expect(carriesRuleIdentity('2031-01-01')).toBeUndefined();
});
