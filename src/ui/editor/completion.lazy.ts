import * as vscode from 'vscode';
import { referencePlace } from '../../files/referencePlace.ts';
import type { Services } from '../services/services.ts';
import { indexedResolver, isReference } from '../services/indexedResolver.ts';
import { beginnings, maxSuggestions, suggestionsFor, type Suggestion } from './suggestions.ts';

const kinds: Readonly<Record<Suggestion['kind'], vscode.CompletionItemKind>> = {
  registry: vscode.CompletionItemKind.Module,
  image: vscode.CompletionItemKind.Reference,
  repository: vscode.CompletionItemKind.Reference,
  prefix: vscode.CompletionItemKind.Folder,
  tag: vscode.CompletionItemKind.Constant,
};

/** Longer than any reference. */
const maxToken = 1100;

/** How far around the caret a registry may be named that a repository belongs to (Helm), in UTF-16 units. */
const neighbourhood = 400;

const part = /[\w.:@/-]/;

/** Registries, repositories and tags that are known, where the finder sees a reference or would see one. */
export async function provideCompletionItems(
  { inventory, observations, reader }: Pick<Services, 'inventory' | 'observations' | 'reader'>,
  document: vscode.TextDocument,
  position: vscode.Position,
  token: vscode.CancellationToken,
): Promise<vscode.CompletionList | undefined> {
  const { version, languageId, uri } = document;
  const text = document.getText();
  if (inventory.state.registries.size === 0) return undefined;
  const offset = document.offsetAt(position);
  const { hosts, names } = beginnings(inventory.state);
  if (!mayComplete(text, offset, hosts, names)) return undefined;
  const { state, resolver } = await indexedResolver({ inventory, observations });
  const isWanted = () => !token.isCancellationRequested && document.version === version;
  const place = await referencePlace({ path: uri.path, languageId, text }, offset, async (file) => {
    const found = await reader.read(file, isWanted);
    return 'unread' in found ? [] : found.references.filter((one) => isReference(one, resolver));
  });
  if (!place || !isWanted()) return undefined;
  const suggestions = suggestionsFor(place, state, observations);
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
  { kind, text, detail, note, goesOn }: Suggestion,
  index: number,
  range: { readonly inserting: vscode.Range; readonly replacing: vscode.Range },
): vscode.CompletionItem {
  const item = new vscode.CompletionItem(note === undefined ? text : { label: text, description: note }, kinds[kind]);
  item.detail = detail;
  item.range = range;
  item.sortText = String(index).padStart(4, '0');
  if (goesOn) item.command = { command: 'editor.action.triggerSuggest', title: '' };
  return item;
}

/**
 * Whether anything that could be offered begins like the text before the caret, told without understanding the file: VS Code asks at
 * every word that is typed, and most of them are no image. Says yes to what it does not know.
 * @param hosts login servers, in lower case
 * @param names what else may be offered as a whole, in lower case
 */
export function mayComplete(text: string, offset: number, hosts: readonly string[], names: readonly string[]): boolean {
  const token = tokenBefore(text, offset).toLowerCase();
  // Asked for by hand: while typing, something is typed.
  if (token === '') return true;
  if (token.includes('/')) {
    const around = text.slice(Math.max(0, offset - neighbourhood), offset + neighbourhood).toLowerCase();
    return hosts.some((host) => around.includes(host));
  }
  // What stands before may belong to a variable or a key: `${NAME:-down`, `--from=down`.
  const tails = [token, token.slice(token.lastIndexOf('-') + 1), token.slice(token.lastIndexOf(':') + 1)];
  return tails.some((tail) => tail !== '' && [...hosts, ...names].some((name) => isWithin(tail, name)));
}

function tokenBefore(text: string, offset: number): string {
  let start = offset;
  while (start > 0 && offset - start < maxToken && part.test(text[start - 1] ?? '')) start--;
  return text.slice(start, offset);
}

/** Whether all characters come in this order: the widest sense in which VS Code lets a word fit. */
function isWithin(word: string, name: string): boolean {
  let at = 0;
  for (const character of word) {
    at = name.indexOf(character, at) + 1;
    if (at === 0) return false;
  }
  return true;
}
