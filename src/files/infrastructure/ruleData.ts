import type { Scalar } from '../yaml/scalars.ts';
import { nearest, type Scope } from './expressions/evaluate.ts';
import { childrenOf, type Value } from './expressions/values.ts';

/**
 * Names of what cache rules are made of, or what a registry gets otherwise: `sourceRepository`, `target_repo`, `cacheRules`,
 * `artifact-cache`, `mirrored_images`, `imagesToImport`, … In lower case.
 */
const ruleName =
  /(?:source|target|upstream|downstream|destination)[_-]?repo(?:s|sitory|sitories)?$|cach(?:e|es|ed|ing)[_-]?(?:rule|repo|artifact|source|upstream|map)|cached[_-]?(?:image|container)|(?:artifact|image|registry|acr|through)[_-]?cach|pull[_-]?through|(?:mirror(?:s|ed)?|import(?:s|ed)?)[_-]?(?:acr|image|regist|repo)|(?:acr|images?|regist(?:ry|ries)|repo(?:s|sitory|sitories)?)[_-]?(?:to[_-]?)?(?:mirror|import)/;

/** Whether names, from the outermost on, say that what is called so is for cache rules. */
export function namesRuleData(names: readonly string[]): boolean {
  return names.some((name, at) => ruleName.test(name) || isRulesOfCache(names, at));
}

/** `cache: { rules: … }` */
function isRulesOfCache(names: Scalar['path'], at: number): boolean {
  return /^rules?$/i.test(String(names[at])) && /cach/i.test(String(names[at - 1] ?? ''));
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

export type MappedSide = 'source' | 'target';

/** What an entry of an object with this name is if the object maps one name to another: `{ source: …, target: … }`. */
export function sideByName(name: string): MappedSide | undefined {
  if (sourceName.test(name)) return 'source';
  return targetName.test(name) ? 'target' : undefined;
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
      const named = one.value.kind === 'name' ? nearest(one.value, there) : undefined;
      if (named) next.push(named);
    }
  }
}
