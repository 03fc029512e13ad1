import * as vscode from 'vscode';
import { kindPatterns } from '../../files/kinds.ts';
import type { Services } from '../services/services.ts';
import type { Inspections } from './types.ts';
import { isUserFile } from './userFiles.ts';

/** In whichever way a file is told to be of a kind: extensions name languages differently. Schemes are looked at when asked. */
const selector: vscode.DocumentFilter[] = kindPatterns.flatMap(({ globs, languages }) => [
  ...languages.map((language) => ({ language })),
  ...globs.map((pattern) => ({ pattern })),
]);

/** What a provider's file exports; the rest is what VS Code asks it with. */
type Provide<Rest extends readonly unknown[], T> = (
  services: Services,
  inspections: Inspections,
  document: vscode.TextDocument,
  ...rest: Rest
) => Promise<T | undefined>;

/** Registers what the editor shows. Each part's code is loaded when it is first asked for, or a file to look at is visible. */
export function registerEditor(services: Services): vscode.Disposable {
  const { languages, window, workspace } = vscode;
  const lensesChanged = new vscode.EventEmitter<void>();
  let loading: Promise<Inspections> | undefined;
  let isDisposed = false;
  const rest: { dispose(): unknown }[] = [];

  /** Made once: documents are read once for all who ask. */
  function inspections(): Promise<Inspections> {
    return (loading ??= import('./inspections.lazy.ts').then(({ createInspections }) => {
      const made = createInspections(services);
      // What was asked for while the window closes.
      if (isDisposed) made.dispose();
      rest.push(
        made,
        made.onDidChange((document) => {
          // VS Code asks anew by itself when a document changes.
          if (!document) lensesChanged.fire();
        }),
      );
      return made;
    }));
  }

  /**
   * A provider whose code is loaded when it is first asked, for files that somebody edits. What goes wrong is logged, and not told
   * by a message for each character.
   */
  function by<Rest extends readonly unknown[], T>(load: () => Promise<Provide<Rest, T>>) {
    return async (document: vscode.TextDocument, ...rest: Rest): Promise<T | undefined> => {
      if (!isUserFile(document.uri)) return undefined;
      try {
        const [made, provide] = await Promise.all([inspections(), load()]);
        return await provide(services, made, document, ...rest);
      } catch (error) {
        services.log.error(`Looking at ${document.uri.path}: ${String(error)}`);
        return undefined;
      }
    };
  }

  let watching = false;
  /** Problems are shown without being asked for: as soon as there is a file to look at, and only then. */
  function watchVisible(): void {
    if (watching || !window.visibleTextEditors.some(({ document }) => isLookedAt(document))) return;
    watching = true;
    Promise.all([inspections(), import('./diagnostics.lazy.ts'), import('./ruleLoading.lazy.ts')]).then(
      ([made, { showDiagnostics }, { createRuleLoading }]) => {
        const reading = createRuleLoading(services);
        const shown = showDiagnostics(services, made, isLookedAt, (inspection) => reading.shown(inspection));
        rest.push(reading, shown);
        if (isDisposed) for (const each of [reading, shown]) each.dispose();
      },
      (error: unknown) => services.log.error(`Looking at files: ${String(error)}`),
    );
  }

  const provideReferences = by(async () => (await import('./references.lazy.ts')).provideReferences);
  const registrations = [
    lensesChanged,
    languages.registerHoverProvider(selector, {
      provideHover: by(async () => (await import('./hover.lazy.ts')).provideHover),
    }),
    languages.registerCodeLensProvider(selector, {
      onDidChangeCodeLenses: lensesChanged.event,
      provideCodeLenses: by(async () => (await import('./codeLens.lazy.ts')).provideCodeLenses),
    }),
    languages.registerCodeActionsProvider(
      selector,
      { provideCodeActions: by(async () => (await import('./codeActions.lazy.ts')).provideCodeActions) },
      { providedCodeActionKinds: [vscode.CodeActionKind.QuickFix, vscode.CodeActionKind.RefactorRewrite] },
    ),
    languages.registerDefinitionProvider(selector, {
      provideDefinition: by(async () => (await import('./definition.lazy.ts')).provideDefinition),
    }),
    languages.registerDocumentLinkProvider(selector, {
      provideDocumentLinks: by(async () => (await import('./documentLinks.lazy.ts')).provideDocumentLinks),
    }),
    languages.registerCompletionItemProvider(
      selector,
      { provideCompletionItems: by(async () => (await import('./completion.lazy.ts')).provideCompletionItems) },
      '/',
      ':',
    ),
    languages.registerReferenceProvider(selector, {
      provideReferences: (document, position, _context, token) => provideReferences(document, position, token),
    }),
    languages.registerRenameProvider(selector, {
      // Both tell by rejecting what cannot be renamed, and why; another extension is asked then.
      async prepareRename(document, position, token) {
        if (!isUserFile(document.uri)) throw new Error(vscode.l10n.t('There is no image reference here.'));
        const [made, { prepareRename }] = await Promise.all([inspections(), import('./rename.lazy.ts')]);
        return prepareRename(services, made, document, position, token);
      },
      async provideRenameEdits(document, position, newName, token) {
        const [made, { provideRenameEdits }] = await Promise.all([inspections(), import('./rename.lazy.ts')]);
        return provideRenameEdits(services, made, document, position, newName, token);
      },
    }),
    workspace.onDidChangeConfiguration((change) => {
      if (change.affectsConfiguration('acrCache.codeLens')) lensesChanged.fire();
    }),
    window.onDidChangeVisibleTextEditors(watchVisible),
    // The language of a document that is open already.
    workspace.onDidOpenTextDocument(watchVisible),
  ];
  watchVisible();

  return new vscode.Disposable(() => {
    isDisposed = true;
    for (const each of [...registrations, ...rest]) each.dispose();
  });
}

function isLookedAt(document: vscode.TextDocument): boolean {
  return isUserFile(document.uri) && vscode.languages.match(selector, document) > 0;
}
