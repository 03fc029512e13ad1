import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { generateCondition } from '../../../../src/domain/condition/abacCondition.ts';
import { roleAssignmentName } from '../../../../src/domain/guid.ts';
import { formatRepositoryPattern, patternCovers } from '../../../../src/domain/repositoryPattern.ts';
import { roles } from '../../../../src/domain/roles.ts';
import type { CacheRule, RepositoryPattern, RoleAssignment } from '../../../../src/domain/types.ts';
import { accessRevocations } from '../../../../src/provisioning/access/accessRevocations.ts';
import type { IdentityUsage } from '../../../../src/provisioning/access/identityUsage.ts';
import type { CacheLink } from '../../../../src/provisioning/types.ts';
import { evaluateCondition, parseCondition } from '../../../sandbox/src/rbac/condition.ts';
import { crowdedPattern, crowdedRepository } from '../../domain/arbitraries.ts';

const group = '/subscriptions/11111111-1111-4111-8111-111111111111/resourceGroups/rg/providers';
const registryId = (name: string): string => `${group}/Microsoft.ContainerRegistry/registries/${name}`;
const upstream = { id: registryId('upstream'), loginServer: 'upstream.example.io' };
const downstream = { id: registryId('downstream'), loginServer: 'downstream.example.io' };
const identityId = `${group}/Microsoft.ManagedIdentity/userAssignedIdentities/id`;
const principalId = '22222222-2222-4222-8222-222222222222';
const repositories = 'Microsoft.ContainerRegistry/registries/repositories';
const name = `@Request[${repositories}:name]`;
const reads = [`${repositories}/content/read`, `${repositories}/metadata/read`];

function linkOf(sources: readonly RepositoryPattern[]): CacheLink {
  return {
    downstream,
    source: { kind: 'registry', ...upstream },
    mappings: sources.map((source, index) => ({ ruleName: `Mine${index}`, source, target: source })),
    authentication: { kind: 'identity', identityId },
    access: 'condition',
  };
}

function ruleOf(sourceRepository: string, index: number): CacheRule {
  return {
    id: `${registryId('theirs')}/cacheRules/Rule${index}`,
    name: `Rule${index}`,
    registryId: registryId('theirs'),
    sourceRepository,
    targetRepository: `target${index}`,
    identity: { id: identityId },
  };
}

function usageOf(rules: readonly CacheRule[], assignments: readonly RoleAssignment[]): IdentityUsage {
  return { rules, resources: [], federatedCredentials: [], assignments, unknown: [] };
}

function assignmentOf(condition: string | undefined, more: Partial<RoleAssignment> = {}): RoleAssignment {
  const { scope = upstream.id, roleId = roles.repositoryReader.id } = more;
  const assignmentName = more.name ?? roleAssignmentName(scope, principalId, roleId);
  return {
    id: `${scope}/providers/Microsoft.Authorization/roleAssignments/${assignmentName}`,
    name: assignmentName,
    scope,
    roleId,
    principalId,
    ...(condition === undefined ? {} : { condition }),
    ...more,
  };
}

/** What is there when everything that is offered was done. */
function afterwards(link: CacheLink, usage: IdentityUsage): RoleAssignment[] {
  const offers = new Map(accessRevocations(link, usage).map((one) => [one.assignment.id, one]));
  return usage.assignments.flatMap((assignment) => {
    const offer = offers.get(assignment.id);
    if (!offer || offer.inUseBy.length > 0 || offer.unknown !== undefined || offer.action.kind === 'none')
      return [assignment];
    if (offer.action.kind === 'delete') return [];
    const narrowed = offer.action.narrow(assignment.condition);
    if (!narrowed.ok || narrowed.value === undefined) throw new Error('A narrowing leaves a condition.');
    return [{ ...assignment, condition: narrowed.value }];
  });
}

/** By the sandbox's own evaluator; `team` is what `isPrivateLink` stands for: something nobody knows here. */
function mayRead(
  assignments: readonly RoleAssignment[],
  action: string,
  repository: string,
  isOther: boolean,
): boolean {
  return assignments.some(({ scope, condition }) => {
    const below = scope.slice(upstream.id.length);
    if (below !== '' && below !== `/repositories/${repository}`) return false;
    if (condition === undefined) return true;
    const attributes = new Map<string, readonly string[]>([
      [`${repositories}:name`.toLowerCase(), [repository]],
      ['isprivatelink', [String(isOther)]],
    ]);
    return evaluateCondition(parseCondition(condition), { action, attributes });
  });
}

const limited = crowdedPattern.filter((pattern) => pattern.kind !== 'all');
const environment = '@Environment[isPrivateLink] BoolEquals true';
const guard = `(!(ActionMatches{'${reads[0]}'}) AND !(ActionMatches{'${reads[1]}'}))`;
const value = fc.tuple(crowdedRepository, fc.constantFrom('', '/')).map((parts) => parts.join(''));
const comparison = fc
  .tuple(
    fc.constantFrom('Equals', 'StartsWith', 'NotEquals', 'NotStartsWith'),
    fc.constantFrom('', 'IgnoreCase', 'IgnoreCase'),
    value,
  )
  .map(([test, ignore, text]) => `${name} String${test}${ignore} '${text}'`);
const documented = fc.array(limited, { minLength: 1, maxLength: 4 }).map((patterns) => generateCondition(patterns)!);
const condition = fc.oneof(
  documented,
  documented,
  documented.map((text) => text.replaceAll('@Request', '@Resource')),
  documented.map((text) => text.replaceAll("/'", "'")),
  documented.map((text) => `(${text}) AND ${environment}`),
  comparison,
  fc.tuple(comparison, comparison).map(([a, b]) => `${guard} OR (${a} OR (${b} AND ${environment}))`),
  fc.tuple(comparison, comparison).map(([a, b]) => `(!(ActionMatches{'${reads[0]}'}) OR ${a}) AND (${guard} OR ${b})`),
  fc.constant(undefined),
);
const anyName = fc.constantFrom(undefined, '33333333-3333-4333-8333-333333333333');
const anyAssignment = fc.oneof(
  fc
    .record({ condition, name: anyName, role: fc.constantFrom(roles.repositoryReader, roles.acrPull) })
    .map(({ condition: text, name: given, role }) =>
      assignmentOf(text, { roleId: role.id, ...(given === undefined ? {} : { name: given }) }),
    ),
  fc
    .record({ condition, repository: fc.oneof(crowdedRepository, fc.constantFrom('*', 'a/*')) })
    .map(({ condition: text, repository }) =>
      assignmentOf(text, { scope: `${upstream.id}/repositories/${repository}` }),
    ),
);
const source = fc.oneof(
  crowdedPattern.map((pattern) => `${upstream.loginServer}/${formatRepositoryPattern(pattern)}`),
  crowdedPattern.map((pattern) => `${upstream.loginServer}:443/${formatRepositoryPattern(pattern)}`),
  crowdedPattern.map((pattern) => `elsewhere.example.io/${formatRepositoryPattern(pattern)}`),
  crowdedPattern.map((pattern) => `${upstream.loginServer}/${formatRepositoryPattern(pattern)}/**`),
);

function readsOf(rule: CacheRule, repository: string): boolean {
  const [host = '', ...path] = rule.sourceRepository.split('/');
  if (!host.startsWith('upstream')) return false;
  const text = path.join('/').replace(/\/\*\*$/, '/*');
  if (text === '*' || text === '*/*') return true;
  const pattern: RepositoryPattern = text.endsWith('/*')
    ? { kind: 'prefix', prefix: text.slice(0, -2) }
    : { kind: 'repository', repository: text };
  return patternCovers(pattern, repository);
}

describe('taking a link’s permission away', () => {
  it('leaves each rule that stays what it could read, and unknown conditions as they are', () => {
    let taken = 0;
    fc.assert(
      fc.property(
        fc.array(crowdedPattern, { minLength: 1, maxLength: 2 }),
        fc.array(source, { maxLength: 3 }),
        fc.array(anyAssignment, { minLength: 1, maxLength: 3 }),
        fc.array(crowdedRepository, { minLength: 6, maxLength: 6 }),
        fc.boolean(),
        (mine, sources, given, names, isOther) => {
          const rules = sources.map(ruleOf);
          const assignments = [...new Map(given.map((one) => [one.id, one])).values()];
          const left = afterwards(linkOf(mine), usageOf(rules, assignments));
          if (left.length < assignments.length) taken++;
          for (const assignment of assignments) {
            const after = left.find(({ id }) => id === assignment.id);
            if (assignment.condition?.includes('@Environment')) expect(after).toEqual(assignment);
          }
          for (const repository of names) {
            for (const action of reads) {
              const before = mayRead(assignments, action, repository, isOther);
              const after = mayRead(left, action, repository, isOther);
              if (!before) expect(after, repository).toBe(false);
              for (const rule of rules) {
                if (before && readsOf(rule, repository)) {
                  expect(after, `${rule.sourceRepository} read ${repository}`).toBe(true);
                }
              }
            }
          }
        },
      ),
      { numRuns: 1000 },
    );
    expect(taken).toBeGreaterThan(50);
  });

  it.each<[string, string, string[], string]>([
    ['a wildcard rule that reads more', 'team/*', ['*'], 'upstream.example.io/*'],
    ['a wildcard rule around one repository', 'team/app', ['team/app'], 'upstream.example.io/team/*'],
    ['a rule inside the wildcard', 'team/*', ['team/*'], 'upstream.example.io/team/app'],
    ['a rule with the same source', 'app', ['app'], 'upstream.example.io/app'],
    ['a rule whose source is not understood', 'app', ['app'], 'upstream.example.io/app/**'],
    ['a rule that names the registry with its port', 'app', ['app'], 'upstream.example.io:443/app'],
  ])('keeps what %s reads by', (_, mine, granted, theirs) => {
    const patternOf = (text: string): RepositoryPattern =>
      text === '*'
        ? { kind: 'all' }
        : text.endsWith('/*')
          ? { kind: 'prefix', prefix: text.slice(0, -2) }
          : { kind: 'repository', repository: text };
    for (const text of [generateCondition(granted.map(patternOf)), `${name} StringStartsWith ''`]) {
      const [found] = accessRevocations(linkOf([patternOf(mine)]), usageOf([ruleOf(theirs, 0)], [assignmentOf(text)]));
      if (found?.action.kind === 'narrow') expect(found.action.narrow(text)).not.toMatchObject({ value: undefined });
      else expect(found).toMatchObject({ action: { kind: 'none' } });
      if (text === undefined) expect(found?.inUseBy).toHaveLength(1);
    }
  });

  it('shows the text of a condition that is not understood, also of an assignment that a set-up made', () => {
    const text = `(${generateCondition([{ kind: 'repository', repository: 'app' }])}) AND ${environment}`;
    const link = linkOf([{ kind: 'repository', repository: 'app' }]);
    for (const scope of [upstream.id, `${upstream.id}/repositories/app`]) {
      const [found] = accessRevocations(link, usageOf([], [assignmentOf(text, { scope })]));
      expect(found).toMatchObject({ action: { kind: 'none' } });
      expect(found?.unknown).toContain('( ( !(ActionMatches');
    }
  });
});

describe('a scope from outside', () => {
  it('with a broken escape is not of the link, and hides nothing else', () => {
    const link = linkOf([{ kind: 'repository', repository: 'app' }]);
    const broken = assignmentOf(undefined, { scope: `${upstream.id}/repositories/app%E0%A4` });
    const own = assignmentOf(undefined, { scope: `${upstream.id}/repositories/app` });
    expect(accessRevocations(link, usageOf([], [broken, own])).map(({ assignment }) => assignment.id)).toEqual([
      own.id,
    ]);
  });
});
