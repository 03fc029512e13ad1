import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  compareCondition,
  extendCondition,
  narrowCondition,
  parseCondition,
} from '../../../../src/domain/condition/abacCondition.ts';
import { noCondition, readCondition } from '../../../../src/domain/condition/conditionReading.ts';
import { evaluateCondition, parseCondition as parseInSandbox } from '../../../sandbox/src/rbac/condition.ts';
import { crowdedPattern, crowdedRepository } from '../arbitraries.ts';

const repositories = 'Microsoft.ContainerRegistry/registries/repositories';
const request = `@Request[${repositories}:name]`;
const resource = `@Resource[${repositories}:name]`;
const matches = (action: string): string => `ActionMatches{'${repositories}/${action}'}`;
const guard = `(!(${matches('content/read')}) AND !(${matches('metadata/read')}))`;
const portal = (...expressions: string[]): string =>
  [
    '(',
    ' (',
    `  !(${matches('content/read')})`,
    '  AND',
    `  !(${matches('metadata/read')})`,
    ' )',
    ' OR ',
    ' (',
    ...expressions.map((expression) => `  ${expression}`),
    ' )',
    ')',
  ].join('\n');
const roleGuids = '{b93aa761-3e63-49ed-ac28-beffa264f7ac, 7f951dda-4ed3-4680-a7ca-43fe172d538d}';
const delegation = `(!(ActionMatches{'Microsoft.Authorization/roleAssignments/write'}) OR (@Request[Microsoft.Authorization/roleAssignments:RoleDefinitionId] ForAnyOfAnyValues:GuidEquals ${roleGuids} AND @Request[Microsoft.Authorization/roleAssignments:PrincipalType] ForAnyOfAnyValues:StringEqualsIgnoreCase {'ServicePrincipal'}))`;

describe('readCondition', () => {
  it.each<[string, string, string[]]>([
    ['StringEquals', portal(`${request} StringEquals 'team/app'`), ['team/app']],
    ['StringStartsWith', portal(`${request} StringStartsWith 'team/'`), ['team/*']],
    ['a prefix without its slash', portal(`${request} StringStartsWith 'team'`), ['team*']],
    ['a value that no repository can have', portal(`${request} StringEquals 'Team'`), []],
    ['a prefix that no repository can have', portal(`${request} StringStartsWith 'Team/'`), []],
    ['upper case where case does not matter', portal(`${request} StringEqualsIgnoreCase 'Team/App'`), ['team/app']],
    ['StringLike with a last wildcard', portal(`${resource} StringLike 'team/*'`), ['team/*']],
    ['StringLikeIgnoreCase without a wildcard', portal(`${resource} StringLikeIgnoreCase 'TEAM/app'`), ['team/app']],
    ['StringLike of everything', portal(`${request} StringLike '*'`), ['*']],
    ['StringNotEquals', portal(`${request} StringNotEquals 'secret'`), ['*', '!secret']],
    ['StringNotStartsWithIgnoreCase', portal(`${request} StringNotStartsWithIgnoreCase 'Hr/'`), ['*', '!hr/*']],
    ['StringNotLike', portal(`${request} StringNotLike 'hr/*'`), ['*', '!hr/*']],
    [
      'an exception of an exception',
      portal(`${request} StringNotStartsWith 'hr/'`, 'OR', `${request} StringStartsWith 'hr/open/'`),
      ['*', '!hr/*', 'hr/open/*'],
    ],
    ['NOT', `${guard} OR NOT (${request} StringEqualsIgnoreCase 'app')`, ['*', '!app']],
    ['NOT twice', `${guard} OR !(!(${request} StringEqualsIgnoreCase 'app'))`, ['app']],
    [
      'ForAnyOfAnyValues',
      portal(`${request} ForAnyOfAnyValues:StringEqualsIgnoreCase {'app', 'team/b'}`),
      ['app', 'team/b'],
    ],
    ['ForAllOfAnyValues', portal(`${request} ForAllOfAnyValues:StringStartsWith {'a/','b/'}`), ['a/*', 'b/*']],
    [
      'ForAllOfAllValues of negations',
      portal(`${request} ForAllOfAllValues:StringNotEquals {'a', 'b'}`),
      ['*', '!a', '!b'],
    ],
    ['ForAnyOfAnyValues with one value', portal(`${request} ForAnyOfAnyValues:StringEquals 'app'`), ['app']],
    ['Exists', `${guard} OR Exists ${request}`, ['*']],
    ['NOT Exists', `${guard} OR NOT Exists ${request}`, []],
    ['@Resource', portal(`${resource} StringEqualsIgnoreCase 'app'`), ['app']],
    ['both attributes', portal(`${request} StringEquals 'a'`, 'OR', `${resource} StringEquals 'b'`), ['a', 'b']],
    ['a bare comparison', `${request} StringEqualsIgnoreCase 'app'`, ['app']],
    [
      'two bare comparisons',
      `${request} StringStartsWith 'team/' AND ${resource} StringNotEquals 'team/x'`,
      ['team/*', '!team/x'],
    ],
    ['a guard of content only', `!(${matches('content/read')}) OR ${request} StringEquals 'app'`, ['app']],
    ['a guard of metadata only', `!(${matches('metadata/read')}) OR ${request} StringEquals 'app'`, ['app']],
    ['a guard of writing only', `!(${matches('content/write')}) OR ${request} StringEquals 'app'`, ['*']],
    ['a guard of something else, whatever is behind it', delegation, ['*']],
    [
      'further guarded actions',
      `(${guard} AND !(${matches('content/write')}) AND !(${matches('metadata/delete')})) OR ${request} StringEquals 'app'`,
      ['app'],
    ],
    ['a guard by wildcards', `!(${matches('*/read')}) OR ${request} StringEquals 'app'`, ['app']],
    ['a guard of all actions', `!(ActionMatches{'*'}) OR ${request} StringEquals 'app'`, ['app']],
    [
      'several expressions, one for each action',
      `(!(${matches('content/read')}) OR ${request} StringEquals 'app') AND (!(${matches('content/write')}) OR ${request} StringEquals 'b')`,
      ['app'],
    ],
    [
      'two that differ',
      `(!(${matches('content/read')}) OR ${request} StringStartsWith 'a') AND (!(${matches('metadata/read')}) OR ${request} StringStartsWith 'a/b')`,
      ['a/b*'],
    ],
    ['AND for OR', `${guard} AND ${request} StringEquals 'app'`, []],
    [
      'no negation in the guard',
      `(${matches('content/read')} AND ${matches('metadata/read')}) OR ${request} StringEquals 'app'`,
      ['app'],
    ],
    [
      'another attribute that does not matter for reading',
      `(${portal(`${request} StringEquals 'app'`)}) AND (!(${matches('content/write')}) OR @Environment[isPrivateLink] BoolEquals true)`,
      ['app'],
    ],
    [
      'another attribute beside what is free anyway',
      `${guard} OR ${request} StringStartsWith '' OR @Environment[UtcNow] DateTimeGreaterThan '2026-05-01T13:00:00.0Z'`,
      ['*'],
    ],
  ])('understands %s', (_, text, reads) => {
    for (const layout of [text, text.replace(/\s+/g, ' '), text.replace(/\s+/g, '\r\n\t')]) {
      expect(readCondition(layout)).toMatchObject({ understood: true, reads });
    }
  });

  it.each<[string, string]>([
    ['the principal', portal(`@Principal[Microsoft.Directory/CustomSecurityAttributes/Id:Team] StringEquals 'a'`)],
    ['the environment', portal(`${request} StringEquals 'a'`, 'AND', '@Environment[isPrivateLink] BoolEquals true')],
    ['a time', portal(`@Environment[UtcNow] DateTimeLessThan '2026-05-01T13:00:00.0Z'`)],
    ['two attributes compared', portal(`${request} StringEquals @Principal[Microsoft.Directory/x:Team]`)],
    ['Exists of a text', portal(`Exists 'a'`)],
    ['Exists of another attribute', portal('Exists @Principal[Microsoft.Directory/x:Team]')],
    [
      'a sub-operation',
      `!(${matches('content/read')} AND NOT SubOperationMatches{'x'}) OR ${request} StringEquals 'a'`,
    ],
    ['another attribute of a repository', portal(`@Request[${repositories}:tag] StringEquals 'a'`)],
    ['a quoted attribute', portal(`'Request[${repositories}:name]' StringEquals 'a'`)],
    ['a quoted operator', portal(`${request} 'StringEquals' 'a'`)],
    ['a quoted operator behind a quantifier', portal(`${request} ForAnyOfAnyValues:'StringEquals' {'a'}`)],
    ['an unknown operator', portal(`${request} StringEndsWith 'a'`)],
    ['an unknown quantifier', portal(`${request} ForSomeOfAnyValues:StringEquals {'a'}`)],
    ['several values without a quantifier', portal(`${request} StringEquals {'a', 'b'}`)],
    [
      'a wildcard in the middle beside something else',
      portal(`${request} StringLike 'team/*/app'`, 'AND', `${request} StringNotEquals 'team/b/app'`),
    ],
    ['what a wildcard in the middle excludes', portal(`${request} StringNotLike 'team/*/app'`)],
    ['a variable', portal(`${request} StringEquals '\${each.value}'`)],
    ['a backslash', portal(`${request} StringEquals 'a\\p'`)],
    ['no condition at all', 'null'],
    ['AND and OR without parentheses', `${guard} OR ${request} StringEquals 'a' AND ${request} StringEquals 'b'`],
  ])('does not guess what %s decides', (_, text) => {
    const reading = readCondition(text);
    expect(reading).toMatchObject({ understood: false, reads: null });
    expect(reading.words).toContain(text.replace(/\s+/g, ' ').slice(0, 40));
    expect(compareCondition(text, [{ kind: 'all' }])).toMatchObject({ understood: false, covers: false });
    expect(extendCondition(text, [{ kind: 'repository', repository: 'b' }]).ok).toBe(false);
    expect(narrowCondition(text, [{ kind: 'repository', repository: 'a' }]).ok).toBe(false);
  });

  it.each<[string, string[]]>([
    [portal(`${request} StringLike 'team/*/app'`), ['team/*/app']],
    [portal(`${request} StringLikeIgnoreCase '*-prod'`, 'OR', `${resource} StringEquals 'b'`), ['*-prod', 'b']],
    [`${request} StringLike 'team-?/*'`, ['team-?/*']],
  ])('tells wildcards in any place, and does not compare them: %#', (text, reads) => {
    expect(readCondition(text)).toMatchObject({ understood: true, reads });
    expect(compareCondition(text, [{ kind: 'all' }])).toMatchObject({ understood: false, covers: false });
    expect(narrowCondition(text, [{ kind: 'all' }]).ok).toBe(false);
  });

  it('tells no condition from one that lets everything be read', () => {
    const everything = readCondition(portal(`${request} StringLike '*'`));
    const none = readCondition(undefined);
    expect([none.reads, everything.reads]).toEqual([['*'], ['*']]);
    expect(none.words).toBe(noCondition());
    expect(everything.words).not.toBe(noCondition());
  });

  it('keeps the words short and free of control characters, whatever the text', () => {
    const { words } = readCondition(`\u202e\n${'x'.repeat(40_000)}`);
    expect(words.length).toBeLessThan(600);
    expect(words).not.toMatch(/[\u202e\n]/);
  });
});

/** The sandbox has an evaluator of its own, written from Azure's documentation: what both agree on is not one mistake. */
const attribute = fc.constantFrom(request, resource);
const value = fc
  .tuple(crowdedRepository, fc.constantFrom('', '/'), fc.boolean())
  .map(([text, slash, upper]) => `${upper ? text.toUpperCase() : text}${slash}`);
const operator = fc
  .tuple(fc.constantFrom('', 'Not'), fc.constantFrom('Equals', 'StartsWith', 'Like'), fc.constantFrom('', 'IgnoreCase'))
  .map((parts) => `String${parts.join('')}`);
const comparison = fc
  .tuple(attribute, operator, value, fc.constantFrom('', '*'))
  .map(([of, by, text, star]) => `${of} ${by} '${text}${by.includes('Like') ? star : ''}'`);
const ofValues = fc
  .tuple(
    attribute,
    fc.constantFrom('ForAnyOfAny', 'ForAllOfAny', 'ForAnyOfAll', 'ForAllOfAll'),
    operator,
    fc.array(value, { minLength: 1, maxLength: 3 }),
  )
  .map(
    ([of, quantifier, by, values]) => `${of} ${quantifier}Values:${by} {${values.map((one) => `'${one}'`).join(', ')}}`,
  );
const other = fc.constantFrom(
  "@Principal[Microsoft.Directory/x:Team] StringEquals 'a'",
  'Exists @Principal[Microsoft.Directory/x:Team]',
  "SubOperationMatches{'x'}",
);
const action = fc
  .constantFrom('content/read', 'metadata/read', 'content/write', '*/read', '*', 'content/*')
  .map((text) => matches(text));
const { expression } = fc.letrec<{ expression: string }>((tie) => ({
  expression: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    comparison,
    ofValues,
    action,
    other,
    fc.constantFrom(`Exists ${request}`, guard),
    tie('expression').map((inner) => `!(${inner})`),
    fc
      .tuple(fc.array(tie('expression'), { minLength: 2, maxLength: 3 }), fc.constantFrom(' AND ', ' OR ', '&&', '||'))
      .map(([operands, by]) => operands.map((operand) => `(${operand})`).join(by)),
  ),
}));

function isNamed(reads: readonly string[], repository: string): boolean {
  let isIn = false;
  for (const part of reads) {
    const text = part.replace(/^!/, '');
    const fits = text.endsWith('*') ? repository.startsWith(text.slice(0, -1)) : repository === text;
    if (fits) isIn = !part.startsWith('!');
  }
  return isIn;
}

describe('what a condition lets be read', () => {
  it('is what the sandbox grants, whatever other attributes are', () => {
    let understood = 0;
    fc.assert(
      fc.property(expression, crowdedRepository, crowdedPattern, fc.boolean(), (text, repository, pattern, isOther) => {
        const { reads } = readCondition(text);
        if (reads === null) return;
        understood++;
        const parsed = parseInSandbox(text);
        const mayRead = (name: string): boolean =>
          ['content/read', 'metadata/read'].every((one) =>
            evaluateCondition(parsed, {
              action: `${repositories}/${one}`,
              ...(isOther ? { subOperation: 'x' } : {}),
              attributes: new Map([
                [`${repositories}:name`.toLowerCase(), [name]],
                ...(isOther ? [['microsoft.directory/x:team', ['a']] as const] : []),
              ]),
            }),
          );
        expect(isNamed(reads, repository), text).toBe(mayRead(repository));
        const compared = compareCondition(text, [pattern]);
        expect(compared.understood).toBe(true);
        const isNeeded = pattern.kind === 'all' || isNamed([formatted(pattern)], repository);
        if (compared.covers && isNeeded) expect(mayRead(repository), text).toBe(true);
        if (compared.overGrants.length === 0 && !isNeeded) expect(mayRead(repository), text).toBe(false);
      }),
      { numRuns: 8000 },
    );
    expect(understood).toBeGreaterThan(2000);
  });

  it('is understood of everything that can be written again', () => {
    fc.assert(
      fc.property(expression, (text) => {
        if (parseCondition(text).ok) expect(readCondition(text).understood).toBe(true);
      }),
      { numRuns: 3000 },
    );
  });
});

function formatted(pattern: Exclude<Parameters<typeof compareCondition>[1][number], { kind: 'all' }>): string {
  return pattern.kind === 'prefix' ? `${pattern.prefix}/*` : pattern.repository;
}
