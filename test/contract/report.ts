import { isDeepStrictEqual } from 'node:util';
import { probes } from './probes.ts';
import { readFacts } from './facts.ts';
import type { ContractRun, Observed, ProbeResult } from './types.ts';

/** One fact as it was seen in two places. */
export interface Comparison {
  readonly fact: string;
  readonly mark: string;
  /** The option of the sandbox that decides it, where Azure's behaviour is not known. */
  readonly option?: string;
  readonly sandbox: ProbeResult;
  readonly other: ProbeResult;
  readonly verdict: 'same' | 'different' | 'not compared';
}

/** Facts that both runs have tried, in the order of the first. */
export function compareRuns(sandbox: ContractRun, other: ContractRun): Comparison[] {
  const marks = new Map(readFacts().map(({ id, mark }) => [id, mark]));
  return sandbox.results.flatMap((result) => {
    const found = other.results.find(({ fact }) => fact === result.fact);
    if (!found) return [];
    const option = probes.find(({ fact }) => fact === result.fact)?.option;
    return [
      {
        fact: result.fact,
        mark: marks.get(result.fact) ?? '',
        ...(option === undefined ? {} : { option }),
        sandbox: result,
        other: found,
        verdict: verdictOf(result, found),
      },
    ];
  });
}

function verdictOf(a: ProbeResult, b: ProbeResult): Comparison['verdict'] {
  if ([a.state, b.state].some((state) => state === 'failed' || state === 'skipped')) return 'not compared';
  return isDeepStrictEqual(a.observed, b.observed) ? 'same' : 'different';
}

/** `status 201 · code X`; only what differs from `beside`, if that is given. */
export function describe(observed: Observed, beside?: Observed): string {
  const entries = Object.entries(observed).filter(
    ([name, value]) => !beside || !isDeepStrictEqual(value, beside[name]),
  );
  return entries
    .map(([name, value]) => `${name} ${Array.isArray(value) ? value.join('+') : String(value)}`)
    .join(' · ');
}

/** The comparison as Markdown. Ids, names and tokens are not in it: probes see none. */
export function toMarkdown(comparisons: readonly Comparison[], environment: string, date: string): string {
  const rows = comparisons.map((one) => {
    const isSame = one.verdict === 'same';
    const cells = [
      `\`${one.fact}\``,
      one.mark,
      describe(one.sandbox.observed, isSame ? undefined : one.other.observed),
      isSame ? '' : describe(one.other.observed, one.sandbox.observed) || one.other.state,
      isSame ? one.verdict : `**${one.verdict}**`,
      one.option === undefined ? '' : `\`${one.option}\``,
    ];
    return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  });
  return [
    `# Contract: the sandbox and ${environment}, ${date}`,
    '',
    'What each fact means, and its source: docs/azure-facts.md. Where the two agree, the second column is empty.',
    '',
    `| fact | mark | sandbox | ${environment} | verdict | option of the sandbox |`,
    '| --- | --- | --- | --- | --- | --- |',
    ...rows,
    '',
  ].join('\n');
}

/** The same for programs. Requests are templates: `PUT …/cacheRules/{name}`. */
export function toJson(comparisons: readonly Comparison[], environment: string, date: string): string {
  const side = ({ state, observed, requests }: ProbeResult) => ({
    state,
    observed,
    requests: requests.map(({ request, status }) => ({ request: templateOf(request), status })),
  });
  const facts = comparisons.map(({ fact, mark, option, verdict, sandbox, other }) => ({
    fact,
    mark,
    ...(option === undefined ? {} : { option }),
    verdict,
    sandbox: side(sandbox),
    other: side(other),
  }));
  return `${JSON.stringify({ environment, date, facts }, undefined, 2)}\n`;
}

const collections = new Set([
  'subscriptions',
  'resourcegroups',
  'registries',
  'cacherules',
  'credentialsets',
  'userassignedidentities',
  'roleassignments',
  'operationstatuses',
  'operationresults',
  'locations',
]);

/** A request without the host and without what it names: `GET /subscriptions/{…}/resourceGroups/{…}/…`. */
export function templateOf(request: string): string {
  const [method = '', url = ''] = request.split(' ');
  const segments = (URL.parse(url)?.pathname ?? '').split('/');
  const path = segments.map((segment, at) => {
    if (collections.has(segments[at - 1]?.toLowerCase() ?? '')) return '{…}';
    return /^[0-9a-f-]{32,36}$/i.test(segment) ? '{…}' : segment;
  });
  return `${method} ${path.join('/')}`;
}
