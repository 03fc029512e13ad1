import type { Answer, Core, SandboxRequest } from './core.ts';
import { isFaultRule } from './faults.ts';
import type { FaultPlan } from './faults.ts';
import { isObject, isTime } from './json.ts';
import { optionProblem } from './options.ts';
import { snapshotOf } from './snapshot.ts';
import type { SandboxInfo } from './types.ts';

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
      const problem = isObject(input) ? optionProblem(input) : 'Needs an object of options.';
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

/** The last moment that has a date of the usual form. */
const lastTime = Date.parse('9999-12-31T00:00:00Z');
