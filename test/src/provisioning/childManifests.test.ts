import { describe, expect, it } from 'vitest';
import { readRuleReport } from '../../../src/provisioning/ruleReport/readRuleReport.ts';
import { ruleReportMarkdown } from '../../../src/provisioning/ruleReport/ruleReportMarkdown.ts';
import { verifyCached } from '../../../src/provisioning/verification/verify.ts';
import { check, startDiagnosis, troubles, type DiagnosisWorld } from './diagnosis/diagnosisWorld.ts';
import { inOneWorld } from './savedState.ts';

let world: DiagnosisWorld;
inOneWorld(async () => (world = await startDiagnosis({ retryAfterSeconds: 0, operationMs: 5 })));

const amd64 = { os: 'linux', architecture: 'amd64' };

/** The digests of the image's platforms, by platform. */
async function platformsOf(reference = 'latest'): Promise<Map<string, string>> {
  const upstream = world.azure.registry(await world.registry('upstreamregistry'));
  const { platforms = [] } = await upstream.getManifest('myapp', reference);
  return new Map(platforms.map(({ platform, digest }) => [`${platform.os}/${platform.architecture}`, digest]));
}

const downstream = async () => world.azure.registry(await world.registry('myregistry'));
const faultOf = (digest: string, status: number) => ({
  match: `(GET|HEAD) \\S*/v2/myapp/manifests/${digest}`,
  status,
  code: status === 404 ? 'MANIFEST_UNKNOWN' : 'UNKNOWN',
  message: `request to pull from source has failed with ${status}`,
});

describe.each([424, 404])('a platform of the index that answers %i', (status) => {
  it('is named by Verify and by the diagnosis, though the image is cached for another', async () => {
    await world.pull();
    const missing = (await platformsOf()).get('linux/arm64') ?? '';
    await world.withFaults([faultOf(missing, status)], async () => {
      const request = {
        downstreamId: world.id('myregistry'),
        repository: 'myapp',
        reference: 'latest',
        platform: amd64,
      };
      const proof = await verifyCached(world.azure, request, { timeScale: 0.1 });
      expect(proof.verdict).toBe('cached');
      expect(proof.platforms.flatMap(({ digest, failure }) => (failure ? [digest] : []))).toEqual([missing]);
      expect(proof.unavailable).toContain('linux/arm64');
      const failed = await verifyCached(
        world.azure,
        { ...request, pullOutput: 'manifest unknown' },
        { timeScale: 0.1 },
      );
      expect([failed.verdict, failed.unavailable]).toEqual(['notPulled', proof.unavailable]);

      const diagnosis = await world.diagnose({ azure: world.as('dev') });
      expect(diagnosis).toMatchObject({ health: 'works', warnings: 1 });
      const found = check(diagnosis, 'cached');
      expect(found.verdict).toBe('warning');
      expect(found.reason).toContain('linux/arm64');
      expect(found.evidence.some(({ text }) => text.includes(missing))).toBe(true);
    });
    expect((await world.diagnose({ azure: world.as('dev') })).warnings).toBe(0);
  });

  it('is named before anything is cached; without any platform the image is a problem', async () => {
    const platforms = await platformsOf();
    const one = [faultOf(platforms.get('linux/arm64') ?? '', status)];
    expect(check(await world.withFaults(one, () => world.diagnose({ azure: world.as('dev') })), 'cached').verdict).toBe(
      'warning',
    );
    const all = [...platforms.values()].map((digest) => faultOf(digest, status));
    expect(check(await world.withFaults(all, () => world.diagnose({ azure: world.as('dev') })), 'cached').verdict).toBe(
      'problem',
    );
    // Looking did not start a copy.
    expect(await (await downstream()).storedManifests('myapp')).toEqual([]);
  });
});

it('a platform that the identity may not read is the business of the permission, not of the signed-in user', async () => {
  await world.pull();
  const identity = await world.azure.identities.get(world.link().authentication.identityId);
  const scope = world.id('upstreamregistry');
  for (const { id } of await world.azure.roles.listForPrincipal(scope, identity.principalId)) {
    await world.azure.roles.delete(id);
  }
  expect(troubles(await world.diagnose({ azure: world.as('dev') }))).toEqual(['sourceReadable problem']);
});

describe('what was pulled by digest', () => {
  async function pulledByDigest(): Promise<string> {
    const upstream = world.azure.registry(await world.registry('upstreamregistry'));
    const { digest } = await upstream.headManifest('myapp', '1.0');
    await (await downstream()).pull('myapp', digest, { platform: amd64 });
    await world.sandbox.advance(5000);
    expect(await (await downstream()).tags('myapp')).toEqual([]);
    return digest;
  }

  it('counts as cached in the diagnosis, whatever can be read upstream', async () => {
    const digest = await pulledByDigest();
    for (const faults of [[], [{ match: '/acr/v1/myapp/_tags', status: 500 }]]) {
      const diagnosis = await world.withFaults(faults, () => world.diagnose({ azure: world.as('dev') }));
      if (faults.length === 0) {
        expect(diagnosis).toMatchObject({ health: 'works', skipped: 0 });
        expect(check(diagnosis, 'cached')).toMatchObject({ verdict: 'ok', reason: expect.stringContaining(digest) });
        expect(check(diagnosis, 'sourceExists').verdict).toBe('ok');
        expect(check(diagnosis, 'tagFresh').verdict).toBe('notApplicable');
      } else expect(diagnosis.health).toBe('unknown');
    }
  });

  it('is in the rule’s document, without the platforms of its index', async () => {
    const digest = await pulledByDigest();
    const report = await readRuleReport(world.azure, world.ruleId);
    if (report.cached.state !== 'ready') throw new Error(report.cached.state);
    const [repository] = report.cached.value.repositories;
    expect(repository).toMatchObject({ tags: [], untagged: [{ digest, platforms: [amd64] }], moreUntagged: 0 });
    expect(ruleReportMarkdown(report, { client: 'docker', time: (iso) => iso })).toContain(digest);
  });
});
