import { isCount, isObject, isText, isTime } from './json.ts';
import type { FaultRule } from './types.ts';

/** What the matching rules ask for one call, merged; the first rule that names a property wins. */
export type Fault = Omit<FaultRule, 'match' | 'nth' | 'times'>;

/** Counts matching calls per rule and says what to do to each call. */
export interface FaultPlan {
  readonly rules: readonly FaultRule[];
  set(rules: readonly FaultRule[]): void;
  next(call: string): Fault | undefined;
  /** Resolves when the rules are set anew. */
  changed(): Promise<void>;
}

/** @throws SyntaxError from `set` when a rule's `match` is not a regular expression. */
export function createFaultPlan(): FaultPlan {
  let active: { rule: FaultRule; pattern: RegExp; seen: number; used: number }[] = [];
  const held: (() => void)[] = [];
  return {
    get rules() {
      return active.map(({ rule }) => rule);
    },
    set(rules) {
      active = rules.map((rule) => ({ rule, pattern: new RegExp(rule.match), seen: 0, used: 0 }));
      for (const release of held.splice(0)) release();
    },
    changed: () => new Promise((resolve) => held.push(resolve)),
    next(call) {
      let fault: Fault | undefined;
      for (const entry of active) {
        if (!entry.pattern.test(call)) continue;
        entry.seen += 1;
        const { nth, times = nth === undefined ? Infinity : 1 } = entry.rule;
        if (entry.seen < (nth ?? 1) || entry.used >= times) continue;
        entry.used += 1;
        fault = { ...entry.rule, ...fault };
      }
      return fault;
    },
  };
}

/** What may be in a fault, so that a typing error is not taken for no fault. */
const faultMembers = new Map<string, (value: unknown) => boolean>([
  ['match', (value) => typeof value === 'string' && isLinear(value)],
  ['nth', isCount],
  ['times', isCount],
  ['status', (value) => Number.isInteger(value) && Number(value) >= 200 && Number(value) <= 599],
  ['code', isText],
  ['message', isText],
  ['retryAfter', isTime],
  ['claims', isText],
  ['delayMs', isTime],
  ['hold', (value) => value === true],
  ['reset', (value) => value === 'before' || value === 'after'],
  ['failOperation', (value) => isObject(value) && isText(value['code']) && isText(value['message'])],
]);

export function isFaultRule(value: unknown): value is FaultRule {
  return (
    isObject(value) &&
    'match' in value &&
    Object.entries(value).every(([name, member]) => faultMembers.get(name)?.(member) === true)
  );
}

/** Whether a regular expression can be compiled and has no repetition of a repetition: every request is matched against it. */
function isLinear(pattern: string): boolean {
  try {
    new RegExp(pattern);
  } catch {
    return false;
  }
  return !/\((?:[^()\\]|\\.)*[*+](?:[^()\\]|\\.)*\)[*+{]/.test(pattern);
}
