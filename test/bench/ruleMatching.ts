import { parseImageReference } from '../../src/domain/imageReference.ts';
import { createRuleIndex } from '../../src/domain/ruleMatching.ts';
import type { CacheRule } from '../../src/domain/types.ts';
import { median } from './statistics.ts';

export interface RuleMatchingResult {
  readonly rules: number;
  /** Once per registry: reading all rules into the index. Milliseconds. */
  readonly indexMs: number;
  /** One reference, parsed and matched. Microseconds, median of many batches. */
  readonly matchUs: number;
}

const ruleCount = 10_000;
const batches = 200;

/** A pull reference against many rules: half of them wildcards, references that meet a repository, a wildcard or nothing. */
export function measureRuleMatching(): RuleMatchingResult {
  const rules = Array.from({ length: ruleCount }, (_, index): CacheRule => {
    const path = index % 2 ? `team-${index}/service` : `prefix-${index}/nested/*`;
    return {
      id: `rule-${index}`,
      name: `rule-${index}`,
      registryId: 'registry',
      sourceRepository: `upstream.example/${path}`,
      targetRepository: `cache/${path}`,
    };
  });
  const references = Array.from({ length: 300 }, (_, index) => {
    const number = index * 33;
    const odd = number % 2 ? number : number + 1;
    const forms = [`cache/team-${odd}/service`, `cache/prefix-${odd - 1}/nested/a/b/c`, `elsewhere/a/b/c/d-${number}`];
    return `registry.example/${forms[index % forms.length] ?? ''}:1.0`;
  });

  let index = createRuleIndex(rules);
  const indexTimes = Array.from({ length: 5 }, () => {
    const started = performance.now();
    index = createRuleIndex(rules);
    return performance.now() - started;
  });
  let found = 0;
  const times = Array.from({ length: batches }, () => {
    const started = performance.now();
    for (const text of references) {
      const reference = parseImageReference(text);
      if (reference.ok && index.match(reference.value.repository)) found += 1;
    }
    return ((performance.now() - started) * 1000) / references.length;
  });
  const expected = (batches * references.length * 2) / 3;
  if (found !== expected) throw new Error(`${found} references met a rule instead of ${expected}.`);
  return { rules: ruleCount, indexMs: median(indexTimes), matchUs: median(times) };
}
