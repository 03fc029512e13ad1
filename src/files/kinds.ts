/** The kinds of file that image references are looked for in. */
export type FileKind =
  | 'dockerfile'
  | 'compose'
  | 'kubernetes'
  | 'kustomize'
  | 'helmValues'
  | 'helmTemplate'
  | 'githubActions'
  | 'azurePipelines'
  | 'gitlabCi'
  | 'devcontainer'
  | 'armTemplate'
  | 'bicep'
  | 'terraform'
  | 'shell'
  | 'markdown';

/** What a file may be, by its name or by the language that VS Code (with whatever is installed) gives it. */
export interface KindPattern {
  readonly kind: FileKind;
  /** VS Code globs, relative to nothing. */
  readonly globs: readonly string[];
  readonly languages: readonly string[];
}

/** Longer texts are not looked at, in UTF-16 units: VS Code itself gives up on colours and folding long before. */
export const maxFileLength = 2_000_000;

/**
 * Which files are worth opening. Wider than `kindOf`, which has the last word. What is YAML or JSON by whatever name is among
 * Kubernetes' and ARM's, as only its content tells. Languages: VS Code's own, and those of the Docker, Kubernetes, GitHub Actions,
 * Azure Pipelines, GitLab, Bicep, Terraform and OpenTofu extensions.
 */
export const kindPatterns: readonly KindPattern[] = [
  {
    kind: 'dockerfile',
    globs: [
      '**/{Dockerfile,dockerfile,Containerfile,containerfile}',
      '**/{Dockerfile,dockerfile,Containerfile,containerfile}.*',
      '**/*.{dockerfile,Dockerfile,containerfile,Containerfile}',
    ],
    languages: ['dockerfile', 'docker', 'containerfile'],
  },
  { kind: 'compose', globs: [], languages: ['dockercompose'] },
  { kind: 'kubernetes', globs: ['**/*.{yaml,yml,YAML,YML}'], languages: ['yaml', 'kubernetes'] },
  { kind: 'kustomize', globs: ['**/Kustomization'], languages: [] },
  { kind: 'helmTemplate', globs: ['**/templates/**/*.tpl'], languages: ['helm', 'helm-template'] },
  { kind: 'githubActions', globs: [], languages: ['github-actions-workflow', 'github-actions'] },
  { kind: 'azurePipelines', globs: [], languages: ['azure-pipelines'] },
  { kind: 'gitlabCi', globs: [], languages: ['gitlab-ci', 'gitlab'] },
  { kind: 'armTemplate', globs: ['**/*.{json,jsonc,JSON}'], languages: ['json', 'jsonc', 'arm-template'] },
  { kind: 'bicep', globs: ['**/*.{bicep,bicepparam}'], languages: ['bicep', 'bicep-params'] },
  {
    kind: 'terraform',
    globs: ['**/*.{tf,tofu,tfvars}'],
    languages: ['terraform', 'terraform-vars', 'opentofu', 'opentofu-vars', 'hcl'],
  },
  { kind: 'shell', globs: ['**/*.{sh,bash,zsh}'], languages: ['shellscript'] },
  { kind: 'markdown', globs: ['**/*.{md,markdown,MD}'], languages: ['markdown'] },
];

/** Languages that stand for one kind, whatever the file is called. */
const kindOfLanguage: Readonly<Record<string, FileKind>> = {
  dockerfile: 'dockerfile',
  docker: 'dockerfile',
  containerfile: 'dockerfile',
  dockercompose: 'compose',
  kubernetes: 'kubernetes',
  'github-actions-workflow': 'githubActions',
  'azure-pipelines': 'azurePipelines',
  'gitlab-ci': 'gitlabCi',
  gitlab: 'gitlabCi',
  'arm-template': 'armTemplate',
  bicep: 'bicep',
  'bicep-params': 'bicep',
  terraform: 'terraform',
  'terraform-vars': 'terraform',
  opentofu: 'terraform',
  'opentofu-vars': 'terraform',
  hcl: 'terraform',
  shellscript: 'shell',
  markdown: 'markdown',
};

/** Languages that are given to several kinds: the name is asked first. */
const weakLanguages: Readonly<Record<string, FileKind | 'yaml' | 'json'>> = {
  helm: 'helmTemplate',
  'helm-template': 'helmTemplate',
  'github-actions': 'githubActions',
  yaml: 'yaml',
  json: 'json',
  jsonc: 'json',
};

/** `Dockerfile.<ending>` that is something else: what tells Docker what to ignore, or a program about Dockerfiles. */
const noDockerfile =
  /\.(?:dockerignore|[cm]?[jt]sx?|d\.ts|json|ya?ml|md|markdown|html?|css|txt|py|go|java|kt|cs|rb|rs|php|sh|ps1|map|lock|sum|asc|sig|png|svg)$/;

const yamlName = /\.ya?ml$/;

/** Anywhere below a folder: two looks, since one expression for both would go over the path again and again. */
const below = (folder: RegExp, name: RegExp): Pick<RegExp, 'test'> => ({
  test: (path) => folder.test(path) && name.test(path),
});

/** Names that tell the kind, of a path in lower case. The first that fits decides. */
const kindsByPath: readonly (readonly [kind: FileKind, pattern: Pick<RegExp, 'test'>])[] = [
  ['dockerfile', /(?:^|\/)(?:dockerfile|containerfile)(?:\.[^/]*)?$/],
  ['dockerfile', /\.(?:dockerfile|containerfile)$/],
  ['kustomize', /(?:^|\/)kustomization(?:\.ya?ml)?$/],
  ['compose', /(?:^|\/)(?:docker-)?compose(?:[.-][^/]*)?\.ya?ml$/],
  ['githubActions', /(?:^|\/)\.github\/workflows\/[^/]+\.ya?ml$/],
  ['githubActions', /(?:^|\/)action\.ya?ml$/],
  ['azurePipelines', /(?:^|\/)\.?azure-?pipelines?[^/]*\.ya?ml$/],
  ['azurePipelines', below(/(?:^|\/)\.(?:azure-?pipelines|azuredevops)\//, yamlName)],
  ['gitlabCi', /(?:^|\/)[^/]*\.gitlab-ci\.ya?ml$/],
  ['gitlabCi', below(/(?:^|\/)\.gitlab(?:-ci)?\//, yamlName)],
  ['devcontainer', /(?:^|\/)\.devcontainer\/(?:[^/]+\/)?devcontainer\.json$/],
  ['devcontainer', /(?:^|\/)\.devcontainer\.json$/],
  ['helmTemplate', below(/(?:^|\/)templates\//, /\.(?:ya?ml|tpl)$/)],
  ['helmValues', /(?:^|\/)values[^/]*\.ya?ml$/],
  ['helmValues', /(?:^|\/)[^/]*[.-]values\.ya?ml$/],
  ['armTemplate', /(?:^|\/)azuredeploy\.jsonc?$/],
  ['bicep', /\.bicep(?:param)?$/],
  ['terraform', /\.(?:tf|tofu|tfvars)$/],
  ['shell', /\.(?:sh|bash|zsh)$/],
  ['markdown', /\.(?:md|markdown)$/],
];

/**
 * What a file is by its name, in any casing, and its language. `yaml` and `json`: only the content tells (`images/contentKind.ts`).
 * `helmTemplate` for a YAML file is a guess by its folder, which Azure Pipelines call the same: `isHelmTemplate` tells by content.
 * PowerShell and make are left out: their quoting is not the shell's.
 */
export function kindOf(path: string, languageId: string | undefined): FileKind | 'yaml' | 'json' | undefined {
  const language = (languageId ?? '').toLowerCase();
  const strong = Object.hasOwn(kindOfLanguage, language) ? kindOfLanguage[language] : undefined;
  if (strong !== undefined) return strong;
  const lowerPath = path.toLowerCase();
  const isOther = noDockerfile.test(lowerPath);
  const byPath = kindsByPath.find(([kind, pattern]) => pattern.test(lowerPath) && !(isOther && kind === 'dockerfile'));
  if (byPath !== undefined) return byPath[0];
  if (Object.hasOwn(weakLanguages, language)) return weakLanguages[language];
  if (yamlName.test(lowerPath)) return 'yaml';
  return /\.jsonc?$/.test(lowerPath) ? 'json' : undefined;
}
