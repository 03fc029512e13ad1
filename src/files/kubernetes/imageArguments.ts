import { pathKey, type Scalar } from '../yaml/scalars.ts';

type Path = Scalar['path'];

/** `--reloader-image=`, `--sidecarImage`, `-image`. Others are where something is pushed to. */
const flag = /^--?[\w.-]*image(?:=|$)/i;
const pushFlag = /^--?(?:dest|destination|output|push|target)[-._]?image/i;
/** What operators run beside themselves (sdk.operatorframework.io, "related images"). */
const variable = /^RELATED_IMAGE_/;

/**
 * The arguments and variables of containers that tell a program which image to run, each as a scalar that is the image alone:
 * `--x-image=…` or `--x-image` and the next argument, and the value of a variable `RELATED_IMAGE_X`.
 */
export function imageArguments(scalars: readonly Scalar[]): readonly Scalar[] {
  const found: Scalar[] = [];
  /** Whose value is an image: the next argument of a flag, the value of a variable. */
  const awaited = new Set<string>();
  for (const scalar of scalars) {
    const { path, value } = scalar;
    const key = path.at(-1);
    if (key === 'name' && path.at(-3) === 'env' && variable.test(value))
      awaited.add(pathKey(scalar, [...path.slice(0, -1), 'value']));
    if (isArgument(path) && typeof key === 'number' && isFlag(value) && !value.includes('='))
      awaited.add(pathKey(scalar, [...path.slice(0, -1), key + 1]));
  }
  for (const scalar of scalars) {
    const { path, value, range, literal } = scalar;
    if (awaited.size > 0 && awaited.has(pathKey(scalar, path))) found.push(scalar);
    else if (literal && isArgument(path) && isFlag(value) && value.includes('=')) {
      const length = value.indexOf('=') + 1;
      found.push({ ...scalar, value: value.slice(length), range: { start: range.start + length, end: range.end } });
    }
  }
  return found;
}

function isArgument(path: Path): boolean {
  return typeof path.at(-1) === 'number' && (path.at(-2) === 'args' || path.at(-2) === 'command');
}

function isFlag(value: string): boolean {
  return flag.test(value) && !pushFlag.test(value);
}
