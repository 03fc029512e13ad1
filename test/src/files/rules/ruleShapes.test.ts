import { describe, expect, it } from 'vitest';
import { sayImages } from '../../../cases/sayImages.ts';

const version = 'Microsoft.ContainerRegistry/registries/cacheRules@2026-03-01-preview';
const template = 'https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#';

const bicepRule = (properties: string, before = '', more = '') =>
  `${before}resource a 'Microsoft.ContainerRegistry/registries@2025-11-01' existing = {\n  name: 'down'\n}\nresource r '${version}' = {\n  parent: a\n  name: 'tools-rule'\n${more}  properties: ${properties}\n}\n`;
const azapiRule = (body: string, before = '') =>
  `${before}resource "azapi_resource" "r" {\n  type = "${version}"\n  name = "tools-rule"\n  parent_id = var.registry_id\n  body = ${body}\n}\n`;
const armRule = (properties: unknown, more: object = {}) =>
  JSON.stringify({
    $schema: template,
    ...more,
    resources: [
      {
        type: 'Microsoft.ContainerRegistry/registries/cacheRules',
        apiVersion: '2026-03-01-preview',
        name: 'down/tools-rule',
        properties,
      },
    ],
  });

const both = { source: 'ghcr.io/team/tools', target: 'tools' };

describe('properties that are put together', () => {
  it.each<[what: string, path: string, text: string, rule: object]>([
    [
      'a spread',
      'a.bicep',
      bicepRule("{ ...{ sourceRepository: 'ghcr.io/team/tools' }, targetRepository: 'tools' }"),
      both,
    ],
    [
      'a spread of a variable',
      'a.bicep',
      bicepRule(
        "{ ...base, targetRepository: 'tools' }",
        "var base = { sourceRepository: 'ghcr.io/team/tools', targetRepository: 'x' }\n",
      ),
      both,
    ],
    [
      'a conditional spread',
      'a.bicep',
      bicepRule(
        "{ sourceRepository: 'ghcr.io/team/tools', targetRepository: 'tools', ...(signsIn ? { credentialSetResourceId: c.id } : {}) }",
      ),
      { ...both, credentialSet: 'unknown' },
    ],
    [
      'a spread that may have other sides',
      'a.bicep',
      bicepRule(
        "{ sourceRepository: 'ghcr.io/team/tools', targetRepository: 'tools', ...(isTest ? { targetRepository: 'x' } : {}) }",
      ),
      { source: both.source },
    ],
    [
      'a union where the last counts',
      'a.bicep',
      bicepRule(
        "union({ sourceRepository: 'ghcr.io/x', targetRepository: 'tools' }, { sourceRepository: 'ghcr.io/team/tools' })",
      ),
      both,
    ],
    [
      'a union with what is not known',
      'a.bicep',
      bicepRule(
        "union({ sourceRepository: 'ghcr.io/team/tools', targetRepository: 'tools' }, extra)",
        'param extra object\n',
      ),
      { ...both, credentialSet: 'unknown' },
    ],
    [
      'a union in a union',
      'a.bicep',
      bicepRule("union(union({ sourceRepository: 'ghcr.io/team/tools' }, { targetRepository: 'tools' }), {})"),
      both,
    ],
    [
      'a union of a variable that needs itself',
      'a.bicep',
      bicepRule('union(a1, a2)', 'var a1 = union(a2, a2)\nvar a2 = union(a1, a1)\n'),
      { credentialSet: 'unknown' },
    ],
    [
      'merge',
      'a.tf',
      azapiRule(
        '{ properties = merge({ sourceRepository = "ghcr.io/team/tools", targetRepository = "tools" }, var.signs_in ? { credentialSetResourceId = var.c } : {}) }',
      ),
      { ...both, credentialSet: 'unknown' },
    ],
    [
      'merge of the body, with locals',
      'a.tf',
      azapiRule(
        'merge(local.base, { properties = { sourceRepository = "ghcr.io/team/tools", targetRepository = "tools" } })',
        'locals {\n  base = { identity = { type = "UserAssigned" } }\n}\n',
      ),
      { ...both, identity: 'present' },
    ],
    [
      'merge in JSON',
      'a.tf',
      azapiRule(
        'jsonencode({ properties = merge({ sourceRepository = "ghcr.io/team/tools" }, { targetRepository = "tools" }) })',
      ),
      both,
    ],
    [
      'union of ARM, as Bicep compiles it',
      'a.json',
      armRule(
        "[union(createObject('sourceRepository', 'ghcr.io/team/tools', 'targetRepository', 'tools'), if(parameters('signsIn'), createObject('credentialSetResourceId', parameters('c')), createObject()))]",
      ),
      { ...both, credentialSet: 'unknown' },
    ],
    [
      'union of ARM with a variable',
      'a.json',
      armRule("[union(variables('base'), createObject('targetRepository', 'tools'))]", {
        variables: { base: { sourceRepository: 'ghcr.io/team/tools', targetRepository: 'x' } },
      }),
      both,
    ],
    [
      'what nobody understands',
      'a.bicep',
      bicepRule('reduce(x, {}, (a, b) => union(a, b))'),
      { credentialSet: 'unknown' },
    ],
  ])('%s', (_, path, input, rule) => {
    const { images, rules } = sayImages({ path, input });
    expect({ images, rules }).toEqual({ images: [], rules: [{ name: 'tools-rule', ...rule }] });
  });
});

describe('Google Artifact Registry', () => {
  const google = { sourceRepository: 'europe-docker.pkg.dev/team/tools', targetRepository: 'tools' };
  const identity = "  identity: { type: 'UserAssigned', userAssignedIdentities: { '${i.id}': {} } }\n";
  it.each<[what: string, path: string, text: string, checks: string[]]>([
    [
      'an identity of Bicep',
      'a.bicep',
      bicepRule(
        "{ sourceRepository: 'europe-docker.pkg.dev/team/tools', targetRepository: 'tools', additionalAuthenticationProperties: x }",
        '',
        identity,
      ),
      [],
    ],
    [
      'an identity of Terraform',
      'a.tf',
      azapiRule(
        '{ identity = { type = "UserAssigned" }, properties = { sourceRepository = "us.pkg.dev/team/tools", targetRepository = "tools" } }',
      ),
      [],
    ],
    ['a credential set', 'a.json', armRule({ ...google, credentialSetResourceId: "[parameters('c')]" }), []],
    ['neither', 'a.json', armRule(google), ['rule.noCredentials']],
    [
      'an identity for another upstream',
      'a.bicep',
      bicepRule("{ sourceRepository: 'docker.io/library/tools', targetRepository: 'tools' }", '', identity),
      ['rule.noCredentials', 'rule.needlessIdentity'],
    ],
  ])('is read by: %s', (_, path, input, checks) => {
    expect(sayImages({ path, input }).checks).toEqual(checks);
  });
});

describe('registries without a name', () => {
  const rule = (of: string, symbol: string) =>
    `resource ${symbol} '${version}' = {\n  ${of}\n  properties: { sourceRepository: 'mcr.microsoft.com/tools', targetRepository: 'tools' }\n}\n`;
  const slashed = (first: string, second: string) =>
    `param first string = ''\nparam second string = ''\n${rule(`name: '${first}/tools-rule'`, 'x')}${rule(`name: '${second}/tools-rule'`, 'y')}`;
  const azurerm = (first: string, second: string) =>
    ['a', 'b']
      .map(
        (name, index) =>
          `variable "${name}" {\n  default = ""\n}\nresource "azurerm_container_registry_cache_rule" "${name}" {\n  name = "tools-rule"\n  container_registry_id = ${index === 0 ? first : second}\n  source_repo = "mcr.microsoft.com/tools"\n  target_repo = "tools"\n}\n`,
      )
      .join('');
  const arm = (first: string, second: string) =>
    JSON.stringify({
      $schema: template,
      parameters: { a: { defaultValue: '' }, b: { defaultValue: '' } },
      resources: [first, second].map((name) => ({
        type: 'Microsoft.ContainerRegistry/registries/cacheRules',
        apiVersion: '2025-11-01',
        name,
        properties: { sourceRepository: 'mcr.microsoft.com/tools', targetRepository: 'tools' },
      })),
    });

  it.each<[what: string, path: string, text: string]>([
    ['slashed names of Bicep', 'a.bicep', slashed('${first}', '${second}')],
    ['ids of Terraform', 'a.tf', azurerm('var.a', 'var.b')],
    ['ids of Terraform in a text', 'a.tf', azurerm('"${var.a}"', '"${var.b}"')],
    [
      'ids that end in a name',
      'a.tf',
      azurerm(
        '"/subscriptions/s/providers/Microsoft.ContainerRegistry/registries/${var.a}"',
        '"/subscriptions/s/providers/Microsoft.ContainerRegistry/registries/${var.b}"',
      ),
    ],
    [
      'ARM',
      'a.json',
      arm("[format('{0}/tools-rule', parameters('a'))]", "[format('{0}/tools-rule', parameters('b'))]"),
    ],
  ])('are not one: %s', (_, path, input) => {
    expect(sayImages({ path, input }).checks).toEqual([]);
  });

  it.each<[what: string, path: string, text: string]>([
    ['slashed names of Bicep', 'a.bicep', slashed('${first}', '${first}')],
    ['ids of Terraform', 'a.tf', azurerm('var.a', 'var.a')],
    [
      'ids that end in a name',
      'a.tf',
      azurerm(
        '"/subscriptions/s/providers/Microsoft.ContainerRegistry/registries/${var.a}"',
        '"/subscriptions/s/providers/Microsoft.ContainerRegistry/registries/${var.a}"',
      ),
    ],
    ['ARM', 'a.json', arm("[concat(parameters('a'), '/tools-rule')]", "[concat(parameters('a'), '/tools-rule')]")],
  ])('are one by the same parameter: %s', (_, path, input) => {
    expect(sayImages({ path, input }).checks).toContain('rule.sameName');
  });
});

describe('types of Terraform', () => {
  const rule = (type: string, value = 'var.types.rule') =>
    `variable "types" {\n  type = ${type}\n}\nresource "azapi_resource" "r" {\n  type = ${value}\n  name = "tools-rule"\n  parent_id = var.id\n  body = { properties = { sourceRepository = "ghcr.io/team/tools", targetRepository = "tools" } }\n}\n`;
  it.each<[what: string, text: string, count: number]>([
    ['no default', rule(`object({ rule = optional(string, "${version}") })`), 1],
    ['an empty default', rule(`object({ rule = optional(string, "${version}") })\n  default = {}`), 1],
    [
      'a default of its own',
      rule(`object({ rule = optional(string, "x@1") })\n  default = { rule = "${version}" }`),
      1,
    ],
    ['another default', rule(`object({ rule = optional(string, "${version}") })\n  default = { rule = "x@1" }`), 0],
    [
      'objects in objects',
      rule(
        `object({ a = optional(object({ rule = optional(string, "${version}") }), {}) })\n  default = {}`,
        'var.types.a.rule',
      ),
      1,
    ],
    ['no default at all', rule('object({ rule = optional(string) })\n  default = {}'), 0],
    ['any type', rule('any'), 0],
  ])('say what an attribute is: %s', (_, input, count) => {
    expect(sayImages({ path: 'main.tf', input }).rules).toHaveLength(count);
  });
});
