import fc from 'fast-check';
import MarkdownIt from 'markdown-it';
import { expect, test, vi } from 'vitest';
import { parseImageReference } from '../../../../src/domain/imageReference.ts';
import { healthWord, type RuleKnowledge } from '../../../../src/domain/ruleVerdict.ts';
import type { CacheRule } from '../../../../src/domain/types.ts';
import type { FoundReference, RuleDefinition } from '../../../../src/files/types.ts';
import { createObservations } from '../../../../src/inventory/observations.ts';
import { createResolver } from '../../../../src/inventory/resolution.ts';
import type { InventoryState, RegistryEntry } from '../../../../src/inventory/types.ts';
import type { InspectedReference } from '../../../../src/ui/editor/types.ts';
import { inventoryState, registry as sample, rule as ruleOf } from '../../../samples.ts';

vi.mock('vscode', () => import('../vscodeDouble.ts'));
const { referenceMarkdown } = await import('../../../../src/ui/editor/referenceHover.ts');
const { hoverCommands } = await import('../../../../src/ui/editor/hoverParts.ts');
const { definitionAt, definitionMarkdown } = await import('../../../../src/ui/editor/definitionHover.lazy.ts');
const { problemsOf } = await import('../../../../src/ui/editor/referenceProblems.ts');

const place = 'file:///work/Docker(file)';
const registryId = (name: string) =>
  `/subscriptions/11111111-1111-1111-1111-111111111111/resourceGroups/my(group)/providers/Microsoft.ContainerRegistry/registries/${name}`;

const registry = (name: string) =>
  sample(name, { id: registryId(name), resourceGroup: 'my(group)', roleAssignmentMode: 'LegacyRegistryPermissions' });

const rule = (name: string, source: string, target: string, more: Partial<CacheRule> = {}) =>
  ruleOf(name, source, target, { registryId: registryId('downstream'), ...more });

function world(rules: readonly CacheRule[], entry: Partial<RegistryEntry> = {}): InventoryState {
  return inventoryState(
    { registry: registry('downstream'), rules, rulesFreshness: 'current', ...entry },
    { registry: registry('upstreamregistry'), rules: [], rulesFreshness: 'current' },
  );
}

function inspected(text: string, by: InventoryState, found: Partial<FoundReference> = {}): InspectedReference {
  const image = parseImageReference(text);
  if (!image.ok) throw new Error(image.problem.message);
  const range = { start: 5, end: 5 + text.length };
  return {
    found: {
      range,
      written: text,
      uses: [],
      usage: 'base',
      image: image.value,
      openTag: false,
      certain: true,
      name: { kind: 'whole', range },
      ...found,
    },
    resolution: createResolver(by, createObservations()).resolve(image.value),
  };
}

/** What a reader could click, and any HTML or picture. */
function active(markdown: string): { links: string[]; others: string[] } {
  const links: string[] = [];
  const others: string[] = [];
  const parser = new MarkdownIt({ html: true, linkify: true });
  // Its own list of schemes is not VS Code's, which follows command: links.
  parser.validateLink = () => true;
  const walk = (tokens: ReturnType<typeof parser.parse>): void => {
    for (const token of tokens) {
      if (token.type === 'link_open') links.push(String(token.attrGet('href')));
      if (/html|image/.test(token.type)) others.push(token.content);
      if (token.children) walk(token.children);
    }
  };
  walk(parser.parse(markdown, {}));
  return { links, others };
}

function decoded(link: string): [command: string, argument: unknown] {
  const [, command = '', query] = /^command:([\w.]+)(?:\?(.*))?$/.exec(link) ?? [];
  const [argument]: unknown[] = query === undefined ? [] : (JSON.parse(decodeURIComponent(query)) as unknown[]);
  return [command, argument];
}

/** What is read; where its links lead is told by `active`. */
function words(markdown: string | undefined): string | undefined {
  return markdown?.replace(/\(command:[^)]*\)/g, '');
}

/** Of what a reader could click there are only our commands, about this rule. */
function expectNothingElse(markdown: string, ruleId: string): void {
  const { links, others } = active(markdown);
  expect(others).toEqual([]);
  for (const [command, argument] of links.map(decoded)) {
    expect(hoverCommands).toContain(command);
    const about = (argument as { ruleId?: unknown } | undefined)?.ruleId;
    if (about !== undefined) expect(about).toBe(ruleId);
  }
}

test('served: where it comes from with its tag, as whom, and what can be done', () => {
  const identity = {
    id: '/subscriptions/1/resourceGroups/g/providers/Microsoft.ManagedIdentity/userAssignedIdentities/puller',
  };
  const served = rule('go', 'upstreamregistry.example/base/go', 'cached/go', { identity });
  const text = referenceMarkdown(inspected('downstream.example/cached/go:1.22', world([served])), place) ?? '';
  expect(text).toContain('`upstreamregistry.example/base/go:1.22`');
  expect(text).toContain('`puller`');
  expect(text).toContain(healthWord('unproven'));
  const commands = active(text).links.map(decoded);
  expect(commands).toContainEqual(['acrCache.openRule', { ruleId: served.id }]);
  expect(commands).toContainEqual(['acrCache.diagnoseRule', { ruleId: served.id }]);
  expect(commands).toContainEqual([
    'acrCache.pullImage',
    { ruleId: served.id, image: 'downstream.example/cached/go:1.22' },
  ]);
});

test('a repository that was seen in the registry is no problem, and the hover says so', () => {
  const served = rule('go', 'upstreamregistry.example/base/go', 'cached/go');
  const reference = inspected('downstream.example/team/own:1', world([served]));
  expect(problemsOf(reference).map(({ kind }) => kind)).toEqual(['unservedTarget']);
  const seen = { ...reference, resolution: { ...reference.resolution, isListed: true as const } };
  expect(problemsOf(seen)).toEqual([]);
  expect([reference, seen].map((one) => words(referenceMarkdown(one, place)))).toMatchSnapshot();
});

test('what a shown problem says is not said again', () => {
  const mapped = rule('go', 'upstreamregistry.example/base/*', 'cached/*');
  const gone = inspected('downstream.example/gone:1', world([mapped]));
  const meant = inspected('downstream.example/base/go:1', world([mapped]));
  expect(referenceMarkdown(gone, place)).toBeDefined();
  expect(referenceMarkdown(gone, place, true)).toBeUndefined();
  expect(meant.resolution.meant?.repository).toBe('cached/go');
  const texts = [false, true].map((isReported) => referenceMarkdown(meant, place, isReported) ?? '');
  expect(texts.map((text) => text.includes('`cached/go`'))).toEqual([true, true]);
  expect(texts.map((text) => text.includes('`base/go`'))).toEqual([true, false]);
});

test('bypassed, and shown as a problem: of the name that it says only what can be done, and other names', () => {
  const to = (name: string) => rule(name, 'upstreamregistry.example/base/*', `${name}/*`);
  const [one, other] = [to('one'), to('other')];
  const of = (...rules: CacheRule[]) =>
    referenceMarkdown(inspected('upstreamregistry.example/base/go:1', world(rules)), place, true) ?? '';
  expect(of(one)).not.toContain('one/go');
  expect(active(of(one)).links.map((link) => decoded(link)[0])).toEqual([
    'acrCache.useCachedReference',
    'acrCache.openRule',
  ]);
  const said = of(one, other);
  expect(
    ['`downstream.example/one/go:1`', '`downstream.example/other/go:1`'].filter((name) => said.includes(name)),
  ).toHaveLength(1);
});

test('an open tag is not made up: neither in the source nor for a pull', () => {
  const served = rule('go', 'upstreamregistry.example/base/go', 'cached/go');
  const text =
    referenceMarkdown(inspected('downstream.example/cached/go', world([served]), { openTag: true }), place) ?? '';
  expect(text).toContain('`upstreamregistry.example/base/go`');
  expect(active(text).links.map((link) => decoded(link)[0])).not.toContain('acrCache.pullImage');
});

test('bypassed: the cached names, each with its edit', () => {
  const mapped = rule('go', 'upstreamregistry.example/base/*', 'cached/*');
  const reference = inspected('upstreamregistry.example/base/go:1.22', world([mapped]));
  const text = referenceMarkdown(reference, place) ?? '';
  expect(text).toContain('`downstream.example/cached/go:1.22`');
  expect(active(text).links.map(decoded)).toContainEqual([
    'acrCache.useCachedReference',
    { uri: place, ...reference.found.range, ruleId: mapped.id },
  ]);
  const fixed = inspected('upstreamregistry.example/base/go:1.22', world([mapped]), {
    name: { kind: 'fixed', because: 'sharedVariable' },
  });
  expect(referenceMarkdown(fixed, place)).not.toContain('useCachedReference');
  expect(problemsOf(reference).map(({ kind }) => kind)).toEqual(['bypassedRule']);
});

test('possible: the rule it needs, and what makes it', () => {
  const known = world([rule('other', 'upstreamregistry.example/other', 'other')]);
  const ours = referenceMarkdown(inspected('upstreamregistry.example/base/go:1.22', known), place) ?? '';
  expect(active(ours).links.map(decoded)).toEqual([
    ['acrCache.createRuleFor', { image: 'upstreamregistry.example/base/go:1.22' }],
  ]);
  const hub = referenceMarkdown(inspected('ubuntu:24.04', known), place) ?? '';
  expect(hub).toMatchSnapshot();
  expect(active(hub).links.map(decoded)).toEqual([
    ['acrCache.createRuleFor', { image: 'docker.io/library/ubuntu:24.04' }],
  ]);
});

test('nothing is said about hosts that are not known', () => {
  expect(referenceMarkdown(inspected('nobody.example/app:1', world([])), place)).toBeUndefined();
});

test('how fresh it is, is said unless it is current', () => {
  const served = rule('go', 'upstreamregistry.example/base/go', 'cached/go');
  const text = (entry: Partial<RegistryEntry>) =>
    words(referenceMarkdown(inspected('downstream.example/cached/go:1', world([served], entry)), place));
  expect([
    text({}),
    text({ rulesFreshness: 'snapshot' }),
    text({ rulesFreshness: 'failed', rulesError: new Error('no way in') }),
  ]).toMatchSnapshot();
});

test('a failed or ill rule is a problem, and so is another source than the name says', () => {
  const failed = rule('go', 'upstreamregistry.example/base/go', 'cached/go', { provisioningState: 'Failed' });
  const shadowed = rule('one', 'upstreamregistry.example/one', 'w/one');
  const wildcard = rule('all', 'upstreamregistry.example/w/*', 'w/*');
  const hub = rule('hub', 'docker.io/*', 'hub/*');
  const by = world([failed, shadowed, wildcard, hub]);
  const kinds = (text: string) => problemsOf(inspected(text, by)).map(({ kind }) => kind);
  expect(kinds('downstream.example/cached/go:1')).toEqual(['brokenRule']);
  expect(kinds('downstream.example/w/one:1')).toEqual(['wrongRule']);
  expect(kinds('downstream.example/w/two:1')).toEqual([]);
  expect(kinds('downstream.example/hub/ubuntu:1')).toEqual(['wrongRule']);
  expect(kinds('downstream.example/nowhere:1')).toEqual(['unservedTarget']);
});

test('a problem says how it is known, and sends nobody to a rule that is ill without saying so', () => {
  const failed = rule('go', 'upstreamregistry.example/base/go', 'cached/go', { provisioningState: 'Failed' });
  const messages = (text: string, entry: Partial<RegistryEntry>) =>
    problemsOf(inspected(text, world([failed], entry))).map(({ message }) => message);
  expect([
    messages('upstreamregistry.example/base/go:1', {}),
    messages('downstream.example/gone:1', {}),
    messages('downstream.example/gone:1', { rulesFreshness: 'snapshot' }),
  ]).toMatchSnapshot();
});

function definition(name: string, source: string, target: string): RuleDefinition {
  const literal = (start: number, value: string) => ({ range: { start, end: start + value.length }, value });
  return {
    range: { start: 0, end: 8 },
    name: literal(100, name),
    source: literal(200, source),
    target: literal(400, target),
    registryKey: 'downstream',
    registryName: 'Downstream',
    identity: 'unknown',
    credentialSet: 'unknown',
  };
}

test('the definition of a rule: deployed as written, with differences, or not at all', () => {
  const go = rule('go', 'upstreamregistry.example/base/go', 'cached/go');
  const by = world([go]);
  const text = (name: string, source: string, target: string) =>
    definitionMarkdown(definition(name, source, target), by) ?? '';
  const unread = inventoryState({ registry: registry('downstream'), rulesFreshness: 'never' });
  const different = text('go', 'upstreamregistry.example/other', 'cached/go');
  expect(active(different).links.map(decoded)).toContainEqual(['acrCache.openRule', { ruleId: go.id }]);
  expect({
    asWritten: words(text('GO', 'upstreamregistry.example/base/go', 'cached/go')),
    different: words(different),
    targetTaken: words(text('new', 'upstreamregistry.example/base/go', 'cached/go')),
    unread: words(definitionMarkdown(definition('go', 'a.example/b', 'c'), unread)),
  }).toMatchSnapshot();
  expect(definitionMarkdown({ ...definition('go', 'a.example/b', 'c'), registryName: 'else' }, by)).toBeUndefined();

  const rules = [definition('go', 'upstreamregistry.example/base/go', 'cached/go')];
  const hit = (offset: number) => definitionAt({ rules, articleScopes: [] }, offset)?.hit.start;
  expect([hit(0), hit(101), hit(210), hit(402), hit(50), hit(900)]).toEqual([0, 100, 200, 400, undefined, undefined]);
});

test('nothing from a registry becomes a link, a command, HTML or a picture', () => {
  const hostile = fc.oneof(
    fc.string({ unit: 'grapheme' }),
    fc
      .array(
        fc.constantFrom(
          '[x](command:workbench.action.quit)',
          '<a href="command:a.b">x</a>',
          '![x](https://evil.example/x.png)',
          '`',
          '``',
          '\n\n',
          '](',
          ')',
          '\\',
          '|',
          'https://evil.example',
          'www.evil.example',
          '$(zap)',
          '<img src=x>',
          '[a]: command:x\n',
          '&lt;b&gt;',
          '~~~',
        ),
        { maxLength: 6 },
      )
      .map((parts) => parts.join('')),
  );
  fc.assert(
    fc.property(hostile, hostile, hostile, (name, sentence, message) => {
      const ill = rule('id', 'upstreamregistry.example/base/*', 'cached/*', {
        name,
        provisioningState: sentence,
        identity: {
          id: `/subscriptions/1/resourceGroups/g/providers/Microsoft.ManagedIdentity/userAssignedIdentities/${name}`,
        },
      });
      const finding = {
        check: sentence,
        verdict: 'problem',
        pull: 'dependsOn',
        title: sentence,
        reason: sentence,
        hasRepair: false,
      } as const;
      const known: RuleKnowledge = {
        checkup: { findings: [finding], checkedAt: message, served: false, isWhole: true },
        proof: { image: sentence, by: name, provenAt: message, digest: sentence, upstream: 'same' },
      };
      const by = world([ill], {
        rulesFreshness: 'failed',
        rulesError: new Error(message),
        knowledge: new Map([[ill.id.toLowerCase(), known]]),
        registry: { ...registry('downstream'), name },
      });
      const unknown = inventoryState({
        registry: { ...registry('downstream'), name },
        rulesFreshness: 'failed',
        rulesError: new Error(message),
      });
      const defined = definition(name, sentence, message);
      for (const markdown of [
        definitionMarkdown({ ...defined, registryName: name }, by),
        definitionMarkdown({ ...defined, registryName: name, name: { ...defined.source!, value: `${name}x` } }, by),
        definitionMarkdown({ ...defined, registryName: name }, unknown),
      ])
        expectNothingElse(markdown ?? '', ill.id);
      for (const reference of [
        inspected('downstream.example/cached/go:1', by),
        inspected('upstreamregistry.example/base/go:1', by),
        inspected('downstream.example/nowhere/go', by),
        inspected('downstream.example/nowhere/go', unknown),
      ]) {
        const markdown = referenceMarkdown(reference, place) ?? '';
        expect(active(markdown).links.length).toBeGreaterThan(0);
        expectNothingElse(markdown, ill.id);
      }
    }),
    { numRuns: 200 },
  );
});
