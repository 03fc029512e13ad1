import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { RuleFinding } from '../../../../src/domain/ruleVerdict.ts';
import type { PullProblem } from '../../../../src/provisioning/verification/pullErrors/types.ts';
import type { CacheProof } from '../../../../src/provisioning/verification/verify.ts';
import { registry, rule } from '../../inventory/fakeAzure.ts';

interface Told {
  readonly level: string;
  readonly text: string;
  readonly buttons: readonly string[];
}
const told: Told[] = [];
/** The place of the button that is chosen; undefined: none. */
let choice: number | undefined;
const run: [command: string, argument: unknown][] = [];
const message =
  (level: string) =>
  (text: string, ...buttons: string[]) => {
    told.push({ level, text, buttons });
    return Promise.resolve(choice === undefined ? undefined : buttons[choice]);
  };
vi.mock('vscode', async () => ({
  ...(await import('../vscodeDouble.ts')),
  window: {
    showInformationMessage: message('information'),
    showWarningMessage: message('warning'),
    showErrorMessage: message('error'),
  },
  commands: {
    executeCommand: async (command: string, argument: unknown) => void run.push([command, argument]),
  },
}));
const { foreseenFailure, tellCancelled, tellForeseen, tellOutcome } = await import('../../../../src/ui/verify/tell.ts');

const downstream = registry('myregistry');
const made = rule(downstream);
const subject = {
  rule: { rule: made, downstream, sourceLoginServer: 'upstream.example' },
  repository: 'myapp',
  sourceRepository: 'myapp',
  tag: '1.0',
} as never;
const cached: CacheProof = {
  verdict: 'cached',
  code: 'cached',
  sentence: 'A long sentence.',
  isStale: false,
  platforms: [],
  evidence: [],
};
const refused = (code: PullProblem['code'], mayPass = false): CacheProof => ({
  ...cached,
  verdict: 'notPulled',
  code,
  problem: { code, reason: `Because ${'x'.repeat(1000)}.`, next: 'Do it.', mayPass },
});

beforeEach(() => {
  told.length = 0;
  run.length = 0;
  choice = undefined;
});

const tell = async (proof: CacheProof, wasPatient = false) => {
  const again = vi.fn(async () => undefined);
  await tellOutcome({} as never, subject, proof, { wasPatient, again });
  return { message: told.at(-1), again };
};

describe('what is told of a verification', () => {
  it.each<[string, CacheProof, string, number]>([
    ['cached', cached, 'information', 1],
    ['cached, but an older image', { ...cached, code: 'stale', isStale: true }, 'warning', 1],
    ['cached, but not for everybody', { ...cached, unavailable: 'Nobody can pull it for x.' }, 'warning', 1],
    ['not cached yet', { ...cached, verdict: 'proxied', code: 'proxied' }, 'warning', 2],
    ['not to be seen', { ...cached, verdict: 'proxied', code: 'unseen' }, 'warning', 2],
    ['refused', refused('sourceDenied'), 'error', 3],
    ['a wrong tag', refused('tagMissing'), 'error', 2],
    ['a machine without a disk', refused('local'), 'error', 2],
  ])('is a short sentence with at most three actions (%s)', async (_, proof, level, buttons) => {
    const { message: shown } = await tell(proof);
    expect(shown?.level).toBe(level);
    expect(shown?.buttons).toHaveLength(buttons);
    expect(shown?.text.length).toBeLessThan(220);
    expect(shown?.text).toContain('myapp:1.0');
  });

  it('leads to the document, to the repairs, and to another attempt', async () => {
    choice = 0;
    await tell(cached);
    await tell(refused('sourceDenied'));
    expect(run).toEqual([
      ['acrCache.openRule', { ruleId: made.id }],
      ['acrCache.repairRule', { ruleId: made.id }],
    ]);
    choice = 1;
    expect((await tell(refused('sourceDenied'))).again).toHaveBeenCalledWith('tryAgain');
    choice = 0;
    expect((await tell(refused('tagMissing'))).again).toHaveBeenCalledWith('anotherTag');
    expect((await tell({ ...cached, verdict: 'proxied', code: 'proxied' })).again).toHaveBeenCalledWith('checkAgain');
  });

  it('offers to keep trying where time may help and nobody has waited yet', async () => {
    const titles = [
      await tell(refused('sourceDenied', true)),
      await tell(refused('sourceDenied', true), true),
      await tell(refused('sourceDenied')),
    ].map((each) => each.message?.buttons[1]);
    expect(titles[0]).not.toBe(titles[1]);
    expect(titles[1]).toBe(titles[2]);
  });

  it('says what became of a pull that was cancelled, by how far it had come', () => {
    for (const stage of ['asking', 'pulling', 'notEnded', 'pulled'] as const)
      tellCancelled(subject, stage, { client: { kind: 'podman', path: 'podman' } });
    tellCancelled(subject, 'pulling', { apiBecause: '' });
    expect(new Set(told.map(({ text }) => text)).size).toBe(5);
    expect(told.map(({ text }) => text.includes('podman'))).toEqual([false, true, false, false, false]);
  });
});

describe('a pull that the last diagnosis foresees to fail', () => {
  const checkup = (finding: Partial<RuleFinding>) => ({
    findings: [
      {
        check: 'c',
        verdict: 'problem',
        pull: 'dependsOn',
        title: 'Permission',
        reason: '',
        hasRepair: true,
        ...finding,
      },
    ] as const,
    checkedAt: '2026-11-30T10:00:00Z',
    served: false,
    isWhole: true,
  });

  it('is one of which something that it depends on is a problem', () => {
    expect(foreseenFailure({})).toBeUndefined();
    expect(foreseenFailure({ checkup: checkup({}) })?.finding.check).toBe('c');
    expect(foreseenFailure({ checkup: checkup({ pull: 'proves' }) })?.finding.check).toBe('c');
    expect(foreseenFailure({ checkup: checkup({ pull: 'independent' }) })).toBeUndefined();
    expect(foreseenFailure({ checkup: checkup({ verdict: 'warning' }) })).toBeUndefined();
  });

  it('is repaired, or made all the same', async () => {
    const foreseen = foreseenFailure({ checkup: checkup({}) });
    if (!foreseen) throw new Error('not foreseen');
    const anyway = vi.fn(async () => undefined);
    await tellForeseen(made.id, foreseen, anyway);
    choice = 0;
    await tellForeseen(made.id, foreseen, anyway);
    expect(run).toEqual([['acrCache.repairRule', { ruleId: made.id }]]);
    expect(anyway).not.toHaveBeenCalled();
    choice = 1;
    await tellForeseen(made.id, foreseen, anyway);
    expect(anyway).toHaveBeenCalledOnce();
    expect(told[0]).toMatchObject({ level: 'warning', buttons: { length: 2 } });
  });
});
