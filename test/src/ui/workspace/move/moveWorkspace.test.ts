import { beforeEach, expect, it, vi } from 'vitest';
import { literalPiece, readReference } from '../../../../../src/files/text/pieces.ts';
import { createObservations } from '../../../../../src/inventory/observations.ts';
import { createResolver } from '../../../../../src/inventory/resolution.ts';
import type { Services } from '../../../../../src/ui/services/services.ts';
import { repositoriesOf } from '../../../../../src/ui/workspace/move/movePlan.lazy.ts';
import { planOf } from './movePlans.ts';
import { scannedFile } from '../scannedFile.ts';
import type { WorkspaceScan } from '../../../../../src/ui/workspace/scan/scan.lazy.ts';
import { inventoryState, registry } from '../../../../samples.ts';

const [downstream, upstream] = [registry('downstream'), registry('upstream')];
const scans: (WorkspaceScan | undefined)[] = [];
const runSetUp = vi.fn();
const runFlow = vi.fn();

vi.mock('vscode', async () => {
  const { l10n, env, Uri } = await import('../../vscodeDouble.ts');
  return {
    l10n,
    env,
    Uri: { from: ({ scheme, path }: { scheme: string; path: string }) => new Uri(scheme, path) },
    workspace: { workspaceFolders: [{}] },
  };
});
vi.mock('../../../../../src/ui/pages/flow.ts', () => ({ runFlow }));
vi.mock('../../../../../src/ui/setUp/setUp.ts', () => ({ runSetUp }));
vi.mock('../../../../../src/ui/shared/messages.ts', () => ({}));
vi.mock('../../../../../src/ui/shared/errors.ts', () => ({}));
vi.mock('../../../../../src/ui/pages/opening.ts', () => ({
  whileOpening: (_services: Services, _title: string, read: () => Promise<void>) => read(),
}));
vi.mock('../../../../../src/ui/workspace/move/moveChoose.lazy.ts', () => ({}));
vi.mock('../../../../../src/ui/workspace/move/moveDownstream.lazy.ts', () => ({}));
vi.mock('../../../../../src/ui/workspace/move/moveScan.lazy.ts', () => ({
  loadAllRules: async () => true,
  scanForMove: async () => scans.shift(),
}));
vi.mock('../../../../../src/ui/workspace/move/moveApply.lazy.ts', () => ({
  applyMoves: async () => ({ moves: [], saved: true }),
}));
const { moveWorkspace } = await import('../../../../../src/ui/workspace/move/moveWorkspace.lazy.ts');

beforeEach(() => {
  vi.clearAllMocks();
  scans.length = 0;
});

/** One file with one image, for which a rule is missing. */
function world() {
  const text = 'upstream.example/app:1';
  const found = readReference(text, [literalPiece(text, { start: 0, end: text.length })], { usage: 'image' });
  if (!found) throw new Error('no reference');
  const file = scannedFile('a', text, [found]);
  const state = inventoryState(
    ...[downstream, upstream].map((one) => ({ registry: one, rules: [], rulesFreshness: 'current' as const })),
  );
  const observations = createObservations();
  const plan = planOf([file], createResolver(state, observations), downstream);
  const chosen = new Set(repositoriesOf(plan).map(({ key }) => key));
  const showReport = vi.fn(async () => undefined);
  const services = {
    azure: async () => undefined,
    connection: { start: async () => undefined },
    inventory: { state, loadRules: async () => undefined },
    observations,
    documents: { showReport },
    log: { info: () => undefined },
  } as unknown as Services;
  const files: WorkspaceScan = { files: [file], filesRead: 1, skipped: [] };
  return { files, draft: { downstreamId: downstream.id, plan, chosen }, services, showReport };
}

it('ends with a report if the second look, after rules were made, is cancelled', async () => {
  const { files, draft, services, showReport } = world();
  runFlow.mockResolvedValue(draft);
  runSetUp.mockResolvedValue({});
  scans.push(files, undefined);

  const outcome = await moveWorkspace(services);

  expect(runSetUp).toHaveBeenCalledOnce();
  expect(scans).toEqual([]);
  expect(outcome?.plan.downstream).toBe(downstream);
  expect(showReport).toHaveBeenCalledOnce();
});

it('leads from a set-up that was left to the repositories, with what was chosen', async () => {
  const { files, draft, services, showReport } = world();
  runFlow.mockResolvedValueOnce(draft).mockResolvedValueOnce(undefined);
  runSetUp.mockResolvedValueOnce(undefined);
  scans.push(files);

  expect(await moveWorkspace(services)).toBeUndefined();

  expect(runFlow).toHaveBeenCalledTimes(2);
  expect(runFlow).toHaveBeenLastCalledWith(expect.anything(), expect.objectContaining({ ...draft }), 'repositories');
  expect(showReport).not.toHaveBeenCalled();
});

it('looks again after a set-up that took its time, though what is chosen then needs none', async () => {
  const { files, draft, services } = world();
  runFlow.mockResolvedValueOnce(draft).mockResolvedValueOnce({ ...draft, chosen: new Set() });
  runSetUp.mockResolvedValueOnce(undefined);
  scans.push(files, { ...files, filesRead: 2 });

  expect((await moveWorkspace(services))?.filesRead).toBe(2);
});

it('enters a set-up again with what was said in it', async () => {
  const { files, draft, services } = world();
  runFlow.mockResolvedValue(draft);
  const seen: unknown[] = [];
  runSetUp.mockImplementation(async (_services, _seed, part: { draft?: unknown }) => {
    seen.push(part.draft);
    part.draft ??= { targetNames: new Map([['app', 'mine']]) };
    return seen.length > 1 ? {} : undefined;
  });
  scans.push(files, files);

  await moveWorkspace(services);

  expect(seen).toEqual([undefined, { targetNames: new Map([['app', 'mine']]) }]);
});
