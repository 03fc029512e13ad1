import * as vscode from 'vscode';
import { shown } from '../../common/shown.ts';
import type { Services } from '../services/services.ts';
import type { Inspection, Inspections, InspectedReference } from './types.ts';
import { shownImage, sourceImage, stateInWords } from './words.ts';
import { plainText } from '../shared/plainText.ts';

/** One lens above each image that a rule serves, or maps under another name. */
export async function provideCodeLenses(
  _services: Services,
  inspections: Inspections,
  document: vscode.TextDocument,
  token: vscode.CancellationToken,
): Promise<vscode.CodeLens[] | undefined> {
  if (vscode.workspace.getConfiguration('acrCache', document.uri).get<unknown>('codeLens') === false) return undefined;
  const inspection = await inspections.of(document, token);
  return inspection?.references.flatMap((reference) => {
    const command = commandOf(reference, document.uri, inspection);
    if (!command) return [];
    const { start, end } = reference.found.range;
    return [new vscode.CodeLens(new vscode.Range(document.positionAt(start), document.positionAt(end)), command)];
  });
}

function commandOf(
  { found, resolution }: InspectedReference,
  uri: vscode.Uri,
  { version }: Inspection,
): vscode.Command | undefined {
  switch (resolution.verdict) {
    case 'served': {
      const { served, image } = resolution;
      if (!served) return undefined;
      const { match, known, wrong } = served;
      const tagged = found.openTag ? { repository: image.repository } : image;
      const source = shown(sourceImage(match, tagged), 160);
      const state = stateInWords(match.rule, known);
      const words = wrong ? vscode.l10n.t('check the source; {0}', state) : state;
      return {
        title: plainText(vscode.l10n.t('Cache rule {0}: from {1} ({2})', shown(match.rule.name), source, words)),
        command: 'acrCache.openRule',
        arguments: [{ ruleId: match.rule.id }],
      };
    }
    case 'bypassed': {
      const [use] = resolution.cachedBy;
      if (!use || found.name.kind === 'fixed') return undefined;
      const { rule } = use.match;
      const known = `${shown(rule.name)}, ${stateInWords(rule, use.known)}`;
      return {
        title: plainText(
          vscode.l10n.t('Not through the cache: use {0} (cache rule {1})', shownImage(use.image), known),
        ),
        command: 'acrCache.useCachedReference',
        arguments: [{ uri: uri.toString(), version, start: found.range.start, end: found.range.end, ruleId: rule.id }],
      };
    }
    // That a rule could be made holds for most images of any registry: the hover tells.
    case 'possible':
    case 'unserved':
    case 'rulesUnknown':
    case 'unknown':
      return undefined;
  }
}
