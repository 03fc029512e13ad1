import type { Answer, Core, LiveOptions, SandboxRequest } from './core.ts';
import type { FaultPlan } from './faults.ts';
import { isObject } from './json.ts';
import type { JsonObject } from './json.ts';
import { snapshotOf } from './snapshot.ts';
import type { FaultRule, SandboxInfo } from './types.ts';

/**
 * The control endpoint, `/sandbox/…`. Bodies and answers are JSON:
 * GET info · GET hosts (the names with their ports on loopback) · GET/PUT faults (FaultRule[]) · PUT latency ({ms}) · GET/PATCH options · GET clock, POST clock ({advance: ms}) ·
 * GET/DELETE log · GET state · GET principals. Undefined for other paths.
 */
export function createControl(
  core: Core,
  faults: FaultPlan,
  info: () => SandboxInfo,
): (request: SandboxRequest) => Promise<Answer | undefined> {
  const json = (value: unknown): Answer => ({ status: 200, json: value });
  const actions: Record<string, (request: SandboxRequest) => Promise<Answer> | Answer> = {
    'GET info': () => json(info()),
    'GET hosts': () => json(Object.fromEntries(core.hosts)),
    'GET faults': () => json(faults.rules),
    'PUT faults': async (request) => {
      const rules = await body(request);
      if (!Array.isArray(rules) || !rules.every(isFaultRule))
        return refused('Needs an array of {match, …}; see FaultRule in types.ts.');
      faults.set(rules);
      return json(faults.rules);
    },
    'PUT latency': async (request) => {
      const input = await body(request);
      if (!isObject(input) || !isTime(input['ms'])) return refused('Needs {ms: milliseconds}.');
      core.options.latencyMs = input['ms'];
      return json({ ms: core.options.latencyMs });
    },
    'GET options': () => json(core.options),
    'PATCH options': async (request) => {
      const input = await body(request);
      const problem = isObject(input) ? optionProblem(core.options, input) : 'Needs an object of options.';
      if (problem !== undefined) return refused(problem);
      Object.assign(core.options, input);
      return json(core.options);
    },
    'GET clock': () => json({ now: core.clock.now() }),
    'POST clock': async (request) => {
      const input = await body(request);
      if (!isObject(input) || !isTime(input['advance']) || core.clock.now() + input['advance'] > lastTime)
        return refused('Needs {advance: milliseconds}, not beyond the year 9999.');
      await core.clock.advance(input['advance']);
      return json({ now: core.clock.now() });
    },
    'GET log': () => json(core.log),
    'DELETE log': () => {
      core.log.length = 0;
      return json([]);
    },
    'GET state': () => ({
      status: 200,
      body: snapshotOf(core.state),
      headers: { 'Content-Type': 'application/json; charset=utf-8' },
    }),
    'GET principals': () => json([...core.state.principals.values()]),
  };
  return async (request) => {
    const name = /^\/sandbox\/([a-z]+)\/?$/.exec(request.path)?.[1];
    if (name === undefined || name === 'signin') return undefined;
    const action = actions[`${request.method} ${name}`];
    return action
      ? action(request)
      : {
          status: 404,
          json: { error: `No '${request.method} ${name}'; there is: ${Object.keys(actions).join(', ')}.` },
        };
  };
}

async function body(request: SandboxRequest): Promise<unknown> {
  try {
    return JSON.parse((await request.body()).toString('utf8'));
  } catch {
    return undefined;
  }
}

function refused(message: string): Answer {
  return { status: 400, json: { error: message } };
}

/** A duration in milliseconds. */
function isTime(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0;
}

/** The last moment that has a date of the usual form. */
const lastTime = Date.parse('9999-12-31T00:00:00Z');

const isCount = (value: unknown): boolean => Number.isSafeInteger(value) && Number(value) > 0;
const isText = (value: unknown): boolean => typeof value === 'string';
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

const optionWords = new Map([
  ['articleScopes', ['honour', 'ignore']],
  ['credentialHealth', ['evaluate', 'healthy', 'unhealthy']],
  ['scheduleInstances', ['answer', 'forbidden', 'absent']],
]);

/** An option must be there already and keep its type. */
export function optionProblem(live: LiveOptions, input: JsonObject): string | undefined {
  const options: JsonObject = { ...live };
  for (const [name, value] of Object.entries(input)) {
    if (!(name in options)) return `No option '${name}'; there is: ${Object.keys(options).join(', ')}.`;
    const given = options[name];
    if (Array.isArray(given) !== Array.isArray(value))
      return `Option '${name}' is ${Array.isArray(given) ? 'an' : 'no'} array.`;
    if (typeof given !== typeof value) return `Option '${name}' is a ${typeof given}.`;
    if (typeof value === 'number' && !(isTime(value) && (name !== 'pageSize' || isCount(value))))
      return `Option '${name}' is a number that is not negative.`;
    if (Array.isArray(value) && !value.every(isText)) return `Option '${name}' is an array of strings.`;
    const words = optionWords.get(name);
    if (words && !words.includes(String(value))) return `Option '${name}' is ${words.join(' or ')}.`;
  }
  return undefined;
}
