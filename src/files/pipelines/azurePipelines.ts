import { findWithVariables, type VariableSyntax } from './variableReferences.ts';
import { expressionParts } from '../text/variables.ts';
import { collect, getOrInsert } from '../text/collect.ts';
import type { FoundReference } from '../types.ts';
import { pathKey, type Scalar } from '../yaml/scalars.ts';
import { findInScripts, type CiScript } from './ciScripts.ts';

type Path = Scalar['path'];

const delimiters = [
  { open: '${{', close: '}}' },
  { open: '$(', close: ')' },
  { open: '$[', close: ']' },
];

/**
 * The images of an Azure Pipelines file or template: container resources, `container` and `services` of jobs as far as they are not
 * names of container resources, and what scripts pull. Parameters stand for their defaults, variables for what the file or the job's
 * matrix gives them; all other expressions are unknown. Resources of type ACR are left out: they name a registry without host
 * (learn.microsoft.com/azure/devops/pipelines/yaml-schema/resources-containers-container).
 */
export function findInAzurePipelines(text: string, scalars: readonly Scalar[]): FoundReference[] {
  const resources = new Set<string>();
  for (const { path, value } of scalars) {
    if (path.at(-1) === 'container' && isContainerResource(path)) resources.add(value);
  }
  const sites = collect(scalars, (scalar) =>
    isImage(scalar, resources) ? { scalar, scope: jobOf(scalar) } : undefined,
  );
  const images = findWithVariables(text, scalars, sites, syntaxOf(scalars, resources));
  const { scripts, publishedPaths } = stepsIn(scalars);
  return images.concat(findInScripts(text, scripts, { publishedPaths }));
}

const scriptSteps = new Set<Path[number] | undefined>(['script', 'bash', 'pwsh', 'powershell']);
/** Inputs of tasks that are scripts; SSH's are the last two. */
const scriptInputs = new Set<Path[number] | undefined>(['script', 'inlineScript', 'inline', 'commands']);
const scriptTask = /^(?:Bash|CmdLine|PowerShell|AzureCLI|AzurePowerShell|SSH)@/i;

/** The scripts of steps, also in lists of them that templates are given, and what Docker's task builds or pushes. */
function stepsIn(scalars: readonly Scalar[]): {
  readonly scripts: readonly CiScript[];
  readonly publishedPaths: readonly string[];
} {
  const scripts: CiScript[] = [];
  const publishedPaths: string[] = [];
  /** Tasks, and what kind of script AzureCLI's runs, by the step's path. */
  const tasks = new Map<string, string>();
  const scriptTypes = new Map<string, string>();
  const inputs: Scalar[] = [];
  for (const scalar of scalars) {
    const { path, value } = scalar;
    const key = path.at(-1);
    if (key === 'task') tasks.set(JSON.stringify(path.slice(0, -1)), value);
    else if (path.at(-2) === 'inputs') {
      if (key === 'scriptType') scriptTypes.set(JSON.stringify(path.slice(0, -2)), value);
      else if (key === 'repository' || scriptInputs.has(key)) inputs.push(scalar);
    } else if (scriptSteps.has(key) && typeof path.at(-2) === 'number') {
      scripts.push({ scalar, isPowerShell: key === 'pwsh' || key === 'powershell' });
    }
  }
  for (const scalar of inputs) {
    const step = JSON.stringify(scalar.path.slice(0, -2));
    const task = tasks.get(step) ?? '';
    if (scalar.path.at(-1) === 'repository') {
      if (/^Docker@/i.test(task)) publishedPaths.push(scalar.value);
    } else if (scriptTask.test(task)) {
      const isPowerShell = /^(?:Azure)?PowerShell@/i.test(task) || /^ps/.test(scriptTypes.get(step) ?? '');
      scripts.push({ scalar, isPowerShell });
    }
  }
  return { scripts, publishedPaths };
}

function isContainerResource(path: Path): boolean {
  const [root, kind, index, key, ...rest] = withoutConditions(path);
  return (
    root === 'resources' && kind === 'containers' && typeof index === 'number' && key !== undefined && rest.length === 0
  );
}

function isImage({ path, value }: Scalar, resources: ReadonlySet<string>): boolean {
  if (path.at(-1) === 'image' && isContainerResource(path)) return true;
  const inJob = jobKeys(withoutConditions(path));
  if (inJob === undefined) return false;
  const [key, detail] = inJob;
  if (key === 'container' && inJob.length === 2) return detail === 'image';
  const isName = (key === 'container' && inJob.length === 1) || (key === 'services' && inJob.length === 2);
  return isName && isNoResource(value, resources);
}

/** A bare word is a resource, of the pipeline that includes this file if not of this one. */
function isNoResource(value: string, resources: ReadonlySet<string>): boolean {
  return !resources.has(value) && /[/:@$]/.test(value);
}

/** The path inside a job; a pipeline of one job has it at the root. */
function jobKeys(path: Path): Path | undefined {
  for (let index = path.length - 2; index > 0; index--) {
    if (path[index - 1] === 'jobs' && typeof path[index] === 'number') return path.slice(index + 1);
  }
  return path[0] === 'container' || path[0] === 'services' ? path : undefined;
}

/** The job that a scalar stands in, by document and path; the root of a pipeline of one job. */
function jobOf(scalar: Scalar): string {
  const { path } = scalar;
  const at = path.findLastIndex((part, index) => path[index - 1] === 'jobs' && typeof part === 'number');
  return pathKey(scalar, path.slice(0, at + 1));
}

/** `- ${{ if … }}:` has keys or items of its own, which count where it stands. */
function withoutConditions(path: Path): Path {
  if (!path.some(isCondition)) return path;
  const kept: (string | number)[] = [];
  for (const [index, part] of path.entries()) {
    const isItemOfCondition = typeof part === 'number' && isCondition(path[index - 1]);
    if (!isCondition(part) && !(isItemOfCondition && typeof kept.at(-1) === 'number')) kept.push(part);
  }
  return kept;
}

function isCondition(part: string | number | undefined): boolean {
  return typeof part === 'string' && part.startsWith('${{');
}

/** `parameters.x`, `variables.x`, `variables['x']`. */
const expression = /^(parameters|variables)(?:\.([\w-]+)|\['([\w.-]+)'\])$/i;
/** What `$(…)` may hold: a variable's name; anything else is the shell's. */
const macro = /^[\w.-]+$/;

function syntaxOf(scalars: readonly Scalar[], resources: ReadonlySet<string>): VariableSyntax {
  const defined = definitionsIn(scalars, resources);
  const inMatrices = matrixValues(scalars, resources);
  return {
    parts: (text, range) =>
      expressionParts(text, range, delimiters)?.map((part) => {
        if (part.kind !== 'variable' || !text.startsWith('$(', part.range.start)) return part;
        return { ...part, name: macro.test(part.name) ? `variables['${part.name}']` : '' };
      }),
    definitions: (name, scope = '') => {
      const [, kind, dotted, quoted] = expression.exec(name) ?? [];
      if (kind === undefined) return [];
      const key = keyOf(kind, dotted ?? quoted ?? '');
      return inMatrices.get(scope)?.get(key) ?? defined.get(key) ?? [];
    },
    mentions: (written) => {
      const [, context = '', dotted, quoted] = expression.exec(written.toLowerCase()) ?? [];
      const name = dotted ?? quoted ?? '';
      const inExpressions = [context, `${context}.${name}`];
      // Scripts have variables in their environment, with names as it allows them.
      return context === 'variables' ? [...inExpressions, name, name.replaceAll('.', '_')] : inExpressions;
    },
  };
}

/**
 * Parameters' defaults and the variables of the whole pipeline. A variable that a stage or a job has too is left out, and what names a
 * container resource.
 */
function definitionsIn(
  scalars: readonly Scalar[],
  resources: ReadonlySet<string>,
): ReadonlyMap<string, readonly Scalar[]> {
  const defined = new Map<string, Scalar[]>();
  const elsewhere = new Set<string>();
  for (const [key, scalar] of namedValues(scalars)) {
    const [root] = scalar.path;
    if (root !== 'parameters' && root !== 'variables') {
      // Parameters further down are what templates are given.
      if (key.startsWith('variables.')) elsewhere.add(key);
      continue;
    }
    if (resources.has(scalar.value)) continue;
    getOrInsert(defined, key, () => []).push(scalar);
  }
  for (const key of elsewhere) defined.delete(key);
  return defined;
}

/** What the legs of each job's matrix give variables, `strategy: { matrix: { leg: { name: value } } }`, if it is an image. */
function matrixValues(
  scalars: readonly Scalar[],
  resources: ReadonlySet<string>,
): ReadonlyMap<string, ReadonlyMap<string, readonly Scalar[]>> {
  const jobs = new Map<string, Map<string, Scalar[]>>();
  for (const scalar of scalars) {
    const path = withoutConditions(scalar.path);
    const name = path.at(-1);
    if (path.at(-3) !== 'matrix' || path.at(-4) !== 'strategy' || typeof name !== 'string') continue;
    const values = getOrInsert(jobs, jobOf(scalar), () => new Map<string, Scalar[]>());
    const known = getOrInsert(values, keyOf('variables', name), () => []);
    if (isNoResource(scalar.value, resources)) known.push(scalar);
  }
  return jobs;
}

/** `parameters` and `variables`, wherever they stand: mappings of names, or lists of `name` and `default` or `value`. */
function namedValues(scalars: readonly Scalar[]): readonly (readonly [key: string, scalar: Scalar])[] {
  const named: (readonly [string, Scalar])[] = [];
  const names = new Map<string, string>();
  const values: (readonly [item: string, kind: string, scalar: Scalar])[] = [];
  for (const scalar of scalars) {
    const path = withoutConditions(scalar.path);
    const last = path.at(-1);
    const parent = path.at(-2);
    if (typeof last !== 'string') continue;
    if (parent === 'parameters' || parent === 'variables') named.push([keyOf(parent, last), scalar]);
    const list = path.at(-3);
    if (typeof parent !== 'number' || (list !== 'parameters' && list !== 'variables')) continue;
    const item = JSON.stringify(scalar.path.slice(0, -1));
    if (last === 'name') names.set(item, scalar.value);
    else if (last === (list === 'parameters' ? 'default' : 'value')) values.push([item, list, scalar]);
  }
  for (const [item, kind, scalar] of values) {
    const name = names.get(item);
    if (name !== undefined) named.push([keyOf(kind, name), scalar]);
  }
  return named;
}

/** Names are the same in any casing. */
function keyOf(kind: string, name: string): string {
  return `${kind}.${name}`.toLowerCase();
}
