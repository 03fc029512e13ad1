import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { identityArmId, registryArmId } from '../../../../src/domain/armId.ts';
import { armLiteral, armText } from '../../../../src/provisioning/export/arm.ts';
import { quoteBicep } from '../../../../src/provisioning/export/bicepPrinter.ts';
import { exportRegistry, exportScript } from '../../../../src/provisioning/export/exportScript.ts';
import type { ExportedFiles } from '../../../../src/provisioning/export/text.ts';
import { quoteHcl } from '../../../../src/provisioning/export/hcl.ts';
import type { AccessForm, CacheLink, ExportLanguage } from '../../../../src/provisioning/types.ts';
import { evaluate } from '../../../sandbox/src/arm/deployments/expressions.ts';
import { hasSpecs, sayIfSkipped, specsFolder } from '../../../sandbox/test/arm/sharedSpecs.ts';
import { bicepDeclarations, bicepTokens } from './bicepReader.ts';
import { exportedText, hostileLink } from './exportedText.ts';
import { hclBlocks, hclTokens } from './hclReader.ts';
import { articleLink, mapping } from '../links.ts';

const folder = mkdtempSync(join(tmpdir(), 'export-'));
afterAll(() => rmSync(folder, { recursive: true }));

const languages: readonly ExportLanguage[] = ['bash', 'powershell', 'bicep', 'arm', 'terraform'];
const accessForms: readonly AccessForm[] = ['condition', 'repositoryScope', 'registry', 'acrPull'];

/** What has no place in a script, file or string of any of the languages is replaced or dropped; all else must come through. */
const hostile = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.string({
    unit: fc.constantFrom("'", '"', '$', '%', '{', '}', '\\', '\n', '\r', '[', ']', '/', '#', '*', ' ', 'a'),
  }),
  fc.constantFrom('${evil}', '%{if true}', '$${x}', "'; evil", '[evil()]', '[[', "['", '*/', '//', '\u2028x', '\0'),
);

const elsewhere = (name: string): CacheLink =>
  articleLink({
    source: {
      kind: 'registry',
      id: registryArmId('33333333-3333-4333-8333-333333333333', 'UpGroup', name),
      loginServer: `${name}.test`,
    },
    authentication: {
      kind: 'identity',
      identityId: identityArmId('22222222-2222-4222-8222-222222222222', 'Identities', `${name}Id`),
      create: { location: 'eastus' },
    },
    mappings: [mapping(`${name}Rule`, 'team/*', `${name}/*`)],
  });

/** One registry's rules: two of one link, and one with everything elsewhere. */
const several = [
  articleLink(),
  elsewhere('other'),
  articleLink({ mappings: [mapping('SecondRule', 'second')] }),
] as const;

describe('every language', () => {
  it.each(languages)('gives the same text for the same link (%s)', (language) => {
    expect(exportedText(articleLink(), language)).toBe(exportedText(structuredClone(articleLink()), language));
    expect(exportedText([...several], language)).toBe(exportedText(structuredClone([...several]), language));
  });

  it.each(languages)('writes what links share once (%s)', (language) => {
    const text = exportedText([...several], language);
    const creations = {
      bash: /az identity create/g,
      powershell: /az identity create/g,
      bicep: /= 'MyACRCacheIdentity'/g,
      arm: /"MyACRCacheIdentity"/g,
      terraform: /= "MyACRCacheIdentity"/g,
    };
    expect(text.match(creations[language])).toHaveLength(language === 'bash' || language === 'powershell' ? 2 : 1);
    for (const rule of ['MyRule', 'SecondRule', 'otherRule']) expect(text).toContain(rule);
    // One assignment for both repositories of the article's identity.
    expect(text).toMatch(/StringEqualsIgnoreCase .{1,5}myapp.{1,20}OR.{1,100}StringEqualsIgnoreCase .{1,5}second/);
  });

  it.each(languages)('refuses links of several downstream registries (%s)', (language) => {
    const other = { ...articleLink(), downstream: elsewhere('x').source };
    expect(() => exportRegistry([articleLink(), other], language)).toThrow(RangeError);
    expect(() => exportRegistry([], language)).toThrow(RangeError);
  });

  it.each(languages)('says nothing of ABAC mode with AcrPull, and warns of the switch otherwise (%s)', (language) => {
    expect(exportedText(articleLink({ access: 'acrPull' }), language)).not.toContain('rbac-abac');
    expect(exportedText(articleLink(), language)).toContain('rbac-abac');
  });

  it('does not overwrite a rule of the same name without a word', () => {
    const link = articleLink({ mappings: [mapping('MyRule', 'myapp'), mapping('TeamRule', 'team/*', 'cache/*')] });
    const guarded = (language: ExportLanguage, word: RegExp): number =>
      exportedText(link, language).match(word)?.length ?? 0;
    // Scripts ask before each rule, templates name the danger, and azapi looks by itself.
    expect(guarded('bash', /^require_no_other_rule (?!\()/gm)).toBe(2);
    expect(guarded('bash', /^require_no_other_rule\(\)/gm)).toBe(1);
    expect(guarded('powershell', /^Assert-NoOtherRule '/gm)).toBe(2);
    for (const language of ['bicep', 'arm'] as const) expect(guarded(language, /az acr cache list/g)).toBe(1);
    expect(guarded('terraform', /^# .*\bimport\b.*$/gm)).toBe(2);
  });
});

describe('quoting', () => {
  it('gives Bicep a string that is the text', () => {
    fc.assert(
      fc.property(hostile, (text) => {
        expect(bicepTokens(quoteBicep(text))).toEqual([
          { kind: 'string', text: wellFormed(text), isInterpolated: false },
        ]);
      }),
      { numRuns: 500 },
    );
  });

  it('gives HCL a string that is the text', () => {
    fc.assert(
      fc.property(hostile, (text) => {
        expect(hclTokens(quoteHcl(text))).toEqual([{ kind: 'string', text: wellFormed(text) }]);
      }),
      { numRuns: 500 },
    );
  });

  it('gives ARM a value that evaluates to the text', async () => {
    const scope = {
      parameters: {},
      variables: {},
      subscriptionId: '',
      resourceGroup: '',
      reference: () => Promise.resolve(),
    };
    await fc.assert(
      fc.asyncProperty(hostile, async (text) => {
        expect(await evaluate(JSON.parse(JSON.stringify(armText(text))), scope)).toBe(wellFormed(text));
        expect(await evaluate(`[format('{0}', ${armLiteral(text)})]`, scope)).toBe(wellFormed(text));
      }),
      { numRuns: 500 },
    );
  });
});

describe('hostile names', () => {
  it('stay text in Bicep', () => {
    const shapeOf = (link: CacheLink) =>
      mainBicep(exportScript(link, 'bicep')).declarations.map(({ symbol, target, properties }) => [
        symbol,
        target,
        properties,
      ]);
    const expected = shapeOf(hostileLink('a', 'b', 'c'));
    fc.assert(
      fc.property(hostile, hostile, hostile, (a, b, c) => {
        fc.pre(![a, b, c].some((text) => text.includes('/')));
        const text = exportedText(hostileLink(a, b, c), 'bicep');
        if (b.toLowerCase() !== 'g') expect(shapeOf(hostileLink(a, b, c))).toEqual(expected);
        const strings = bicepTokens(text).flatMap((token) => (token.kind === 'string' ? [token.text] : []));
        expect(strings).toContain(wellFormed(a));
        expect(strings).toContain(wellFormed(c));
      }),
      { numRuns: 200 },
    );
  });

  it('stay text in Terraform', () => {
    const headers = (link: CacheLink) => hclBlocks(exportedText(link, 'terraform')).map(({ header }) => header);
    const expected = headers(hostileLink('a', 'b', 'c'));
    fc.assert(
      fc.property(hostile, hostile, hostile, (a, b, c) => {
        const link = hostileLink(a, b, c);
        expect(headers(link)).toEqual(expected);
        const rule = hclBlocks(exportedText(link, 'terraform')).find(({ header }) => header[1] === 'azapi_resource');
        expect(rule?.values['name']).toBe(wellFormed(c));
        expect(rule?.values['body.properties.sourceRepository']).toBe(wellFormed(`${a}/${b}`));
        expect(rule?.values['body.properties.targetRepository']).toBe(wellFormed(a));
      }),
      { numRuns: 200 },
    );
  });
});

describe('Bicep', () => {
  it('has the rule with its identity, its registry as parent, and the assignment in a module', () => {
    const { main, declarations, files } = mainBicep(exportScript(articleLink(), 'bicep'));
    expect(
      declarations.map(({ keyword, symbol, target, isExisting }) => [keyword, symbol, target, isExisting]),
    ).toEqual([
      ['resource', 'registry', 'Microsoft.ContainerRegistry/registries@2026-01-01-preview', true],
      ['resource', 'identity', 'Microsoft.ManagedIdentity/userAssignedIdentities@2024-11-30', false],
      ['module', 'upstreamAccess', 'upstream-access.bicep', false],
      ['resource', 'cacheRule', 'Microsoft.ContainerRegistry/registries/cacheRules@2026-01-01-preview', false],
    ]);
    expect(main).toContain('parent: registry');
    expect([...files.keys()]).toEqual(['main.bicep', 'upstream-access.bicep']);
    expect(main.match(/^param /gm)).toHaveLength(main.match(/^@description\('/gm)?.length ?? 0);
  });

  it('takes an identity that exists as it is, and makes one elsewhere by a module', () => {
    const existing = mainBicep(
      exportScript(
        articleLink({ authentication: { kind: 'identity', identityId: articleLink().authentication.identityId } }),
        'bicep',
      ),
    );
    expect(existing.declarations.find(({ symbol }) => symbol === 'identity')?.isExisting).toBe(true);
    const { files, main } = mainBicep(exportScript(elsewhere('other'), 'bicep'));
    expect([...files.keys()]).toEqual(['main.bicep', 'identity.bicep', 'upstream-access.bicep']);
    expect(main).toContain('identityDeployment.outputs.principalId');
  });

  it.each(accessForms)('uses only symbols and parameters that are there (%s)', (access) => {
    const links = several.map((link) => ({
      ...link,
      access,
      mappings: [mapping(link.mappings[0]?.ruleName ?? '', 'one')],
    }));
    const { files } = mainBicep(exportRegistry(links, 'bicep'));
    for (const [name, text] of files) {
      const declared = new Set(
        [...text.matchAll(/^(?:param|resource|module|output) (\w+)/gm)].map(([, symbol]) => symbol),
      );
      const used = [
        ...text.matchAll(
          /(?<![\w.'/@-])([a-z]\w*)(?=\.(?:id|properties|outputs)\b)|: (\w+(?:Name|Id|ResourceGroup|Location))$/gm,
        ),
      ];
      expect(used.length, name).toBeGreaterThan(0);
      for (const match of used) expect(declared, name).toContain(match[1] ?? match[2]);
      const modules = bicepDeclarations(text).filter(({ keyword }) => keyword === 'module');
      for (const { target, properties } of modules) {
        const parameters = new Set(
          [...(files.get(target) ?? '').matchAll(/^param (\w+)/gm)].map(([, parameter]) => parameter),
        );
        const given = properties.flatMap((path) => (path.startsWith('params.') ? [path.slice('params.'.length)] : []));
        for (const parameter of given) expect(parameters, target).toContain(parameter);
        expect(given.length).toBeGreaterThanOrEqual(2);
      }
    }
  });
});

sayIfSkipped();
describe.skipIf(!hasSpecs)('Bicep against its published types', () => {
  it.each(accessForms)('sets only properties that they have (%s)', (access) => {
    const links = [{ ...articleLink({ access }) }, { ...elsewhere('other'), access: 'registry' as const }];
    const { files } = mainBicep(exportRegistry(links, 'bicep'));
    let checked = 0;
    for (const { target, isExisting, properties } of [...files.values()].flatMap(bicepDeclarations)) {
      const types = typesOf(target);
      // The scope of Microsoft's article is no resource type: the module says so.
      if (!types || target.includes('/repositories@')) continue;
      // Of Bicep itself, not of the resource.
      const own = properties.filter((path) => !['parent', 'scope', 'dependsOn'].includes(path));
      for (const path of own) expect(typeProblem(types, target, path), `${target}: ${path}`).toBeUndefined();
      if (!isExisting) checked += own.length;
    }
    expect(checked).toBeGreaterThan(10);
    const types = typesOf('Microsoft.ContainerRegistry/registries/cacheRules@2026-01-01-preview');
    expect(
      typeProblem(
        types ?? '',
        'Microsoft.ContainerRegistry/registries/cacheRules@2026-01-01-preview',
        'properties.nonsense',
      ),
    ).toBeDefined();
  });
});

const terraform = terraformPath();
if (terraform === undefined) process.stderr.write('skipped: there is no terraform on this machine\n');
describe.skipIf(terraform === undefined)('Terraform’s own tool', () => {
  it.each(accessForms)('finds nothing to format (%s)', (access) => {
    const links = several.map((link) => ({ ...link, access, allowAbacSwitch: true }));
    const texts =
      access === 'repositoryScope'
        ? [exportedText(articleLink({ access }), 'terraform')]
        : [exportedText(links, 'terraform')];
    for (const text of texts) {
      const result = spawnSync(terraform ?? '', ['fmt', '-check', '-diff', '-'], { input: text, encoding: 'utf8' });
      expect(result.stdout).toBe('');
      expect(result.status, result.stderr).toBe(0);
    }
  });

  it('reads every text as it is', () => {
    const samples = fc.sample(hostile, { numRuns: 300, seed: 1 }).filter((text) => !text.includes('\0'));
    writeFileSync(join(folder, 'samples.tf'), `locals {\n  samples = [${samples.map(quoteHcl).join(', ')}]\n}\n`);
    const output = execFileSync(terraform ?? '', ['console'], {
      cwd: folder,
      input: 'base64encode(jsonencode(local.samples))\n',
      encoding: 'utf8',
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    const encoded = /^"([A-Za-z0-9+/=]+)"$/m.exec(output)?.[1] ?? '';
    // Terraform keeps text in normal form C.
    expect(JSON.parse(Buffer.from(encoded, 'base64').toString('utf8'))).toEqual(
      samples.map((text) => wellFormed(text).normalize('NFC')),
    );
  });
});

describe('Terraform', () => {
  it('has azurerm for identity and role, azapi for the rule', () => {
    const blocks = hclBlocks(exportedText(articleLink(), 'terraform'));
    expect(blocks.map(({ header }) => header.join(' '))).toEqual([
      'terraform',
      'provider azurerm',
      'provider azapi',
      'locals',
      'resource azurerm_user_assigned_identity identity',
      'resource azurerm_role_assignment upstreamAccess',
      'resource azapi_resource cacheRule',
    ]);
    const assignment = blocks.find(({ header }) => header[1] === 'azurerm_role_assignment');
    expect(assignment?.values['condition']).toContain("StringEqualsIgnoreCase 'myapp'");
    expect(assignment?.values['condition_version']).toBe('2.0');
    const rule = blocks.at(-1);
    expect(rule?.values).toMatchObject({
      type: 'Microsoft.ContainerRegistry/registries/cacheRules@2026-01-01-preview',
      'identity.type': 'UserAssigned',
      'identity.identity_ids': '[ azurerm_user_assigned_identity.identity.id ]',
    });
  });

  it('gives an identity in another subscription its provider', () => {
    const blocks = hclBlocks(exportedText([...several], 'terraform'));
    const providers = blocks.filter(({ header }) => header.join(' ') === 'provider azurerm');
    expect(providers.map(({ values }) => values['alias'])).toEqual([undefined, 'subscription2']);
    const other = blocks.find(({ header }) => header[2] === 'identity2');
    expect(other?.values['provider']).toBe('azurerm.subscription2');
  });
});

/** Texts by name, and what the main one declares. */
function mainBicep(exported: ExportedFiles) {
  const files = new Map(exported.map(({ name, text }) => [name, text]));
  const main = files.get('main.bicep') ?? '';
  return { files, main, declarations: bicepDeclarations(main) };
}

function wellFormed(text: string): string {
  return Buffer.from(text, 'utf8').toString('utf8');
}

function terraformPath(): string | undefined {
  return spawnSync('terraform', ['version']).error ? undefined : 'terraform';
}

/** The published types of `Microsoft.X/y@version`, if they are there. */
function typesOf(target: string): string | undefined {
  const [, provider = '', version = ''] = /^Microsoft\.(\w+)\/[^@]+@(.+)$/.exec(target) ?? [];
  const file = { ContainerRegistry: 'containerregistry', ManagedIdentity: 'msi', Authorization: 'authorization' }[
    provider
  ];
  if (file === undefined) return undefined;
  return readFileSync(join(specsFolder, 'bicep-types', `${file}-${version}-types.md`), 'utf8');
}

/** Why `path` is no writable property of the resource type. */
function typeProblem(types: string, target: string, path: string): string | undefined {
  let section = sectionOf(types, `Resource ${target}`);
  if (section === undefined) return `${target} is not among the types`;
  for (const name of path.split('.')) {
    const line = new RegExp(`^\\* \\*\\*${name.replace('*', '[^*]+')}\\*\\*: (.*)$`, 'm').exec(section);
    const any = /\* \*\*Any Additional|Additional Properties Type: (.*)$/m.exec(section);
    const type = line?.[1] ?? (name === '*' ? any?.[1] : undefined);
    if (type === undefined) return `${name} is not among the properties`;
    if (/\(ReadOnly/.test(type)) return `${name} is read-only`;
    const reference = /\[(\w+)\]\(#/.exec(type)?.[1];
    section = (reference === undefined ? undefined : sectionOf(types, reference)) ?? '';
  }
  return undefined;
}

function sectionOf(types: string, heading: string): string | undefined {
  const start = types.indexOf(`\n## ${heading}\n`);
  if (start < 0) return undefined;
  const end = types.indexOf('\n## ', start + 4);
  return types.slice(start, end < 0 ? undefined : end);
}
