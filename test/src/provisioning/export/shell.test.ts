import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { roles } from '../../../../src/domain/roles.ts';
import { commentOf } from '../../../../src/provisioning/export/text.ts';
import { quoteBash, quotePowerShell } from '../../../../src/provisioning/export/quote.ts';
import { articleLink } from '../links.ts';
import { exportedText, hostileLink } from './exportedText.ts';

const folder = mkdtempSync(join(tmpdir(), 'export-'));
afterAll(() => rmSync(folder, { recursive: true }));

const hostile = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.string({
    unit: fc.constantFrom("'", '"', '$', '`', '\\', '\n', '\r', '!', '#', ';', '&', '|', '(', ')', ' ', '-', 'a'),
  }),
  fc.constantFrom(
    '$(touch pwned)',
    "'; touch pwned; '",
    '`id`',
    '-n',
    '--help',
    '\u2019; rm',
    'a\u2028b',
    'a\rb',
    '',
    '~',
    '*',
    '{a,b}',
    '!!',
  ),
);

/** Runs a script with an `az` that writes down its arguments and prints `answer` for `show`. */
function runWithFakeAz(script: string): string[][] {
  const out = join(folder, 'args');
  writeFileSync(out, '');
  const fake = `az() { printf '%s\\0' "$@" '<end>' >> "$OUT"; [ "$2" = show ] && echo the-principal-id; return 0; }\n`;
  writeFileSync(join(folder, 'script.sh'), fake + script);
  execFileSync('bash', ['-n', join(folder, 'script.sh')]);
  execFileSync('bash', [join(folder, 'script.sh')], {
    env: { OUT: out, PATH: process.env['PATH'] ?? '' },
    cwd: folder,
  });
  const calls: string[][] = [[]];
  for (const word of readFileSync(out, 'utf8').split('\0').slice(0, -1)) {
    if (word === '<end>') calls.push([]);
    else calls.at(-1)?.push(word);
  }
  return calls.slice(0, -1);
}

describe('exportScript', () => {
  it.each(['bash', 'powershell', 'bicep', 'arm', 'terraform'] as const)(
    'gives those who keep access their roles before the switch (%s)',
    (language) => {
      const keepAccess = [
        {
          principalId: '44444444-4444-4444-8444-444444444444',
          principalType: 'ServicePrincipal' as const,
          roleIds: [roles.repositoryReader.id],
        },
      ];
      const text = exportedText(articleLink({ allowAbacSwitch: true, keepAccess }), language);
      const [given, switched] = [text.indexOf('44444444-4444'), text.search(/rbac-abac|AbacRepositoryPermissions/)];
      expect(given).toBeGreaterThan(0);
      expect(given).toBeLessThan(switched);
      if (language === 'terraform') expect(text).toMatch(/depends_on += \[azurerm_role_assignment\.keptAccess\]/);
      expect(exportedText(articleLink({ keepAccess }), language)).not.toContain('44444444-4444');
    },
  );

  it('writes the commands of the article for its link', () => {
    expect(exportedText(articleLink(), 'bash')).toMatchInlineSnapshot(`
      "#!/usr/bin/env bash
      # Caches repositories of upstreamregistry.example in myregistry.example.
      # Needs Azure CLI 2.85.0 or later, signed in with az login to the cloud and tenant of both registries.
      set -euo pipefail
      export MSYS_NO_PATHCONV=1

      # Upstream registry UpstreamRegistry
      UPSTREAM_ID=/subscriptions/11111111-1111-4111-8111-111111111111/resourceGroups/MyResourceGroup/providers/Microsoft.ContainerRegistry/registries/UpstreamRegistry

      # Create identity MyACRCacheIdentity
      az identity create \\
        --name MyACRCacheIdentity \\
        --resource-group MyResourceGroup \\
        --subscription 11111111-1111-4111-8111-111111111111 \\
        --location chinanorth3
      IDENTITY_RESOURCE_ID=/subscriptions/11111111-1111-4111-8111-111111111111/resourceGroups/MyResourceGroup/providers/Microsoft.ManagedIdentity/userAssignedIdentities/MyACRCacheIdentity
      IDENTITY_PRINCIPAL_ID=$(az identity show --ids "$IDENTITY_RESOURCE_ID" --query principalId -o tsv)

      # Switch UpstreamRegistry to ABAC mode
      # UpstreamRegistry must be in ABAC mode. The switch ends AcrPull, AcrPush, AcrDelete and every earlier login there. If that is acceptable:
      # az acr update --name UpstreamRegistry --resource-group MyResourceGroup --subscription 11111111-1111-4111-8111-111111111111 --role-assignment-mode rbac-abac

      # Give MyACRCacheIdentity Repository Reader
      # If MyACRCacheIdentity already has this role on UpstreamRegistry, the next command does not change its condition. In that case, set the whole condition, including what it allows now, with: az role assignment update --role-assignment
      az role assignment create \\
        --role 'Container Registry Repository Reader' \\
        --assignee-object-id "$IDENTITY_PRINCIPAL_ID" \\
        --assignee-principal-type ServicePrincipal \\
        --scope "$UPSTREAM_ID" \\
        --condition '( ( !(ActionMatches{'\\''Microsoft.ContainerRegistry/registries/repositories/content/read'\\''}) AND !(ActionMatches{'\\''Microsoft.ContainerRegistry/registries/repositories/metadata/read'\\''}) ) OR ( @Request[Microsoft.ContainerRegistry/registries/repositories:name] StringEqualsIgnoreCase '\\''myapp'\\'' ) )' \\
        --condition-version 2.0

      # Create cache rule MyRule
      # az acr cache create overwrites a rule of the same name without asking; this check stops before that.
      require_no_other_rule() {
        local rules name source target identities
        rules=$(az acr cache list -r "$1" -g "$2" --subscription "$3" -o tsv \\
          --query '[].[name, sourceRepository || properties.sourceRepository, targetRepository || properties.targetRepository, join(\`","\`, keys(identity.userAssignedIdentities || \`{}\`))]')
        shopt -s nocasematch
        while IFS=$'\\t' read -r name source target identities; do
          if [[ -n $name && $name == "$4" && ! ($source == "$5" && $target == "$6" && $identities == "$IDENTITY_RESOURCE_ID") ]]; then
            printf '%s\\n' 'Stopped: a cache rule of this name maps something else or uses another identity. It was not overwritten:' "$name: $source => $target ($identities)" >&2
            exit 1
          fi
        done <<<"\${rules//$'\\r'/}"
        shopt -u nocasematch
      }

      require_no_other_rule MyRegistry MyResourceGroup 11111111-1111-4111-8111-111111111111 MyRule upstreamregistry.example/myapp myapp
      az acr cache create \\
        -r MyRegistry \\
        -g MyResourceGroup \\
        --subscription 11111111-1111-4111-8111-111111111111 \\
        -n MyRule \\
        -s upstreamregistry.example/myapp \\
        -t myapp \\
        --identity "$IDENTITY_RESOURCE_ID"
      "
    `);
  });

  it('writes the same for PowerShell, quoted its way', () => {
    const script = exportedText(articleLink(), 'powershell');
    expect(script).toContain('$IDENTITY_PRINCIPAL_ID = az identity show --ids "$IDENTITY_RESOURCE_ID"');
    expect(script).toContain("StringEqualsIgnoreCase ''myapp''");
    expect(script).toContain("az acr cache create `\n  -r 'MyRegistry'");
    // The guard is defined once, comes before each command that it guards, and stops the script.
    const words = [...script.matchAll(/^function Assert-NoOtherRule|^Assert-NoOtherRule '|^az acr cache create/gm)];
    expect(words.map(([word]) => word)).toEqual([
      'function Assert-NoOtherRule',
      "Assert-NoOtherRule '",
      'az acr cache create',
    ]);
    expect(script.match(/\bthrow\b/g)).toHaveLength(2);
  });

  it('writes the switch of the upstream as a comment unless it was agreed to', () => {
    expect(exportedText(articleLink(), 'bash')).toMatch(/^# az acr update .*rbac-abac$/m);
    expect(exportedText(articleLink({ allowAbacSwitch: true }), 'bash')).toMatch(/^az acr update/m);
  });

  it('says that an existing assignment keeps its condition', () => {
    for (const access of ['condition', 'registry'] as const) {
      expect(exportedText(articleLink({ access }), 'bash')).toMatch(
        /^# If MyACRCacheIdentity already.*assignment update/m,
      );
    }
    expect(exportedText(articleLink({ access: 'acrPull' }), 'bash')).not.toContain('assignment update');
  });

  it('does not create an identity that exists', () => {
    const script = exportedText(
      articleLink({ authentication: { kind: 'identity', identityId: articleLink().authentication.identityId } }),
      'bash',
    );
    expect(script).not.toContain('az identity create');
    expect(script).toContain('az identity show');
  });

  it('writes each access form', () => {
    expect(exportedText(articleLink({ access: 'acrPull' }), 'bash')).toMatch(/--role AcrPull/);
    expect(exportedText(articleLink({ access: 'acrPull' }), 'bash')).not.toContain('az acr update');
    expect(exportedText(articleLink({ access: 'registry' }), 'bash')).not.toContain('--condition');
    expect(exportedText(articleLink({ access: 'repositoryScope' }), 'bash')).toContain(
      'UpstreamRegistry/repositories/myapp',
    );
    expect(exportedText(articleLink({ allowFeatureRegistration: true }), 'bash')).toContain('az feature register');
  });

  it('holds any text as text: nothing of it is run or split', () => {
    fc.assert(
      fc.property(hostile, hostile, hostile, (a, b, c) => {
        const link = hostileLink(a, b, c);
        const calls = runWithFakeAz(exportedText(link, 'bash'));
        const clean = (text: string): string => Buffer.from(text.replaceAll('\0', ''), 'utf8').toString('utf8');
        expect(calls.map((call) => call.slice(0, 3).join(' '))).toEqual([
          'identity create --name',
          'identity show --ids',
          'acr update --name',
          'role assignment create',
          'acr cache list',
          'acr cache create',
        ]);
        expect(calls[0]?.at(-1)).toBe(clean(a));
        expect(calls[5]).toContain(clean(link.authentication.identityId));
        expect(calls[5]?.[calls[5].indexOf('-t') + 1]).toBe(clean(a));
      }),
      { numRuns: 60 },
    );
  });
});

describe('quoting', () => {
  it('leaves plain words readable', () => {
    expect(quoteBash('upstream.example:5000/my_app-1')).toBe('upstream.example:5000/my_app-1');
    expect(quoteBash('-n')).toBe("'-n'");
    expect(quoteBash('')).toBe("''");
  });

  it('doubles every kind of single quote for PowerShell', () => {
    expect(quotePowerShell("a\u2019b'c")).toBe("'a\u2019\u2019b''c'");
    fc.assert(
      fc.property(hostile, (text) => {
        const body = quotePowerShell(text).slice(1, -1);
        expect(body.replace(/(['\u2018\u2019\u201a\u201b])\1/g, '')).not.toMatch(/['\u2018\u2019\u201a\u201b]/);
      }),
    );
  });

  it('never lets a comment end', () => {
    fc.assert(
      fc.property(hostile, (text) => {
        for (const line of commentOf(text, 'bash').split(/[\r\n\u2028\u2029\u0085]/)) expect(line).toMatch(/^#/);
      }),
    );
  });
});
