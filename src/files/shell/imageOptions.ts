import type { NamedWord } from './containerCommand.ts';

/** Options of a program that have an image as their value, where it has one of `groups` as its first word. */
interface ImageOptions {
  readonly program: RegExp;
  readonly groups?: ReadonlySet<string>;
  readonly options: ReadonlySet<string>;
}

const programs: readonly ImageOptions[] = [
  // kubernetes.io/docs/reference/kubectl/generated: run, create, debug; OpenShift's client has the same.
  { program: /(?:^|[\\/])(?:kubectl|oc)(?:\.exe)?$/, options: new Set(['--image', '--docker-image']) },
  // learn.microsoft.com/cli/azure: `az vm` has an `--image` of its own.
  {
    program: /(?:^|[\\/])az(?:\.cmd)?$/,
    groups: new Set(['container', 'containerapp']),
    options: new Set(['--image', '-i']),
  },
  {
    program: /(?:^|[\\/])az(?:\.cmd)?$/,
    groups: new Set(['webapp', 'functionapp']),
    options: new Set([
      '--image',
      '-i',
      '--deployment-container-image-name',
      '--container-image-name',
      '--docker-custom-image-name',
      '--linux-fx-version',
    ]),
  },
  { program: /(?:^|[\\/])gcloud$/, groups: new Set(['run']), options: new Set(['--image']) },
];

/**
 * Which words of a command name images that a service or a cluster pulls then: `kubectl run x --image=…`, `kubectl set image deployment/x
 * web=…`, `az container create --image …`. `list`: the words without quotes around them, from the name of the program on.
 */
export function optionImages(list: readonly string[]): readonly NamedWord[] {
  // `k3s kubectl`, `microk8s kubectl`.
  const at = list[1] === 'kubectl' ? 1 : 0;
  const found = programs.find(
    ({ program, groups }) => program.test(list[at] ?? '') && (groups?.has(list[at + 1] ?? '') ?? true),
  );
  if (!found) return [];
  const end = list.indexOf('--', at + 2) < 0 ? list.length : list.indexOf('--', at + 2);
  const set = groupOf(list, at, 'set', 'image');
  if (set !== undefined && !found.groups) return assignedImages(list, set, end);
  const names: NamedWord[] = [];
  for (let index = at + 1; index < end; index++) {
    const word = list[index] ?? '';
    const equals = word.indexOf('=');
    if (!found.options.has(equals < 0 ? word : word.slice(0, equals))) continue;
    if (equals >= 0) names.push(imageAt(list, index, equals + 1));
    else if (++index < end) names.push(imageAt(list, index, 0));
  }
  return names;
}

/** Behind two words that follow each other. */
function groupOf(list: readonly string[], from: number, first: string, second: string): number | undefined {
  const at = list.indexOf(first, from);
  return at >= 0 && list[at + 1] === second ? at + 2 : undefined;
}

/** `web=nginx:1`. */
function assignedImages(list: readonly string[], from: number, end: number): NamedWord[] {
  const names: NamedWord[] = [];
  for (let index = from; index < end; index++) {
    const word = list[index] ?? '';
    const equals = word.indexOf('=');
    if (equals > 0 && !word.startsWith('-')) names.push({ index, offset: equals + 1 });
  }
  return names;
}

/** App Service has a sign before the image. */
function imageAt(list: readonly string[], index: number, offset: number): NamedWord {
  const sign = /^docker\|/i.exec(list[index]?.slice(offset) ?? '')?.[0] ?? '';
  return { index, offset: offset + sign.length };
}
