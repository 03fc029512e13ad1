import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { generateCondition, parseCondition } from '../../../../src/domain/condition/abacCondition.ts';
import { patternCovers } from '../../../../src/domain/repositoryPattern.ts';
import { evaluateCondition, parseCondition as parseInSandbox } from '../../../sandbox/src/rbac/condition.ts';
import { crowdedPattern, crowdedRepository } from '../arbitraries.ts';

/** The sandbox has an evaluator of its own, written from Azure's documentation: what both agree on is not one mistake. */
const prefix = 'Microsoft.ContainerRegistry/registries/repositories';
const attribute = `${prefix}:name`;
const reads = [`${prefix}/content/read`, `${prefix}/metadata/read`];
const actions = [
  ...reads,
  `${prefix}/content/write`,
  `${prefix}/metadata/delete`,
  'Microsoft.ContainerRegistry/registries/catalog/read',
];

function isAllowed(text: string, action: string, repository: string): boolean {
  return evaluateCondition(parseInSandbox(text), {
    action,
    attributes: new Map([[attribute.toLowerCase(), [repository]]]),
  });
}

const action = fc
  .constantFrom(...actions, `${prefix}/*`, `${prefix}/content/*`)
  .map((pattern) => `ActionMatches{'${pattern}'}`);
const comparison = fc
  .tuple(fc.constantFrom('Equals', 'StartsWith'), crowdedRepository, fc.constantFrom('', '/'))
  .map(([operator, value, slash]) => `@Request[${attribute}] String${operator}IgnoreCase '${value}${slash}'`);
const grants = fc.array(comparison, { minLength: 1, maxLength: 3 }).map((each) => `(${each.join(' OR ')})`);

/** `!a AND !b`, with the actions that matter more often than not. */
const guard = fc
  .array(action, { maxLength: 3 })
  .map(
    (others) =>
      `(${[...reads.map((read) => `ActionMatches{'${read}'}`), ...others].map((each) => `!(${each})`).join(' AND ')})`,
  );
const block = fc.tuple(guard, grants).map(([free, named]) => `(${free} OR ${named})`);

const { expression } = fc.letrec<{ expression: string }>((tie) => ({
  expression: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    block,
    action,
    comparison,
    tie('expression').map((inner) => `!(${inner})`),
    fc
      .tuple(fc.array(tie('expression'), { minLength: 2, maxLength: 3 }), fc.constantFrom(' AND ', ' OR ', '&&', '||'))
      .map(([operands, operator]) => operands.map((operand) => `(${operand})`).join(operator)),
  ),
}));

function expectAgreement(text: string, repository: string): boolean {
  const parsed = parseCondition(text);
  if (!parsed.ok) return false;
  const named = parsed.value.grants.some(({ kind, value }) =>
    kind === 'equals' ? repository === value : repository.startsWith(value),
  );
  for (const each of actions) {
    const isRestricted = parsed.value.actions.some((pattern) =>
      pattern.endsWith('/*') ? each.startsWith(pattern.slice(0, -1)) : each === pattern,
    );
    expect(isAllowed(text, each, repository), `${each} on ${repository}`).toBe(isRestricted ? named : true);
  }
  return true;
}

describe('the meaning of a condition', () => {
  it('that was generated is what the sandbox grants', () => {
    const limited = crowdedPattern.filter((pattern) => pattern.kind !== 'all');
    fc.assert(
      fc.property(fc.array(limited, { minLength: 1, maxLength: 4 }), crowdedRepository, (patterns, repository) => {
        const text = generateCondition(patterns) ?? '';
        for (const read of reads) {
          expect(isAllowed(text, read, repository)).toBe(
            patterns.some((pattern) => patternCovers(pattern, repository)),
          );
        }
        expect(expectAgreement(text, repository)).toBe(true);
      }),
      { numRuns: 500 },
    );
  });

  it('of any form that is understood is what the sandbox grants', () => {
    let understood = 0;
    fc.assert(
      fc.property(expression, crowdedRepository, (text, repository) => {
        if (expectAgreement(text, repository)) understood++;
      }),
      { numRuns: 5000 },
    );
    // Otherwise this would test nothing.
    expect(understood).toBeGreaterThan(500);
  });
});
