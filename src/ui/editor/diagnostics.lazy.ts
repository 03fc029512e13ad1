import * as vscode from 'vscode';
import type { RuleFinding } from '../../files/rules/types.ts';
import type { TextRange } from '../../files/types.ts';
import type { Services } from '../services/services.ts';
import { diagnosticSource, rangeOf } from './referenceAt.ts';
import { problemsOf, type ReferenceProblemKind } from './referenceProblems.ts';
import type { Inspection, Inspections } from './types.ts';

/** How long nobody types before a document is looked at, in milliseconds. */
const pauseInMs = 200;

/** Of one document; more would hide what matters, and cost the window. */
const maxDiagnostics = 1000;

type Level = vscode.DiagnosticSeverity | undefined;
type LevelOf = (kind: ReferenceProblemKind | 'ruleFiles') => Level;

/**
 * Shows the problems of visible documents, and keeps them while a document is open and unchanged. Typing only starts a clock.
 * @param isLookedAt whether it is a file of a kind that may hold references
 * @param onShown is told what is in a document that was opened or came into sight; not of changes
 */
export function showDiagnostics(
  { log }: Pick<Services, 'log'>,
  inspections: Inspections,
  isLookedAt: (document: vscode.TextDocument) => boolean,
  onShown: (inspection: Inspection) => void,
): vscode.Disposable {
  const collection = vscode.languages.createDiagnosticCollection('acrCache');
  /** Documents to be looked at, or being looked at; `timer` until then. */
  const looks = new Map<vscode.TextDocument, { readonly timer: NodeJS.Timeout }>();
  /** The version whose diagnostics are shown. */
  const shown = new Map<vscode.TextDocument, number>();
  /** Came into sight, and `onShown` was not told yet. */
  const arrived = new Set<vscode.TextDocument>();

  const isVisible = (document: vscode.TextDocument) =>
    vscode.window.visibleTextEditors.some((editor) => editor.document === document);

  function stop(document: vscode.TextDocument): void {
    clearTimeout(looks.get(document)?.timer);
    looks.delete(document);
  }

  function forget(document: vscode.TextDocument): void {
    stop(document);
    arrived.delete(document);
    if (shown.delete(document)) collection.delete(document.uri);
  }

  async function show(document: vscode.TextDocument): Promise<void> {
    const look = looks.get(document);
    const levelOf = levelsOf(document.uri);
    const inspection = levelOf || arrived.has(document) ? await inspections.of(document) : undefined;
    // Whatever changed or stopped it has also started it again.
    if (looks.get(document) !== look) return;
    looks.delete(document);
    if (inspection && arrived.delete(document)) onShown(inspection);
    if (inspection && levelOf) {
      shown.set(document, inspection.version);
      collection.set(document.uri, diagnosticsOf(document, inspection, levelOf));
    } else forget(document);
  }

  function schedule(document: vscode.TextDocument, pause: number): void {
    if (document.isClosed || !isLookedAt(document)) return;
    // What changes out of sight waits until it is seen; what was said of it may not hold any more.
    if (!isVisible(document)) return forget(document);
    stop(document);
    const failed = (error: unknown) => log.error(`Looking at ${document.uri.path}: ${String(error)}`);
    looks.set(document, { timer: setTimeout(() => void show(document).catch(failed), pause) });
  }

  function arrive(document: vscode.TextDocument): void {
    arrived.add(document);
    schedule(document, 0);
  }

  function showVisible(): void {
    for (const { document } of vscode.window.visibleTextEditors) {
      if (shown.get(document) !== document.version) arrive(document);
    }
  }

  /** Of what is out of sight; also what is still being looked at, by what was. */
  function forgetAllBut(uris: ReadonlySet<string>): void {
    for (const document of [...shown.keys(), ...looks.keys()])
      if (!isVisible(document) && !uris.has(document.uri.toString())) forget(document);
  }

  /** What is known, or wanted, changed. */
  function showAgain(): void {
    for (const { document } of vscode.window.visibleTextEditors) schedule(document, 0);
    // Out of sight, they would tell what was.
    forgetAllBut(new Set());
  }

  const listeners = [
    collection,
    vscode.window.onDidChangeVisibleTextEditors(() => {
      showVisible();
      forgetAllBut(documentsInTabs());
    }),
    vscode.workspace.onDidChangeTextDocument(({ document, contentChanges }) => {
      if (contentChanges.length > 0) schedule(document, pauseInMs);
    }),
    vscode.workspace.onDidOpenTextDocument((document) => {
      // Also when its language changed.
      if (isVisible(document)) arrive(document);
    }),
    vscode.workspace.onDidCloseTextDocument(forget),
    // Documents outlive their tabs for minutes, if some extension has opened them. Editors and tabs change one after the other.
    vscode.window.tabGroups.onDidChangeTabs(({ closed }) => {
      if (closed.length > 0) forgetAllBut(documentsInTabs());
    }),
    vscode.workspace.onDidChangeConfiguration((change) => {
      if (change.affectsConfiguration('acrCache.diagnostics')) showAgain();
    }),
    inspections.onDidChange((document) => {
      if (document) schedule(document, pauseInMs);
      else showAgain();
    }),
  ];
  showVisible();

  return new vscode.Disposable(() => {
    for (const document of [...looks.keys()]) stop(document);
    for (const listener of listeners) listener.dispose();
  });
}

function documentsInTabs(): Set<string> {
  const uris = vscode.window.tabGroups.all
    .flatMap(({ tabs }) => tabs)
    .flatMap(({ input }) =>
      input instanceof vscode.TabInputText
        ? [input.uri]
        : input instanceof vscode.TabInputTextDiff
          ? [input.original, input.modified]
          : [],
    );
  return new Set(uris.map(String));
}

const levels: Readonly<Record<string, vscode.DiagnosticSeverity>> = {
  hint: vscode.DiagnosticSeverity.Hint,
  information: vscode.DiagnosticSeverity.Information,
  warning: vscode.DiagnosticSeverity.Warning,
  error: vscode.DiagnosticSeverity.Error,
};

/** The levels for a file; undefined if all are off: it need not be looked at. */
function levelsOf(uri: vscode.Uri): LevelOf | undefined {
  const settings = vscode.workspace.getConfiguration('acrCache.diagnostics', uri);
  const kinds = ['bypassedRule', 'unservedTarget', 'wrongRule', 'brokenRule', 'ruleFiles'] as const;
  // Read once: VS Code takes its time for each.
  const byKind = new Map(kinds.map((kind) => [kind, levels[String(settings.get<unknown>(kind))]]));
  return kinds.some((kind) => byKind.get(kind) !== undefined) ? (kind) => byKind.get(kind) : undefined;
}

function diagnosticsOf(
  document: vscode.TextDocument,
  { references, ruleFindings }: Inspection,
  levelOf: LevelOf,
): vscode.Diagnostic[] {
  const cap = levelOf('ruleFiles');
  const diagnostics = cap === undefined ? [] : ruleFindings.map((finding) => ofFinding(document, finding, cap));
  for (const reference of references) {
    if (diagnostics.length >= maxDiagnostics) break;
    for (const problem of problemsOf(reference)) {
      const level = levelOf(problem.kind);
      if (level !== undefined)
        diagnostics.push(made(document, reference.found.range, problem.message, level, problem.kind));
    }
  }
  return diagnostics.slice(0, maxDiagnostics);
}

function ofFinding(
  document: vscode.TextDocument,
  { range, message, severity, code, related }: RuleFinding,
  cap: vscode.DiagnosticSeverity,
): vscode.Diagnostic {
  // VS Code's scale: 0 is an error, 3 a hint.
  const own = levels[severity] ?? cap;
  const level = own > cap ? own : cap;
  const diagnostic = made(document, range, message, level, code);
  if (related) {
    diagnostic.relatedInformation = [
      new vscode.DiagnosticRelatedInformation(
        new vscode.Location(document.uri, rangeOf(document, related.range)),
        related.message,
      ),
    ];
  }
  return diagnostic;
}

function made(
  document: vscode.TextDocument,
  range: TextRange,
  message: string,
  level: vscode.DiagnosticSeverity,
  code: string,
): vscode.Diagnostic {
  const diagnostic = new vscode.Diagnostic(rangeOf(document, range), message, level);
  diagnostic.source = diagnosticSource;
  diagnostic.code = code;
  return diagnostic;
}
