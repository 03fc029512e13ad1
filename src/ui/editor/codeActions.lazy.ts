import * as vscode from 'vscode';
import { formatImageReference } from '../../domain/imageReference.ts';
import { mapSourceToTarget } from '../../domain/ruleMatching.ts';
import { nameChanges, type NewName } from '../../files/rename.ts';
import type { ImageReference } from '../../domain/types.ts';
import type { CachedUse, ServedImage } from '../../inventory/resolutionTypes.ts';
import { cachedNames } from '../workspace/useCached/cachedNames.ts';
import { createWorkspaceEdit } from '../workspace/edits.lazy.ts';
import { whyKept } from '../workspace/keptNames.ts';
import { problemsAt, rangeOf, referenceAt } from './referenceAt.ts';
import type { InspectedReference, Inspection, LookedAt } from './types.ts';
import { shownImage } from './words.ts';

/** More rules than these are rarely a choice anybody can make. */
const maxUses = 5;

/** What the actions of one reference are made of. */
interface Place extends InspectedReference {
  readonly document: vscode.TextDocument;
  readonly inspection: Inspection;
  /** Of ours, about this reference. */
  readonly problems: readonly vscode.Diagnostic[];
  /** Somebody asked for actions, instead of just having the cursor there. */
  readonly isAsked: boolean;
}

/**
 * What can be done about the reference at a range: the fixes of its problems and, where there is no problem, rewrites. Edits are
 * computed from this version of the document, and only of places that the finder understands.
 */
export function provideCodeActions(
  { document, inspection }: LookedAt,
  range: vscode.Range,
  context: vscode.CodeActionContext,
): vscode.CodeAction[] | undefined {
  if (inspection.version !== document.version) return undefined;
  const reference = referenceIn(inspection, document.offsetAt(range.start), document.offsetAt(range.end));
  if (!reference) return undefined;
  const written = rangeOf(document, reference.found.range);
  const place: Place = {
    ...reference,
    document,
    inspection,
    problems: problemsAt(context.diagnostics, written),
    isAsked: context.triggerKind === vscode.CodeActionTriggerKind.Invoke,
  };
  const actions = [...useActions(place), ...meantActions(place), ...ruleActions(place)];
  const { only } = context;
  return only ? actions.filter(({ kind }) => kind && only.contains(kind)) : actions;
}

function referenceIn(inspection: Inspection, start: number, end: number): InspectedReference | undefined {
  return (
    referenceAt(inspection, start) ??
    inspection.references.find(({ found }) => found.range.start < end && start < found.range.end)
  );
}

/** The image by its names in caches, here, in the file and in the workspace. */
function useActions(place: Place): vscode.CodeAction[] {
  const { resolution, found } = place;
  const uses = resolution.cachedBy.slice(0, maxUses);
  const actions = uses.flatMap((use) => {
    const action = made(
      place,
      use.broken
        ? vscode.l10n.t('Use cached image {0} (its cache rule has problems)', nameOf(use.image))
        : vscode.l10n.t('Use cached image {0}', nameOf(use.image)),
      'bypassedRule',
    );
    if (!rename(place, action, use.image)) return [action];
    if (uses.length === 1 && !use.broken) action.isPreferred = true;
    return [action, ...everywhere(place, use)];
  });
  return found.name.kind === 'fixed' ? actions.slice(0, 1) : actions;
}

/** Gives the action its edit; false: it is disabled, and says why. */
function rename(place: Place, action: vscode.CodeAction, name: NewName): boolean {
  const { found, document, inspection } = place;
  const changes = nameChanges(found, name);
  if (changes) {
    const file = { uri: document.uri, text: inspection.text, changes, label: action.title };
    action.edit = createWorkspaceEdit([file], { preview: false });
    return true;
  }
  action.disabled = { reason: whyKept(found.name) };
  return false;
}

function everywhere(place: Place, use: CachedUse): vscode.CodeAction[] {
  const { inspection, document } = place;
  const { rule } = use.match;
  const { changes, count } = cachedNames(inspection.references, rule.id);
  const actions: vscode.CodeAction[] = [];
  if (count > 1) {
    const title = vscode.l10n.t('Use the {0} cached images of rule {1} in this file', count, rule.name);
    const action = made(place, title, 'bypassedRule');
    const file = { uri: document.uri, text: inspection.text, changes, label: title };
    action.edit = createWorkspaceEdit([file], { preview: false });
    actions.push(action);
  }
  if (vscode.workspace.getWorkspaceFolder(document.uri)) {
    const title = vscode.l10n.t('Use the cached images of rule {0} in the workspace…', rule.name);
    const action = made(place, title, 'bypassedRule');
    action.command = { title, command: 'acrCache.useCachedInWorkspace', arguments: [{ ruleId: rule.id }] };
    actions.push(action);
  }
  return actions;
}

/** Names that were probably meant, in the same registry. */
function meantActions(place: Place): vscode.CodeAction[] {
  const { resolution } = place;
  const { host } = resolution.image;
  const name = resolution.meant?.repository ?? (resolution.served && otherLibrary(resolution.served));
  if (name === undefined) return [];
  const action = made(
    place,
    vscode.l10n.t('Did you mean {0}?', nameOf({ host, repository: name })),
    resolution.meant ? 'unservedTarget' : 'wrongRule',
  );
  if (rename(place, action, { host, repository: name })) action.isPreferred = true;
  return [action];
}

/** The name by which the same wildcard fetches an official image of Docker Hub. */
function otherLibrary({ match, wrong }: ServedImage): string | undefined {
  if (wrong?.kind !== 'libraryMissing' || match.target.kind === 'repository') return undefined;
  return mapSourceToTarget({ source: match.source.pattern, target: match.target }, `library/${wrong.sourceRepository}`);
}

/** What concerns rules and not the text: offered with a problem, or when asked for. */
function ruleActions(place: Place): vscode.CodeAction[] {
  const { resolution, problems, isAsked, found } = place;
  if (problems.length === 0 && !isAsked) return [];
  const { verdict, served, cachedBy, upstream, image } = resolution;
  const actions: vscode.CodeAction[] = [];
  if (verdict === 'possible' && upstream?.kind === 'registry') {
    const title = vscode.l10n.t('Create cache rule for {0}…', nameOf(image));
    actions.push(running(place, title, 'acrCache.createRuleFor', { image: formatImageReference(image) }));
  }
  const through = served ? { match: served.match, image } : cachedBy[0];
  if (!through) return actions;
  const { rule } = through.match;
  const diagnose = vscode.l10n.t('Diagnose cache rule {0}', rule.name);
  actions.push(running(place, diagnose, 'acrCache.diagnoseRule', { ruleId: rule.id }));
  const pull = vscode.l10n.t('Pull {0} through the cache now', shownImage(through.image));
  const pulled = formatImageReference(found.openTag ? untagged(through.image) : tagged(through.image));
  actions.push(running(place, pull, 'acrCache.pullImage', { ruleId: rule.id, image: pulled }));
  return actions;
}

function running(place: Place, title: string, command: string, argument: object): vscode.CodeAction {
  const action = made(place, title, 'brokenRule');
  action.command = { title, command, arguments: [argument] };
  return action;
}

/** A fix of the problem of this code if there is one, else of any; else a rewrite. */
function made({ problems }: Place, title: string, code: string): vscode.CodeAction {
  const fixed = problems.filter((problem) => problem.code === code);
  const diagnostics = fixed.length > 0 ? fixed : problems;
  const { QuickFix, RefactorRewrite } = vscode.CodeActionKind;
  const action = new vscode.CodeAction(title, diagnostics.length > 0 ? QuickFix : RefactorRewrite);
  if (diagnostics.length > 0) action.diagnostics = [...diagnostics];
  return action;
}

function nameOf({ host, repository }: ImageReference): string {
  return shownImage({ host, repository });
}

/** As a client pulls it: `latest` unless the file says otherwise. */
function tagged(image: ImageReference): ImageReference {
  return image.tag === undefined && image.digest === undefined ? { ...image, tag: 'latest' } : image;
}

function untagged({ host, repository }: ImageReference): ImageReference {
  return { host, repository };
}
