import * as vscode from 'vscode';
import { shown } from '../../common/shown.ts';
import type { CacheRule } from '../../domain/types.ts';
import type { Resolution } from '../../inventory/resolutionTypes.ts';
import { withProgress } from '../shared/messages.ts';
import { plainText } from '../shared/plainText.ts';
import { reportUri } from '../shared/reports.ts';
import { stateInWords } from '../shared/ruleVerdict.ts';
import { concernsRules, findInWorkspace, isSameImage, locationsOf } from '../workspace/scan/references.lazy.ts';
import { definitionAt, definitionMarkdown } from './definitionHover.lazy.ts';
import { hoverCommands } from './hoverParts.ts';
import { problemsAt, rangeOf, referenceAt } from './referenceAt.ts';
import { referenceMarkdown } from './referenceHover.ts';
import type { InspectedReference, LookedAt } from './types.ts';
import { shownImage, sourceImage } from './words.ts';

/** More rules than these are rarely a choice anybody can make. */
const maxRules = 5;

/** What is known of the reference, or of the definition of a cache rule, at a position. */
export function provideHover(
  { services, document, inspection }: LookedAt,
  position: vscode.Position,
): vscode.Hover | undefined {
  const offset = document.offsetAt(position);
  const reference = referenceAt(inspection, offset);
  const defined = reference ? undefined : definitionAt(inspection.ruleFile, offset);
  const hit = reference?.hit ?? defined?.hit;
  const markdown = reference
    ? referenceMarkdown(reference, document.uri.toString(), isReported(document, reference))
    : defined && definitionMarkdown(defined.definition, services.inventory.state);
  if (!hit || markdown === undefined) return undefined;
  const text = new vscode.MarkdownString(markdown, true);
  text.isTrusted = { enabledCommands: hoverCommands };
  return new vscode.Hover(text, rangeOf(document, hit));
}

/** VS Code shows the problem in the same hover. */
function isReported(document: vscode.TextDocument, { found }: InspectedReference): boolean {
  return problemsAt(vscode.languages.getDiagnostics(document.uri), rangeOf(document, found.range)).length > 0;
}

/** The documents of the rule that serves an image, or of those that could. */
export function provideDefinition(
  { document, inspection }: LookedAt,
  position: vscode.Position,
): vscode.LocationLink[] | undefined {
  const reference = referenceAt(inspection, document.offsetAt(position));
  if (!reference) return undefined;
  return rulesOf(reference.resolution)
    .slice(0, maxRules)
    .map(({ id }) => ({
      originSelectionRange: rangeOf(document, reference.hit),
      targetUri: reportUri('rule', id),
      targetRange: new vscode.Range(0, 0, 0, 0),
    }));
}

/**
 * All references of the workspace that the same rule serves or maps, by whichever name; of an image without a rule, those of the
 * same repository. Undefined where there is no reference: other extensions answer.
 */
export async function provideReferences(
  { services, document, inspection }: LookedAt,
  position: vscode.Position,
  token: vscode.CancellationToken,
): Promise<vscode.Location[] | undefined> {
  const reference = referenceAt(inspection, document.offsetAt(position));
  if (!reference) return undefined;
  const rules = rulesOf(reference.resolution);
  const isWanted =
    rules.length > 0
      ? concernsRules(rules.map(({ id }) => id))
      : (other: Resolution) => isSameImage(reference.resolution, other);
  const found = await withProgress(
    { location: vscode.ProgressLocation.Window, title: vscode.l10n.t('Finding references in the workspace') },
    () => findInWorkspace(services, isWanted, { token }),
  );
  for (const { path, reason } of found?.skipped ?? []) services.log.warn(`Not looked at: ${path}: ${reason}`);
  return found && locationsOf(found.references);
}

/** The rule that serves an image; if there is none, those that map it. */
function rulesOf({ served, cachedBy }: Resolution): readonly CacheRule[] {
  return served ? [served.match.rule] : cachedBy.map(({ match }) => match.rule);
}

/** A link to its rule's document on each image that a rule serves. */
export function provideDocumentLinks({ document, inspection }: LookedAt): vscode.DocumentLink[] {
  return inspection.references.flatMap(({ found, resolution: { served, entry } }) => {
    if (!served || !entry) return [];
    const range = rangeOf(document, found.range);
    // A link is one line's.
    if (!range.isSingleLine) return [];
    const link = new vscode.DocumentLink(range, reportUri('rule', served.match.rule.id));
    const [rule, registry] = [plainName(served.match.rule.name), plainName(entry.registry.name)];
    link.tooltip = vscode.l10n.t('Open cache rule {0} in {1}', rule, registry);
    return [link];
  });
}

/**
 * VS Code makes trusted Markdown of a link's tooltip and escapes nothing in it but `]`, so that what is escaped already would not be
 * any more. Azure's names have none of these characters.
 */
function plainName(name: string): string {
  return name.slice(0, 100).replace(/[^\w.-]/g, '·');
}

/** One lens above each image that a rule serves, or maps under another name. */
export function provideCodeLenses({ document, inspection }: LookedAt): vscode.CodeLens[] | undefined {
  if (vscode.workspace.getConfiguration('acrCache', document.uri).get<unknown>('codeLens') === false) return undefined;
  return inspection.references.flatMap((reference) => {
    const command = lensCommand(reference, document);
    return command ? [new vscode.CodeLens(rangeOf(document, reference.found.range), command)] : [];
  });
}

function lensCommand(
  { found, resolution }: InspectedReference,
  document: vscode.TextDocument,
): vscode.Command | undefined {
  const { verdict, served, image, cachedBy } = resolution;
  if (verdict === 'served' && served) {
    const { match, known, wrong } = served;
    const tagged = found.openTag ? { repository: image.repository } : image;
    const state = stateInWords(match.rule, known);
    const words = wrong ? vscode.l10n.t('unexpected source; {0}', state) : state;
    const source = shown(sourceImage(match, tagged), 160);
    return {
      title: plainText(vscode.l10n.t('Cache rule {0}: from {1} ({2})', shown(match.rule.name), source, words)),
      command: 'acrCache.openRule',
      arguments: [{ ruleId: match.rule.id }],
    };
  }
  const [use] = cachedBy;
  // That a rule could be made holds for most images of any registry: the hover tells.
  if (verdict !== 'bypassed' || !use || found.name.kind === 'fixed') return undefined;
  const { rule } = use.match;
  const known = `${shown(rule.name)}, ${stateInWords(rule, use.known)}`;
  const { start, end } = found.range;
  return {
    title: plainText(vscode.l10n.t('Use the cache: {0} ({1})', shownImage(use.image), known)),
    command: 'acrCache.useCachedReference',
    arguments: [{ uri: document.uri.toString(), start, end, ruleId: rule.id }],
  };
}
