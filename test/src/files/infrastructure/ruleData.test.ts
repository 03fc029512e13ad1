import { describe, expect, it } from 'vitest';
import { findSound, renamedIn, summary } from '../found.ts';

const template = 'https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#';
const arm = (parts: object) => JSON.stringify({ $schema: template, contentVersion: '1.0.0.0', ...parts }, null, 2);

const find = (path: string, text: string) => findSound({ path, text });

const source = 'upstream.example/team/nginx';
const ruleOf = (collection: string, from = 'r.source', to = 'r.target') => `
resource rules 'Microsoft.ContainerRegistry/registries/cacheRules@2026-01-01-preview' = [for r in ${collection}: {
  parent: acr
  name: r.name
  properties: { sourceRepository: ${from}, targetRepository: ${to} }
}]
`;

describe('what cache rules are made of', () => {
  it.each<[what: string, path: string, text: string]>([
    [
      'parameters of a module',
      'main.bicep',
      `module acr 'registry.bicep' = {\n  params: {\n    cacheRules: [{ name: 'n', sourceRepository: '${source}', targetRepository: '${source}' }]\n  }\n}\n`,
    ],
    [
      'a module of one rule',
      'main.bicep',
      `module nginx 'modules/cache-rule.bicep' = {\n  params: { origin: '${source}', name: 'up.example/team/nginx' }\n}\n`,
    ],
    [
      'one side in parameters of a module',
      'main.bicep',
      `module nginx 'x.bicep' = {\n  params: { sourceRepository: '${source}' }\n}\n`,
    ],
    [
      'a list that a loop of rules goes through',
      'main.bicep',
      `var mirrored = ['${source}']${ruleOf('mirrored', 'r')}`,
    ],
    [
      'objects that a loop of rules goes through',
      'main.bicep',
      `param mirrored array = [{ name: 'n', a: '${source}', b: 'up.example/b' }]${ruleOf('mirrored', 'r.a', 'r.b')}`,
    ],
    [
      'what a conditional loop of rules goes through',
      'main.bicep',
      `var mirrored = { nginx: '${source}' }${ruleOf('items(mirrored)', 'r.value', "'x/${r.key}'").replace(': {', ': if (r.key != null) {')}`,
    ],
    [
      'what a loop of modules goes through',
      'main.bicep',
      `var mirrored = ['${source}']\nmodule rules 'x.bicep' = [for m in mirrored: {\n  params: { sourceRepository: m }\n}]\n`,
    ],
    [
      'what a loop inside of parameters goes through',
      'main.bicep',
      `var mirrored = ['${source}']\nmodule acr 'x.bicep' = {\n  params: { cacheRules: [for m in mirrored: { name: m }] }\n}\n`,
    ],
    [
      'what a lambda goes through',
      'main.bicep',
      `var mirrored = ['${source}']\nmodule acr 'x.bicep' = {\n  params: { cacheRules: map(mirrored, m => { name: m }) }\n}\n`,
    ],
    [
      'a variable that parameters of a module name',
      'main.bicep',
      `var mirrored = { nginx: '${source}' }\nmodule acr 'x.bicep' = {\n  params: { artifactCacheRules: mirrored }\n}\n`,
    ],
    [
      'a variable that names another',
      'main.bicep',
      `var all = ['${source}']\nvar mirrored = all${ruleOf('mirrored', 'r')}`,
    ],
    ['an item by its number', 'main.bicep', `var all = ['${source}']${ruleOf('range(0, 1)', 'all[r]', "'x'")}`],
    [
      'the beginning of a source',
      'main.bicep',
      `var library = 'upstream.example/team'\nresource r 'Microsoft.ContainerRegistry/registries/cacheRules@2026-01-01-preview' = {\n  properties: { sourceRepository: '\${library}/nginx', targetRepository: 'nginx' }\n}\n`,
    ],
    [
      'properties that are written elsewhere',
      'main.bicep',
      `var mapping = { sourceRepository: '${source}', targetRepository: 'up.example/x' }\nresource r 'Microsoft.ContainerRegistry/registries/cacheRules@2026-01-01-preview' = {\n  properties: mapping\n}\n`,
    ],
    [
      'a file of parameters',
      'main.bicepparam',
      `using 'main.bicep'\nparam cacheRules = [{ name: 'n', from: '${source}' }]\n`,
    ],
    [
      'a file of parameters for rules',
      'main.bicepparam',
      `using '../modules/acr-cache-rules.bicep'\n\nparam mirrored = ['${source}']\n`,
    ],
    [
      'pairs in a file of parameters',
      'main.bicepparam',
      `using 'main.bicep'\nparam mirrored = [{ source: '${source}', target: 'up.example/b' }]\n`,
    ],
    [
      'parameters of a module in Terraform',
      'main.tf',
      `module "acr" {\n  source = "x"\n  cache_rules = {\n    nginx = { source_repo = "${source}", target_repo = "up.example/nginx" }\n  }\n}\n`,
    ],
    [
      'a module of one rule in Terraform',
      'main.tf',
      `module "nginx" {\n  source = "./modules/acr-cache-rule"\n  origin = "${source}"\n}\n`,
    ],
    [
      'for_each in place',
      'main.tf',
      `resource "azurerm_container_registry_cache_rule" "a" {\n  for_each = { nginx = "${source}" }\n  source_repo = each.value\n  target_repo = each.key\n}\n`,
    ],
    [
      'for_each of locals',
      'main.tf',
      `locals {\n  mirrored = toset(["${source}"])\n}\nresource "azurerm_container_registry_cache_rule" "a" {\n  for_each = local.mirrored\n  source_repo = each.value\n}\n`,
    ],
    [
      'for_each of what is made of a variable',
      'main.tf',
      `variable "mirrored" {\n  default = [{ name = "n", a = "${source}" }]\n}\nresource "azurerm_container_registry_cache_rule" "a" {\n  for_each = { for m in var.mirrored : m.name => m }\n  source_repo = each.value.a\n}\n`,
    ],
    [
      'count of a variable',
      'main.tf',
      `variable "mirrored" {\n  default = ["${source}"]\n}\nresource "azurerm_container_registry_cache_rule" "a" {\n  count = length(var.mirrored)\n  source_repo = var.mirrored[count.index]\n}\n`,
    ],
    [
      'for_each of azapi',
      'main.tf',
      `locals {\n  mirrored = { nginx = { a = "${source}" } }\n}\nresource "azapi_resource" "a" {\n  for_each = local.mirrored\n  type = "Microsoft.ContainerRegistry/registries/cacheRules@2026-01-01-preview"\n  body = { properties = { sourceRepository = each.value.a, targetRepository = each.key } }\n}\n`,
    ],
    [
      'for_each of a module',
      'main.tf',
      `locals {\n  mirrored = { nginx = "${source}" }\n}\nmodule "rules" {\n  source = "x"\n  for_each = local.mirrored\n  source_repository = each.value\n}\n`,
    ],
    [
      'a dynamic block',
      'main.tf',
      `locals {\n  mirrored = ["${source}"]\n}\nresource "x_registry" "a" {\n  dynamic "cache_rule" {\n    for_each = local.mirrored\n    content {\n      source_repo = cache_rule.value\n    }\n  }\n}\n`,
    ],
    ['tfvars', 'prod.tfvars', `cache_rules = {\n  nginx = { upstream = "${source}" }\n}\n`],
    ['pairs in tfvars', 'prod.tfvars', `mirrored = [{ src = "${source}", dst = "up.example/nginx" }]\n`],
    [
      'the default of a variable by its name',
      'variables.tf',
      `variable "acr_cache_rules" {\n  default = [{ a = "${source}" }]\n}\n`,
    ],
    [
      'parameters of a deployment in ARM',
      'main.json',
      arm({
        resources: [
          {
            type: 'Microsoft.Resources/deployments',
            name: 'acr',
            properties: { parameters: { cacheRules: { value: [{ name: 'n', from: source }] } } },
          },
        ],
      }),
    ],
    [
      'one side in parameters of a deployment',
      'main.json',
      arm({
        resources: [
          {
            type: 'Microsoft.Resources/deployments',
            name: 'acr',
            properties: { parameters: { sourceRepository: { value: source } } },
          },
        ],
      }),
    ],
    [
      'what copies in ARM go through',
      'main.json',
      arm({
        parameters: { mirrored: { type: 'array', defaultValue: [{ a: source, b: 'up.example/b' }] } },
        resources: [
          {
            type: 'Microsoft.ContainerRegistry/registries/cacheRules',
            name: "[format('r/{0}', copyIndex())]",
            copy: { name: 'rules', count: "[length(parameters('mirrored'))]" },
            properties: {
              sourceRepository: "[parameters('mirrored')[copyIndex()].a]",
              targetRepository: "[parameters('mirrored')[copyIndex()].b]",
            },
          },
        ],
      }),
    ],
    ['a variable of ARM by its name', 'main.json', arm({ variables: { cacheRules: [{ a: source }] }, resources: [] })],
    [
      'rules of a cache',
      'main.bicep',
      `module acr 'x.bicep' = {\n  params: { acr: { cache: { rules: [{ name: 'n', repository: '${source}' }] } } }\n}\n`,
    ],
    ['what is mirrored', 'prod.tfvars', `mirrored_images = ["${source}"]\nregistry_mirrors = { a = "${source}" }\n`],
    [
      'what is imported',
      'main.bicep',
      `module images 'br/public:deployment-scripts/import-acr:3.0.1' = {\n  params: { images: ['${source}'] }\n}\nparam imagesToImport = ['${source}']\n`,
    ],
    ['values of a chart', 'values.yaml', `acr:\n  cacheRules:\n    nginx:\n      image: ${source}:1\n`],
    [
      'rules of a cache in values of a chart',
      'values.yaml',
      `registry:\n  cache:\n    rules:\n      - repository: ${source}\n        tag: ''\n`,
    ],
    [
      'a custom resource',
      'rules.yaml',
      `apiVersion: example.com/v1\nkind: Registry\nspec:\n  cacheRules:\n    - image: ${source}\n`,
    ],
    ['YAML in documentation', 'README.md', `\`\`\`yaml\nartifactCache:\n  - image: ${source}\n    tag: 1\n\`\`\`\n`],
  ])('is no image: %s', (_, path, text) => {
    expect(text).toContain('upstream.example/team');
    expect(summary(find(path, text))).toEqual([]);
    expect(renamedIn(text, find(path, text))).toBe(text);
  });

  it.each<[what: string, path: string, text: string]>([
    [
      'another variable',
      'main.bicep',
      `var mirrored = ['up.example/b']\nvar image = '${source}'${ruleOf('mirrored', 'r')}`,
    ],
    [
      'another loop',
      'main.bicep',
      `var apps = ['${source}']\nmodule a 'x.bicep' = [for app in apps: {\n  params: { image: app }\n}]\n`,
    ],
    ['another parameter', 'main.bicep', `module redis 'cache.bicep' = {\n  params: { cacheImage: '${source}' }\n}\n`],
    [
      'what a rule depends on',
      'main.bicep',
      `resource app 'Microsoft.App/containerApps@2024-03-01' = {\n  image: '${source}'\n}\nresource r 'Microsoft.ContainerRegistry/registries/cacheRules@2026-01-01-preview' = {\n  parent: app\n  properties: { sourceRepository: '\${app.properties.host}/x', targetRepository: 'x' }\n}\n`,
    ],
    [
      'a file of parameters for something else',
      'main.bicepparam',
      `using 'main.bicep'\nparam mirrored = ['${source}']\n`,
    ],
    ['one side alone', 'prod.tfvars', `volume = { source = "/data", image = "${source}" }\n`],
    [
      'beside pairs of a loop',
      'main.tf',
      `locals {\n  apps = { a = "${source}" }\n}\nmodule "app" {\n  source = "x"\n  for_each = local.apps\n  image = each.value\n  mounts = [{ source = "/a", target = "/b" }]\n}\n`,
    ],
    [
      'a cache that runs from an image',
      'values.yaml',
      `imageCache:\n  image: ${source}\nartifacts:\n  rules: [{ cache: true }]\n`,
    ],
    [
      'a variable of ARM',
      'main.json',
      arm({ variables: { webImages: [{ a: source }], cacheRules: [{ a: 'up.example/b' }] }, resources: [] }),
    ],
  ])('is not taken for more than it is: %s', (_, path, text) => {
    expect(find(path, text).map(({ written }) => written)).toEqual([source]);
  });

  it('is not replaced where an image has it, too', () => {
    const text = `var all = ['${source}']\nvar one = all[0]\nresource a 'Microsoft.App/containerApps@2024-03-01' = {\n  image: one\n}${ruleOf('all', 'r')}`;
    const found = find('main.bicep', text);
    expect(summary(found)).toEqual([`${source} = ${source}, 2 uses`]);
    expect(renamedIn(text, found)).toBe(text);
  });
});

describe('App Service', () => {
  const image = 'upstream.example/team/site';
  const written = `DOCKER|${image}:1`;
  it.each<[what: string, path: string, text: string]>([
    [
      'parameters of a module',
      'main.bicep',
      `module web 'x.bicep' = {\n  params: { siteConfig: { linuxFxVersion: '${written}' } }\n}\n`,
    ],
    [
      'a parameter of a module by another name',
      'main.bicep',
      `module web 'x.bicep' = {\n  params: { runtime: '${written}' }\n}\n`,
    ],
    ['Windows', 'main.bicep', `module web 'x.bicep' = {\n  params: { windowsFxVersion: '${written}' }\n}\n`],
    ['a variable', 'main.bicep', `var fx = '${written}'\n`],
    ['a parameter', 'main.bicepparam', `using 'main.bicep'\nparam linuxFxVersion = '${written.toLowerCase()}'\n`],
    [
      'a loop',
      'main.bicep',
      `module web 'x.bicep' = [for s in sites: {\n  params: { fx: { version: '${written}' } }\n}]\n`,
    ],
    [
      'a module in Terraform',
      'main.tf',
      `module "web" {\n  source = "x"\n  site_config = { linux_fx_version = "${written}" }\n}\n`,
    ],
    ['tfvars', 'prod.tfvars', `linux_fx_version = "${written}"\n`],
    [
      'azapi',
      'main.tf',
      `resource "azapi_resource" "a" {\n  type = "Microsoft.Web/sites@2024-04-01"\n  body = { properties = { siteConfig = { linuxFxVersion = "${written}" } } }\n}\n`,
    ],
    [
      'a default of ARM',
      'main.json',
      arm({ parameters: { linuxFxVersion: { type: 'string', defaultValue: written } }, resources: [] }),
    ],
    [
      'parameters of a deployment',
      'main.json',
      arm({
        resources: [
          {
            type: 'Microsoft.Resources/deployments',
            name: 'web',
            properties: { parameters: { linuxFxVersion: { value: written } } },
          },
        ],
      }),
    ],
  ])('has its image behind DOCKER|: %s', (_, path, text) => {
    const found = find(path, text);
    expect(found.map(({ certain, written: name }) => [name, certain])).toEqual([[`${image}:1`, true]]);
    expect(renamedIn(text, found)).toBe(text.replace(image, 'downstream.example/cached/team/site'));
  });

  it.each(['NODE|22-lts', 'COMPOSE|dmVyc2lvbg==', 'DOCKER|', 'a DOCKER|up.example/a:1'])('may run %s', (version) => {
    expect(find('main.bicep', `module web 'x.bicep' = {\n  params: { linuxFxVersion: '${version}' }\n}\n`)).toEqual([]);
  });
});

describe('texts that are no image', () => {
  it.each<[what: string, path: string, text: string]>([
    ['an example', 'main.bicep', "@metadata({ example: 'up.example/a:1' })\nparam image string\n"],
    [
      'an example by its full name',
      'main.bicep',
      "@sys.metadata({ a: [{ b: 'up.example/a:1' }] })\nparam image string\n",
    ],
    ['a description', 'main.bicep', "@description('up.example/a:1')\nparam image string\n"],
    ['metadata of a file', 'main.bicep', "metadata image = 'up.example/a:1'\n"],
    [
      'an example in ARM',
      'main.json',
      arm({ parameters: { image: { type: 'string', metadata: { examples: ['up.example/a:1'] } } }, resources: [] }),
    ],
    [
      'an example of a type in ARM',
      'main.json',
      arm({
        definitions: { app: { properties: { image: { metadata: { example: 'up.example/a:1' } } } } },
        resources: [],
      }),
    ],
    ['a namespace', 'main.bicep', "param sourceRegistry string = 'up.example/team'\n"],
    ['a namespace in an object', 'main.bicep', "var images = {\n  registryUrl: 'up.example/team'\n}\n"],
    ['a namespace in Terraform', 'main.tf', 'variable "image_registry" {\n  default = "up.example/team"\n}\n'],
    ['a namespace in locals', 'main.tf', 'locals {\n  image_prefix = "up.example/team"\n}\n'],
    [
      'a namespace in ARM',
      'main.json',
      arm({ parameters: { imageNamespace: { type: 'string', defaultValue: 'up.example/team' } }, resources: [] }),
    ],
    ['addresses', 'main.bicep', "param prefixes array = ['10.0.0.0/16', '192.168.0.0/8']\n"],
  ])('%s', (_, path, text) => {
    expect(summary(find(path, text))).toEqual([]);
  });

  it.each<[what: string, path: string, text: string]>([
    ['a default', 'main.bicep', "@metadata({ a: 'b' })\nparam image string = 'up.example/a:1'\n"],
    ['an allowed value', 'main.bicep', "@allowed(['up.example/a:1'])\nparam image string\n"],
    ['an image called as a registry', 'main.bicep', "param registry string = 'up.example/a:1'\n"],
    ['an image of a registry', 'main.tf', 'variable "registry_image" {\n  default = "up.example/a:1"\n}\n'],
    ['an address that is a registry', 'main.tf', 'locals {\n  web = "10.0.0.1:5000/a:1"\n}\n'],
  ])('but %s', (_, path, text) => {
    expect(find(path, text)).toHaveLength(1);
  });
});

describe('containers among parameters of a module', () => {
  const image = 'upstream.example/team/site';
  it.each<[what: string, path: string, text: string]>([
    [
      'Bicep',
      'main.bicep',
      `module app 'br/public:avm/res/app/container-app:0.11.0' = {\n  params: { containers: [{ name: 'web', image: '${image}:1' }] }\n}\n`,
    ],
    [
      'of a container group',
      'main.bicep',
      `module group 'x.bicep' = {\n  params: { containers: [{ properties: { image: '${image}:1' } }] }\n}\n`,
    ],
    ['a variable', 'main.bicep', `var containers = [{ name: 'web', image: '${image}:1' }]\n`],
    [
      'a parameter by its name',
      'main.bicep',
      `param web string = '${image}:1'\nmodule app 'x.bicep' = {\n  params: { initContainersTemplate: [{ image: web }] }\n}\n`,
    ],
    [
      'Terraform',
      'main.tf',
      `module "app" {\n  source = "x"\n  template = { containers = [{ image = "${image}:1" }] }\n}\n`,
    ],
    [
      'a map in Terraform',
      'main.tf',
      `module "group" {\n  source = "x"\n  containers = { web = { image = "${image}:1" } }\n}\n`,
    ],
    [
      'ARM',
      'main.json',
      arm({
        resources: [
          {
            type: 'Microsoft.Resources/deployments',
            name: 'app',
            properties: { parameters: { containers: { value: [{ name: 'web', image: `${image}:1` }] } } },
          },
        ],
      }),
    ],
  ])('have images: %s', (_, path, text) => {
    const found = find(path, text);
    expect(found.map(({ certain, written }) => [written, certain])).toEqual([[`${image}:1`, true]]);
    expect(renamedIn(text, found)).toBe(text.replace(image, 'downstream.example/cached/team/site'));
  });

  it('may get their registry in the module', () => {
    expect(
      find(
        'main.bicep',
        `module app 'x.bicep' = {\n  params: { containers: [{ image: 'team/api:1' }, { image: 'api' }] }\n}\n`,
      ),
    ).toEqual([]);
  });
});
