import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { findSound, renamedIn, summary } from '../found.ts';

function fixture(name: string): string {
  return readFileSync(join(import.meta.dirname, '..', 'fixtures', name), 'utf8');
}

const paths = { bicep: 'main.bicep', terraform: 'main.tf', arm: 'azuredeploy.json' };

const find = (language: keyof typeof paths, text: string) => findSound({ path: paths[language], text });

/** Lines that differ, before and after. */
function changedLines(before: string, after: string): string[] {
  const [old, now] = [before.split('\n'), after.split('\n')];
  expect(now).toHaveLength(old.length);
  return now.filter((line, index) => line !== old[index]).map((line) => line.trim());
}

describe('Bicep', () => {
  it('finds what a realistic file runs', () => {
    expect(summary(find('bicep', fixture('app.bicep')))).toMatchInlineSnapshot(`
      [
        "upstreamregistry.example/shop/worker:2.0 = upstreamregistry.example/shop/worker:2.0, 2 uses",
        "upstreamregistry.example/shop/migrate@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef = upstreamregistry.example/shop/migrate@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef, 1 uses",
        "upstreamregistry.example/shop/network = upstreamregistry.example/shop/network, uncertain",
        "\${registry}/shop/web:\${tag} = upstreamregistry.example/shop/web:1.4.2",
        "upstreamregistry.example/cache:7 = upstreamregistry.example/cache:7",
        "cache:7 = cache:7",
        "upstreamregistry.example/shop/site:\${tag} = upstreamregistry.example/shop/site:1.4.2",
        "upstreamregistry.example/shop/job:\${job2.properties.tag} = upstreamregistry.example/shop/job open",
      ]
    `);
  });

  it('renames names only', () => {
    const text = fixture('app.bicep');
    expect(changedLines(text, renamedIn(text, find('bicep', text)))).toMatchInlineSnapshot(`
      [
        "migrate: 'downstream.example/cached/shop/migrate@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef'",
        "image: 'downstream.example/cached/shop/network'",
        "image: 'downstream.example/cached/shop/web:\${tag}' // the shop",
        "? 'downstream.example/cached/cache:7'",
        ": 'downstream.example/cached/cache:7'",
        "linuxFxVersion: 'DOCKER|downstream.example/cached/shop/site:\${tag}'",
        "image: 'downstream.example/cached/shop/job:\${job2.properties.tag}'",
      ]
    `);
  });

  it('takes no side of a cache rule for an image', () => {
    expect(summary(find('bicep', fixture('rules.bicep')))).toEqual([]);
  });

  it.each([
    ["image: 'nginx'", ['nginx = nginx']],
    ["image: 'It\\'s'", []],
    ["image: ''", []],
    ["image: 'a.example/b:${unknown}'", ['a.example/b:${unknown} = a.example/b open']],
    ["image: 'a.example/${unknown}:1'", []],
    ["image: 'a.example/b:1", ['a.example/b:1 = a.example/b:1']],
    ["image: 'a.example/b:${", ['a.example/b:${ = a.example/b open']],
    ["note: 'a.example/b:1'", ['a.example/b:1 = a.example/b:1, uncertain']],
    ["note: 'team/app:1'", []],
    ["note: 'https://a.example/b'", []],
    ["note: './a.example/b'", []],
    ["note: 'br:a.example/b:1'", []],
  ])('%s', (property, expected) => {
    const text = `resource a 'Microsoft.App/containerApps@2024-03-01' = {\n  ${property}\n}\n`;
    expect(summary(find('bicep', text))).toEqual(expected);
  });

  it('replaces a host where it is defined, if nothing else is named by it', () => {
    const app = (uses: string) =>
      `var host = 'a.example'\nresource a 'Microsoft.App/containerApps@2024-03-01' = {\n  image: '\${host}/b:1'\n${uses}}\n`;
    const once = app('');
    expect(renamedIn(once, find('bicep', once))).toBe(
      once.replace('a.example', 'downstream.example').replace('/b:1', '/cached/b:1'),
    );
    const twice = app('  server: host\n');
    expect(renamedIn(twice, find('bicep', twice))).toBe(twice.replace('${host}/b:1', 'downstream.example/cached/b:1'));
  });
});

describe('Terraform', () => {
  it('finds what a realistic file runs', () => {
    expect(summary(find('terraform', fixture('app.tf')))).toMatchInlineSnapshot(`
      [
        "upstreamregistry.example/shop/worker:2.0 = upstreamregistry.example/shop/worker:2.0, 2 uses",
        "upstreamregistry.example/shop/network = upstreamregistry.example/shop/network, uncertain",
        "upstreamregistry.example/shop/migrate@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef = upstreamregistry.example/shop/migrate@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
        "\${local.web}:\${var.tag} = upstreamregistry.example/shop/web open",
        "upstreamregistry.example/cache:7 = upstreamregistry.example/cache:7",
        "cache:7 = cache:7",
        "shop/site:1.4 = upstreamregistry.example/shop/site:1.4",
        "format("%s/shop/api:%s", var.registry, "3") = upstreamregistry.example/shop/api:3",
        "upstreamregistry.example/shop/task:1 = upstreamregistry.example/shop/task:1",
        "upstreamregistry.example/tool = upstreamregistry.example/tool",
      ]
    `);
  });

  it('renames names only', () => {
    const text = fixture('app.tf');
    expect(changedLines(text, renamedIn(text, find('terraform', text)))).toMatchInlineSnapshot(`
      [
        "image  = "downstream.example/cached/shop/network"",
        "image = "downstream.example/cached/shop/migrate@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"",
        "image = "downstream.example/cached/shop/web:\${var.tag}" // the shop",
        "image = var.is_production ? "downstream.example/cached/cache:7" : "downstream.example/cached/cache:7"",
        "docker_image_name   = "cached/shop/site:1.4"",
        "docker_registry_url = "https://downstream.example"",
        "image = "downstream.example/cached/shop/task:1"",
        "name = "downstream.example/cached/tool"",
      ]
    `);
  });

  it('takes no side of a cache rule for an image', () => {
    expect(summary(find('terraform', fixture('rules.tf')))).toEqual([]);
  });

  it.each([
    ['image = "nginx"', ['nginx = nginx']],
    ['image = "a.example/b:${var.unknown}"', ['a.example/b:${var.unknown} = a.example/b open']],
    ['image = "a.example/b:1', ['a.example/b:1 = a.example/b:1']],
    ['image = try(var.image, "a.example/b:1")', ['a.example/b:1 = a.example/b:1']],
    ['image = upper("a.example/b:1")', ['a.example/b:1 = a.example/b:1, uncertain']],
    ['image = "a.example/$${b}"', []],
    ['image = "a.example/%{ if true }b%{ endif }"', []],
    ['image = <<EOT\na.example/b:1\nEOT', []],
    ['note = "a.example/b:1"', ['a.example/b:1 = a.example/b:1, uncertain']],
    ['note = "hashicorp/azurerm"', []],
  ])('%s', (attribute, expected) => {
    expect(summary(find('terraform', `resource "docker_container" "a" {\n  ${attribute}\n}\n`))).toEqual(expected);
  });
});

describe('a registry beside its image', () => {
  const app = (attributes: string) =>
    `resource "azurerm_linux_function_app" "a" {\n  site_config {\n    application_stack {\n${attributes}\n    }\n  }\n}\n`;
  const docker = (tag: string) =>
    app(`docker {\n registry_url = "https://a.example"\n image_name = "team/app"\n image_tag = ${tag}\n}`);

  it('is renamed with it', () => {
    const text = docker('"1"');
    const found = find('terraform', text);
    expect(summary(found)).toEqual(['team/app = a.example/team/app:1']);
    expect(renamedIn(text, found)).toBe(
      text.replace('a.example', 'downstream.example').replace('team/app', 'cached/team/app'),
    );
  });

  it('may have a tag that the file does not tell', () => {
    expect(summary(find('terraform', docker('var.tag')))).toEqual(['team/app = a.example/team/app open']);
  });

  it('is not replaced where it is defined for others too', () => {
    const text = `locals {\n  url = "https://a.example"\n}\n${app('docker_image_name = "app:1"\ndocker_registry_url = local.url')}`;
    const found = find('terraform', text);
    expect(summary(found)).toEqual(['app:1 = a.example/app:1']);
    expect(renamedIn(text, found)).toBe(text);
  });

  it('must be known', () => {
    expect(find('terraform', app('docker_image_name = "app:1"\ndocker_registry_url = var.url'))).toEqual([]);
    expect(find('terraform', app('docker_image_name = "app:1"'))).toEqual([]);
  });
});

describe('ARM templates', () => {
  it('find what a realistic file runs', () => {
    expect(summary(find('arm', fixture('azuredeploy.json')))).toMatchInlineSnapshot(`
      [
        "upstreamregistry.example/shop/worker:2.0 = upstreamregistry.example/shop/worker:2.0, 1 uses",
        "upstreamregistry.example/shop/web:1 = upstreamregistry.example/shop/web:1",
        "[concat(variables('upstream'), '/shop/api:', parameters('tag'))] = upstreamregistry.example/shop/api:1.4",
        "[format('upstreamregistry.example/shop/open:{0}', parameters('buildId'))] = upstreamregistry.example/shop/open open",
        "[concat('upstreamregistry.example/shop/job:', parameters('tag'))] = upstreamregistry.example/shop/job:1.4",
      ]
    `);
  });

  it('rename names only', () => {
    const text = fixture('azuredeploy.json');
    expect(changedLines(text, renamedIn(text, find('arm', text)))).toMatchInlineSnapshot(`
      [
        ""workerImage": { "type": "string", "defaultValue": "downstream.example/cached/shop/worker:2.0" }",
        "{ "name": "web", "properties": { "image": "downstream.example/cached/shop/web:1" } },",
      ]
    `);
  });
});

describe('what is pushed or built', () => {
  it.each<[keyof typeof paths, string, string[]]>([
    ['terraform', 'resource "docker_registry_image" "a" {\n  name = "up.example/built:1"\n}\n', []],
    [
      'terraform',
      'resource "docker_image" "a" {\n  name = "up.example/built:1"\n  build {\n    context = "."\n    tag = ["up.example/built:2"]\n  }\n}\n',
      [],
    ],
    [
      'terraform',
      'resource "docker_image" "a" {\n  name = "up.example/built:1"\n  dynamic "build" {\n    for_each = [1]\n    content {\n      tag = ["up.example/built:2"]\n    }\n  }\n}\n',
      [],
    ],
    [
      'terraform',
      'resource "docker_image" "a" {\n  name = "up.example/pulled:1"\n}\n',
      ['up.example/pulled:1 = up.example/pulled:1'],
    ],
    [
      'terraform',
      'resource "azurerm_container_registry_task" "a" {\n  docker_step {\n    image_names = ["up.example/built:1"]\n  }\n}\n',
      [],
    ],
    [
      'bicep',
      "resource a 'Microsoft.ContainerRegistry/registries/tasks@2019-06-01-preview' = {\n  properties: { step: { type: 'Docker', imageNames: ['up.example/built:1'] } }\n}\n",
      [],
    ],
    [
      'bicep',
      "resource a 'Microsoft.ContainerRegistry/registries/taskRuns@2019-06-01-preview' = {\n  properties: { runRequest: { imageNames: ['up.example/built:1'] } }\n}\n",
      [],
    ],
    [
      'arm',
      '{ "$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#", "resources": [{ "type": "Microsoft.ContainerRegistry/registries/tasks", "name": "r/t", "properties": { "step": { "imageNames": ["up.example/built:1"] } } }] }',
      [],
    ],
  ])('%s: %s', (language, text, expected) => {
    expect(summary(find(language, text))).toEqual(expected);
  });

  it('is not renamed where it runs either', () => {
    const text =
      'resource "docker_image" "a" {\n  name = "up.example/built:1"\n  build {\n    context = "."\n  }\n}\nresource "docker_container" "b" {\n  image = docker_image.a.name\n}\n';
    const found = find('terraform', text);
    expect(found.map(({ name }) => name)).toEqual([{ kind: 'fixed', because: 'sharedVariable' }]);
    expect(renamedIn(text, found)).toBe(text);
  });
});

describe('a named value', () => {
  const value = 'up.example/team/app';
  const shared = { kind: 'fixed', because: 'sharedVariable' };

  const bicepApp = (image: string, more = '') =>
    `param full string = '${value}'\nresource a 'Microsoft.App/containerApps@2024-03-01' = {\n${more}  image: ${image}\n}\n`;
  const bicepMore = {
    image: `resource b 'Microsoft.App/jobs@2024-03-01' = {\n  image: '\${full}-x'\n}\n`,
    nested: `resource b 'Microsoft.App/jobs@2024-03-01' = {\n  image: toLower('\${full}-x')\n}\n`,
    other: `var b = toUpper('\${full}-x')\n`,
    output: 'output pushTo string = full\n',
    variable: 'var pushTo = full\n',
    rule: "resource b 'Microsoft.ContainerRegistry/registries/cacheRules@2026-01-01-preview' = {\n  properties: { sourceRepository: full }\n}\n",
    several: "var b = '${full}/${full}'\n",
  };
  const terraformApp = (more: string) =>
    `locals {\n  full = "${value}"\n}\nresource "docker_container" "a" {\n  image = local.full\n${more}}\n`;
  const armApp = (...images: string[]) =>
    JSON.stringify({
      $schema: 'https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#',
      parameters: { img: { type: 'string', defaultValue: value } },
      resources: images.map((image, index) => ({
        type: 'Microsoft.ContainerInstance/containerGroups',
        name: `g${index}`,
        ...(index === 0 || image.startsWith('[concat') ? {} : { tags: { image } }),
        properties: {
          containers: index === 0 || image.startsWith('[concat') ? [{ properties: { image } }] : [],
        },
      })),
    });

  it.each<[keyof typeof paths, string]>([
    ['bicep', bicepApp('full')],
    ['bicep', `${bicepApp('full')}resource b 'Microsoft.App/jobs@2024-03-01' = {\n  image: full\n}\n`],
    ['bicep', bicepApp("'${full}'")],
    ['terraform', terraformApp('')],
    ['arm', armApp("[parameters('img')]")],
  ])('that is only ever an image as a whole is replaced where it is defined: %s %s', (language, text) => {
    expect(renamedIn(text, find(language, text))).toBe(text.replace(value, 'downstream.example/cached/team/app'));
  });

  it.each<[keyof typeof paths, string]>([
    ...Object.values(bicepMore).map((more): ['bicep', string] => ['bicep', bicepApp('full') + more]),
    ['bicep', bicepApp('full', '  tags: { img: full }\n')],
    ['terraform', `${terraformApp('')}resource "docker_registry_image" "b" {\n  name = local.full\n}\n`],
    [
      'terraform',
      terraformApp('  provisioner "local-exec" {\n    command = "docker push ${local.full} --quiet"\n  }\n'),
    ],
    [
      'terraform',
      terraformApp(
        '  provisioner "local-exec" {\n    command = <<-EOT\n      docker push ${local.full}\n    EOT\n  }\n',
      ),
    ],
    ['terraform', terraformApp('  command = ["push", local.full]\n')],
    ['arm', armApp("[parameters('img')]", "[concat(parameters('img'),'-debug:1')]")],
    ['arm', armApp("[parameters('img')]", "[toUpper(parameters('img'))]")],
    ['arm', armApp("[parameters('img')]", "[if(equals(1, 2), parameters('img'), 'c')]")],
    ['arm', armApp("[parameters('img')]", "[parameters('img')]")],
  ])('that is used otherwise too stays: %s %s', (language, text) => {
    const found = find(language, text);
    const own = found.filter(({ range }) => range.start === text.indexOf(value));
    expect(own.map(({ name }) => name)).toEqual([shared]);
    expect(renamedIn(text, found)).toContain(text.slice(0, text.indexOf(value) + value.length));
  });

  it('of several parts is no other', () => {
    const app = (more: string) =>
      `var host = 'up.example'\nvar team = 'team'\nvar full = '\${host}/\${team}/app'\nresource a 'Microsoft.App/jobs@2024-03-01' = {\n  image: full\n}\n${more}`;
    const once = app('');
    expect(renamedIn(once, find('bicep', once))).not.toBe(once);
    const twice = app('output pushTo string = full\n');
    expect(find('bicep', twice).map(({ name }) => name)).toEqual([shared]);
    expect(renamedIn(twice, find('bicep', twice))).toBe(twice);
  });

  it.each([
    ['built', '  build {\n    context = "."\n  }\n'],
    ['an image itself', ''],
  ])('that is %s is not replaced for what it is part of', (_, build) => {
    const text = `resource "docker_image" "a" {
  name = "${value}"
${build}}
resource "docker_container" "b" {
  image = "\${docker_image.a.name}:1"
}
`;
    expect(renamedIn(text, find('terraform', text))).toBe(
      text.replace('${docker_image.a.name}:1', 'downstream.example/cached/team/app:1'),
    );
  });

  it('that is part of an image only is not lost for another', () => {
    const text = bicepApp("'${full}-x'", '  tags: { img: full }\n');
    expect(renamedIn(text, find('bicep', text))).toBe(
      text.replace('${full}-x', 'downstream.example/cached/team/app-x'),
    );
  });
});

const files = { bicep: ['app.bicep', 'rules.bicep'], terraform: ['app.tf', 'rules.tf'], arm: ['azuredeploy.json'] };

describe.each(Object.keys(files) as (keyof typeof paths)[])('%s', (language) => {
  it('ends for 400 KB of anything', () => {
    const [first = ''] = files[language].map(fixture);
    const openings = { bicep: "resource a 'b' = {\n x: [\n", terraform: 'a "b" {\n x = [\n', arm: '{"resources":[' };
    for (const unit of [first, openings[language], '${', "'\n", '"\n', '/*\n', 'a.b(', '<<A\n']) {
      const text = unit.repeat(Math.ceil(400_000 / unit.length));
      expect(() => find(language, text)).not.toThrow();
    }
  }, 120_000);
});
