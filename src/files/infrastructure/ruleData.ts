import type { Scalar } from '../yaml/scalars.ts';
import { nearest, type Scope } from './expressions/evaluate.ts';
import { childrenOf, type ObjectValue, type Value } from './expressions/values.ts';
import { remembered } from '../text/remembered.ts';

/**
 * Names of what cache rules are made of, or what a registry gets otherwise: `sourceRepository`, `target_repo`, `cacheRules`,
 * `artifact-cache`, `mirrored_images`, `imagesToImport`, … In lower case.
 */
const ruleName =
  /(?:source|target|upstream|downstream|destination)[_-]?repo(?:s|sitory|sitories)?$|cach(?:e|es|ed|ing)[_-]?(?:rule|repo|artifact|source|upstream|map)|cached[_-]?(?:image|container)|(?:artifact|image|registry|acr|through)[_-]?cach|pull[_-]?through|(?:mirror(?:s|ed)?|import(?:s|ed)?)[_-]?(?:acr|image|regist|repo)|(?:acr|images?|regist(?:ry|ries)|repo(?:s|sitory|sitories)?)[_-]?(?:to[_-]?)?(?:mirror|import)/;

const isOfCache = remembered((name) => /cach/i.test(name));
/** By itself, or if what is around it is called a cache. */
const ruleWord = remembered((name) => (ruleName.test(name) ? 'always' : /^rules?$/i.test(name) ? 'ofCache' : 'never'));

/** Whether names, in lower case, from the outermost on, say that what is called so is for cache rules. */
export function namesRuleData(names: readonly string[]): boolean {
  for (let at = 0; at < names.length; at++) {
    const word = ruleWord(names[at] ?? '');
    if (word === 'always' || (word === 'ofCache' && isOfCache(names[at - 1] ?? ''))) return true;
  }
  return false;
}

/** `cache: { rules: … }` */
function isRulesOfCache(names: Scalar['path'], index: number): boolean {
  return /^rules?$/i.test(String(names[index])) && isOfCache(String(names[index - 1] ?? ''));
}

/** Values of charts and custom resources describe caches that run themselves, from images, so that only the rules tell. */
export function isOfRuleData({ path }: Scalar): boolean {
  return path.some(
    (key, index) =>
      typeof key === 'string' &&
      (/cach(?:e|es|ed|ing)?[_-]?rule|artifact[_-]?cach/i.test(key) || isRulesOfCache(path, index)),
  );
}

const sourceName = /^(?:source|src|from|upstream|origin|remote)(?:[_-]?(?:repo|repository|image|path|name))?$/i;
const targetName =
  /^(?:target|dest|destination|dst|to|downstream|cached?)(?:[_-]?(?:repo|repository|image|path|name))?$/i;

const isSource = remembered((name) => sourceName.test(name));
const isTarget = remembered((name) => targetName.test(name));

/** The entries of an object that map one name to another: `{ source: …, target: … }`. None if it has only one side. */
export function mappedSides({ entries }: ObjectValue): readonly Value[] {
  if (entries.length < 2) return [];
  const named = (isIt: (name: string) => boolean) =>
    entries.filter(({ key, labels }) => !labels && key !== undefined && isIt(key));
  const sources = named(isSource);
  if (sources.length === 0) return [];
  const targets = named(isTarget);
  return targets.length > 0 ? [...sources, ...targets].map(({ value }) => value) : [];
}

/**
 * Values that cache rules are made of, however far from them they are written: parameters of modules, lists that loops go through,
 * parts of names. None of them is an image that is pulled, and replaced by the cached name, a rule would fetch from itself.
 */
export class RuleData {
  private readonly values = new Set<Value>();

  has(value: Value): boolean {
    return this.values.has(value);
  }

  /** With all that is in it, and what its names stand for. */
  add(value: Value, scope: Scope): void {
    const next = [{ value, scope }];
    for (let one = next.pop(); one; one = next.pop()) {
      if (this.values.has(one.value)) continue;
      this.values.add(one.value);
      const there = one.scope;
      for (const inner of childrenOf(one.value)) next.push({ value: inner, scope: there });
      if (one.value.kind === 'text') {
        for (const { expression } of one.value.parts) if (expression) next.push({ value: expression, scope: there });
      } else if (one.value.kind === 'name') {
        const named = nearest(one.value, there);
        if (named) next.push(named);
      }
    }
  }
}
