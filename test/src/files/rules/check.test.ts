import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { identityArmId } from '../../../../src/domain/armId.ts';
import { findTargetConflict } from '../../../../src/domain/ruleConflicts.ts';
import { formatRepositoryPattern, parseRepositoryPattern } from '../../../../src/domain/repositoryPattern.ts';
import type { CacheRule, Registry } from '../../../../src/domain/types.ts';
import { findInBicep, findInTerraform } from '../../../../src/files/infrastructure/findings.ts';
import { checkRuleFile } from '../../../../src/files/rules/check.ts';
import type { DeployedRules, RuleFinding } from '../../../../src/files/rules/types.ts';
import { describeDefinition } from '../../../../src/files/rules/compareDeployed.ts';
import { crowdedPattern, rule as deployedRule } from '../../domain/arbitraries.ts';

interface Written {
  readonly name?: string;
  readonly source?: string;
  readonly target?: string;
  readonly version?: string;
  readonly identity?: string;
  readonly credentials?: string;
  readonly registry?: string;
  readonly condition?: string;
}

let count = 0;

/** One rule of Bicep; what is not given is fine. */
function bicep(written: Written): string {
  const {
    source = 'upstreamregistry.example/app',
    target = 'app',
    version = '2026-01-01-preview',
    identity = "{ type: 'UserAssigned' }",
    registry = 'myregistry',
    condition,
    credentials,
  } = written;
  const number = ++count;
  return `resource rule${number} 'Microsoft.ContainerRegistry/registries/cacheRules@${version}' = ${condition ? `if (${condition}) ` : ''}{
  name: '${registry}/${written.name ?? `Rule-${number}`}'
  identity: ${identity}
  properties: {
    sourceRepository: '${source}'
    targetRepository: '${target}'
    credentialSetResourceId: ${credentials ?? 'null'}
  }
}
`;
}

const upstream = { name: 'upstreamregistry', loginServer: 'upstreamregistry.example' } as Registry;

function deployedWith(rules?: readonly CacheRule[]): DeployedRules {
  return {
    rulesOf: (name) => (name.toLowerCase() === 'myregistry' ? rules : undefined),
    registryOf: (host) => (host === upstream.loginServer ? upstream : undefined),
    looksLikeRegistry: (host) => host === 'unknownregistry.example',
  };
}

function checkText(text: string, rules?: readonly CacheRule[]): readonly RuleFinding[] {
  const findings = checkRuleFile(findInBicep(text).ruleFile, deployedWith(rules));
  for (const { range, related, message } of findings) {
    for (const inside of [range, ...(related ? [related.range] : [])]) {
      expect(inside.start).toBeGreaterThanOrEqual(0);
      expect(inside.end).toBeGreaterThan(inside.start);
      expect(inside.end).toBeLessThanOrEqual(text.length);
    }
    expect(message).not.toMatch(/\{\d\}|undefined/);
  }
  expect(findings.map(({ range }) => range.start)).toEqual(
    findings.map(({ range }) => range.start).sort((a, b) => a - b),
  );
  return findings;
}

/** `code severity: text that it points to`. */
function told(rules: readonly Written[], deployed?: readonly CacheRule[]): string[] {
  const text = rules.map(bicep).join('\n');
  return checkText(text, deployed).map(
    ({ code, severity, range }) => `${code} ${severity}: ${text.slice(range.start, range.end)}`,
  );
}

describe('one rule by itself', () => {
  it('has nothing to say of what is fine', () => {
    expect(told([{}, { source: 'upstreamregistry.example/team/*', target: 'team/*' }])).toEqual([]);
  });

  it.each<[Written, string[]]>([
    [{ name: 'abcd' }, ['rule.invalidName error: myregistry/abcd']],
    [{ name: 'with_underscore' }, ['rule.invalidName error: myregistry/with_underscore']],
    [{ name: 'a'.repeat(50) }, []],
    [{ source: 'upstreamregistry.example/app:1' }, ['rule.invalidSource error: upstreamregistry.example/app:1']],
    [{ source: 'upstreamregistry.example/App' }, ['rule.invalidSource error: upstreamregistry.example/App']],
    [{ source: 'app' }, ['rule.invalidSource error: app']],
    [{ source: 'upstreamregistry.example/a/*/b' }, ['rule.invalidSource error: upstreamregistry.example/a/*/b']],
    [{ source: '${given}/app' }, []],
    [{ target: 'app:1' }, ['rule.invalidTarget error: app:1']],
    [{ target: 'App' }, ['rule.invalidTarget error: App']],
    [{ target: 'a*' }, ['rule.invalidTarget error: a*']],
    [{ target: 'cached/*' }, ['rule.mixedWildcard warning: cached/*']],
    [{ source: 'upstreamregistry.example/*' }, ['rule.mixedWildcard warning: app']],
    [{ version: '2025-11-01' }, ['rule.apiVersion warning: 2025-11-01']],
    [{ version: '2025-03-01-preview' }, ['rule.apiVersion warning: 2025-03-01-preview']],
    [{ version: '2026-03-01-preview' }, []],
    [{ version: '2026-01-01-preview' }, []],
    [{ version: '2026-01-01-PREVIEW' }, []],
    [{ version: '2026-09-01-preview' }, []],
    [{ version: '2021-09-01' }, ['rule.apiVersion warning: 2021-09-01']],
    [{ version: '2023-07-01' }, ['rule.apiVersion warning: 2023-07-01']],
    [{ version: '2026-11-01' }, ['rule.unprovenApiVersion information: 2026-11-01']],
    [{ version: '2026-02-01-preview' }, ['rule.unprovenApiVersion information: 2026-02-01-preview']],
    [{ version: '2025-09-01-preview' }, ['rule.unprovenApiVersion information: 2025-09-01-preview']],
    [{ version: '2026-11-01', identity: 'null', credentials: 'set.id' }, []],
    [{ version: '2025-11-01', identity: 'null', credentials: 'set.id' }, []],
  ])('%j', (written, expected) => {
    expect(told([written])).toEqual(expected);
  });

  const of = (written: Written) => told([written]).map((line) => line.split(':')[0]);

  it.each<[Written, string[]]>([
    [{ identity: 'null' }, ['rule.noIdentity warning']],
    [{ identity: 'null', source: 'unknownregistry.example/app' }, ['rule.noIdentity warning']],
    [{ identity: 'null', source: 'elsewhere.example/app' }, []],
    [{ identity: 'null', credentials: 'set.id' }, []],
    [{ identity: 'given' }, []],
    [{ credentials: 'set.id' }, ['rule.identityAndCredentials warning']],
    [{ identity: 'null', source: 'docker.io/library/nginx' }, ['rule.noCredentials error']],
    [{ identity: 'null', source: 'docker.io/library/nginx', credentials: 'set.id' }, []],
    [{ identity: 'null', source: 'docker.io/library/nginx', credentials: 'given' }, []],
    [{ identity: 'null', source: 'registry.redhat.io/ubi9' }, ['rule.noCredentials warning']],
    [{ identity: 'null', source: 'mcr.microsoft.com/app' }, []],
    [
      { identity: 'null', source: 'mcr.microsoft.com/app', credentials: 'set.id' },
      ['rule.needlessCredentials warning'],
    ],
    [{ identity: 'null', source: 'quay.io/team/app' }, []],
    [{ identity: 'null', source: 'quay.io/team/app', credentials: 'set.id' }, []],
    [{ source: 'quay.io/team/app' }, ['rule.needlessIdentity information']],
  ])('authentication: %j', (written, expected) => {
    expect(of(written)).toEqual(expected);
  });

  it('says that azurerm cannot do it', () => {
    const text = `resource "azurerm_container_registry_cache_rule" "a" {
  name = "MyRule"
  container_registry_id = azurerm_container_registry.a.id
  source_repo = "upstreamregistry.example/app"
  target_repo = "app"
}
`;
    const [finding, ...others] = checkRuleFile(findInTerraform(text).ruleFile, deployedWith());
    expect(others).toEqual([]);
    expect(finding?.code).toBe('rule.noIdentity');
    expect(finding?.message).toContain('azapi_resource');
    const withSet = text.replace('target_repo', 'credential_set_id = x.id\n  target_repo');
    expect(checkRuleFile(findInTerraform(withSet).ruleFile, deployedWith())).toEqual([]);
  });

  it('tells a scope of the article', () => {
    const text = `resource "azurerm_role_assignment" "a" {
  scope = "\${azurerm_container_registry.a.id}/repositories/app"
}
resource "azurerm_role_assignment" "b" {
  scope = azurerm_container_registry.a.id
}
`;
    const findings = checkRuleFile(findInTerraform(text).ruleFile, deployedWith());
    expect(findings.map(({ code, range }) => [code, text.slice(range.start, range.end)])).toEqual([
      ['rule.articleScope', '${azurerm_container_registry.a.id}/repositories/app'],
    ]);
  });

  it('makes hostile text harmless', () => {
    const text = bicep({ target: 'A\\u{202e}\\n[x](command:y)'.repeat(100) });
    const [finding] = checkText(text);
    expect(finding?.code).toBe('rule.invalidTarget');
    expect(finding?.message).not.toMatch(/[\n\u202e]/);
    expect(finding?.message.length).toBeLessThan(400);
  });
});

describe('rules of one file', () => {
  it('have one target each', () => {
    expect(told([{}, {}])).toEqual(['rule.sameTarget error: app']);
    expect(told([{}, { target: 'app2' }])).toEqual([]);
    expect(told([{}, { registry: 'otherregistry' }])).toEqual([]);
    expect(told([{ condition: 'a' }, { condition: '!a' }])).toEqual(['rule.sameTarget warning: app']);
  });

  it('point to each other', () => {
    const text = bicep({ name: 'FirstRule' }) + bicep({});
    const [finding] = checkText(text);
    expect(finding?.range.start).toBeGreaterThan(text.indexOf('resource', 5));
    expect(finding?.related?.range).toEqual({ start: text.indexOf("'app'") + 1, end: text.indexOf("'app'") + 4 });
    expect(finding?.message).toContain('FirstRule');
  });

  it('have one name each', () => {
    expect(told([{ name: 'MyRule' }, { name: 'myrule', target: 'app2' }])).toEqual([
      'rule.sameName error: myregistry/myrule',
    ]);
    expect(told([{ name: 'MyRule' }, { name: 'MyRule2', target: 'app2' }])).toEqual([]);
  });

  const wildcard = (target: string, source = 'upstreamregistry.example/*') => ({ source, target });

  it('have no wildcards in each other', () => {
    expect(told([wildcard('a/*'), wildcard('a/b/*')])).toEqual(['rule.wildcardOverlap error: a/b/*']);
    expect(told([wildcard('a/b/*'), wildcard('a/*')])).toEqual(['rule.wildcardOverlap error: a/*']);
    expect(told([wildcard('*'), wildcard('a/b/*')])).toEqual(['rule.wildcardOverlap error: a/b/*']);
    expect(told([wildcard('a/*'), wildcard('ab/*')])).toEqual([]);
  });

  it('may take one repository out of a wildcard', () => {
    const all = wildcard('team/*', 'upstreamregistry.example/team/*');
    expect(told([all, { target: 'team/app', source: 'upstreamregistry.example/team/app' }])).toEqual([]);
    expect(told([all, { target: 'team/app', source: 'upstreamregistry.example/other' }])).toEqual([
      'rule.leadsElsewhere information: team/app',
    ]);
  });

  it('conflict as the domain says', () => {
    const key = ({ target }: { target: string }) => target;
    fc.assert(
      fc.property(fc.uniqueArray(crowdedPattern, { selector: formatRepositoryPattern, maxLength: 8 }), (patterns) => {
        const rules = patterns.map((pattern) => {
          const target = formatRepositoryPattern(pattern);
          return { target, source: `upstreamregistry.example/${target}` };
        });
        const conflicting = rules.some((one, index) => {
          const parsed = parseRepositoryPattern(key(one));
          const others = rules.slice(0, index).map(({ target }) => deployedRule(target, 'upstreamregistry.example/x'));
          return parsed.ok && findTargetConflict(parsed.value, others) !== undefined;
        });
        expect(told(rules).length > 0).toBe(conflicting);
      }),
    );
  });

  it('are at most 1,000, with those deployed', () => {
    const many = Array.from({ length: 1000 }, (_, index) => ({ target: `app${index}`, name: `Many-${index}` }));
    expect(told(many)).toEqual([]);
    expect(told([...many, { target: 'more', name: 'OneMore' }])).toEqual([
      expect.stringMatching(/^rule\.tooMany error: resource rule\d+ /),
    ]);
    expect(told(many, [deployedRule('other', 'upstreamregistry.example/other', 'OtherRule')])).toEqual([
      expect.stringMatching(/^rule\.tooMany error/),
    ]);
    expect(told(many, [deployedRule('app7', 'upstreamregistry.example/app', 'many-7')])).toEqual([]);
  });
});

describe('rules of a file and what is deployed', () => {
  const there = (target: string, source = `upstreamregistry.example/${target}`, name = 'Deployed') =>
    deployedRule(target, source, name);

  it('are the same', () => {
    expect(told([{ name: 'deployed' }], [there('app')])).toEqual([]);
    expect(told([{ name: 'deployed', source: 'UpstreamRegistry.example/app' }], [there('app')])).toEqual([]);
  });

  it('cannot change', () => {
    expect(told([{ name: 'Deployed', source: 'upstreamregistry.example/other' }], [there('app')])).toEqual([
      'rule.cannotChange warning: upstreamregistry.example/other',
    ]);
    expect(told([{ name: 'Deployed', target: 'other' }], [there('app')])).toEqual(['rule.cannotChange warning: other']);
  });

  it('are refused for a target that is taken', () => {
    expect(told([{}], [there('app')])).toEqual(['rule.targetTaken warning: app']);
    expect(told([{}], [there('other')])).toEqual([]);
    expect(told([{ name: '${given}' }], [there('app')])).toEqual([]);
    expect(told([{ name: '${given}' }], [there('app', 'upstreamregistry.example/other')])).toEqual([
      'rule.targetTaken warning: app',
    ]);
  });

  it('give up a target that the file gives to another rule', () => {
    const swapped = [
      { name: 'FirstRule', target: 'b' },
      { name: 'SecondRule', target: 'a' },
    ];
    const deployed = [
      there('a', 'upstreamregistry.example/app', 'FirstRule'),
      there('b', 'upstreamregistry.example/app', 'SecondRule'),
    ];
    expect(told(swapped, deployed)).toEqual(['rule.cannotChange warning: b', 'rule.cannotChange warning: a']);
  });

  it('overlap in both directions', () => {
    const wildcard = { source: 'upstreamregistry.example/*' };
    expect(told([{ ...wildcard, target: 'a/b/*' }], [there('a/*')])).toEqual(['rule.wildcardOverlap warning: a/b/*']);
    expect(told([{ ...wildcard, target: 'a/*' }], [there('a/b/*')])).toEqual(['rule.wildcardOverlap warning: a/*']);
    expect(told([{ ...wildcard, target: 'a/*' }], [there('b/*')])).toEqual([]);
  });

  it('may take one repository out of a wildcard', () => {
    expect(told([{ target: 'team/app', source: 'upstreamregistry.example/team/app' }], [there('team/*')])).toEqual([]);
    expect(told([{ target: 'team/app' }], [there('team/*')])).toEqual(['rule.leadsElsewhere information: team/app']);
  });

  it('are not compared each with each', () => {
    let reads = 0;
    const deployed = Array.from(
      { length: 10_000 },
      (_, index) =>
        new Proxy(there(`d${index}/*`, undefined, `Deployed-${index}`), {
          get(rule, key) {
            reads++;
            return Reflect.get(rule, key) as unknown;
          },
        }),
    );
    const text = Array.from({ length: 900 }, (_, index) => bicep({ target: `d${index}/app` })).join('');
    const file = findInBicep(text).ruleFile;
    checkRuleFile(file, deployedWith(deployed));
    // Nine million comparisons, if it were so.
    expect(reads).toBeGreaterThan(10_000);
    expect(reads).toBeLessThan(200_000);
  });
});

describe('describeDefinition', () => {
  const state = (written: Written, rules?: readonly CacheRule[]) => {
    const [definition] = findInBicep(bicep(written)).ruleFile.rules;
    if (!definition) throw new Error('no rule');
    return describeDefinition(definition, deployedWith(rules));
  };
  const app = deployedRule('app', 'upstreamregistry.example/app', 'Deployed');
  const withIdentity: CacheRule = { ...app, identity: { id: '/identity' }, provisioningState: 'Failed' };

  it('knows nothing without names or rules', () => {
    expect(state({ name: 'Deployed' })).toEqual({ kind: 'unknown' });
    expect(state({ name: 'Deployed', registry: 'otherregistry' }, [app])).toEqual({ kind: 'unknown' });
    expect(state({ name: '${given}' }, [app])).toEqual({ kind: 'unknown' });
  });

  it('tells what is not deployed, and who has its target', () => {
    expect(state({ name: 'Another' }, [app])).toEqual({ kind: 'notDeployed', servedBy: app });
    expect(state({ name: 'Another', target: 'x' }, [app])).toEqual({ kind: 'notDeployed' });
  });

  it('tells what is the same', () => {
    const none = { name: 'Deployed', identity: 'null' };
    expect(state(none, [app])).toEqual({ kind: 'same', rule: app, compared: 'everything' });
    expect(state({ ...none, source: '${given}/app' }, [app])).toMatchObject({ kind: 'same', compared: 'target' });
    expect(state({ ...none, target: '${given}' }, [app])).toMatchObject({ kind: 'same', compared: 'source' });
    expect(state({ ...none, source: '${given}/app', target: '${given}' }, [app])).toMatchObject({
      kind: 'same',
      compared: 'nothing',
    });
  });

  it('does not tell that another identity or credential set is the same', () => {
    const other = "{ type: 'UserAssigned', userAssignedIdentities: { '/other': {} } }";
    const same = { kind: 'same', rule: withIdentity, compared: 'sides' };
    expect(state({ name: 'Deployed', identity: other }, [withIdentity])).toEqual(same);
    expect(state({ name: 'DEPLOYED' }, [withIdentity])).toEqual(same);
    expect(state({ name: 'Deployed', identity: 'given' }, [app])).toEqual({ ...same, rule: app });
    const withSet: CacheRule = { ...app, credentialSetId: '/set' };
    const otherSet = { name: 'Deployed', identity: 'null', credentials: "'/otherSet'" };
    expect(state(otherSet, [withSet])).toEqual({ ...same, rule: withSet });
  });

  it('tells that an identity whose id is written is another one', () => {
    const id = identityArmId('11111111-1111-4111-8111-111111111111', 'Group', 'one');
    const other = id.replace(/one$/, 'two');
    const written = (...keys: readonly string[]) => ({
      name: 'Deployed',
      identity: `{ type: 'UserAssigned', userAssignedIdentities: { ${keys.map((key) => `'${key}': {}`).join('\n')} } }`,
    });
    const rule: CacheRule = { ...app, identity: { id: id.toLowerCase() } };
    expect(state(written(id), [rule])).toEqual({ kind: 'same', rule, compared: 'everything' });
    expect(state(written(other), [rule])).toEqual({ kind: 'different', rule, differences: ['anotherIdentity'] });
    // Not known before it is deployed, or not which of them counts.
    for (const keys of [['${id}'], [other.replace('Group', '${group}')], [other, `${other}2`]])
      expect(state(written(...keys), [rule])).toEqual({ kind: 'same', rule, compared: 'sides' });
  });

  it('tells what is different', () => {
    expect(state({ name: 'Deployed', target: 'x', credentials: 'set.id' }, [app])).toEqual({
      kind: 'different',
      rule: app,
      differences: ['target', 'identity', 'credentialSet'],
    });
    expect(state({ name: 'Deployed', source: 'upstreamregistry.example/x' }, [withIdentity])).toMatchObject({
      differences: ['source'],
    });
  });
});
