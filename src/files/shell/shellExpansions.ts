import type { TextRange } from '../types.ts';
import { areOptions, isClient, programAt } from './containerCommand.ts';
import type { ShellVariables } from './shellVariables.ts';

/** What a variable that holds the client is called, where the file does not tell what it holds. */
const clientVariable =
  /^\$\{?(?:docker|podman|nerdctl|container_?(?:runtime|engine|tool|cli|cmd|command|client))(?:_?(?:cmd|bin|exe|cli|command|path))?\}?$/i;

/** What a variable that holds options is called, where the file does not tell what it holds. */
const optionsVariable = /^\$\{?\w*(?:opts?|options|args|arguments|flags|params)\}?$/i;

/** A whole array: `${ARGS[@]}`, `${ARGS[@]+"${ARGS[@]}"}`. */
const arrayWord = /^\$\{(\w+)\[[@*]\](?:\+.*)?\}$/;

/** Stands in for words that are options: one that `pull`, `run` and `create` all have. */
const anOption = '--quiet';

/** The client that a variable holds, as the last word: `sudo docker`. Of several values, all are clients. */
export function clientIn(written: string, value: string | undefined, variables: ShellVariables): string | undefined {
  const name = /^\$\{?(\w+)\}?$/.exec(written)?.[1] ?? '';
  const values = value === undefined ? variables.valuesOf(name) : [value];
  if (values.length === 0) return clientVariable.test(written) ? 'docker' : undefined;
  const clients = values.map((one) => {
    const words = one.trim().split(/\s+/);
    const program = programAt(words);
    return program === words.length - 1 && isClient(words[program] ?? '') ? words[program] : undefined;
  });
  // What a command gives it, `$(command -v docker)`, is not known.
  if (clients.includes(undefined)) return value === undefined && clientVariable.test(written) ? 'docker' : undefined;
  return clients[0];
}

/** The words of a command, with an option in place of each variable that holds nothing but options. */
export function withoutVariableOptions(
  command: readonly string[],
  ranges: readonly TextRange[],
  valueOf: (range: TextRange) => string | undefined,
  variables: ShellVariables,
): readonly string[] {
  return command.map((word, index) => {
    const range = ranges[index];
    if (!word.startsWith('$') || !range) return word;
    const array = arrayWord.exec(word)?.[1];
    // An option behind it belongs to the client, as long as it does not hold the image.
    const isFollowed = command[index + 1]?.startsWith('-') === true;
    if (array === undefined) {
      const value = valueOf(range);
      const isOption = value === undefined ? isFollowed && optionsVariable.test(word) : value.startsWith('-');
      return isOption && areOptions(value?.trim().split(/\s+/) ?? []) ? anOption : word;
    }
    return (variables.holdsOptions(array) ?? (isFollowed && !/ima?ge?/i.test(array))) ? anOption : word;
  });
}
