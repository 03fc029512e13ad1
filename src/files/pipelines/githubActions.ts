import { findWithVariables, type ImageSite, type VariableSyntax } from './variableReferences.ts';
import { expressionParts } from '../text/variables.ts';
import { collect, getOrInsert } from '../text/collect.ts';
import type { FoundReference } from '../types.ts';
import type { Scalar } from '../yaml/scalars.ts';
import { findInScripts, type CiScript } from './ciScripts.ts';

const scheme = 'docker://';
const delimiters = [{ open: '${{', close: '}}' }];

/**
 * The images of a GitHub Actions workflow or action: containers and services of jobs, steps and Docker actions by `docker://`, and what
 * the scripts of steps pull.
 * `${{ matrix.… }}` stands for what the job's matrix lists, `${{ inputs.… }}` for the default of the workflow's or action's input;
 * all other expressions are unknown.
 */
export function findInGithubActions(text: string, scalars: readonly Scalar[]): FoundReference[] {
  const compared = comparedValues(scalars);
  const sites = collect(scalars, siteOf);
  const images = findWithVariables(text, scalars, sites, syntaxOf(scalars));
  for (const [index, reference] of images.entries()) {
    if (!compared.has(reference.range.start)) continue;
    images[index] = { ...reference, name: { kind: 'fixed', because: 'usedByName' } };
  }
  const published = collect(scalars, (scalar) => (isPublished(scalar) ? scalar.value : undefined));
  return images.concat(findInScripts(text, scriptsIn(scalars), { published }));
}

/** `tags` of docker/build-push-action and the like, `images` of docker/metadata-action. */
function isPublished({ path }: Scalar): boolean {
  const key = path.at(-1);
  return (key === 'tags' || key === 'images') && path.at(-2) === 'with';
}

function scriptsIn(scalars: readonly Scalar[]): readonly CiScript[] {
  const shells = new Map<string, string>();
  const runs: Scalar[] = [];
  for (const scalar of scalars) {
    const { path, value } = scalar;
    const key = path.at(-1);
    if (key === 'shell') shells.set(JSON.stringify(path.slice(0, -1)), value);
    else if (key === 'runs-on' && /^windows-/i.test(value)) shells.set(JSON.stringify(path), 'pwsh');
    else if (key === 'run' && isOfStep(path)) runs.push(scalar);
  }
  return collect(runs, (scalar) => {
    const { path } = scalar;
    const [, job] = path;
    const shell =
      (shells.size === 0 ? 'sh' : undefined) ??
      shells.get(JSON.stringify(path.slice(0, -1))) ??
      shells.get(JSON.stringify(['jobs', job, 'defaults', 'run'])) ??
      shells.get('["defaults","run"]') ??
      shells.get(JSON.stringify(['jobs', job, 'runs-on'])) ??
      'sh';
    if (!/^(?:bash|sh|pwsh|powershell|cmd)\b/.test(shell)) return undefined;
    return { scalar, isPowerShell: /^(?:pwsh|powershell)/.test(shell) };
  });
}

/** Of a job, or of a composite action. */
function isOfStep(path: Scalar['path']): boolean {
  if (path[0] === 'runs') return path[1] === 'steps' && path.length === 4;
  return path[0] === 'jobs' && path[2] === 'steps' && path.length === 5;
}

function siteOf(scalar: Scalar): ImageSite | undefined {
  const { path, value } = scalar;
  const [root, job, key, service, last] = path;
  const ofScheme = value.startsWith(scheme) ? { scalar, skip: scheme.length } : undefined;
  if (root === 'runs') {
    if (path.length === 2) return job === 'image' ? ofScheme : undefined;
    return job === 'steps' && path.length === 4 && service === 'uses' ? ofScheme : undefined;
  }
  if (root !== 'jobs' || typeof job !== 'string') return undefined;
  const inJob = { scalar, scope: job };
  switch (key) {
    case 'container':
      return path.length === 3 || (path.length === 4 && service === 'image') ? inJob : undefined;
    case 'services':
      return path.length === 5 && last === 'image' ? inJob : undefined;
    case 'steps':
      return path.length === 5 && last === 'uses' ? ofScheme && { ...ofScheme, scope: job } : undefined;
    default:
      return undefined;
  }
}

/** `matrix.` or `inputs.` and a path of names. */
const context = /^(?:matrix|inputs)(?:\.[\w-]+)+$/;

function syntaxOf(scalars: readonly Scalar[]): VariableSyntax {
  const defined = new Map<string, Scalar[]>();
  for (const scalar of scalars) {
    const variable = definedBy(scalar);
    if (variable !== undefined) getOrInsert(defined, JSON.stringify(variable), () => []).push(scalar);
  }
  return {
    parts: (text, range) => expressionParts(text, range, delimiters),
    definitions: (name, scope) => {
      if (!context.test(name)) return [];
      return defined.get(JSON.stringify(name.startsWith('matrix.') ? [scope, name] : [name])) ?? [];
    },
    mentions: (name) => {
      const parts = name.toLowerCase().split('.');
      return parts.map((_part, index) => parts.slice(0, index + 1).join('.'));
    },
  };
}

/** Where a matrix has values that `exclude` takes away, or `include` adds to: they are found by being the same. */
function comparedValues(scalars: readonly Scalar[]): ReadonlySet<number> {
  const compared = new Set<number>();
  const starts = new Map<string, number>();
  for (const { path, value, range } of scalars) {
    const [, job, , kind, first] = path;
    if (kind !== 'matrix' || path.length < 6) continue;
    // Of a list of values, of `include` or of `exclude`.
    const isListed = first !== 'include' && first !== 'exclude';
    const key = JSON.stringify([job, ...(isListed ? [first, ...path.slice(6)] : path.slice(6)), value]);
    const before = starts.get(key);
    if (before === undefined) starts.set(key, range.start);
    else compared.add(before).add(range.start);
  }
  return compared;
}

/** The scope and name of the variable that a scalar is a value of. */
function definedBy({ path }: Scalar): readonly (string | number)[] | undefined {
  const [root, job, key, kind, first, index] = path;
  if (root === 'jobs' && key === 'strategy' && kind === 'matrix' && job !== undefined && path.length > 5) {
    // matrix.<first>[index]…, or matrix.include[index]…; `exclude` takes values away.
    if (first === 'exclude' || first === undefined) return undefined;
    if (first !== 'include') {
      return typeof index === 'number' ? [job, ['matrix', first, ...path.slice(6)].join('.')] : undefined;
    }
    return path.length > 6 ? [job, ['matrix', ...path.slice(6)].join('.')] : undefined;
  }
  // on.workflow_call.inputs.<name>.default, and an action's inputs.<name>.default.
  const inputs = root === 'on' && path.length === 5 ? path.slice(2) : path.length === 3 ? path : [];
  const [parent, name, last] = inputs;
  return parent === 'inputs' && last === 'default' && name !== undefined ? [`inputs.${String(name)}`] : undefined;
}
