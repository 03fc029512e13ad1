import * as vscode from 'vscode';
import { maxFileLength } from '../../files/kinds.ts';
import { referencePlace } from '../../files/referencePlace.ts';
import { indexedResolver } from '../services/indexedResolver.ts';
import type { Services } from '../services/services.ts';
import { mayComplete } from './mayComplete.ts';
import { beginnings, maxSuggestions, suggestionsFor, type Suggestion } from './suggestions.ts';
import type { Inspections } from './types.ts';

const kinds: Readonly<Record<Suggestion['kind'], vscode.CompletionItemKind>> = {
  registry: vscode.CompletionItemKind.Module,
  image: vscode.CompletionItemKind.Reference,
  repository: vscode.CompletionItemKind.Reference,
  prefix: vscode.CompletionItemKind.Folder,
  tag: vscode.CompletionItemKind.Constant,
};

/** Registries, repositories and tags that are known, where the finder sees a reference or would see one. */
export async function provideCompletionItems(
  { inventory, listings }: Services,
  _inspections: Inspections,
  document: vscode.TextDocument,
  position: vscode.Position,
  token: vscode.CancellationToken,
): Promise<vscode.CompletionList | undefined> {
  const { version, languageId, uri } = document;
  const text = document.getText();
  if (inventory.state.registries.size === 0 || text.length >= maxFileLength) return undefined;
  const offset = document.offsetAt(position);
  const { hosts, names } = beginnings(inventory.state);
  if (!mayComplete(text, offset, hosts, names)) return undefined;
  const { state, resolver } = await indexedResolver({ inventory, listings });
  if (document.version !== version || token.isCancellationRequested) return undefined;
  const place = referencePlace({ path: uri.path, languageId, text }, offset, (host) => resolver.knowsHost(host));
  if (!place) return undefined;
  const suggestions = suggestionsFor(place, state, listings);
  const start = document.positionAt(place.range.start);
  const range = {
    inserting: new vscode.Range(start, position),
    replacing: new vscode.Range(start, document.positionAt(place.range.end)),
  };
  if (!range.replacing.isSingleLine) return undefined;
  const items = suggestions.map((suggestion, index) => itemOf(suggestion, index, range));
  return new vscode.CompletionList(items, suggestions.length >= maxSuggestions);
}

function itemOf(
  { kind, text, detail, goesOn }: Suggestion,
  index: number,
  range: { readonly inserting: vscode.Range; readonly replacing: vscode.Range },
): vscode.CompletionItem {
  const item = new vscode.CompletionItem(text, kinds[kind]);
  item.detail = detail;
  item.range = range;
  item.sortText = String(index).padStart(4, '0');
  if (goesOn) item.command = { command: 'editor.action.triggerSuggest', title: '' };
  return item;
}
