import MarkdownIt from 'markdown-it';
import { describe, expect, it, vi } from 'vitest';
import { AzureError } from '../../../../src/azure/errors.ts';
import type { RuleFinding } from '../../../../src/domain/ruleVerdict.ts';
import { type RuleReport, unreadReport } from '../../../../src/provisioning/ruleReport/readRuleReport.ts';
import { ruleReportMarkdown } from '../../../../src/provisioning/ruleReport/ruleReportMarkdown.ts';
import { linkedCommands } from '../../../../src/ui/documents/documentPage.lazy.ts';
import { registry, rule } from '../../inventory/fakeAzure.ts';

vi.mock('vscode', () => ({}));

const downstream = registry('myregistry');
const upstream = registry('upstreamregistry');
const subscription = downstream.subscriptionId;
const principalId = '8651650f-be87-401b-ac01-926d5c40e1ec';
const identityId = `/subscriptions/${subscription}/resourceGroups/Group/providers/Microsoft.ManagedIdentity/userAssignedIdentities/MyIdentity`;
const made = {
  ...rule(downstream, 'MyRule'),
  targetRepository: 'myapp',
  sourceRepository: `${upstream.loginServer}/myapp`,
  identity: { id: identityId, principalId },
  provisioningState: 'Succeeded',
};
const digest = (sign: string) => `sha256:${sign.repeat(64)}`;
const amd64 = { os: 'linux', architecture: 'amd64' };

/** A rule as it should be: one tag cached, verified and diagnosed. */
const healthy: RuleReport = {
  ...unreadReport(made.id),
  readAt: '2026-11-30T12:33:00.000Z',
  knowledge: {
    checkup: { findings: [], checkedAt: '2026-11-30T12:33:00.000Z', served: true, isWhole: true },
    proof: {
      image: 'myapp:1.0',
      by: 'docker',
      provenAt: '2026-11-30T12:31:00.000Z',
      digest: digest('c'),
      upstream: 'same',
      platforms: { cached: ['linux/amd64'], count: 2 },
    },
  },
  mapping: { state: 'ready', value: { rule: made, registry: downstream, upstream } },
  access: {
    state: 'ready',
    value: {
      sentence: 'MyIdentity may read myapp in upstreamregistry.',
      sufficient: true,
      grants: [
        {
          scope: upstream.id,
          condition: `@Request[name] StringEquals 'myapp' OR ${principalId}`,
          explained: `Container Registry Repository Reader at ${upstream.id}: May read the repository "myapp".`,
          compared: 'Gives exactly what the rule needs.',
        },
      ],
    },
  },
  identity: {
    state: 'ready',
    value: {
      identity: {
        id: identityId,
        name: 'MyIdentity',
        resourceGroup: 'Group',
        tenantId: subscription,
        location: 'eastus',
        principalId,
        clientId: '11111111-2222-3333-4444-555555555555',
      },
      identityId,
      recreated: false,
      usage: {
        rules: [],
        resources: [],
        federatedCredentials: [],
        assignments: [],
        unknown: [`Other uses of ${identityId} by ${principalId} could not be read.`],
      },
    },
  },
  cached: {
    state: 'ready',
    value: {
      repositories: [
        {
          repository: 'myapp',
          source: 'myapp',
          tags: ['1.0', '1.1', 'latest'].map((tag) => ({
            tag,
            digest: digest('c'),
            lastUpdated: '2026-11-30T12:31:00.000Z',
            platforms: [amd64],
            upstreamDigest: digest('c'),
            upstreamState: 'same' as const,
          })),
          moreTags: 0,
          untagged: [],
          moreUntagged: 0,
        },
      ],
      moreRepositories: 0,
      isCut: false,
    },
  },
  json: { state: 'ready', value: { id: made.id, properties: { principalId } } },
};

const view = { client: 'docker', time: (iso: string) => iso.slice(11, 16) } as const;
const render = (report: RuleReport) => new MarkdownIt({ html: true }).render(ruleReportMarkdown(report, view));
const guid = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/i;

/** What stands above the whole ids. */
function above(report: RuleReport): string {
  const [top, ids] = ruleReportMarkdown(report, view).split('\n## Ids\n');
  expect(ids).toMatch(guid);
  return top ?? '';
}

const finding = (verdict: RuleFinding['verdict'], check: string, hasRepair = false): RuleFinding => ({
  check,
  verdict,
  pull: 'proves',
  title: `Title of ${check}`,
  reason: `Reason of ${check} of ${principalId} at ${upstream.id}.`,
  hasRepair,
});
const withFindings = (...findings: RuleFinding[]): RuleReport => ({
  ...healthy,
  knowledge: { checkup: { findings, checkedAt: '2026-11-30T12:33:00.000Z', served: true, isWhole: true } },
});

describe('the document of a rule', () => {
  it('fits on a screen above its ids, and nothing in it is wider than a pane', () => {
    const top = above(healthy);
    // 700 px with lines of 20 px; headings and tables need more.
    const height = render({ ...healthy })
      .split('<h2>Ids</h2>')[0]!
      .match(/<(h1|h2|p|li|tr|pre)\b/g)!
      .reduce((sum, tag) => sum + ({ '<h1': 45, '<h2': 42, '<p': 28, '<pre': 42 }[tag] ?? 23), 0);
    expect(height).toBeLessThan(700);
    const cells = top
      .split('\n')
      .filter((line) => line.startsWith('|'))
      .flatMap((line) => line.split(' | '));
    expect(cells.length).toBeGreaterThan(15);
    for (const cell of cells) expect(cell.length, cell).toBeLessThan(30);
    for (const word of top.replace(/\]\([^)]*\)/g, '').split(/\s/)) expect(word.length, word).toBeLessThan(60);
  });

  it.each<[string, RuleReport]>([
    ['a healthy rule', healthy],
    ['problems', withFindings(finding('problem', 'identity', true), finding('unknown', 'source', true))],
    [
      'what could not be read',
      { ...healthy, cached: { state: 'failed', reason: `No right of ${principalId} at ${upstream.id}.` } },
    ],
  ])('has no GUID and no ARM id above the whole ids (%s)', (_, report) => {
    // The links' own addresses are not read by anybody.
    const read = above(report).replace(/\]\(command:[^)]*\)/g, ']');
    expect(read).not.toMatch(guid);
    expect(read).not.toContain('/subscriptions/');
  });

  it('has its verdict in one line, then links that VS Code runs', () => {
    const [title, verdict, links] = ruleReportMarkdown(healthy, view).split('\n\n');
    expect(title?.replaceAll('\\', '')).toBe(`# ${downstream.loginServer}/myapp`);
    expect(verdict).toMatch(/^\*\*✓ works\*\* .*12:33.* · .*12:31.*docker.* · .*3/);
    const commands = [...(links ?? '').matchAll(/\(command:([\w.]+)\?/g)].map(([, command]) => command);
    expect(commands).toContain('acrCache.verifyRule');
    expect(commands.length).toBeLessThanOrEqual(5);
    expect(linkedCommands).toEqual(expect.arrayContaining(commands));
  });

  it('tells problems above all else, each with its repair, and skipped checks after the facts', () => {
    const report = withFindings(
      finding('unknown', 'source', true),
      finding('warning', 'age'),
      finding('problem', 'identity', true),
    );
    const text = ruleReportMarkdown(report, view);
    const order = ['Title of identity', 'Title of age', '## Cached', '## Permission', 'Title of source', '## Ids'];
    const places = order.map((each) => text.indexOf(each));
    expect(places).toEqual(places.toSorted((a, b) => a - b));
    expect(places).not.toContain(-1);
    const repairs = [...text.matchAll(/command:acrCache\.repairRule\?([^)]*)\)/g)].map(
      ([, written]) => JSON.parse(decodeURIComponent(written ?? '')) as unknown,
    );
    expect(repairs).toEqual([[{ ruleId: made.id, check: 'identity' }], [{ ruleId: made.id, check: 'source' }]]);
    expect(linkedCommands).toContain('acrCache.repairRule');
  });

  it('has one line for one reason, and folds the requests', () => {
    const error = new AzureError('Not for you.', {
      kind: 'forbidden',
      code: 'AuthorizationFailed',
      correlationId: principalId,
      request: 'GET https://management.example/x',
    });
    const failed = { state: 'failed', reason: 'Not for you.', error } as const;
    const report: RuleReport = { ...healthy, access: failed, identity: failed, json: failed };
    const text = ruleReportMarkdown(report, view);
    expect(text.match(/Not for you/g)).toHaveLength(1);
    expect(text.match(/GET https:/g)).toHaveLength(1);
    expect(text.indexOf('GET https:')).toBeGreaterThan(text.lastIndexOf('<details>', text.indexOf('GET https:')));
    expect(ruleReportMarkdown(healthy, view)).not.toContain('Requests');
  });

  it('tells a failed pull of this session, and what the registries answered, folded', () => {
    const report: RuleReport = {
      ...healthy,
      pull: {
        image: 'myapp:2.0',
        at: '2026-11-30T12:40:00.000Z',
        proof: {
          verdict: 'notPulled',
          code: 'denied',
          sentence: 'It was refused.',
          isStale: false,
          platforms: [],
          evidence: [{ text: 'DENIED', correlationId: principalId }],
        },
      },
    };
    const [, problems] = ruleReportMarkdown(report, view).split('\n## ');
    expect(problems).toMatch(/myapp:2\\\.0.*12:40.*It was refused/);
    expect(ruleReportMarkdown(report, view).split('<details>')[1]).toContain('DENIED');
    const { checkup } = healthy.knowledge ?? {};
    const later: RuleReport = {
      ...report,
      knowledge: { ...report.knowledge, checkup: checkup && { ...checkup, checkedAt: '2026-11-30T12:41:00.000Z' } },
    };
    expect(ruleReportMarkdown(later, view)).not.toContain('## Problems');
    expect(ruleReportMarkdown(healthy, view)).not.toContain('DENIED');
  });

  it.each([
    ['same', '✓'],
    ['newer', '⚠'],
    ['unknown', '○'],
  ] as const)('says of the proof whether the upstream has the same image (%s)', (state, sign) => {
    const { proof, ...rest } = healthy.knowledge ?? {};
    if (!proof) throw new Error('no proof');
    const text = ruleReportMarkdown({ ...healthy, knowledge: { ...rest, proof: { ...proof, upstream: state } } }, view);
    expect(text).toMatch(new RegExp(`- ${sign} Digest ccccccc…`));
  });
});
