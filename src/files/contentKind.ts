import type { FileKind } from './kinds.ts';
import { firstOf } from './text/collect.ts';
import type { Scalar } from './yaml/scalars.ts';

type Path = Scalar['path'];

/**
 * The kind of a YAML file whose name does not tell it, by the keys that only this kind has at that place. Undefined if nothing tells.
 * `path` is the file's; `scalars` all of `readYaml`.
 */
export function yamlKind(path: string, scalars: readonly Scalar[]): FileKind | undefined {
  const manifest = manifestKind(scalars);
  if (manifest !== undefined) return manifest;
  const telling = firstOf(scalars, ({ path: keys }) => kindByKeys(keys));
  if (telling !== undefined) return telling;
  // Another environment's values are called by its name as often as not.
  if (/(?:^|\/)values\//i.test(path)) return 'helmValues';
  return firstOf(scalars, (scalar) => (isOfHelmValues(scalar.path) ? 'helmValues' : undefined));
}

/** The kind of a JSON file whose name does not tell it. Undefined if nothing tells. `scalars` are all of `readJson`. */
export function jsonKind(scalars: readonly Scalar[]): FileKind | undefined {
  const schema = firstOf(scalars, ({ path, value }) =>
    path.length === 1 && path[0] === '$schema' ? value : undefined,
  );
  if (schema === undefined) return manifestKind(scalars);
  // deploymentTemplate, subscriptionDeploymentTemplate, managementGroupDeploymentTemplate, …
  return /deploymentTemplate\.json#?$/i.test(schema) ? 'armTemplate' : undefined;
}

/**
 * Whether YAML under `templates/` is a Helm template: it has an action of Go templates. `${{` is an expression of Azure Pipelines or
 * GitHub Actions. A chart's file without any action can be read as the YAML that it is.
 */
export function isHelmTemplate(text: string): boolean {
  return /(?<!\$)\{\{/.test(text);
}

function manifestKind(scalars: readonly Scalar[]): FileKind | undefined {
  const versions = new Map<number, string>();
  for (const { document, path, value } of scalars) {
    if (path.length === 1 && path[0] === 'apiVersion') versions.set(document, value);
  }
  if (versions.size === 0) return undefined;
  return firstOf(scalars, ({ document, path }) => {
    const version = path.length === 1 && path[0] === 'kind' ? versions.get(document) : undefined;
    if (version === undefined) return undefined;
    return version.startsWith('kustomize.config.k8s.io/') ? 'kustomize' : 'kubernetes';
  });
}

function kindByKeys(path: Path): FileKind | undefined {
  if (isOfCompose(path)) return 'compose';
  if (isOfGithubActions(path)) return 'githubActions';
  if (isOfAzurePipelines(path)) return 'azurePipelines';
  return isOfGitlabCi(path) ? 'gitlabCi' : undefined;
}

function isOfCompose([root, service, key]: Path): boolean {
  return root === 'services' && typeof service === 'string' && (key === 'image' || key === 'build');
}

function isOfGithubActions([root, job, key]: Path): boolean {
  if (root === 'runs') return job === 'using';
  return root === 'jobs' && typeof job === 'string' && (key === 'runs-on' || key === 'steps');
}

const azureItems: Readonly<Record<string, ReadonlySet<string>>> = {
  stages: new Set(['stage', 'jobs', 'template']),
  jobs: new Set(['job', 'deployment', 'template', 'steps']),
  steps: new Set(['task', 'script', 'bash', 'pwsh', 'powershell', 'checkout', 'template', 'download', 'publish']),
};

function isOfAzurePipelines(path: Path): boolean {
  const [root, second] = path;
  if (root === 'resources') return second === 'containers' || second === 'pipelines';
  if (root === 'pool') return second === 'vmImage';
  if (typeof root !== 'string' || typeof second !== 'number' || !Object.hasOwn(azureItems, root)) return false;
  // A condition, `${{ if … }}:`, has the items in a list of its own.
  const key = path.slice(2).find((part) => typeof part === 'string' && !part.startsWith('${{'));
  return typeof key === 'string' && azureItems[root]?.has(key) === true;
}

/** `script` is in a job: at the root it is Travis'. */
function isOfGitlabCi([job, key]: Path): boolean {
  return typeof job === 'string' && key === 'script';
}

function isOfHelmValues(path: Path): boolean {
  const parent = path.at(-2);
  return path.at(-1) === 'repository' && typeof parent === 'string' && /image$/i.test(parent);
}
