import * as vscode from 'vscode';
import { findReferences, findRuleDefinitions } from '../../files/find.ts';
import { kindOf, maxFileLength } from '../../files/kinds.ts';
import { checkRuleFile } from '../../files/rules/check.ts';
import type { FoundReference, RuleFile, TextFile } from '../../files/types.ts';
import type { InventoryState } from '../../inventory/types.ts';
import { indexedResolver } from '../services/indexedResolver.ts';
import type { Services } from '../services/services.ts';
import { deployedRules } from './deployedRules.ts';
import { createEnvironments, needsEnvironment } from '../shared/composeEnvironment.lazy.ts';
import { createReferenceInspection } from './inspectReferences.ts';
import type { Inspection, Inspections } from './types.ts';
import { isUserFile } from './userFiles.ts';

/** Changes of the inventory come in bursts, one for each registry; gathered for so long, in milliseconds. */
const gatherInMs = 200;

/** What is written in one version of a document. Stays when what is known about it changes. */
interface Written {
  readonly version: number;
  readonly languageId: string;
  readonly text: string;
  readonly found: readonly FoundReference[];
  readonly ruleFile: RuleFile;
}

/** A document's version being read, for as many as wait for it. */
interface Run {
  readonly version: number;
  readonly languageId: string;
  waiting: number;
  stopped: boolean;
  readonly result: Promise<Written | undefined>;
}

interface Kept {
  run?: Run;
  written?: Written;
  inspection?: { readonly of: Written; readonly by: Knowledge; readonly value: Inspection };
}

/** What references are resolved by. Another object as soon as anything of it changed. */
interface Knowledge {
  readonly state: InventoryState;
  readonly inspect: ReturnType<typeof createReferenceInspection>;
}

/** Reads documents when somebody asks, once per version, and tells what is known of what they say. */
export function createInspections({
  inventory,
  listings,
  log,
}: Pick<Services, 'inventory' | 'listings' | 'log'>): Inspections {
  const documents = new Map<vscode.TextDocument, Kept>();
  const changed = new vscode.EventEmitter<vscode.TextDocument | undefined>();
  const environments = createEnvironments();
  let knowledge: Promise<Knowledge> | undefined;
  let timer: NodeJS.Timeout | undefined;

  const known = (): Promise<Knowledge> =>
    (knowledge ??= indexedResolver({ inventory, listings }).then(({ state, resolver }) => ({
      state,
      inspect: createReferenceInspection(resolver),
    })));

  function knowledgeChanged(): void {
    knowledge = undefined;
    timer ??= setTimeout(() => {
      timer = undefined;
      changed.fire(undefined);
    }, gatherInMs);
  }

  function stop(kept: Kept | undefined): void {
    if (!kept?.run) return;
    kept.run.stopped = true;
    delete kept.run;
  }

  async function read(document: vscode.TextDocument, run: Pick<Run, 'stopped'>): Promise<Written | undefined> {
    const { version, languageId } = document;
    const text = document.getText();
    if (text.length > maxFileLength) return undefined;
    const needs = needsEnvironment(document.uri.path, languageId, text);
    const environment = needs ? await environments.beside(document.uri) : undefined;
    const file: TextFile = { path: document.uri.path, languageId, text, ...(environment && { environment }) };
    // Changes that come meanwhile stop it.
    await new Promise((resolve) => setImmediate(resolve));
    if (run.stopped) return undefined;
    return { version, languageId, text, found: findReferences(file), ruleFile: findRuleDefinitions(file) };
  }

  function start(document: vscode.TextDocument, kept: Kept): Run {
    stop(kept);
    const state = { version: document.version, languageId: document.languageId, waiting: 0, stopped: false };
    const result = read(document, state)
      .catch((error: unknown) => {
        log.error(`Looking at ${document.uri.path}: ${String(error)}`);
        return undefined;
      })
      .then((written) => {
        if (kept.run === run) delete kept.run;
        if (written && !state.stopped) kept.written = written;
        return state.stopped ? undefined : written;
      });
    const run: Run = Object.assign(state, { result });
    return (kept.run = run);
  }

  /** The result of this version; shared by all who ask, and given up when nobody waits any more. */
  async function writtenIn(
    document: vscode.TextDocument,
    kept: Kept,
    token: vscode.CancellationToken | undefined,
  ): Promise<Written | undefined> {
    if (kept.written && isOf(kept.written, document)) return kept.written;
    const run = kept.run && isOf(kept.run, document) ? kept.run : start(document, kept);
    run.waiting++;
    if (!token) return run.result;
    let listener: vscode.Disposable | undefined;
    const cancelled = new Promise<undefined>((resolve) => {
      listener = token.onCancellationRequested(() => {
        if (--run.waiting === 0 && kept.run === run) stop(kept);
        resolve(undefined);
      });
    });
    try {
      return await Promise.race([run.result, cancelled]);
    } finally {
      listener?.dispose();
    }
  }

  function inspect(kept: Kept, written: Written, by: Knowledge): Inspection {
    if (kept.inspection?.of === written && kept.inspection.by === by) return kept.inspection.value;
    const value = inspectionOf(written, by);
    kept.inspection = { of: written, by, value };
    return value;
  }

  const listeners = [
    inventory.onDidChange(knowledgeChanged),
    listings.onDidChange(knowledgeChanged),
    vscode.workspace.onDidChangeTextDocument(({ document }) => {
      const kept = documents.get(document);
      if (!kept) return;
      if (kept.run && !isOf(kept.run, document)) stop(kept);
      if (kept.written && !isOf(kept.written, document)) {
        delete kept.written;
        delete kept.inspection;
      }
      changed.fire(document);
    }),
    vscode.workspace.onDidCloseTextDocument((document) => {
      stop(documents.get(document));
      documents.delete(document);
    }),
    environments.onDidChange((folder) => {
      const key = folder.toString();
      for (const [document, kept] of documents) {
        if (vscode.Uri.joinPath(document.uri, '..').toString() !== key) continue;
        stop(kept);
        delete kept.written;
        changed.fire(document);
      }
    }),
  ];

  return {
    onDidChange: changed.event,
    async of(document, token) {
      if (token?.isCancellationRequested || !isUserFile(document.uri)) return undefined;
      if (kindOf(document.uri.path, document.languageId) === undefined) return undefined;
      const kept = documents.get(document) ?? {};
      // What is closed already tells nobody when it goes.
      if (!document.isClosed) documents.set(document, kept);
      const written = await writtenIn(document, kept, token);
      if (!written) return undefined;
      const by = await known();
      // It may have changed meanwhile.
      return kept.written === written && !token?.isCancellationRequested ? inspect(kept, written, by) : undefined;
    },
    dispose() {
      clearTimeout(timer);
      for (const kept of documents.values()) stop(kept);
      documents.clear();
      environments.dispose();
      for (const listener of listeners) listener.dispose();
      changed.dispose();
    },
  };
}

function isOf(one: Pick<Written, 'version' | 'languageId'>, document: vscode.TextDocument): boolean {
  return one.version === document.version && one.languageId === document.languageId;
}

function inspectionOf({ version, text, found, ruleFile }: Written, { state, inspect }: Knowledge): Inspection {
  return {
    version,
    text,
    references: inspect(found),
    ruleFile,
    ruleFindings:
      ruleFile.rules.length + ruleFile.articleScopes.length > 0 ? checkRuleFile(ruleFile, deployedRules(state)) : [],
  };
}
