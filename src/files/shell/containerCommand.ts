import { globalOptions, pullOptions, runOptions, skipOptions } from './containerOptions.ts';

/**
 * Which words of a command name images, by their index. `list`: the words as they are written, without quotes around them, from the
 * name of the client on. Of `run` and `create` it is the first word that is no option, of `pull` all. None if an option is not known:
 * what follows may be its value.
 */
export function imageOperands(list: readonly string[]): readonly number[] {
  let at = skipOptions(list, 1, globalOptions);
  if (at === undefined) return [];
  const group = list[at];
  if (group === 'image' || group === 'container') at++;
  const verb = list[at];
  if (verb === 'pull' && group !== 'container') {
    const first = skipOptions(list, at + 1, pullOptions);
    if (first === undefined) return [];
    const rest = list.slice(first).findIndex((word) => word.startsWith('-'));
    const end = rest < 0 ? list.length : first + rest;
    return Array.from({ length: end - first }, (_, index) => first + index);
  }
  if ((verb !== 'run' && verb !== 'create') || group === 'image') return [];
  const image = skipOptions(list, at + 1, runOptions);
  // What podman and nerdctl run then is a directory.
  const isDirectory = image !== undefined && list.slice(at, image).includes('--rootfs');
  return image === undefined || isDirectory ? [] : [image];
}

/** Whether words are options of `run` with their values, and nothing else. */
export function areOptions(list: readonly string[]): boolean {
  return skipOptions([...list, 'image'], 0, runOptions) === list.length;
}

/** A word, or what follows `offset` characters of it. */
export interface NamedWord {
  readonly index: number;
  readonly offset: number;
}

const buildGroups = new Set(['image', 'container', 'buildx', 'builder']);
/** Their first operand is what they make an image of. */
const makingVerbs = new Set<string | undefined>(['tag', 'commit', 'import']);

/**
 * Which words of a command name images that it makes or pushes, as `list` of `imageOperands`: `build -t`, `tag`, `commit`, `push`. What an
 * option has as its value may be among them; none if an option before the verb is not known.
 */
export function madeNames(list: readonly string[]): readonly NamedWord[] {
  let at = skipOptions(list, 1, globalOptions);
  if (at === undefined) return [];
  const group = list[at] ?? '';
  if (buildGroups.has(group)) at++;
  const verb = list[at];
  const first = at + 1;
  if (verb === 'build') return tagsOf(list, first);
  const isMaking = makingVerbs.has(verb);
  if (!isMaking && verb !== 'push') return [];
  if (group !== verb && group !== (verb === 'commit' ? 'container' : 'image')) return [];
  const operands: NamedWord[] = [];
  for (let index = first; index < list.length; index++) {
    if (!list[index]?.startsWith('-')) operands.push({ index, offset: 0 });
  }
  return isMaking ? operands.slice(1) : operands;
}

/** Which words of a command of another builder name images that it makes or pushes: of `buildah` and `pack`. */
export function madeByOthers(list: readonly string[]): readonly NamedWord[] {
  const [program = '', verb] = list;
  if (/(?:^|\/)pack$/.test(program))
    return verb === 'build' && !list[2]?.startsWith('-') ? [{ index: 2, offset: 0 }] : [];
  if (!/(?:^|\/)buildah$/.test(program)) return [];
  return verb === 'bud' ? tagsOf(list, 2) : madeNames(list);
}

/** Subcommands that ask for an image by name and pull nothing. */
const localVerbs = new Set([
  'tag',
  'inspect',
  'save',
  'history',
  'rmi',
  'images',
  'scout',
  'scan',
  'sbom',
  'build',
  'ps',
]);
/** Those of a group. */
const localGroups = new Set(['image', 'scout', 'buildx', 'builder']);
/** What else takes images that were pulled before. */
const loader = /(?:^|\/)(?:kind|minikube|k3d|microk8s|buildah)$/;

/**
 * Which words of a command may name images that must be there already, as `list` of `imageOperands`: `tag`, `inspect`, `save`. Values of
 * options may be among them, and what follows an equals sign: `--cache-from=x`, `--filter ancestor=x`. Also of commands of other
 * programs that load images.
 */
export function localNames(list: readonly string[]): readonly NamedWord[] {
  const isLoader = loader.test(list[0] ?? '');
  if (!isLoader && !isClient(list[0] ?? '')) return [];
  const at = isLoader ? 0 : skipOptions(list, 1, globalOptions);
  if (at === undefined) return [];
  const [verb, second] = [list[at] ?? '', list[at + 1]];
  if (!isLoader && !localVerbs.has(verb) && (!localGroups.has(verb) || second === 'pull')) return [];
  const names: NamedWord[] = [];
  for (let index = at + 1; index < list.length; index++) {
    const word = list[index] ?? '';
    const offset = word.lastIndexOf('=') + 1;
    if (offset > 0 || !word.startsWith('-')) names.push({ index, offset });
  }
  return names;
}

/** The values of `--tag x`, `--tag=x`, `-t x`, `-tx` and `-qt x`. */
function tagsOf(list: readonly string[], first: number): NamedWord[] {
  const names: NamedWord[] = [];
  for (let index = first; index < list.length; index++) {
    const option = /^(?:--tag(?:=|$)|-q?t=?)/.exec(list[index] ?? '')?.[0];
    if (option === undefined) continue;
    if (option.length < (list[index]?.length ?? 0)) names.push({ index, offset: option.length });
    else if (++index < list.length) names.push({ index, offset: 0 });
  }
  return names;
}

/** The words before a command that run it with other rights, variables, or conditions. */
const prefixes: Readonly<Record<string, { readonly withValue: string; readonly operands?: number }>> = {
  sudo: { withValue: 'CDRTUghprtu' },
  doas: { withValue: 'Cu' },
  env: { withValue: 'CSu' },
  timeout: { withValue: 'ks', operands: 1 },
  flock: { withValue: 'wEc', operands: 1 },
  nice: { withValue: 'n' },
  ionice: { withValue: 'cn' },
  stdbuf: { withValue: 'ioe' },
  exec: { withValue: 'a' },
  time: { withValue: 'fo' },
  // `function name {`.
  function: { withValue: '', operands: 1 },
  // What it runs elsewhere pulls, too.
  ssh: { withValue: 'BbcDEeFIiJLlmOopQRSWw', operands: 1 },
  ...Object.fromEntries(
    ['command', 'nohup', 'builtin', 'if', 'then', 'elif', 'else', 'while', 'until', 'do', '!', '{'].map((word) => [
      word,
      { withValue: '' },
    ]),
  ),
};

const clientName = /(?:^|[\\/])(?:docker|podman|nerdctl)(?:\.exe)?$/;
const assignment = /^[A-Za-z_]\w*\+?=/;

/** The index of what a command runs, behind assignments and prefixes; the number of words if nothing else is there. */
export function programAt(list: readonly string[]): number {
  let at = 0;
  while (at < list.length) {
    const word = list[at] ?? '';
    if (assignment.test(word)) {
      at++;
      continue;
    }
    const prefix = Object.hasOwn(prefixes, word) ? prefixes[word] : undefined;
    if (!prefix) break;
    at++;
    while (list[at]?.startsWith('-')) {
      const option = list[at] ?? '';
      at += option.length === 2 && prefix.withValue.includes(option[1] ?? ' ') ? 2 : 1;
    }
    at += prefix.operands ?? 0;
  }
  return at;
}

/** `docker`, `podman` or `nerdctl`. */
export function isClient(program: string): boolean {
  return clientName.test(program);
}

const shellName = /(?:^|[\\/])(?:ba|z|k|da|a)?sh(?:\.exe)?$/;

/**
 * The index of the word that is a script of its own: of `sh -c …`, `bash -euxo pipefail -c …`, `ssh host …`, `eval …`. `command`: of what
 * is run.
 */
export function scriptAt(list: readonly string[], command: number): number | undefined {
  // What `ssh` runs stands behind it, as after other prefixes, or is one word.
  const isLast = command === list.length - 1;
  if (isLast && list.slice(0, command).some((word) => word === 'ssh')) return command;
  if (list[command] === 'eval') return command === list.length - 2 ? command + 1 : undefined;
  if (!shellName.test(list[command] ?? '')) return undefined;
  for (let at = command + 1; at < list.length; at++) {
    const option = list[at] ?? '';
    if (/^-[a-z]*c$/.test(option)) return at + 1 < list.length ? at + 1 : undefined;
    if (!/^[-+]/.test(option)) return undefined;
    if (/^[-+][a-z]*o$/.test(option)) at++;
  }
  return undefined;
}
