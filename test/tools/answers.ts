import { readCondition, type ConditionReading } from '../../src/domain/condition/conditionReading.ts';
import { cacheRuleArmId, registryArmId } from '../../src/domain/armId.ts';
import { formatImageReference, parseImageReference } from '../../src/domain/imageReference.ts';
import { explainPullText, type KnownRule } from '../../src/provisioning/verification/explainPullText.ts';
import { type FileAnswer, sayImages } from '../cases/sayImages.ts';

/** What can be asked of `npm run -s say`. */
export const questions = { images, explain, condition, reference } as const;

export type Question = keyof typeof questions;

/** One answer for each entry; an entry that is not understood answers `{ error }` and leaves the others alone. */
export function answerAll(question: Question, entries: readonly unknown[]): unknown[] {
  return entries.map((entry) => {
    try {
      return questions[question](entry);
    } catch (error) {
      return { error: error instanceof Error ? error.message : String(error) };
    }
  });
}

/** `{ path, input }`: the images a person would be shown of a file, the cache rules it defines, and the codes of what is wrong with them. */
function images(entry: unknown): FileAnswer {
  return sayImages({ path: textOf(entry, 'path'), input: textOf(entry, 'input') });
}

/** `{ input, rules?: [loginServer, ruleName, source, target][] }`: what "Explain a Pull Error…" says. Absent parts are null. */
function explain(entry: unknown): {
  code: string;
  image: string | null;
  rule: string | null;
  correlationId: string | null;
  mayPass: boolean;
  advice: string;
} {
  const known = knownRules(entry);
  const { problem, image, ruleId, correlationId } = explainPullText(textOf(entry, 'input'), known);
  return {
    code: problem.code,
    image: image ? formatImageReference(image) : null,
    rule: known.find(({ rule }) => rule.id === ruleId)?.rule.name ?? problem.ruleName ?? null,
    correlationId: correlationId ?? null,
    mayPass: problem.mayPass,
    advice: `${problem.reason} ${problem.next}`,
  };
}

function knownRules(entry: unknown): KnownRule[] {
  const given = valueOf(entry, 'rules') ?? [];
  if (!Array.isArray(given)) throw new Error('"rules" is not an array.');
  return given.map((each: unknown) => {
    const row: unknown[] = Array.isArray(each) ? each : [];
    const [loginServer, name, source, target] = row;
    if (
      typeof loginServer !== 'string' ||
      typeof name !== 'string' ||
      typeof source !== 'string' ||
      typeof target !== 'string'
    )
      throw new Error('A rule is [loginServer, ruleName, source, target].');
    const id = registryArmId('00000000-0000-0000-0000-000000000000', 'MyResourceGroup', loginServer);
    return {
      registry: { id, loginServer },
      rule: {
        id: cacheRuleArmId(id, name),
        name,
        registryId: id,
        sourceRepository: source,
        targetRepository: target,
      },
    };
  });
}

/** `{ input }`, null for a role assignment without condition: see `ConditionReading`. */
function condition(entry: unknown): ConditionReading {
  return readCondition(valueOf(entry, 'input') === null ? undefined : textOf(entry, 'input'));
}

/** `{ input }`: the reference in its parts (absent ones null), or why it is none. */
function reference(entry: unknown): object {
  const parsed = parseImageReference(textOf(entry, 'input'));
  if (!parsed.ok) return { error: parsed.problem.code, reason: parsed.problem.message };
  const { host = null, repository, tag = null, digest = null } = parsed.value;
  return { host, repository, tag, digest };
}

function textOf(entry: unknown, key: string): string {
  const value = valueOf(entry, key);
  if (typeof value !== 'string') throw new Error(`"${key}" is not a string.`);
  return value;
}

function valueOf(entry: unknown, key: string): unknown {
  if (typeof entry !== 'object' || entry === null) throw new Error('The entry is not an object.');
  return Object.hasOwn(entry, key) ? Reflect.get(entry, key) : undefined;
}
