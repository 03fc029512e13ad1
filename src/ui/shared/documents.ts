import * as vscode from 'vscode';

const scheme = 'acr-cache';

/** How many documents' texts are kept; the oldest go first. */
const maxDocuments = 50;

/** Read-only documents whose text lives in memory: JSON of a resource, a script of az commands. */
export interface ReadOnlyDocuments {
  /**
   * Opens `text` in an editor as `name` (its extension picks the language unless `language` is given).
   * The same `name` replaces the text of the document that is already open.
   */
  show(
    name: string,
    text: string,
    options?: { readonly language?: string; readonly preview?: boolean },
  ): Promise<vscode.TextEditor>;
  dispose(): void;
}

/** Registers the content provider. Cheap: nothing is read or opened. */
export function createReadOnlyDocuments(): ReadOnlyDocuments {
  const texts = new Map<string, string>();
  const changed = new vscode.EventEmitter<vscode.Uri>();
  const registration = vscode.workspace.registerTextDocumentContentProvider(scheme, {
    onDidChange: changed.event,
    provideTextDocumentContent: (uri) =>
      texts.get(uri.path) ??
      vscode.l10n.t('This text was made in an earlier session. Run the command again to see it.'),
  });
  return {
    async show(name, text, options) {
      const uri = vscode.Uri.from({ scheme, path: `/${name.replace(/[\\/?#\u0000-\u001f]+/g, '-')}` });
      texts.delete(uri.path);
      texts.set(uri.path, text);
      for (const key of texts.keys()) {
        if (texts.size <= maxDocuments) break;
        texts.delete(key);
      }
      changed.fire(uri);
      const document = await vscode.workspace.openTextDocument(uri);
      if (options?.language) await vscode.languages.setTextDocumentLanguage(document, options.language);
      return vscode.window.showTextDocument(document, { preview: options?.preview ?? true });
    },
    dispose() {
      registration.dispose();
      changed.dispose();
      texts.clear();
    },
  };
}
