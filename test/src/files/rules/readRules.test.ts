import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatRepositoryPattern, formatSourceRepository } from '../../../../src/domain/repositoryPattern.ts';
import { findInArmTemplate, findInBicep, findInTerraform } from '../../../../src/files/infrastructure/findings.ts';
import type { RuleFile } from '../../../../src/files/types.ts';
import { identityArmId, registryArmId } from '../../../../src/domain/armId.ts';
import type { AccessForm, CacheLink } from '../../../../src/provisioning/types.ts';
import { exportedText } from '../../provisioning/export/exportedText.ts';
import { articleLink, mapping, subscription } from '../../provisioning/links.ts';
import { anyPattern } from '../../domain/arbitraries.ts';

const readers = {
  bicep: (text: string) => findInBicep(text).ruleFile,
  terraform: (text: string) => findInTerraform(text).ruleFile,
  arm: (text: string) => findInArmTemplate(text).ruleFile,
};

type Language = keyof typeof readers;
const languages = Object.keys(readers) as Language[];

function fixture(name: string): string {
  return readFileSync(join(import.meta.dirname, '..', 'fixtures', name), 'utf8');
}

function read(language: Language, text: string): RuleFile {
  const file = readers[language](text);
  for (const { range, name, source, target, apiVersion } of file.rules) {
    for (const inside of [range, name?.range, source?.range, target?.range, apiVersion?.range]) {
      if (!inside) continue;
      expect(inside.start).toBeGreaterThanOrEqual(0);
      expect(inside.end).toBeGreaterThan(inside.start);
      expect(inside.end).toBeLessThanOrEqual(text.length);
    }
  }
  return file;
}

/** A line per rule. */
function lines(file: RuleFile): string[] {
  return file.rules.map((rule) =>
    [
      `${rule.registryName ?? `(${rule.registryKey})`}/${rule.name?.value ?? '?'}:`,
      `${rule.source?.value ?? '?'} => ${rule.target?.value ?? '?'}`,
      `identity ${rule.identity}, credentials ${rule.credentialSet}`,
      rule.apiVersion?.value ?? '',
      rule.conditional ? 'conditional' : '',
      rule.withoutIdentity ? 'azurerm' : '',
    ]
      .join(' ')
      .trim(),
  );
}

/** What is written at the ranges of the first rule. */
function written(text: string, { rules: [rule] }: RuleFile): unknown {
  const at = (range?: { start: number; end: number }) => range && text.slice(range.start, range.end);
  return (
    rule && {
      range: at(rule.range),
      name: at(rule.name?.range),
      source: at(rule.source?.range),
      target: at(rule.target?.range),
      apiVersion: at(rule.apiVersion?.range),
    }
  );
}

function report(language: Language, name: string): unknown {
  const text = fixture(name);
  const file = read(language, text);
  return {
    rules: lines(file),
    firstIsWritten: written(text, file),
    articleScopes: file.articleScopes.map(({ value }) => value),
  };
}

describe('a realistic file', () => {
  it('of Bicep', () => {
    expect(report('bicep', 'rules.bicep')).toMatchInlineSnapshot(`
      {
        "articleScopes": [
          "registries/myregistry/repositories/team/app",
        ],
        "firstIsWritten": {
          "apiVersion": "2026-01-01-preview",
          "name": "NestedRule",
          "range": "resource nested 'cacheRules@2026-01-01-preview'",
          "source": "\${upstream}/nested",
          "target": "nested",
        },
        "rules": [
          "myregistry/NestedRule: upstreamregistry.example/nested => nested identity missing, credentials missing 2026-01-01-preview",
          "myregistry/ParentRule: upstreamregistry.example/team/* => team/* identity present, credentials missing 2026-01-01-preview",
          "myregistry/SlashRule: docker.io/library/nginx => hub/nginx identity unknown, credentials present 2025-11-01 conditional",
          "(othername)/?: ? => ? identity missing, credentials unknown 2026-01-01-preview conditional",
          "(othername)/LiteralRule: mcr.microsoft.com/* => mcr/* identity missing, credentials missing 2026-01-01-preview",
        ],
      }
    `);
  });

  it('of Terraform', () => {
    expect(report('terraform', 'rules.tf')).toMatchInlineSnapshot(`
      {
        "articleScopes": [
          "…/repositories/team/app",
        ],
        "firstIsWritten": {
          "apiVersion": undefined,
          "name": "SimpleRule",
          "range": "resource "azurerm_container_registry_cache_rule" "simple"",
          "source": "\${local.upstream}/app",
          "target": "app",
        },
        "rules": [
          "ownregistry/SimpleRule: upstreamregistry.example/app => app identity missing, credentials missing   azurerm",
          "(var.registry_name)/hub-rule: docker.io/* => hub/* identity missing, credentials present  conditional azurerm",
          "ownregistry/?: ? => ? identity missing, credentials missing  conditional azurerm",
          "MyRegistry/IdentityRule: upstreamregistry.example/team/* => team/* identity present, credentials missing 2026-01-01-preview",
          "MyRegistry/OldRule: quay.io/* => quay/* identity missing, credentials missing 2023-07-01",
        ],
      }
    `);
  });

  it('of ARM', () => {
    expect(report('arm', 'azuredeploy.json')).toMatchInlineSnapshot(`
      {
        "articleScopes": [
          "registries/ownregistry/repositories/team/app",
        ],
        "firstIsWritten": {
          "apiVersion": "2026-01-01-preview",
          "name": "[concat(parameters('registryName'), '/FirstRule')]",
          "range": "Microsoft.ContainerRegistry/registries/cacheRules",
          "source": "[format('{0}/team/*', variables('upstream'))]",
          "target": "team/*",
        },
        "rules": [
          "myregistry/FirstRule: upstreamregistry.example/team/* => team/* identity present, credentials missing 2026-01-01-preview",
          "(parameters.othername)/OtherRule: docker.io/library/nginx => nginx identity missing, credentials present 2023-07-01 conditional",
          "ownregistry/ChildRule: mcr.microsoft.com/app => app identity missing, credentials missing 2025-11-01",
        ],
      }
    `);
  });
});

describe('what our own export writes', () => {
  const access: AccessForm[] = ['condition', 'repositoryScope', 'registry', 'acrPull'];
  const otherGroup = identityArmId('22222222-2222-4222-8222-222222222222', 'Elsewhere', 'id-elsewhere');
  const link: fc.Arbitrary<CacheLink> = fc
    .record({
      patterns: fc.array(fc.tuple(anyPattern, anyPattern), { minLength: 1, maxLength: 4 }),
      form: fc.constantFrom(...access),
      identity: fc.constantFrom<CacheLink['authentication']>(
        articleLink().authentication,
        { kind: 'identity', identityId: otherGroup },
        { kind: 'identity', identityId: otherGroup, create: { location: 'westeurope' } },
      ),
      upstream: fc.constantFrom('upstreamregistry.example', 'other.example:5000'),
    })
    .map(({ patterns, form, identity, upstream }) =>
      articleLink({
        mappings: patterns.map(([source, target], index) => ({ ruleName: `Rule-${index}`, source, target })),
        access: form,
        authentication: identity,
        source: {
          kind: 'registry',
          id: registryArmId(subscription, 'Up', upstream.split('.')[0] ?? ''),
          loginServer: upstream,
        },
      }),
    );

  it.each(languages)('is read back from %s', (language) => {
    fc.assert(
      fc.property(fc.array(link, { minLength: 1, maxLength: 2 }), (links) => {
        const named = links.map((one, index) => ({
          ...one,
          mappings: one.mappings.map((each) => ({ ...each, ruleName: `Link${index}-${each.ruleName}` })),
        }));
        const text = exportedText(named, language);
        const found = read(language, text).rules.map((rule) => ({
          name: rule.name?.value,
          source: rule.source?.value,
          target: rule.target?.value,
          registryName: rule.registryName,
          registryKey: rule.registryKey,
          identity: rule.identity,
          credentialSet: rule.credentialSet,
          apiVersion: rule.apiVersion?.value,
        }));
        const expected = named.flatMap(({ mappings, source: upstream }) =>
          mappings.map(({ ruleName, source, target }) => ({
            name: ruleName,
            source: formatSourceRepository({ loginServer: upstream.loginServer, pattern: source }),
            target: formatRepositoryPattern(target),
            registryName: 'MyRegistry',
            registryKey: '=myregistry',
            identity: 'present',
            credentialSet: 'missing',
            apiVersion: '2026-01-01-preview',
          })),
        );
        const byName = (a: { name: string | undefined }, b: { name: string | undefined }) =>
          (a.name ?? '') < (b.name ?? '') ? -1 : 1;
        expect(found.sort(byName)).toEqual(expected.sort(byName));
      }),
      { numRuns: 60 },
    );
  });

  it.each(languages)('tells the scope of the article in %s', (language) => {
    const scopes = (form: AccessForm) =>
      read(language, exportedText([articleLink({ access: form, mappings: [mapping('MyRule', 'team/app')] })], language))
        .articleScopes;
    expect(scopes('repositoryScope')).toHaveLength(1);
    expect(scopes('condition')).toEqual([]);
  });
});

describe('Bicep', () => {
  const rule = (body: string, head = '') =>
    read(
      'bicep',
      `${head}\nresource r 'Microsoft.ContainerRegistry/registries/cacheRules@2026-01-01-preview' = {\n${body}\n}\n`,
    ).rules[0];

  it.each([
    ["identity: { type: 'UserAssigned' }", 'present'],
    ["identity: { type: 'UserAssigned', userAssignedIdentities: {} }", 'missing'],
    ["identity: { type: 'None' }", 'missing'],
    ['identity: null', 'missing'],
    ["identity: withIdentity ? { type: 'UserAssigned' } : null", 'unknown'],
    ['identity: given', 'unknown'],
    ['...given', 'unknown'],
    ['', 'missing'],
  ])('%s: identity %s', (body, expected) => {
    expect(rule(body)?.identity).toBe(expected);
  });

  it('knows the id of an identity only where it is written in the rule', () => {
    const id = identityArmId('22222222-2222-4222-8222-222222222222', 'Group', 'one');
    const bicep = (key: string) =>
      rule(`identity: { type: 'UserAssigned', userAssignedIdentities: { ${key}: {} } }`)?.identityId;
    const terraform = (ids: string) =>
      read(
        'terraform',
        `variable "given" {\n  default = "${id}"\n}\nresource "azapi_resource" "r" {\n  type = "Microsoft.ContainerRegistry/registries/cacheRules@2026-01-01-preview"\n  identity {\n    type = "UserAssigned"\n    identity_ids = [${ids}]\n  }\n}\n`,
      ).rules[0]?.identityId;
    expect([bicep(`'${id}'`), terraform(`"${id}"`)]).toEqual([id, id]);
    const open = [
      bicep("'${identity.id}'"),
      bicep('identity.id'),
      bicep(`'${id}': {}\n'${id}2'`),
      terraform('var.given'),
      terraform('"${var.given}"'),
      terraform(`"${id}", "${id}2"`),
      terraform('for one in var.given : "x"'),
    ];
    expect(open.filter((found) => found !== undefined)).toEqual([]);
  });

  it.each([
    ["credentialSetResourceId: '${registry.id}/credentialSets/hub'", 'present'],
    ['credentialSetResourceId: hub.id', 'present'],
    ['credentialSetResourceId: null', 'missing'],
    ["credentialSetResourceId: ''", 'missing'],
    ['credentialSetResourceId: given', 'unknown'],
    ['credentialSetResourceId: empty(given) ? null : given', 'unknown'],
    ['...given', 'unknown'],
    ['', 'missing'],
  ])('%s: credentials %s', (property, expected) => {
    expect(rule(`properties: {\n${property}\n}`)?.credentialSet).toBe(expected);
  });

  it('follows names, and gives up on what it does not know', () => {
    const head =
      "param a string\nvar b = 'x.example'\nvar c = '${b}/team'\nvar d = { source: '${c}/app' }\nvar loop = '${loop}'";
    const source = (value: string) => rule(`properties: { sourceRepository: ${value} }`, head)?.source?.value;
    expect(source('d.source')).toBe('x.example/team/app');
    expect(source("format('{0}/app', c)")).toBe('x.example/team/app');
    expect(source("'${toLower(c)}/*'")).toBe('x.example/team/*');
    expect(source("'${a}/app'")).toBeUndefined();
    expect(source('d.other')).toBeUndefined();
    expect(source('loop')).toBeUndefined();
  });

  it('does not follow chains without end', () => {
    const chain = Array.from({ length: 20_000 }, (_, index) => `var v${index} = '\${v${index + 1}}'`).join('\n');
    expect(rule('properties: { sourceRepository: v0 }', chain)?.source).toBeUndefined();
    const doubling = Array.from({ length: 60 }, (_, index) => `var w${index} = '\${w${index + 1}}\${w${index + 1}}'`);
    const text = `${doubling.join('\n')}\nvar w60 = 'ab'`;
    expect(rule('properties: { sourceRepository: w0 }', text)?.source).toBeUndefined();
  });

  it('groups rules by registry, known or not', () => {
    const file = read(
      'bicep',
      `param name string
resource registry 'Microsoft.ContainerRegistry/registries@2025-11-01' existing = {
  name: name
}
resource a 'Microsoft.ContainerRegistry/registries/cacheRules@2026-01-01-preview' = {
  parent: registry
  name: 'RuleA'
}
resource b 'Microsoft.ContainerRegistry/registries/cacheRules@2026-01-01-preview' = {
  name: '\${name}/RuleB'
}
resource c 'Microsoft.ContainerRegistry/registries/cacheRules@2026-01-01-preview' = {
  name: '\${registry.name}/RuleC'
}
resource d 'Microsoft.ContainerRegistry/registries/cacheRules@2026-01-01-preview' = {
  name: 'another/RuleD'
}
`,
    );
    expect(file.rules.map(({ name }) => name?.value)).toEqual(['RuleA', 'RuleB', 'RuleC', 'RuleD']);
    const [a, b, c, d] = file.rules.map(({ registryKey }) => registryKey);
    expect([b, c]).toEqual([a, a]);
    expect(d).not.toBe(a);
  });
});

describe('Terraform', () => {
  it('knows a registry by what an expression takes its id from', () => {
    const file = read(
      'terraform',
      `resource "azurerm_container_registry_cache_rule" "a" {
  container_registry_id = azurerm_container_registry.x[0].id
}
resource "azurerm_container_registry_cache_rule" "b" {
  container_registry_id = "\${azurerm_container_registry.x[0].id}"
}
resource "azurerm_container_registry_cache_rule" "c" {
  container_registry_id = var.id
}
`,
    );
    const [a, b, c] = file.rules.map(({ registryKey }) => registryKey);
    expect(b).toBe(a);
    expect(c).not.toBe(a);
  });

  it('reads rules although a block before them is not closed', () => {
    const open = `resource "x" "y" {\n  a = "\${b\n${fixture('rules.tf')}`;
    expect(lines(read('terraform', open))).toEqual(lines(read('terraform', fixture('rules.tf'))));
  });
});
