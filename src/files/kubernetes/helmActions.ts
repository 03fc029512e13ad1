import { firstOf } from '../text/collect.ts';
import { lineEndFrom } from '../text/positions.ts';

/** Stands for a character of an action that makes part of a value. For private use: no file means anything by it. */
export const actionMark = '\uE000';

/**
 * A Helm template as YAML of the same length: a line with nothing but actions and comments is blank, as most of these decide what
 * follows, or include several lines; actions elsewhere are `actionMark`s, over line breaks too.
 */
export function withoutActions(text: string): string {
  const parts: string[] = [];
  const lastCommentEnd = text.lastIndexOf('*/');
  let done = 0;
  for (let open = text.indexOf('{{'); open >= 0;) {
    // All actions of the line, which an action may make a line of several.
    const lineStart = Math.max(done, text.lastIndexOf('\n', open) + 1);
    const actions = actionsOfLine(text, open, lastCommentEnd);
    const lineEnd = lineEndFrom(text, actions.at(-1)?.end ?? open);
    const isAlone = isNothing(text, lineStart, lineEnd, actions);
    let at = done;
    for (const { start, end } of actions) {
      parts.push(text.slice(at, start), isAlone ? blankOf(text.slice(start, end)) : actionMark.repeat(end - start));
      at = end;
    }
    parts.push(text.slice(at, lineEnd));
    done = lineEnd;
    open = text.indexOf('{{', done);
  }
  parts.push(text.slice(done));
  return parts.join('');
}

interface Action {
  readonly start: number;
  readonly end: number;
}

/** From the first on; the line goes on behind an action of several lines. */
function actionsOfLine(text: string, first: number, lastCommentEnd: number): readonly Action[] {
  const actions: Action[] = [];
  let lineEnd = lineEndFrom(text, first);
  for (let start = first; start >= 0 && start < lineEnd;) {
    const end = actionEnd(text, start, lastCommentEnd);
    actions.push({ start, end });
    if (end > lineEnd) lineEnd = lineEndFrom(text, end);
    start = text.indexOf('{{', end);
  }
  return actions;
}

/** Behind the `}}` that closes it, which no string or comment does. What is not closed goes to the end of its line. */
function actionEnd(text: string, start: number, lastCommentEnd: number): number {
  const from = start + 2 + (text.startsWith('-', start + 2) ? 1 : 0);
  const isComment = /^\s*\/\*/.test(text.slice(from, from + 10));
  const comment = isComment && from < lastCommentEnd ? text.indexOf('*/', from) + 2 : 0;
  let at = Math.max(from, comment);
  while (at < text.length) {
    if (text.startsWith('}}', at)) return at + 2;
    // An action has no other in it: it is being written, and not closed yet.
    if (text.startsWith('{{', at)) break;
    const end = isGoQuote(text.charAt(at)) ? stringEnd(text, at) : at + 1;
    if (end < 0) break;
    at = end;
  }
  return lineEndFrom(text, Math.max(start, comment));
}

function isGoQuote(character: string): boolean {
  return character === '"' || character === '`' || character === "'";
}

/** Behind a Go string; -1 if it is not closed. Only raw ones go over several lines. */
function stringEnd(text: string, start: number): number {
  const quote = text.charAt(start);
  if (quote === '`') return text.indexOf('`', start + 1) + 1 || -1;
  for (let at = start + 1; at < text.length; at += 1) {
    const character = text.charAt(at);
    if (character === '\n') return -1;
    if (character === '\\') at += 1;
    else if (character === quote) return at + 1;
  }
  return -1;
}

/** Nothing but spaces and a comment is left of the line without its actions. */
function isNothing(text: string, start: number, end: number, actions: readonly Action[]): boolean {
  let at = start;
  const before = firstOf(actions, (action) => {
    const rest = text.slice(at, action.start).trim();
    at = action.end;
    return rest === '' ? undefined : rest;
  });
  const first = before ?? text.slice(at, end).trim();
  return first === '' || first.startsWith('#');
}

function blankOf(text: string): string {
  return text.replaceAll(/[^\r\n]/g, ' ');
}
