import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findInArmTemplate } from '../../../src/files/images/armTemplate.ts';
import { findInBicep } from '../../../src/files/images/bicep.ts';
import { findInTerraform } from '../../../src/files/images/terraform.ts';
import { runAtOnce } from '../../../src/files/slices.ts';
import { readJson } from '../../../src/files/syntax/json.ts';
import type { FoundReference } from '../../../src/files/types.ts';
import { expectSound, renamedIn, summary } from './found.ts';

function fixture(name: string): string {
  return readFileSync(join(import.meta.dirname, 'fixtures', name), 'utf8');
}

const finders = {
  bicep: (text: string) => runAtOnce(findInBicep(text)),
  terraform: (text: string) => runAtOnce(findInTerraform(text)),
  arm: (text: string) => runAtOnce(findInArmTemplate(text, runAtOnce(readJson(text)))),
};

function find(language: keyof typeof finders, text: string): FoundReference[] {
  const found = finders[language](text);
  expectSound(text, found);
  return found;
}

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
        "param workerImage string = 'downstream.example/cached/shop/worker:2.0' // for the queue",
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
        "default = "downstream.example/cached/shop/worker:2.0" # for the queue",
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

const files = { bicep: ['app.bicep', 'rules.bicep'], terraform: ['app.tf', 'rules.tf'], arm: ['azuredeploy.json'] };

describe.each(Object.keys(files) as (keyof typeof finders)[])('%s', (language) => {
  it('bears what is cut off, doubled or put in anywhere', () => {
    const texts = files[language].map(fixture);
    const pieces = [
      "'",
      "'''",
      '"',
      '${',
      '%{',
      '{',
      '}',
      '[',
      ']',
      '(',
      ')',
      '\n',
      '\\',
      '/*',
      '//',
      '<<A\n',
      ':',
      '?',
    ];
    fc.assert(
      fc.property(
        fc.constantFrom(...texts),
        fc.array(fc.tuple(fc.nat(4000), fc.nat(40), fc.constantFrom(...pieces)), { maxLength: 6 }),
        (text, edits) => {
          const mutated = edits.reduce(
            (now, [at, length, piece]) => now.slice(0, at) + piece + now.slice(at + length),
            text,
          );
          expectSound(mutated, finders[language](mutated));
        },
      ),
      { numRuns: 500 },
    );
  });

  it('bears any text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (text) => expectSound(text, finders[language](text))),
    );
  });

  it('takes no more than linear time', () => {
    const time = (text: string): number => {
      const started = process.threadCpuUsage();
      finders[language](text);
      return process.threadCpuUsage(started).user / 1000;
    };
    const [first = ''] = files[language].map(fixture);
    const openings = { bicep: "resource a 'b' = {\n x: [\n", terraform: 'a "b" {\n x = [\n', arm: '{"resources":[' };
    for (const unit of [first, openings[language], '${', "'\n", '"\n', '/*\n', 'a.b(', '<<A\n']) {
      const text = unit.repeat(Math.ceil(100_000 / unit.length));
      time(text);
      const [once, sixteenfold] = [Math.min(time(text), time(text)), time(text.repeat(16))];
      // Quadratic time would be 256 times as much; what is short is measured badly.
      expect(sixteenfold, JSON.stringify(unit.slice(0, 20))).toBeLessThan(60 * Math.max(once, 20));
    }
  }, 120_000);
});
