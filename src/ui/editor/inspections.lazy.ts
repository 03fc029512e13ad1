import * as vscode from 'vscode';
import { kindOf } from '../../files/kinds.ts';
import { checkRuleFile } from '../../files/rules/check.ts';
import type { Findings, TextFile } from '../../files/types.ts';
import type { Unread } from '../../files/worker/readFindings.ts';
import type { Services } from '../services/services.ts';
import { createEnvironments, needsEnvironment } from '../shared/composeEnvironment.lazy.ts';
import { type IndexedResolver, indexedResolver, isReference } from '../services/indexedResolver.ts';
import { isUserFile } from '../shared/userFiles.ts';
import { unreadInWords } from '../workspace/scan/readFile.lazy.ts';
import { deployedRules } from './deployedRules.ts';
import type { Inspection, Inspections } from './types.ts';

/** Changes of the inventory come in bursts, one for each registry; gathered for so long, in milliseconds. */
const gatherInMs = 200;

/** One version of a document. What is written in it stays when what is known about it changes. */
interface Version {
  readonly version: number;
  readonly languageId: string;
  readonly text: string;
  readonly found: Promise<Findings | Unread>;
  /** There is another, or none any more. */
  isOver: boolean;
  /** By what was known when somebody asked last. */
  inspection?: { readonly by: IndexedResolver; readonly value: Inspection };
}

/** Reads documents when somebody asks, once per version, and tells what is known of what they say. */
export function createInspections({
  inventory,
  observations,
  reader,
  log,
}: Pick<Services, 'inventory' | 'observations' | 'reader' | 'log'>): Inspections {
  const documents = new Map<vscode.TextDocument, Version>();
  const changed = new vscode.EventEmitter<vscode.TextDocument | undefined>();
  const environments = createEnvironments();
  let knowledge: Promise<IndexedResolver> | undefined;
  let timer: NodeJS.Timeout | undefined;

  function knowledgeChanged(): void {
    knowledge = undefined;
    timer ??= setTimeout(() => {
      timer = undefined;
      changed.fire(undefined);
    }, gatherInMs);
  }

  function forget(document: vscode.TextDocument): void {
    const version = documents.get(document);
    if (version) version.isOver = true;
    documents.delete(document);
  }

  /** What the document is at this moment; read when it is first asked for. */
  function versionOf(document: vscode.TextDocument): Version {
    const known = documents.get(document);
    if (known && isOf(known, document)) return known;
    forget(document);
    const { version, languageId } = document;
    const text = document.getText();
    const found = read(document, text, () => !made.isOver);
    const made: Version = { version, languageId, text, found, isOver: false };
    // What is closed already tells nobody when it goes.
    if (!document.isClosed) documents.set(document, made);
    return made;
  }

  async function read(
    { uri, languageId }: vscode.TextDocument,
    text: string,
    isWanted: () => boolean,
  ): Promise<Findings | Unread> {
    const environment = needsEnvironment(uri.path, languageId, text) ? await environments.beside(uri) : undefined;
    const file: TextFile = { path: uri.path, languageId, text, environment };
    const found = await reader.read(file, isWanted);
    if ('unread' in found && isWanted()) log.warn(`Not looked at: ${uri.path}: ${unreadInWords(found)}`);
    return found;
  }

  const listeners = [
    inventory.onDidChange(knowledgeChanged),
    observations.onDidChange(knowledgeChanged),
    vscode.workspace.onDidChangeTextDocument(({ document }) => {
      const known = documents.get(document);
      if (!known) return;
      if (!isOf(known, document)) forget(document);
      changed.fire(document);
    }),
    vscode.workspace.onDidCloseTextDocument(forget),
    environments.onDidChange((folder) => {
      const key = folder.toString();
      for (const document of documents.keys()) {
        if (vscode.Uri.joinPath(document.uri, '..').toString() !== key) continue;
        forget(document);
        changed.fire(document);
      }
    }),
  ];

  return {
    onDidChange: changed.event,
    async of(document, token) {
      if (token?.isCancellationRequested || !isUserFile(document.uri)) return undefined;
      if (kindOf(document.uri.path, document.languageId) === undefined) return undefined;
      const version = versionOf(document);
      const found = await version.found;
      const by = await (knowledge ??= indexedResolver({ inventory, observations }));
      // It may have changed meanwhile.
      if ('unread' in found || version.isOver || token?.isCancellationRequested) return undefined;
      if (version.inspection?.by !== by) version.inspection = { by, value: inspectionOf(version, found, by) };
      return version.inspection.value;
    },
    dispose() {
      clearTimeout(timer);
      for (const document of [...documents.keys()]) forget(document);
      environments.dispose();
      for (const listener of listeners) listener.dispose();
      changed.dispose();
    },
  };
}

function isOf(one: Pick<Version, 'version' | 'languageId'>, document: vscode.TextDocument): boolean {
  return one.version === document.version && one.languageId === document.languageId;
}

function inspectionOf(
  { version, text }: Version,
  { references, ruleFile }: Findings,
  { state, resolver }: IndexedResolver,
): Inspection {
  return {
    version,
    text,
    references: references
      .filter((found) => isReference(found, resolver))
      .map((found) => ({ found, resolution: resolver.resolve(found.image) })),
    ruleFile,
    ruleFindings:
      ruleFile.rules.length + ruleFile.articleScopes.length > 0 ? checkRuleFile(ruleFile, deployedRules(state)) : [],
  };
}
