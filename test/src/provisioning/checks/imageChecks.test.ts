import { expect, it } from 'vitest';
import type { Azure } from '../../../../src/azure/azure.ts';
import { AzureError } from '../../../../src/azure/errors.ts';
import type { Registry } from '../../../../src/domain/types.ts';
import { factsOfRule } from '../../../../src/provisioning/checks/facts.ts';
import { ruleChecks } from '../../../../src/provisioning/checks/index.ts';
import { runCheck } from '../../../../src/provisioning/diagnosis/runCheck.ts';
import { failure, fakeAzure, link, ruleOf, type State } from '../requirements/fakeAzure.ts';

const digest = (letter: string): string => `sha256:${letter.repeat(64)}`;
const [a, b, i] = [digest('a'), digest('b'), digest('1')];
const linux = { os: 'linux', architecture: 'amd64' };
const index = 'application/vnd.oci.image.index.v1+json';
const platforms = [a, b].map((one, at) => ({ digest: one, platform: { ...linux, architecture: `arch${at}` } }));
const answers = (status: number, kind: AzureError['kind'], code = `S${status}`): AzureError =>
  new AzureError(code, { kind, code, status });
const absent = answers(404, 'notFound', 'NAME_UNKNOWN');
const denied = answers(401, 'forbidden', 'UNAUTHORIZED');

/** What a registry answers; an error is what the read fails with. */
interface Content {
  readonly tags?: readonly string[] | Error;
  readonly stored?: readonly object[] | Error;
  readonly exists?: boolean | Error;
  readonly repositories?: readonly string[] | Error;
  /** By tag or digest. */
  readonly manifests?: Record<string, object | Error>;
  readonly isCut?: boolean;
}

function contentOf({ tags = [], stored = [], exists = true, repositories = [], manifests = {}, isCut }: Content) {
  const answer = <T>(value: T | Error): Promise<T> =>
    value instanceof Error ? Promise.reject(value) : Promise.resolve(value);
  const manifest = (_: string, reference: string) =>
    answer(manifests[reference] ?? answers(404, 'notFound', 'MANIFEST_UNKNOWN'));
  const named =
    tags instanceof Error ? tags : tags.map((name) => ({ name, digest: i, lastUpdated: '2026-02-01T00:00:00Z' }));
  return {
    loginServer: 'one.example',
    tags: () => answer(named),
    storedManifests: (_: string, { onCut }: { readonly onCut?: () => void }) => {
      if (isCut) onCut?.();
      return answer(stored);
    },
    repositoryExists: () => answer(exists),
    repositories: () => answer(repositories),
    headManifest: manifest,
    getManifest: manifest,
  };
}

type Case = readonly [what: string, here: Content, there: Content, state?: State, tag?: string];
const ids = ['sourceExists', 'pullable', 'cached', 'tagFresh'];

/** Verdict and code of each check of the image, and whether it was served. */
async function foundOf([what, here, there, state = { rules: [ruleOf()] }, tag]: Case): Promise<string> {
  const { azure } = fakeAzure(state);
  const registry = ({ id }: Registry) => contentOf(id === link.downstream.id ? here : there);
  const options = tag === undefined ? {} : { tag };
  const facts = factsOfRule({ ...azure, registry } as object as Azure, ruleOf().id, options);
  const found = await Promise.all(
    ruleChecks.filter(({ id }) => ids.includes(id)).map((check) => runCheck(check, facts)),
  );
  return `${what}: ${found.map(({ verdict, code, served }) => `${verdict} ${code}${served ? ', served' : ''}`).join(' | ')}`;
}

const at = (one: string, fromUpstream = false, more: object = {}): object => ({ digest: one, fromUpstream, ...more });
const listed = (one: string, mediaType = index, more: object = {}): object => ({
  digest: one,
  tags: [],
  mediaType,
  ...more,
});
const up: Content = { tags: ['1'], manifests: { 1: at(i) } };
const here = (more: Content = {}): Content => ({ tags: ['1'], stored: [listed(i)], manifests: { 1: at(i) }, ...more });
const indexed = at(i, false, { platforms });
const coming: Content = { manifests: { 1: at(i, true) }, exists: false };
const wildcard: State = {
  rules: [ruleOf({ sourceRepository: `${link.source.loginServer}/team/*`, targetRepository: 'x/*' })],
};
const diverted: State = { rules: [...wildcard.rules!, ruleOf({ name: 'Other', targetRepository: 'x/a' })] };

const cases: Case[] = [
  ['cached', here(), up],
  ['cached, moved on', here(), { ...up, manifests: { 1: at(a) } }],
  ['cached, removed', here(), { ...up, manifests: {} }],
  ['cached, source gone', here(), { ...up, exists: false }],
  ['cached, source not readable', here(), { ...up, exists: failure('Busy'), manifests: { 1: failure('Busy') } }],
  ['cached before the rule', here(), up, { rules: [ruleOf({ creationDate: '2026-03-01T00:00:00Z' })] }],
  ['cached, not listed', here({ stored: [] }), up],
  ['cached, not readable', here({ stored: failure('Busy') }), up],
  ['cached, refused', here({ stored: denied }), up],
  ['cached, too many', here({ isCut: true }), up],
  ['cached in part', here({ stored: [listed(i), listed(a)], manifests: { 1: indexed, [b]: at(b) } }), up],
  ['cached, one gone', here({ stored: [listed(i), listed(a)], manifests: { 1: indexed } }), up],
  [
    'cached, one for now',
    here({ stored: [listed(i), listed(a)], manifests: { 1: indexed, [b]: answers(424, 'unavailable') } }),
    up,
  ],
  ['cached, all gone', here({ manifests: { 1: indexed } }), up],
  [
    'cached, one not asked',
    here({ stored: [listed(i), listed(a)], manifests: { 1: indexed, [b]: failure('Busy') } }),
    up,
  ],
  ['cached, one refused', here({ stored: [listed(i), listed(a)], manifests: { 1: indexed, [b]: denied } }), up],
  ['cached, one not asked, one gone', here({ manifests: { 1: indexed, [b]: failure('Busy') } }), up],
  ['not cached', coming, up],
  ['not cached, others are', { ...coming, exists: true, stored: [listed(b)] }, up, undefined, '1'],
  ['pulled, not copied', { ...coming, exists: true }, up],
  [
    'not cached, one gone',
    { ...coming, manifests: { ...coming.manifests, [a]: at(a) } },
    { ...up, manifests: { 1: indexed } },
  ],
  [
    'not cached, one here',
    { ...coming, stored: [listed(a)], manifests: { ...coming.manifests, [b]: at(b) } },
    { ...up, manifests: { 1: indexed } },
    undefined,
    '1',
  ],
  ['not cached, upstream refused', coming, { ...up, manifests: { 1: denied } }],
  ['not served', { exists: false }, up],
  ['not served, refused', { manifests: { 1: denied } }, up],
  ['not served, network', { manifests: { 1: new AzureError('x', { kind: 'network', code: 'ECONNRESET' }) } }, up],
  ['not served, throttled', { manifests: { 1: answers(429, 'throttled') } }, up],
  ['no tag', {}, { tags: [] }],
  ['no tags readable', { tags: failure('Busy') }, { tags: failure('Busy') }],
  ['none here, none readable there', {}, { tags: denied }],
  ['absent here', { tags: absent }, up],
  [
    'by digest',
    {
      stored: [listed(a, 'image', { createdTime: '2' }), listed(i, index, { createdTime: '1' })],
      manifests: { [i]: at(i) },
    },
    { tags: [], manifests: { [i]: at(i) } },
  ],
  [
    'by digest, no index',
    { stored: [listed(a, 'image'), listed(b, 'image', { createdTime: '2' })], manifests: { [b]: at(b) } },
    { tags: [] },
  ],
  ['another tag', here(), { ...up, manifests: { 2: at(a) } }, undefined, '2'],
  ['of no path', here(), up, { rules: [ruleOf({ sourceRepository: '?' })] }],
  ['of an upstream that nobody sees', here(), up, { rules: [ruleOf({ sourceRepository: 'x.example/myapp' })] }],
  ['of a wildcard, none', {}, {}, wildcard],
  ['of a wildcard, not readable', { repositories: failure('Busy') }, {}, wildcard],
  ['of a wildcard, here', here({ repositories: ['other', 'x/a'] }), up, wildcard],
  ['of a wildcard, there', coming, { ...up, repositories: ['other', 'team/a'] }, wildcard],
  ['of a wildcard, taken by another', here({ repositories: ['x/a'] }), { ...up, repositories: ['team/a'] }, diverted],
];

it('what checks of the image find: source, answer, cache, age', async () => {
  expect(await Promise.all(cases.map(foundOf))).toMatchInlineSnapshot(`
    [
      "cached: ok sourceExists | ok served, served | ok cached | ok tagFresh",
      "cached, moved on: ok sourceExists | ok served, served | ok cached | warning tagStale",
      "cached, removed: warning tagRemoved | ok served, served | ok cached | notApplicable tagRemoved",
      "cached, source gone: problem sourceMissing | ok served, served | ok cached | ok tagFresh",
      "cached, source not readable: unknown notChecked | ok served, served | ok cached | unknown notChecked",
      "cached before the rule: ok sourceExists | ok servedFromBefore | ok cached | ok tagFresh",
      "cached, not listed: ok sourceExists | ok served, served | unknown manifestNotListed | ok tagFresh",
      "cached, not readable: ok sourceExists | ok served, served | unknown metadataUnreadable | ok tagFresh",
      "cached, refused: ok sourceExists | ok served, served | unknown notChecked | ok tagFresh",
      "cached, too many: ok sourceExists | ok served, served | unknown metadataUnreadable | ok tagFresh",
      "cached in part: ok sourceExists | ok served, served | ok cached | ok tagFresh",
      "cached, one gone: ok sourceExists | ok served, served | warning platformMissing | ok tagFresh",
      "cached, one for now: ok sourceExists | ok served, served | warning platformMissing | ok tagFresh",
      "cached, all gone: ok sourceExists | ok served, served | problem platformsMissing | ok tagFresh",
      "cached, one not asked: ok sourceExists | ok served, served | unknown notChecked | ok tagFresh",
      "cached, one refused: ok sourceExists | ok served, served | ok cached | ok tagFresh",
      "cached, one not asked, one gone: ok sourceExists | ok served, served | warning platformMissing | ok tagFresh",
      "not cached: ok sourceExists | ok served, served | ok notCachedYet | notApplicable imageNone",
      "not cached, others are: ok sourceExists | ok served, served | ok notCachedYet | notApplicable imageNone",
      "pulled, not copied: ok sourceExists | ok served, served | warning copyMissing | notApplicable imageNone",
      "not cached, one gone: ok sourceExists | ok served, served | warning platformMissing | notApplicable imageNone",
      "not cached, one here: ok sourceExists | ok served, served | ok notCachedYet | notApplicable imageNone",
      "not cached, upstream refused: unknown notChecked | ok served, served | ok notCachedYet | notApplicable imageNone",
      "not served: ok sourceExists | problem notPullable | notApplicable imageNotPullable | notApplicable imageNone",
      "not served, refused: ok sourceExists | unknown notChecked | unknown notChecked | notApplicable imageNone",
      "not served, network: ok sourceExists | unknown pullUnknown | unknown notChecked | notApplicable imageNone",
      "not served, throttled: ok sourceExists | unknown pullUnknown | unknown notChecked | notApplicable imageNone",
      "no tag: unknown tagUnknown | unknown tagUnknown | notApplicable imageNone | notApplicable imageNone",
      "no tags readable: unknown tagUnknown | unknown notChecked | unknown notChecked | unknown notChecked",
      "none here, none readable there: unknown tagUnknown | unknown notChecked | unknown notChecked | unknown notChecked",
      "absent here: ok sourceExists | problem notPullable | notApplicable imageNotPullable | notApplicable imageNone",
      "by digest: ok sourceExists | ok servedFromBefore | ok cached | notApplicable pulledByDigest",
      "by digest, no index: warning tagRemoved | ok servedFromBefore | ok cached | notApplicable pulledByDigest",
      "another tag: ok sourceExists | problem notPullable | notApplicable imageNotPullable | notApplicable imageNone",
      "of no path: notApplicable imageNone | unknown repositoryUnknown | notApplicable imageNone | notApplicable imageNone",
      "of an upstream that nobody sees: notApplicable upstreamNotVisible | ok served, served | ok cached | notApplicable upstreamNotVisible",
      "of a wildcard, none: notApplicable imageNone | unknown repositoryUnknown | notApplicable imageNone | notApplicable imageNone",
      "of a wildcard, not readable: unknown notChecked | unknown notChecked | unknown notChecked | unknown notChecked",
      "of a wildcard, here: ok sourceExists | ok served, served | ok cached | ok tagFresh",
      "of a wildcard, there: ok sourceExists | ok served, served | ok notCachedYet | notApplicable imageNone",
      "of a wildcard, taken by another: notApplicable imageNone | unknown repositoryUnknown | notApplicable imageNone | notApplicable imageNone",
    ]
  `);
});

it('a cancel ends each of them', async () => {
  const cancelled = failure('Cancelled', 'cancelled');
  const found = cases.slice(0, 1).map(([what]) => foundOf([what, { tags: cancelled }, up]));
  await expect(Promise.all(found)).rejects.toBe(cancelled);
  await expect(foundOf(['', { ...here(), manifests: { 1: cancelled } }, up])).rejects.toBe(cancelled);
});
