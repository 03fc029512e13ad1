import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { pullCommand } from '../../../src/domain/pullCommand.ts';
import { hostileTargets } from './arbitraries.ts';

describe('the pull command', () => {
  it('leaves to the reader what the rule leaves open', () => {
    const of = (target: string, tag?: string) => pullCommand('docker', 'myregistry.example', target, tag);
    expect(of('team/app', 'latest')).toEqual({ ok: true, value: 'docker pull myregistry.example/team/app:latest' });
    expect(of('team/app')).toEqual({ ok: true, value: 'docker pull myregistry.example/team/app:<tag>' });
    expect(of('team/*')).toEqual({ ok: true, value: 'docker pull myregistry.example/team/<repository>:<tag>' });
    expect(of('*')).toEqual({ ok: true, value: 'docker pull myregistry.example/<repository>:<tag>' });
  });

  it.each(hostileTargets)('is refused for the target %j', (target) => {
    expect(pullCommand('docker', 'myregistry.example', target)).toHaveProperty('problem');
    expect(pullCommand('docker', `${target} .example`, 'app')).toHaveProperty('problem');
    expect(pullCommand('docker', 'myregistry.example', 'app', `${target} `)).toHaveProperty('problem');
  });

  it('has three words and nothing that a shell obeys, whatever the names are', () => {
    const text = fc.oneof(
      fc.string({ unit: 'grapheme' }),
      fc.constantFrom('app', 'team/*', 'h.example', '1', ...hostileTargets),
    );
    fc.assert(
      fc.property(text, text, fc.option(text, { nil: undefined }), (host, target, tag) => {
        const command = pullCommand('podman', host, target, tag);
        if (!command.ok) return;
        expect(command.value).toMatch(
          /^podman pull [A-Za-z0-9.:[\]-]+\/[a-z0-9._/-]*(<repository>)?:([A-Za-z0-9_.-]+|<tag>)$/,
        );
      }),
    );
  });
});
