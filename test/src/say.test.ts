import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { describe, expect, it } from 'vitest';
import { answerAll } from '../tools/answers.ts';

const tool = join(import.meta.dirname, '..', 'tools', 'say.ts');

async function say(question: string, input: string): Promise<{ code: number | null; output: string; errors: string }> {
  const child = spawn(process.execPath, [tool, question]);
  const ended = new Promise<number | null>((resolve) => child.on('close', resolve));
  child.stdin.end(input);
  const [output, errors] = await Promise.all([text(child.stdout), text(child.stderr)]);
  return { code: await ended, output, errors };
}

describe('npm run -s say', () => {
  it('prints nothing but the answers, one for each entry; a bad one answers for itself', async () => {
    const entries = [{ input: 'app:1' }, 3, null, {}, { input: 5 }, { input: 'myregistry.example/team/app:1' }];
    const { code, output, errors } = await say('reference', `\ufeff${JSON.stringify(entries)}`);
    expect({ code, errors }).toEqual({ code: 0, errors: '' });
    expect(JSON.parse(output)).toEqual([
      { host: null, repository: 'app', tag: '1', digest: null },
      { error: expect.any(String) },
      { error: expect.any(String) },
      { error: expect.any(String) },
      { error: expect.any(String) },
      { host: 'myregistry.example', repository: 'team/app', tag: '1', digest: null },
    ]);
  });

  it.each([
    ['conditions', '[]'],
    ['condition', '{}'],
    ['condition', 'no JSON'],
  ])('says on stderr why it cannot answer: %s %s', async (question, input) => {
    const { code, output, errors } = await say(question, input);
    expect({ code, output }).toEqual({ code: 2, output: '' });
    expect(errors).not.toBe('');
  });
});

describe('what is said', () => {
  it('of a file: the images that are shown, its cache rules, and what is wrong with them', () => {
    const input = [
      "param image string = 'myregistry.azurecr.io/app:1'",
      "param other string = 'registry.example/app:1'",
      "resource rule 'Microsoft.ContainerRegistry/registries/cacheRules@2025-11-01' = {",
      "  name: 'myregistry/tools'",
      "  properties: { sourceRepository: 'docker.io/library/alpine', targetRepository: 'alpine' }",
      '}',
    ].join('\n');
    expect(answerAll('images', [{ path: 'main.bicep', input }])).toEqual([
      {
        images: ['myregistry.azurecr.io/app:1'],
        rules: [{ name: 'tools', source: 'docker.io/library/alpine', target: 'alpine' }],
        checks: ['rule.noCredentials'],
      },
    ]);
  });

  it('of a condition: what may be read with it', () => {
    const input =
      "((!(ActionMatches{'Microsoft.ContainerRegistry/registries/repositories/content/read'}) AND !(ActionMatches{'Microsoft.ContainerRegistry/registries/repositories/metadata/read'})) OR (@Request[Microsoft.ContainerRegistry/registries/repositories:name] StringStartsWithIgnoreCase 'team/' OR @Request[Microsoft.ContainerRegistry/registries/repositories:name] StringEqualsIgnoreCase 'app'))";
    expect(answerAll('condition', [{ input }, { input: null }, { input: 'no condition' }])).toMatchObject([
      { understood: true, reads: ['app', 'team/*'] },
      { understood: true, reads: ['*'] },
      { understood: false, reads: null },
    ]);
  });

  it('of a pull error: the rule it is about, absent parts as null', () => {
    const rules = [['myregistry.example', 'TeamRule', 'upstream.example/team/*', 'team/*']];
    const input = 'Error: manifest for myregistry.example/team/app:9 not found: manifest unknown';
    expect(answerAll('explain', [{ input, rules }, { input: 'nothing known' }, { input, rules: [['x']] }])).toEqual([
      {
        code: 'tagMissing',
        image: 'myregistry.example/team/app:9',
        rule: 'TeamRule',
        correlationId: null,
        mayPass: false,
        advice: expect.any(String),
      },
      { code: 'unknown', image: null, rule: null, correlationId: null, mayPass: false, advice: expect.any(String) },
      { error: expect.any(String) },
    ]);
  });
});
