import { resolve, textOf, type Resolved, type Scope } from './evaluate.ts';
import type { CallValue, ObjectValue, Value } from './values.ts';

/** What a file says of a property. `maybe`: a condition decides. `unknown`: what has it is not understood. Undefined: it is not there. */
export type LookedUp = Resolved | 'maybe' | 'unknown' | undefined;

/** Objects that are looked into for one property; their variables may name each other. */
const maxSteps = 100;

/** Calls that put objects together, where the last one counts: Bicep's and ARM's, Terraform's. */
const merging = new Set(['union', 'shallowmerge', 'merge']);

/**
 * The property of a value, in any casing: of an object, of what `...`, `union` and `merge` put together, of the text that `jsonencode`
 * makes. What it says is not followed further.
 */
export function lookUp(value: Value | undefined, key: string, scope: Scope): LookedUp {
  return new LookUp(key.toLowerCase()).in(value, scope);
}

/** The property of what was looked up. */
export function lookUpIn(holder: LookedUp, key: string): LookedUp {
  if (holder === undefined) return undefined;
  return typeof holder === 'string' ? 'unknown' : lookUp(holder.value, key, holder.scope);
}

class LookUp {
  readonly #key: string;
  #steps = maxSteps;

  constructor(key: string) {
    this.#key = key;
  }

  in(value: Value | undefined, from: Scope): LookedUp {
    if (value === undefined) return undefined;
    const found = this.#steps-- > 0 ? resolve(value, from) : undefined;
    if (!found) return 'unknown';
    const { value: holder, scope } = found;
    switch (holder.kind) {
      case 'object':
        return this.#inObject(holder, scope);
      case 'call':
        return this.#inCall(holder, scope);
      case 'choice': {
        const options = holder.options.map((option) => this.in(option, scope));
        if (options.some((option) => option !== undefined && option !== 'unknown')) return 'maybe';
        return options.includes('unknown') ? 'unknown' : undefined;
      }
      case 'null':
        return undefined;
      default:
        return 'unknown';
    }
  }

  #inObject({ entries, open }: ObjectValue, scope: Scope): LookedUp {
    const isAll = !open || entries.some(({ isSpread }) => isSpread === true);
    const named = entries.filter(
      (entry) => entry.isSpread === true || (!entry.labels && entry.key?.toLowerCase() === this.#key),
    );
    // Of one that is written twice the first counts; of others, what comes last.
    const first = named.findIndex(({ isSpread }) => isSpread !== true);
    const effective = named.filter(({ isSpread }, index) => isSpread === true || index === first);
    const looked = effective.map(
      ({ value, isSpread }) =>
        () =>
          isSpread === true ? this.in(value, scope) : { value, scope },
    );
    return lastOf(looked) ?? (isAll ? undefined : 'unknown');
  }

  #inCall({ name, arguments: given }: CallValue, scope: Scope): LookedUp {
    const call = name.toLowerCase();
    const [first] = given;
    if (call === 'jsonencode' || call === 'any') return this.in(first, scope);
    if (call === 'createobject') {
      const at = given.findIndex((key, index) => index % 2 === 0 && textOf(key, scope)?.toLowerCase() === this.#key);
      const value = given[at + 1];
      return at < 0 || !value ? undefined : { value, scope };
    }
    if (!merging.has(call)) return 'unknown';
    const objects = given.length === 1 && first?.kind === 'list' ? first.items : given;
    return lastOf(objects.map((object) => () => this.in(object, scope)));
  }
}

/** What is certain of the last that has it; what is not understood behind it may have another. */
function lastOf(looked: readonly (() => LookedUp)[]): LookedUp {
  let isOpen = false;
  for (const look of looked.toReversed()) {
    const found = look();
    if (found === 'unknown') isOpen = true;
    else if (found !== undefined) return found;
  }
  return isOpen ? 'unknown' : undefined;
}
