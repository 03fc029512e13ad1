import { describe, expect, it } from 'vitest';
import { cacheRuleArmId, registryArmId } from '../../../../src/domain/armId.ts';
import { formatImageReference } from '../../../../src/domain/imageReference.ts';
import { explainPullText, type KnownRule } from '../../../../src/provisioning/verification/explainPullText.ts';
import { subscription } from '../links.ts';

const host = 'myregistry.example';
const correlationId = '3ff2c2b1-0000-4000-8000-0123456789ab';

function known(registryName: string, loginServer: string, name: string, source: string, target: string): KnownRule {
  const id = registryArmId(subscription, 'MyResourceGroup', registryName);
  const rule = {
    id: cacheRuleArmId(id, name),
    name,
    registryId: id,
    sourceRepository: source,
    targetRepository: target,
  };
  return { registry: { id, loginServer }, rule };
}

const rules = [
  known('MyRegistry', host, 'MyRule', 'upstream.example/myapp', 'myapp'),
  known('MyRegistry', host, 'TeamRule', 'upstream.example/team/*', 'cache/team/*'),
  known('OtherRegistry', 'other.example:5000', 'MyRule', 'upstream.example/myapp', 'myapp'),
];

describe('what clients print', () => {
  it.each([
    [
      'docker, denied upstream',
      `Using default tag: latest\nError response from daemon: pull access denied for ${host}/myapp, repository does not exist or may require 'docker login': denied: requested access to pull from source 'upstream.example/myapp' for cache rule 'MyRule' has been denied. CorrelationId: ${correlationId}`,
      { code: 'sourceDenied', image: `${host}/myapp`, rule: 'MyRule', source: 'upstream.example/myapp', correlationId },
    ],
    [
      'docker, tag gone',
      `Error response from daemon: manifest for ${host}/cache/team/shop/api:9.9 not found: manifest unknown: manifest tagged by "9.9" is not found`,
      {
        code: 'tagMissing',
        image: `${host}/cache/team/shop/api:9.9`,
        rule: 'TeamRule',
        source: 'upstream.example/team/shop/api',
      },
    ],
    [
      'containerd',
      `time="2026-11-23T10:00:00Z" level=fatal msg="failed to resolve reference \\"${host}/myapp:1.0\\": pulling from host ${host} failed with status code [manifests 1.0]: 403 Forbidden"`,
      { code: 'sourceDenied', image: `${host}/myapp:1.0`, rule: 'MyRule', source: 'upstream.example/myapp' },
    ],
    [
      'buildkit',
      `ERROR: failed to solve: ${host}/cache/team/api:1: failed to resolve source metadata for ${host}/cache/team/api:1: unexpected status from HEAD request to https://${host}/v2/cache/team/api/manifests/1: 403 Forbidden`,
      { code: 'sourceDenied', image: `${host}/cache/team/api:1`, rule: 'TeamRule' },
    ],
    [
      'kubelet',
      `  Warning  Failed  12s (x3 over 57s)  kubelet  Failed to pull image "other.example:5000/myapp:1.0": rpc error: code = Unknown desc = failed to pull and unpack image "other.example:5000/myapp:1.0": failed to copy: httpReadSeeker: failed open: unexpected status code https://other.example:5000/v2/myapp/manifests/1.0: 429 Too Many Requests - Server message: toomanyrequests: too many requests to source registry for cache rule 'MyRule'`,
      { code: 'sourceThrottled', image: 'other.example:5000/myapp:1.0', rule: 'MyRule', registry: 'OtherRegistry' },
    ],
  ])('%s', (_, text, expected: Record<string, string>) => {
    const found = explainPullText(text, rules);
    expect(found.problem.code).toBe(expected['code']);
    expect(found.image && formatImageReference(found.image)).toBe(expected['image']);
    expect(found.ruleId).toContain(`/${expected['registry'] ?? 'MyRegistry'}/cacheRules/${expected['rule'] ?? ''}`);
    if (expected['source']) expect(found.source).toBe(expected['source']);
    expect(found.correlationId).toBe(expected['correlationId']);
  });

  it('a manifest refused without words is no rule’s matter where no rule serves it', () => {
    const text = `failed to resolve reference "${host}/own:1": unexpected status from HEAD request to https://${host}/v2/own/manifests/1: 403 Forbidden`;
    const { problem, ruleId } = explainPullText(text, rules);
    expect([problem.code, ruleId]).toEqual(['blockedByNetwork', undefined]);
  });

  it('names no rule when two could be meant', () => {
    const found = explainPullText("denied: too many requests to source registry for cache rule 'MyRule'", rules);
    expect(found.ruleId).toBeUndefined();
    expect(found.problem.ruleName).toBe('MyRule');
  });

  it('an image of an unknown registry has no rule', () => {
    const found = explainPullText('manifest for elsewhere.example/myapp:1 not found: manifest unknown', rules);
    expect(found.image?.host).toBe('elsewhere.example');
    expect(found.ruleId).toBeUndefined();
  });

  // 100,000 backslashes took 8.8 s: a run of them was looked at from each of its characters.
  it('takes no longer for a text that is made to be slow', () => {
    const words = [
      '\\',
      '/',
      'a/',
      '"',
      '[',
      'a',
      ': not found',
      `${host}/myapp `,
      'https://a/v2/b/manifests/',
      "from source '",
    ];
    for (const text of [
      ...words,
      'lookup ',
      'status code ',
      'repository ',
      '\u001b[',
      'image "',
      '401\n',
      'x: Pulled\n',
    ]) {
      const before = process.cpuUsage();
      explainPullText(text.repeat(200_000), rules);
      const { user } = process.cpuUsage(before);
      expect(user / 1000, JSON.stringify(text)).toBeLessThan(4000);
    }
  });

  it('lets no control character through', () => {
    const found = explainPullText(`from source 'a\u202e\u0007b' for cache rule 'MyRule'\u001b[31m`, rules);
    expect(JSON.stringify(found)).not.toMatch(/u202e|u0007|u001b/);
  });
});
