import * as vscode from 'vscode';
import { isCancelled } from '../../../azure/errors.ts';
import { armIdKey } from '../../../domain/armId.ts';
import { documentScheme } from '../../documents/documents.ts';
import { showError } from '../../shared/errors.ts';
import { indexedResolver } from '../../services/indexedResolver.ts';
import { showInformationMessage } from '../../shared/messages.ts';
import { whileOpening } from '../../pages/opening.ts';
import { throwIfNone } from '../../pages/pickResource.ts';
import type { Services } from '../../services/services.ts';
import { runFlow } from '../../pages/flow.ts';
import { showBeside } from '../../pages/leftPage.ts';
import { runSetUp, type SetUpPart } from '../../setUp/setUp.ts';
import { resolveReferences } from '../scan/references.lazy.ts';
import type { WorkspaceScan } from '../scan/scan.lazy.ts';
import { chooseRepositories, chosenAtFirst } from './moveChoose.lazy.ts';
import { askDownstream } from './moveDownstream.lazy.ts';
import { applyMoves } from './moveApply.lazy.ts';
import { moveEdits } from './moveEdits.lazy.ts';
import { loadAllRules, scanForMove } from './moveScan.lazy.ts';
import { countServed, type MissingRules, missingRules, planMove, type MovePlan } from './movePlan.lazy.ts';
import { movePlanDocument, movePlanTitle } from './movePlanDocument.lazy.ts';
import { moveReport, moveTitle, type MoveOutcome } from './moveReport.lazy.ts';

interface Draft {
  readonly downstreamId?: string;
  /** Made when the downstream is chosen. */
  readonly plan?: MovePlan;
  readonly chosen: Set<string>;
}

type StepId = 'downstream' | 'repositories';

/**
 * "Use Cached Images in Workspace…": looks at the files, asks for the downstream and for what is to be moved, sets up the rules that
 * are missing, changes the names behind VS Code's preview, and says what was left and why.
 * @returns what it came to, or undefined if there was nothing to do or the user left before the edit
 * @throws CancellationError if signing in is declined; AzureError; Error with words if there is no registry
 */
export async function moveWorkspace(services: Services): Promise<MoveOutcome | undefined> {
  if (!vscode.workspace.workspaceFolders?.length) {
    void showInformationMessage(vscode.l10n.t('Open a folder first. Its files are changed.'));
    return undefined;
  }
  await whileOpening(services, moveTitleOfFlow(), () => services.connection.start());
  throwIfNone(services);
  // First, since their sources tell which hosts are registries.
  if (!(await loadAllRules(services))) return undefined;
  const scan = await scanForMove(services);
  if (!scan) return undefined;
  if (scan.files.length === 0) {
    void showInformationMessage(nothingFound(scan));
    return undefined;
  }
  let draft: Draft = { chosen: new Set() };
  let again = false;
  const parts = new Map<string, SetUpPart>();
  for (;;) {
    const answer = await ask(services, scan, draft);
    if (!answer?.plan) return undefined;
    draft = answer;
    const missing = missingRules(answer.plan, answer.chosen);
    again ||= missing.length > 0;
    if (!(await setUpRules(services, answer.plan, missing, parts))) continue;
    const outcome = await move(services, scan, answer.plan, answer.chosen, again);
    await report(services, outcome);
    return outcome;
  }
}

function moveTitleOfFlow(): string {
  return vscode.l10n.t('Use Cached Images in Workspace');
}

function nothingFound({ filesRead, skipped }: WorkspaceScan): string {
  return skipped.length === 0
    ? vscode.l10n.t('No image reference was found in {0} scanned files.', filesRead)
    : vscode.l10n.t(
        'No image reference was found in {0} scanned files; {1} could not be read.',
        filesRead,
        skipped.length,
      );
}

/**
 * The pages, with Back between them. One registry alone is not asked for. A draft with a plan goes on where it was left, by the rules
 * there are now.
 */
async function ask(services: Services, { files }: WorkspaceScan, before: Draft): Promise<Draft | undefined> {
  const { state, resolver } = await indexedResolver(services);
  const references = resolveReferences(files, resolver);
  const registries = [...state.registries.values()].map(({ registry }) => registry);
  const [only] = registries.length === 1 ? registries : [];
  const flow = moveTitleOfFlow();
  const choose = (id: string, before: Draft): Draft => {
    const downstream = services.inventory.entry(id)?.registry;
    if (!downstream || (before.plan && before.downstreamId === id)) return before;
    const plan = planMove(references, downstream);
    return { downstreamId: id, plan, chosen: new Set(chosenAtFirst(plan)) };
  };
  const { plan } = before;
  const initial = plan ? { ...before, plan: planMove(references, plan.downstream) } : before;
  return runFlow<Draft, StepId>(
    {
      steps: only ? ['repositories'] : ['downstream', 'repositories'],
      ask: async (id, draft, position) => {
        if (id === 'downstream') {
          const counts = { served: countServed(references), references: references.length };
          const answer = await askDownstream(services, counts, { ...position, flow }, draft.downstreamId);
          return answer.kind === 'value' ? { kind: 'next', state: choose(answer.value, draft) } : answer;
        }
        if (!draft.plan) return { kind: 'back' };
        const title = vscode.l10n.t('{0}: Repositories', flow);
        const answer = await chooseRepositories({ ...position, title }, draft.plan, draft.chosen, () =>
          showPlan(services, draft),
        );
        return answer.kind === 'value' ? { kind: 'next', state: draft } : answer;
      },
    },
    only ? choose(only.id, initial) : initial,
    only || plan ? 'repositories' : 'downstream',
  );
}

async function showPlan({ documents }: Services, { plan, chosen }: Draft): Promise<boolean> {
  if (!plan) return true;
  const uri = vscode.Uri.from({ scheme: documentScheme, path: `/${movePlanTitle(plan)}.md` });
  return showBeside(documents, uri, movePlanDocument(plan, chosen));
}

/**
 * @param parts by registries, what was said in setups that were left
 * @returns whether to go on; not if the user left a setup, by Back or Escape: the repositories are then chosen again
 */
async function setUpRules(
  services: Services,
  { downstream }: MovePlan,
  missing: readonly MissingRules[],
  parts: Map<string, SetUpPart>,
): Promise<boolean> {
  for (const { upstream, sourceRepositories } of missing) {
    const seed = { downstreamId: downstream.id, upstreamId: upstream.id, sourceRepositories };
    const key = armIdKey(`${downstream.id}${upstream.id}`);
    const part = parts.get(key) ?? {};
    parts.set(key, part);
    try {
      if (!(await runSetUp(services, seed, part))) return false;
    } catch (error) {
      if (isCancelled(error)) throw error;
      // The others can still be moved.
      const activity = vscode.l10n.t('Setting up the cache from {0}', upstream.name);
      void showError(error, { activity, log: services.log });
    }
  }
  return true;
}

/** Changes the names. @param again rules were made meanwhile, or time passed over it */
async function move(
  services: Services,
  scan: WorkspaceScan,
  { downstream }: MovePlan,
  chosen: ReadonlySet<string>,
  again: boolean,
): Promise<MoveOutcome> {
  let current = scan;
  if (again) {
    await services.inventory.loadRules(downstream.id, { force: true });
    // The wizard takes its time; files may have been edited meanwhile.
    // Whoever cancels this look gets what the first one saw: of that, files that were edited are left and told.
    current = (await scanForMove(services)) ?? scan;
  }
  const { resolver } = await indexedResolver(services);
  const final = planMove(resolveReferences(current.files, resolver), downstream);
  const edits = moveEdits(final, chosen);
  const applied = await applyMoves(edits.files, downstream);
  return {
    plan: final,
    chosen,
    ...applied,
    contradicting: edits.contradicting,
    filesRead: current.filesRead,
    skipped: current.skipped,
  };
}

async function report(services: Services, outcome: MoveOutcome): Promise<void> {
  const { plan, moves } = outcome;
  const changed = moves.filter((move) => move.outcome === 'changed');
  const text = moveReport(outcome, { date: new Date(), language: vscode.env.language });
  await services.documents.showReport(
    vscode.Uri.from({ scheme: documentScheme, path: `/${moveTitle(outcome)}.md` }),
    text,
  );
  services.log.info(`Move to ${plan.downstream.name}: ${changed.length} references changed`);
}
