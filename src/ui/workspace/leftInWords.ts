import * as vscode from 'vscode';
import { shown } from '../../common/shown.ts';
import { escapeMarkdown, list } from '../../common/markdown.ts';
import type { FoundReference } from '../../files/types.ts';
import type { Services } from '../services/services.ts';
import { documentScheme } from '../documents/documents.ts';
import { showInformationMessage } from '../shared/messages.ts';
import { whyKept } from './keptNames.ts';

/** What of a change of names did not happen. */
export interface Left {
  /** References that keep their name. */
  readonly left?: readonly FoundReference[];
  /** Paths of files that were changed since they were looked at, or are gone. */
  readonly changed?: readonly string[];
  /** Paths that could not be looked at, or not all of what is below them. */
  readonly skipped: readonly string[];
}

const maxNames = 3;

/** A sentence for each; none if nothing was left. */
export function leftInWords({ left = [], changed = [], skipped }: Left): string[] {
  return [
    ...(left.length > 0
      ? [
          vscode.l10n.t('{0} references keep their name.', left.length),
          ...new Set(left.map(({ name }) => whyKept(name))),
        ]
      : []),
    ...(changed.length > 0
      ? [vscode.l10n.t('Skipped, changed or removed since the scan ({0}): {1}.', changed.length, names(changed))]
      : []),
    ...(skipped.length > 0
      ? [vscode.l10n.t('Not scanned, or not completely ({0}): {1}.', skipped.length, names(skipped))]
      : []),
  ];
}

function names(paths: readonly string[]): string {
  const told = paths.slice(0, maxNames).map((path) => shown(path));
  return [...told, ...(paths.length > told.length ? ['…'] : [])].join(', ');
}

/** Says the first sentence, if there is one; more are in a document, a click away. */
export async function tellSentences(
  { documents }: Pick<Services, 'documents'>,
  title: string,
  sentences: readonly string[],
): Promise<void> {
  const [first] = sentences;
  if (first === undefined) return;
  const details = vscode.l10n.t('Show Details');
  const chosen = await showInformationMessage(first, ...(sentences.length > 1 ? [details] : []));
  if (chosen !== details) return;
  const lines = list(sentences.map((sentence) => escapeMarkdown(sentence)));
  const uri = vscode.Uri.from({ scheme: documentScheme, path: `/${title.replaceAll('/', '-')}.md` });
  await documents.showReport(uri, `# ${escapeMarkdown(title)}\n\n${lines}\n`);
}
