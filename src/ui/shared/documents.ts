import * as vscode from 'vscode';
import { keepNewest } from '../../common/keepNewest.ts';
import { addressOf, reportSchemes } from './reports.ts';

/** Of documents that are not about one resource. */
export const documentScheme = 'acr-cache';

/** VS Code's own rendering of Markdown, as an editor. */
const markdownPreview = 'vscode.markdown.preview.editor';

/** Of how many documents the text is kept; the oldest go first. */
const maxDocuments = 50;

/** Read-only documents whose text lives in memory: JSON of a resource, a script of az commands, a report about a rule. */
export interface ReadOnlyDocuments {
  /**
   * Opens `text` in an editor as `name` (its extension picks the language unless `language` is given).
   * The same `name` replaces the text of the document that is already open.
   */
  show(name: string, text: string, language?: string): Promise<vscode.TextEditor>;
  /** Opens a report (`reportUri`) as rendered Markdown, or brings the open one to the front. */
  showReport(uri: vscode.Uri, markdown: string): Promise<void>;
  /** Replaces a report's text, wherever it is open. */
  update(uri: vscode.Uri, markdown: string): void;
  /** Forgets a report's text: when it is shown next, it is restored. */
  forget(uri: vscode.Uri): void;
  /** A report's text as it is shown. */
  textOf(uri: vscode.Uri): string | undefined;
  dispose(): void;
}

/**
 * Registers the content provider. Cheap: nothing is read or opened.
 * @param restore is told of a report that is shown without a text: its editor was open in an earlier session. Resolves once it has
 * given a first text: a change of a document that VS Code is still opening would be lost.
 */
export function createReadOnlyDocuments(
  restore: (report: vscode.Uri) => Promise<void> = () => Promise.resolve(),
): ReadOnlyDocuments {
  /** By `keyOf`. */
  const texts = new Map<string, string>();
  const changed = new vscode.EventEmitter<vscode.Uri>();
  const provider: vscode.TextDocumentContentProvider = {
    onDidChange: changed.event,
    async provideTextDocumentContent(uri) {
      const key = keyOf(uri);
      if (!texts.has(key) && uri.scheme !== documentScheme) await restore(uri);
      return (
        texts.get(key) ?? vscode.l10n.t('This text was made in an earlier session. Run the command again to see it.')
      );
    },
  };
  /** Reports that were shown in this session, by `keyOf`. */
  const shown = new Set<string>();
  const registrations: vscode.Disposable[] = [documentScheme, ...reportSchemes].map((each) =>
    vscode.workspace.registerTextDocumentContentProvider(each, provider),
  );
  function update(uri: vscode.Uri, text: string): void {
    keepNewest(texts, keyOf(uri), text, maxDocuments);
    for (const document of vscode.workspace.textDocuments)
      if (keyOf(document.uri) === keyOf(uri)) changed.fire(document.uri);
  }

  return {
    update,
    forget: (uri) => void texts.delete(keyOf(uri)),
    textOf: (uri) => texts.get(keyOf(uri)),
    async show(name, text, language) {
      const uri = vscode.Uri.from({ scheme: documentScheme, path: `/${name.replace(/[\\/?#\u0000-\u001f]+/g, '-')}` });
      update(uri, text);
      const document = await vscode.workspace.openTextDocument(uri);
      if (language) await vscode.languages.setTextDocumentLanguage(document, language);
      return vscode.window.showTextDocument(document, { preview: true });
    },
    async showReport(report, markdown) {
      update(report, markdown);
      const uri = await addressToShow(report, shown.has(keyOf(report)));
      shown.add(keyOf(report));
      try {
        await vscode.commands.executeCommand('vscode.openWith', uri, markdownPreview);
      } catch {
        // Markdown support can be disabled: its source reads well too.
        await vscode.window.showTextDocument(uri, { preview: true });
      }
    },
    dispose() {
      for (const registration of registrations) registration.dispose();
      changed.dispose();
      texts.clear();
    },
  };
}

/** A report's address without what only tells its tabs apart. */
function keyOf(uri: vscode.Uri): string {
  return uri.with({ fragment: '' }).toString();
}

/** The tabs of a report. */
function tabsOf(uri: vscode.Uri): { readonly tab: vscode.Tab; readonly address: vscode.Uri }[] {
  const all = vscode.window.tabGroups.all.flatMap(({ tabs }) => tabs);
  return all.flatMap((tab) => {
    const address = addressOf(tab);
    return address && keyOf(address) === keyOf(uri) ? [{ tab, address }] : [];
  });
}

/**
 * The address under which a report is shown: that of a tab that is open. A tab without a document may be one that VS Code could not
 * open, and it goes on failing under that address until the window is loaded anew: such a tab is closed, and another address taken;
 * also for a report that was shown and closed, since VS Code's rendering may still hold the text of then for its address.
 */
async function addressToShow(report: vscode.Uri, wasShown: boolean): Promise<vscode.Uri> {
  const open = new Set(vscode.workspace.textDocuments.map(({ uri }) => uri.toString()));
  const tabs = tabsOf(report);
  const alive = tabs.find(({ address }) => open.has(address.toString()));
  if (alive) return alive.address;
  if (tabs.length > 0) await vscode.window.tabGroups.close(tabs.map(({ tab }) => tab));
  return tabs.length > 0 || wasShown ? report.with({ fragment: String(Date.now()) }) : report;
}
