import { describe, expect, it } from 'vitest';
import { checkCacheRuleName } from '../../../../src/domain/names.ts';
import { type Upstream, upstreams } from '../../../../src/domain/upstreams.ts';
import { otherUpstreamScript } from '../../../../src/provisioning/export/otherUpstream.ts';
import type { ShellLanguage } from '../../../../src/provisioning/export/quote.ts';
import { pattern, registry } from '../../../samples.ts';

const downstream = registry('myregistry', { resourceGroup: "my (group)'s" });

/** The commands of a script, each in one line. */
function commandsFor(upstream: Upstream, source?: string, language: ShellLanguage = 'bash'): string[] {
  const host = upstream.host.replace('*', 'europe-docker');
  const [{ text }] = otherUpstreamScript(
    downstream,
    { upstream, host, source: source === undefined ? undefined : pattern(source) },
    language,
  );
  const lines = text.replace(/ [\\`]\n +/g, ' ').split('\n');
  return lines.filter((line) => line !== '' && !line.startsWith('#'));
}

const option = (command: string, name: string): string | undefined =>
  new RegExp(` --${name} (\\S+)`).exec(command)?.[1];

describe('what to run for an upstream of the catalogue', () => {
  it.each(upstreams)('$host: $authentication', (upstream) => {
    const commands = commandsFor(upstream, 'team/app');
    const needsCredentials = upstream.authentication === 'credentialSet';
    expect(commands.map((command) => command.split(' --')[0])).toEqual([
      ...(needsCredentials
        ? [
            'VAULT_URI=$(az keyvault show',
            'az acr credential-set create',
            'PRINCIPAL_ID=$(az acr credential-set show',
            'az role assignment create',
          ]
        : []),
      'az acr cache create',
    ]);
    const rule = commands.at(-1) ?? '';
    expect(option(rule, 'source-repo')).toBe(`${upstream.host.replace('*', 'europe-docker')}/team/app`);
    expect(option(rule, 'target-repo')).toBe('team/app');
    expect(checkCacheRuleName(option(rule, 'name') ?? '')).toBeUndefined();
    expect(option(rule, 'cred-set')).toBe(needsCredentials ? option(commands[1] ?? '', 'name') : undefined);
    expect(rule).not.toContain('identity');
  });

  it('caches all of it below a path of its own where no repository is named', () => {
    const rule = commandsFor({ name: 'Quay', host: 'quay.io', authentication: 'either' })[0] ?? '';
    expect([option(rule, 'source-repo'), option(rule, 'target-repo')]).toEqual(["'quay.io/*'", "'quay-io/*'"]);
  });

  it('quotes what is not a plain word', () => {
    const [rule = ''] = commandsFor({ name: 'Quay', host: 'quay.io', authentication: 'either' }, 'a/b');
    expect(rule).toContain(`--resource-group 'my (group)'\\''s'`);
    const [other = ''] = commandsFor({ name: 'Quay', host: 'quay.io', authentication: 'either' }, 'a/b', 'powershell');
    expect(other).toContain(`--resource-group 'my (group)''s'`);
  });
});
