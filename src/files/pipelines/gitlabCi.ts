import { findWithVariables, type ImageSite, type VariableSyntax } from './variableReferences.ts';
import { gitlabParts } from '../text/variables.ts';
import { collect, getOrInsert } from '../text/collect.ts';
import type { FoundReference } from '../types.ts';
import { pathKey, type Scalar } from '../yaml/scalars.ts';
import { findInScripts, type CiScript } from './ciScripts.ts';

/** Keys at the root that are no jobs, or whose `image` is none of a job's (docs.gitlab.com/ci/yaml/#global-keywords). */
const noJobs = new Set(['variables', 'stages', 'include', 'workflow', 'spec', 'cache', 'image', 'services']);

/**
 * The images of a GitLab CI file: `image` and `services` of jobs (hidden ones too), of `default` and at the root, as text or by `name`,
 * and what their scripts pull.
 * A variable stands for what the job, else the file's global `variables` say; all others are unknown, those that GitLab presets too.
 */
export function findInGitlabCi(text: string, scalars: readonly Scalar[]): FoundReference[] {
  const sites = collect(scalars, siteOf);
  const images = findWithVariables(text, scalars, sites, syntaxOf(scalars));
  return images.concat(findInScripts(text, collect(scalars, scriptOf)));
}

const scriptKeys = new Set<Scalar['path'][number] | undefined>(['script', 'before_script', 'after_script']);

/** A script is a text, or a list of them that one shell runs; a list may have lists in it. */
function scriptOf(scalar: Scalar): CiScript | undefined {
  const { path } = scalar;
  const at = scriptKeys.has(path[0]) ? 0 : scriptKeys.has(path[1]) ? 1 : undefined;
  if (at === undefined || path.slice(at + 1).some((part) => typeof part !== 'number')) return undefined;
  const isBefore = path[at] === 'before_script';
  return { scalar, shell: pathKey(scalar, path.slice(0, at + 1)), isBefore };
}

function siteOf(scalar: Scalar): ImageSite | undefined {
  const { path } = scalar;
  const [root] = path;
  if (typeof root !== 'string') return undefined;
  if (isImage(path)) return { scalar };
  return noJobs.has(root) || !isImage(path.slice(1)) ? undefined : { scalar, scope: root };
}

/** `image: x`, `image: {name: x}`, `services: [x, {name: y}]`. */
function isImage([key, ...rest]: Scalar['path']): boolean {
  if (key === 'image') return rest.length === 0 || (rest.length === 1 && rest[0] === 'name');
  if (key !== 'services' || typeof rest[0] !== 'number') return false;
  return rest.length === 1 || (rest.length === 2 && rest[1] === 'name');
}

function syntaxOf(scalars: readonly Scalar[]): VariableSyntax {
  const ofFile = new Map<string, readonly Scalar[]>();
  const ofJobs = new Map<string, Map<string, readonly Scalar[]>>();
  const ofMatrices = new Map<string, Map<string, Scalar[]>>();
  for (const scalar of scalars) {
    const [job, key, ...rest] = scalar.path;
    if (typeof job !== 'string') continue;
    if (job === 'variables') {
      const name = variableName(scalar.path.slice(1));
      if (name !== undefined) ofFile.set(name, [scalar]);
    } else if (key === 'variables') {
      const name = variableName(rest);
      if (name !== undefined) inJob(ofJobs, job).set(name, [scalar]);
    } else if (key === 'parallel' && rest[0] === 'matrix' && rest.length <= 4) {
      // One value or a list of them.
      const name = rest[2];
      if (typeof name !== 'string') continue;
      getOrInsert(inJob(ofMatrices, job), name, () => []).push(scalar);
    }
  }
  return {
    parts: gitlabParts,
    definitions: (name, scope = '') =>
      ofMatrices.get(scope)?.get(name) ?? ofJobs.get(scope)?.get(name) ?? ofFile.get(name) ?? [],
    mentions: (name) => [name.toLowerCase()],
  };
}

function inJob<T>(jobs: Map<string, Map<string, T>>, job: string): Map<string, T> {
  return getOrInsert(jobs, job, () => new Map<string, T>());
}

/** `NAME: x`, `NAME: {value: x}`. */
function variableName([name, last, ...rest]: Scalar['path']): string | undefined {
  const isValue = last === undefined || (last === 'value' && rest.length === 0);
  return isValue && typeof name === 'string' ? name : undefined;
}
