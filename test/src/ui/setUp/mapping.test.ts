import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkCacheRuleName } from '../../../../src/domain/names.ts';
import {
  checkPrefix,
  checkRuleName,
  checkTarget,
  normalizePrefix,
  previewMapping,
  type Surroundings,
  ruleNamesOf,
} from '../../../../src/ui/setUp/mapping.ts';
import {
  chooseDownstream,
  choosePrefix,
  chooseSources,
  chooseUpstream,
  emptyDraft,
  nameRule,
  nameTarget,
  sourceKey,
} from '../../../../src/ui/setUp/draft.ts';
import { suggestWildcards } from '../../../../src/ui/setUp/wildcards.ts';
import { pattern, registry, rule } from '../../../samples.ts';

const down = registry('myregistry');
const up = registry('upstreamregistry');
const draft = chooseSources(chooseUpstream(chooseDownstream(emptyDraft, down), up), [
  pattern('myapp'),
  pattern('team/*'),
]);
const nothing: Surroundings = { rules: [] };

describe('preview', () => {
  it('says what a pull fetches', () => {
    expect(previewMapping(down, up, pattern('myapp'), 'cache/myapp')).toBe(
      'pull myregistry.example/cache/myapp:tag ⇒ fetches upstreamregistry.example/myapp:tag',
    );
    expect(previewMapping(down, up, pattern('team/*'), 'team/*')).toBe(
      'pull myregistry.example/team/<name>:tag ⇒ fetches upstreamregistry.example/team/<name>:tag',
    );
  });
});

describe('targets', () => {
  const check = (text: string, surroundings = nothing, source = 'myapp') =>
    checkTarget(draft, pattern(source), text, surroundings)?.code;

  it.each([
    ['myapp:1.0', 'repository.hasTag'],
    ['MyApp', 'repository.upperCase'],
    ['a//b', 'repository.emptySegment'],
    ['', 'repository.empty'],
    ['cache/*', 'target.kind'],
    ['myregistry.example/myapp', 'target.host'],
    ['elsewhere.example:5000/myapp', 'repository.hasHost'],
  ])('refuses %s with its reason', (text, code) => {
    expect(check(text)).toBe(code);
  });

  it('needs a star where the source has one', () => {
    expect(check('team', nothing, 'team/*')).toBe('target.kind');
    expect(check('cache/*', nothing, 'team/*')).toBeUndefined();
  });

  it('refuses what a rule or a repository has taken', () => {
    expect(check('myapp', { rules: [rule('other', 'elsewhere.example/x', 'myapp')] })).toBe('rule.sameTarget');
    expect(checkTarget(draft, pattern('myapp'), 'myapp', { rules: [], repositories: ['myapp'] })?.code).toBe(
      'target.repositoryExists',
    );
    const wildcard = checkTarget(draft, pattern('team/*'), 'team/*', {
      rules: [],
      repositories: ['team/a', 'team/b', 'x'],
    });
    expect(wildcard?.message).toContain('2 repositories');
    expect(check('teams/*', { rules: [rule('all', 'elsewhere.example/*', '*')] }, 'team/*')).toBe(
      'rule.wildcardOverlap',
    );
  });

  it('allows the very rule that a continued set-up has already made, with what it has cached', () => {
    const made = rule('made-rule', 'upstreamregistry.example/myapp', 'myapp');
    expect(checkTarget(draft, pattern('myapp'), 'myapp', { rules: [made], repositories: ['myapp'] })).toBeUndefined();
    expect(ruleNamesOf(draft, [made]).get('myapp')).toBe('made-rule');
    expect(checkRuleName(draft, pattern('myapp'), 'made-rule', [made])).toBeUndefined();
  });

  it('refuses a target that another chosen repository has', () => {
    const named = nameTarget(draft, pattern('myapp'), 'other');
    const three = chooseSources(named, [...named.sources, pattern('other')]);
    expect(checkTarget(three, pattern('other'), 'other', nothing)?.code).toBe('target.double');
    expect(checkTarget(three, pattern('myapp'), 'team/x', nothing)).toBeUndefined();
  });
});

describe('prefix', () => {
  it.each([
    ['cache', undefined],
    ['cache/', undefined],
    ['', undefined],
    ['Cache', 'repository.upperCase'],
    ['cache/*', 'prefix.star'],
    ['cache:1', 'repository.hasTag'],
    ['myregistry.example/cache', 'target.host'],
  ])('%s: %s', (text, code) => {
    expect(checkPrefix(draft, text, nothing)?.code).toBe(code);
  });

  it('names the first target that it would break', () => {
    const problem = checkPrefix(draft, 'cache', { rules: [], repositories: ['cache/myapp'] });
    expect(problem?.message).toMatch(/^cache\/myapp: /);
  });

  it('is normalized to no slash at the ends', () => {
    expect(normalizePrefix(' /a/b// ')).toBe('a/b');
  });
});

describe('rule names', () => {
  it('are valid, distinct and free, whatever the repositories', () => {
    const segment = fc.stringMatching(/^[a-z0-9]{1,12}$/);
    const path = fc.array(segment, { minLength: 1, maxLength: 4 }).map((parts) => parts.join('/'));
    const text = fc.tuple(path, fc.boolean()).map(([value, star]) => (star ? `${value}/*` : value));
    fc.assert(
      fc.property(fc.uniqueArray(text, { minLength: 1, maxLength: 10 }), (texts) => {
        const chosen = choosePrefix(chooseSources(draft, texts.map(pattern)), 'cache');
        const rules = [rule('upstreamregistry-a', 'x.example/y', 'y')];
        const names = ruleNamesOf(chosen, rules);
        expect(new Set([...names.values()].map((name) => name.toLowerCase())).size).toBe(texts.length);
        for (const source of chosen.sources) {
          const name = names.get(sourceKey(source)) ?? '';
          expect(checkCacheRuleName(name)).toBeUndefined();
          expect(checkRuleName(chosen, source, name, rules)).toBeUndefined();
        }
      }),
    );
  });

  it('refuses a name that is taken in any casing, or used twice', () => {
    const rules = [rule('TakenName', 'x.example/y', 'y')];
    expect(checkRuleName(draft, pattern('myapp'), 'takenname', rules)?.code).toBe('ruleName.taken');
    const named = nameRule(draft, pattern('team/*'), 'team-rule');
    expect(checkRuleName(named, pattern('myapp'), 'Team-Rule', [])?.code).toBe('ruleName.double');
    expect(checkRuleName(draft, pattern('myapp'), 'a b', [])?.code).toBe('ruleName.length');
  });
});

it('the names of many repositories beside many rules are checked without a look at each rule for each pair of them', () => {
  let looks = 0;
  const rules = Array.from({ length: 60 }, (_, index) => {
    const { name, ...rest } = rule(`Rule-${index}`, `upstreamregistry.example/other${index}`, `other${index}`);
    return {
      ...rest,
      get name() {
        looks++;
        return name;
      },
    };
  });
  const sources = Array.from({ length: 60 }, (_, index) => pattern(`team/app${index}`));
  const many = chooseSources(draft, sources);
  for (const source of sources) {
    const key = sourceKey(source);
    expect(checkTarget(many, source, key, { rules })).toBeUndefined();
    expect(checkRuleName(many, source, ruleNamesOf(many, rules).get(key) ?? '', rules)).toBeUndefined();
  }
  expect(looks).toBeLessThan(1.5 * sources.length * rules.length);
});

describe('wildcards on offer', () => {
  it('are the paths with several repositories below, the largest first, then all', () => {
    const found = suggestWildcards(['a/x', 'a/y', 'b/c/x', 'b/c/y', 'b/z', 'single', 'd/only']);
    expect(found.map(sourceKey)).toEqual(['b/*', 'a/*', 'b/c/*', '*']);
  });
});
