import * as l10n from '@vscode/l10n';
import { parseExpression, type Expression } from './conditionSyntax.ts';
import { accepted, rejected, type Parsed } from '../parsed.ts';
import {
  bothOf,
  everyRepository,
  formatPart,
  grantNames,
  isWithin,
  partsOf,
  samplesOf,
  type RepositorySet,
  type SetPart,
} from './repositorySet.ts';
import { matchesGlob } from '../../common/glob.ts';
import { shown } from '../../common/shown.ts';

/** The two data actions of Repository Reader; what pulling through a cache needs. */
export const readActions = [
  'Microsoft.ContainerRegistry/registries/repositories/content/read',
  'Microsoft.ContainerRegistry/registries/repositories/metadata/read',
] as const;

/** Of which repositories a condition lets the content and the metadata be read. A pull needs both. */
export interface Reading {
  readonly content: RepositorySet;
  readonly metadata: RepositorySet;
  /** The first thing in it that is not interpreted, though for reading it does not matter. */
  readonly ignored?: string;
}

/** What a condition lets be read, for people and tools; JSON-able. */
export interface ConditionReading {
  /** Whether it is certain which repositories it lets be read. */
  readonly understood: boolean;
  /**
   * The repositories whose content and metadata may be read, as patterns in which `*` is any text, also with `/`: `app` is one
   * repository, `team/*` all below `team/`, `team*` all whose names start so, `*` all; none: `[]`. `!secret/*` takes away from
   * what stands before it. null: not understood.
   */
  readonly reads: readonly string[] | null;
  /** One sentence; for what is not understood with the beginning of the condition's text. */
  readonly words: string;
}

const maxValues = 1000;
const maxShownCondition = 300;

/**
 * What a role assignment's condition lets its holder read. `undefined`: there is no condition. Never throws; a text of any length
 * is answered in bounded time.
 */
export function readCondition(text: string | undefined): ConditionReading {
  const reading = readingOf(text);
  const wildcards = reading.ok ? undefined : wildcardsOf(text ?? '');
  if (wildcards)
    return {
      understood: true,
      reads: wildcards,
      words: l10n.t('Can read every repository named like {0}.', wildcards.map((one) => `"${one}"`).join(', ')),
    };
  if (!reading.ok) {
    const message = reading.problem.message;
    const words = l10n.t(
      'This extension cannot tell what this condition allows. {0} Condition: {1}',
      message,
      shownCondition(text),
    );
    return { understood: false, reads: null, words };
  }
  const { content, metadata } = reading.value;
  return {
    understood: true,
    reads: partsOf(bothOf(content, metadata)).map(formatPart),
    words: text === undefined ? noCondition() : explainReading(reading.value),
  };
}

/**
 * The patterns of a condition that lets names with wildcards anywhere be read, as in `team/…/app`, and is nothing but a list of them: what
 * they have in common with a rule's source is not worked out, so `readingOf` does not take it for understood.
 */
function wildcardsOf(text: string): string[] | undefined {
  const parsed = parseExpression(text);
  if (!parsed.ok) return undefined;
  const [content, metadata] = readActions.map((action) => namesFor(parsed.value, action));
  if (!content || !metadata || typeof content === 'boolean' || typeof metadata === 'boolean') return undefined;
  const [names, others] = [content, metadata].map((list) => [...new Set(list)].sort());
  return names?.join() === others?.join() ? names : undefined;
}

/** For one action: all, none, or a list of names with wildcards; undefined: it is no list. */
function namesFor(node: Expression, action: string): boolean | readonly string[] | undefined {
  switch (node.kind) {
    case 'action':
      return matchesGlob(node.pattern, action);
    case 'unknown':
      return node.wildcards === undefined ? undefined : [node.wildcards];
    case 'comparison':
      return [formatPart({ ...node.grant, excluded: false })];
    case 'not': {
      const operand = namesFor(node.operand, action);
      return typeof operand === 'boolean' ? !operand : undefined;
    }
    case 'or':
    case 'and': {
      const operands = node.operands.map((operand) => namesFor(operand, action));
      if (operands.includes(node.kind === 'or')) return node.kind === 'or';
      const lists = operands.filter((operand) => typeof operand !== 'boolean');
      const [only, ...more] = lists;
      if (lists.length === 0) return node.kind === 'and';
      if (more.length === 0) return only;
      if (node.kind === 'and' || lists.includes(undefined)) return undefined;
      return lists.flatMap((list) => list ?? []);
    }
  }
}

/** The beginning of a condition's text in one line, safe to show. */
export function shownCondition(text: string | undefined): string {
  const beginning = (text ?? '').slice(0, maxShownCondition + 1);
  return shown(beginning.replace(/\s+/g, ' '), maxShownCondition);
}

/**
 * The reading of a condition, found by evaluating it for both read actions and for one name of each kind that its values tell
 * apart. What it says of other actions, sub-operations and attributes does not matter where it cannot change the answer; where it
 * can, the condition is not understood.
 */
export function readingOf(text: string | undefined): Parsed<Reading> {
  if (text === undefined) return accepted({ content: everyRepository, metadata: everyRepository });
  const parsed = parseExpression(text);
  if (!parsed.ok) return parsed;
  const { values, unknown } = leavesOf(parsed.value);
  if (values.length > maxValues) {
    return rejected('condition.tooLong', l10n.t('The condition names more than {0} repositories.', maxValues));
  }
  const [content, metadata] = readActions.map((action) => testFor(parsed.value, action));
  if (!content || !metadata) throw new RangeError('Reading takes two actions.');
  const isCertain = samplesOf(values).every((name) => content(name) !== undefined && metadata(name) !== undefined);
  if (!isCertain) {
    return rejected(
      'condition.notUnderstood',
      l10n.t('The condition uses "{0}", which this extension does not interpret.', shown(unknown ?? '')),
    );
  }
  return accepted({
    content: { values, contains: (name) => content(name) === true },
    metadata: { values, contains: (name) => metadata(name) === true },
    ...(unknown === undefined ? {} : { ignored: unknown }),
  });
}

/** `May read the repository "app", every repository below "team/".` */
export function explainReading({ content, metadata }: Reading): string {
  if (isWithin(content, metadata) && isWithin(metadata, content)) {
    const parts = partsOf(content);
    return parts.length === 0 ? l10n.t('Cannot read any repository.') : l10n.t('Can read {0}.', explainParts(parts));
  }
  return l10n.t(
    'Can read the content of {0}, and the metadata of {1}.',
    explainParts(partsOf(content)),
    explainParts(partsOf(metadata)),
  );
}

export function noCondition(): string {
  return l10n.t('Can read every repository in the registry: there is no condition.');
}

function explainParts(parts: readonly SetPart[]): string {
  const list = (isExcluded: boolean): string =>
    parts
      .filter(({ excluded }) => excluded === isExcluded)
      .map(explainPart)
      .join(', ');
  if (parts.length === 0) return l10n.t('no repository');
  const excluded = list(true);
  return excluded === '' ? list(false) : l10n.t('{0}, except {1}', list(false), excluded);
}

function explainPart({ kind, value }: SetPart): string {
  if (kind === 'equals') return l10n.t('the repository "{0}"', value);
  if (value === '') return l10n.t('every repository');
  if (value.endsWith('/')) return l10n.t('every repository below "{0}"', value);
  return l10n.t(
    'every repository whose name starts with "{0}" (including "{0}-…", since it does not end with "/")',
    value,
  );
}

/** Whether a name passes; undefined: something unknown decides. */
type Test = (name: string) => boolean | undefined;

const unsure: Test = () => undefined;

/** The expression for one action. */
function testFor(node: Expression, action: string): Test {
  switch (node.kind) {
    case 'action': {
      const isMatch = matchesGlob(node.pattern, action);
      return () => isMatch;
    }
    case 'unknown':
      return unsure;
    case 'comparison':
      return (name) => grantNames(node.grant, name);
    case 'not': {
      const operand = testFor(node.operand, action);
      return (name) => opposite(operand(name));
    }
    case 'or':
    case 'and': {
      const operands = node.operands.map((operand) => testFor(operand, action));
      return (name) => joined(operands, name, node.kind === 'or');
    }
  }
}

function joined(operands: readonly Test[], name: string, deciding: boolean): boolean | undefined {
  let result: boolean | undefined = !deciding;
  for (const operand of operands) {
    const one = operand(name);
    if (one === deciding) return deciding;
    if (one === undefined) result = undefined;
  }
  return result;
}

function opposite(result: boolean | undefined): boolean | undefined {
  return result === undefined ? undefined : !result;
}

function leavesOf(expression: Expression): { readonly values: string[]; readonly unknown: string | undefined } {
  const values = new Set<string>();
  let unknown: string | undefined;
  const visit = (node: Expression): void => {
    if (node.kind === 'comparison') values.add(node.grant.value);
    else if (node.kind === 'unknown') unknown ??= node.text;
    else if (node.kind === 'not') visit(node.operand);
    else if (node.kind !== 'action') for (const operand of node.operands) visit(operand);
  };
  visit(expression);
  return { values: [...values], unknown };
}
