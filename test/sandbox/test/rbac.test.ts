import { describe, expect, it } from 'vitest';
import { ConditionSyntaxError, evaluateCondition, parseCondition } from '../src/rbac/condition.ts';
import { grants } from '../src/rbac/isAllowed.ts';
import { isAtOrAbove } from '../src/rbac/scopes.ts';
import { roleDefinition } from '../src/rbac/roleDefinitions.ts';

const contentRead = 'Microsoft.ContainerRegistry/registries/repositories/content/read';
const contentWrite = 'Microsoft.ContainerRegistry/registries/repositories/content/write';
const nameAttribute = 'Microsoft.ContainerRegistry/registries/repositories:name';

/** As the documentation gives it, newlines and trailing blanks included. */
const documented = (expression: string): string => `(
 (
  !(ActionMatches{'Microsoft.ContainerRegistry/registries/repositories/content/read'})
  AND
  !(ActionMatches{'Microsoft.ContainerRegistry/registries/repositories/metadata/read'})
 )
 OR 
 (
  ${expression}
 )
)`;

function allows(condition: string, action: string, repository?: string): boolean {
  const attributes = new Map<string, readonly string[]>();
  if (repository !== undefined) attributes.set(nameAttribute.toLowerCase(), [repository]);
  return evaluateCondition(parseCondition(condition), { action, attributes });
}

describe('the condition evaluator', () => {
  const exact = documented(`@Request[${nameAttribute}] StringEqualsIgnoreCase 'hello-world'`);
  const prefix = documented(`@Request[${nameAttribute}] StringStartsWithIgnoreCase 'backend/'`);

  it('applies the documented exact form', () => {
    expect(allows(exact, contentRead, 'hello-world')).toBe(true);
    expect(allows(exact, contentRead, 'HELLO-world')).toBe(true);
    expect(allows(exact, contentRead, 'hello-world2')).toBe(false);
    expect(allows(exact, contentRead)).toBe(false);
  });

  it('leaves actions that the guard does not name alone', () => {
    expect(allows(exact, contentWrite, 'anything')).toBe(true);
  });

  it('applies the documented prefix form', () => {
    expect(allows(prefix, contentRead, 'backend/api')).toBe(true);
    expect(allows(prefix, contentRead, 'backend')).toBe(false);
    expect(allows(prefix, contentRead, 'backend-infra/k8s')).toBe(false);
  });

  it('reads the form without newlines, @Resource and joined expressions', () => {
    const joined = documented(
      `@Resource[${nameAttribute}] StringEquals 'a' OR @Request[${nameAttribute}] StringLike 'team/*/app'`,
    ).replaceAll('\n', '');
    expect(allows(joined, contentRead, 'a')).toBe(true);
    expect(allows(joined, contentRead, 'A')).toBe(false);
    expect(allows(joined, contentRead, 'team/x/app')).toBe(true);
    expect(allows(joined, contentRead, 'team/app')).toBe(false);
  });

  it.each([
    [`@Request[${nameAttribute}] StringNotEquals 'a'`, 'b', true],
    [`@Request[${nameAttribute}] StringNotEqualsIgnoreCase 'A'`, 'a', false],
    [`@Request[${nameAttribute}] StringNotStartsWith 'a/'`, 'a/b', false],
    [`@Request[${nameAttribute}] StringNotLike 'a?'`, 'ab', false],
    [`@Request[${nameAttribute}] ForAnyOfAnyValues:StringEquals {'a', 'b'}`, 'b', true],
    [`@Request[${nameAttribute}] ForAllOfAllValues:StringNotEquals {'a', 'b'}`, 'b', false],
    [`Exists @Request[${nameAttribute}]`, 'b', true],
    [`NotExists @Request[${nameAttribute}]`, 'b', false],
    [`NOT @Request[${nameAttribute}] StringEquals 'a' && (@Request[${nameAttribute}] StringEquals 'b')`, 'b', true],
    [`@Request[${nameAttribute}] StringEquals 'b' OR (Exists @Request[x:y] AND Exists @Request[x:z])`, 'b', true],
  ])('%s on %s is %s', (condition, repository, expected) => {
    expect(allows(condition, contentRead, repository)).toBe(expected);
  });

  it('reads GUIDs without quotes, as role assignment conditions write them', () => {
    const attribute = 'Microsoft.Authorization/roleAssignments:RoleDefinitionId';
    const condition = parseCondition(
      `@Request[${attribute}] ForAnyOfAnyValues:GuidEquals {b93aa761-3e63-49ed-ac28-beffa264f7ac, 7f951dda-4ed3-4680-a7ca-43fe172d538d}`,
    );
    const ask = (id: string): boolean =>
      evaluateCondition(condition, { action: 'x', attributes: new Map([[attribute.toLowerCase(), [id]]]) });
    expect(ask('B93AA761-3e63-49ed-ac28-beffa264f7ac')).toBe(true);
    expect(ask('8e3af657-a8ff-443c-a75c-2fe8c4bcb635')).toBe(false);
  });

  it.each([
    '',
    '(',
    "@Request[x:y] StringEquals 'a",
    "@Request[x:y] Matches 'a'",
    "@Nobody[x:y] StringEquals 'a'",
    "@Request[x:y] StringEquals 'a' StringEquals 'b'",
    'ActionMatches{}',
    "ForSome:StringEquals {'a'}",
    // AND beside OR needs parentheses (conditions-format).
    'Exists @Request[x:w] OR Exists @Request[x:y] AND Exists @Request[x:z]',
  ])('refuses %j', (text) => {
    expect(() => parseCondition(text)).toThrow(ConditionSyntaxError);
  });
});

describe('scopes', () => {
  const registry = '/subscriptions/S/resourceGroups/rg/providers/Microsoft.ContainerRegistry/registries/one';
  it('inherits downwards on whole segments, in any casing', () => {
    expect(isAtOrAbove('/', registry)).toBe(true);
    expect(isAtOrAbove('/subscriptions/s', registry)).toBe(true);
    expect(isAtOrAbove('/subscriptions/S/resourcegroups/RG', registry)).toBe(true);
    expect(isAtOrAbove(registry, registry)).toBe(true);
    expect(isAtOrAbove(registry.slice(0, -1), registry)).toBe(false);
    expect(isAtOrAbove(`${registry}/repositories/x`, registry)).toBe(false);
  });
});

describe('roles', () => {
  const role = (name: string) => {
    const found = roleDefinition(`/providers/Microsoft.Authorization/roleDefinitions/${name.toUpperCase()}`);
    if (found === undefined) throw new Error(`no role ${name}`);
    return found;
  };
  it('gives Contributor everything but role assignments', () => {
    const contributor = role('b24988ac-6180-42a0-ab88-20f7382dd24c');
    expect(grants(contributor, 'Microsoft.ContainerRegistry/registries/push/write', 'action')).toBe(true);
    expect(grants(contributor, 'Microsoft.Authorization/roleAssignments/write', 'action')).toBe(false);
    expect(grants(contributor, contentRead, 'dataAction')).toBe(false);
  });
  it('gives Reader pull but not push', () => {
    const reader = role('acdd72a7-3385-48ef-bd42-f606fba81ae7');
    expect(grants(reader, 'Microsoft.ContainerRegistry/registries/pull/read', 'action')).toBe(true);
    expect(grants(reader, 'Microsoft.ContainerRegistry/registries/push/write', 'action')).toBe(false);
  });
});
