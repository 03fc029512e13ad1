import * as vscode from 'vscode';
import { fileKinds, type KindRecord } from '../../files/kinds.ts';
import type { Services } from '../services/services.ts';
import { isUserFile } from '../shared/userFiles.ts';
import type { Inspections, LookedAt } from './types.ts';

/** In whichever way a file is told to be of a kind: extensions name languages differently. Schemes are looked at when asked. */
const selector: vscode.DocumentFilter[] = fileKinds.flatMap(filtersOf);
const dockerfiles: vscode.DocumentFilter[] = fileKinds.filter(({ kind }) => kind === 'dockerfile').flatMap(filtersOf);

function filtersOf({ globs = [], languages = [], sharedLanguages = [] }: KindRecord): vscode.DocumentFilter[] {
  return [
    ...[...languages, ...sharedLanguages].map((language) => ({ language })),
    ...globs.map((pattern) => ({ pattern })),
  ];
}

/** Where the image of a build stage begins. */
const afterFrom = /^\s*FROM\s+(?:--platform=\S+\s+)?$/i;

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

  /** For files that somebody edits. What goes wrong is logged, and not told by a message for each character. */
  async function quietly<T>({ uri }: vscode.TextDocument, provide: () => Promise<T>): Promise<T | undefined> {
    if (!isUserFile(uri)) return undefined;
    try {
      return await provide();
    } catch (error) {
      services.log.error(`Looking at ${uri.path}: ${String(error)}`);
      return undefined;
    }
  }

  /** What is made of the document as it is now; of one in which there is nothing to look at, nothing. */
  function look<T>(
    document: vscode.TextDocument,
    token: vscode.CancellationToken,
    provide: (providers: typeof import('./providers.lazy.ts'), looked: LookedAt) => T | Promise<T>,
  ): Promise<T | undefined> {
    return quietly(document, async () => {
      const [made, providers] = await Promise.all([inspections(), import('./providers.lazy.ts')]);
      const inspection = await made.of(document, token);
      return inspection && (await provide(providers, { services, document, inspection }));
    });
  }

  function complete(document: vscode.TextDocument, position: vscode.Position, token: vscode.CancellationToken) {
    return quietly(document, async () =>
      (await import('./completion.lazy.ts')).provideCompletionItems(services, document, position, token),
    );
  }

  let watching = false;
  /** Problems are shown without being asked for: as soon as there is a file to look at, and only then. */
  function watchVisible(): void {
    if (watching || !window.visibleTextEditors.some(({ document }) => isLookedAt(document))) return;
    watching = true;
    Promise.all([
      inspections(),
      import('./diagnostics.lazy.ts'),
      import('./ruleLoading.lazy.ts'),
      import('./linksInFront.lazy.ts'),
    ]).then(
      ([made, { showDiagnostics }, { createRuleLoading }, { linksInFront }]) => {
        const reading = createRuleLoading(services);
        const shown = showDiagnostics(services, made, isLookedAt, (inspection) => reading.shown(inspection));
        const links = linksInFront(selector, dockerfiles, (document, token) =>
          look(document, token, ({ provideDocumentLinks }, looked) => provideDocumentLinks(looked)),
        );
        rest.push(reading, shown, links);
        if (isDisposed) for (const each of [reading, shown, links]) each.dispose();
      },
      (error: unknown) => services.log.error(`Looking at files: ${String(error)}`),
    );
  }

  const registrations = [
    lensesChanged,
    languages.registerHoverProvider(selector, {
      provideHover: (document, position, token) =>
        look(document, token, ({ provideHover }, looked) => provideHover(looked, position)),
    }),
    languages.registerCodeLensProvider(selector, {
      onDidChangeCodeLenses: lensesChanged.event,
      provideCodeLenses: (document, token) =>
        look(document, token, ({ provideCodeLenses }, looked) => provideCodeLenses(looked)),
    }),
    languages.registerCodeActionsProvider(
      selector,
      {
        provideCodeActions: (document, range, context, token) =>
          look(document, token, async (_providers, looked) =>
            (await import('./codeActions.lazy.ts')).provideCodeActions(looked, range, context),
          ),
      },
      { providedCodeActionKinds: [vscode.CodeActionKind.QuickFix, vscode.CodeActionKind.RefactorRewrite] },
    ),
    languages.registerDefinitionProvider(selector, {
      provideDefinition: (document, position, token) =>
        look(document, token, ({ provideDefinition }, looked) => provideDefinition(looked, position)),
    }),
    languages.registerReferenceProvider(selector, {
      provideReferences: (document, position, _context, token) =>
        look(document, token, ({ provideReferences }, looked) => provideReferences(looked, position, token)),
    }),
    languages.registerCompletionItemProvider(
      selector,
      {
        provideCompletionItems: complete,
      },
      '/',
      ':',
    ),
    // A blank is typed everywhere; only after FROM does an image begin.
    languages.registerCompletionItemProvider(
      dockerfiles,
      {
        provideCompletionItems: (document, position, token, { triggerCharacter }) =>
          triggerCharacter === ' ' && afterFrom.test(document.lineAt(position).text.slice(0, position.character))
            ? complete(document, position, token)
            : undefined,
      },
      ' ',
    ),
    languages.registerRenameProvider(selector, {
      // Both tell by rejecting what cannot be renamed, and why; another extension is asked then.
      async prepareRename(document, position, token) {
        const [made, { prepareRename }] = await Promise.all([inspections(), import('./rename.lazy.ts')]);
        return prepareRename(document, await made.of(document, token), position);
      },
      async provideRenameEdits(document, position, newName, token) {
        const [made, { provideRenameEdits }] = await Promise.all([inspections(), import('./rename.lazy.ts')]);
        return provideRenameEdits(services, document, await made.of(document, token), position, newName, token);
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
