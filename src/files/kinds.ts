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

/** How a kind of file is recognised; what is found in it is in `find.ts`, which is not loaded before a file is looked at. */
export interface KindRecord {
  /** `yaml` and `json`: only the content tells (`contentKind.ts`). */
  readonly kind: FileKind | 'yaml' | 'json';
  /** Names that tell the kind, of a path in lower case. The first record that fits decides. */
  readonly names?: readonly Pick<RegExp, 'test'>[];
  /** Names that tell it if no language does. */
  readonly otherNames?: RegExp;
  /** VS Code globs of files that are worth opening, relative to nothing. Wider than `names`. */
  readonly globs?: readonly string[];
  /** VS Code's ids of languages, its own and those of extensions, that stand for the kind, whatever the file is called. */
  readonly languages?: readonly string[];
  /** Ids that are given to several kinds: the name is asked first. */
  readonly sharedLanguages?: readonly string[];
}

/** Longer texts are not looked at, in UTF-16 units: VS Code itself gives up on colours and folding long before. */
export const maxFileLength = 2_000_000;

/** `Dockerfile.<ending>` that is something else: what tells Docker what to ignore, or a program about Dockerfiles. */
const noDockerfile =
  /\.(?:dockerignore|[cm]?[jt]sx?|d\.ts|json|ya?ml|md|markdown|html?|css|txt|py|go|java|kt|cs|rb|rs|php|sh|ps1|map|lock|sum|asc|sig|png|svg)$/;
const dockerfileName = /(?:^|\/)(?:dockerfile|containerfile)(?:\.[^/]*)?$|\.(?:dockerfile|containerfile)$/;

/** Anywhere below a folder: two looks, since one expression for both would go over the path again and again. */
const below = (folder: RegExp, name: RegExp): Pick<RegExp, 'test'> => ({
  test: (path) => folder.test(path) && name.test(path),
});

/**
 * All kinds. Languages are VS Code's own, and those of the Docker, Kubernetes, GitHub Actions, Azure Pipelines, GitLab, Bicep, Terraform
 * and OpenTofu extensions. PowerShell and make are left out: their quoting is not the shell's.
 */
export const fileKinds: readonly KindRecord[] = [
  {
    kind: 'dockerfile',
    names: [{ test: (path) => dockerfileName.test(path) && !noDockerfile.test(path) }],
    globs: [
      '**/{Dockerfile,dockerfile,Containerfile,containerfile}',
      '**/{Dockerfile,dockerfile,Containerfile,containerfile}.*',
      '**/*.{dockerfile,Dockerfile,containerfile,Containerfile}',
    ],
    languages: ['dockerfile', 'docker', 'containerfile'],
  },
  { kind: 'kustomize', names: [/(?:^|\/)kustomization(?:\.ya?ml)?$/], globs: ['**/Kustomization'] },
  { kind: 'compose', names: [/(?:^|\/)(?:docker-)?compose(?:[.-][^/]*)?\.ya?ml$/], languages: ['dockercompose'] },
  { kind: 'kubernetes', languages: ['kubernetes'] },
  {
    kind: 'githubActions',
    names: [/(?:^|\/)(?:\.github\/workflows\/[^/]+|action)\.ya?ml$/],
    languages: ['github-actions-workflow'],
    sharedLanguages: ['github-actions'],
  },
  {
    kind: 'azurePipelines',
    names: [
      /(?:^|\/)\.?azure-?pipelines?[^/]*\.ya?ml$/,
      below(/(?:^|\/)\.(?:azure-?pipelines|azuredevops)\//, /\.ya?ml$/),
    ],
    languages: ['azure-pipelines'],
  },
  {
    kind: 'gitlabCi',
    names: [/\.gitlab-ci\.ya?ml$/, below(/(?:^|\/)\.gitlab(?:-ci)?\//, /\.ya?ml$/)],
    languages: ['gitlab-ci', 'gitlab'],
  },
  { kind: 'devcontainer', names: [/(?:^|\/)(?:\.devcontainer\/(?:[^/]+\/)?devcontainer|\.devcontainer)\.json$/] },
  {
    // For a YAML file a guess by its folder, which Azure Pipelines call the same: `isHelmTemplate` tells by content.
    kind: 'helmTemplate',
    names: [below(/(?:^|\/)templates\//, /\.(?:ya?ml|tpl)$/)],
    globs: ['**/templates/**/*.tpl'],
    sharedLanguages: ['helm', 'helm-template'],
  },
  { kind: 'helmValues', names: [/(?:^|\/)(?:values[^/]*|[^/]*[.-]values)\.ya?ml$/] },
  { kind: 'armTemplate', names: [/(?:^|\/)azuredeploy\.jsonc?$/], languages: ['arm-template'] },
  {
    kind: 'bicep',
    names: [/\.bicep(?:param)?$/],
    globs: ['**/*.{bicep,bicepparam}'],
    languages: ['bicep', 'bicep-params'],
  },
  {
    kind: 'terraform',
    names: [/\.(?:tf|tofu|tfvars)$/],
    globs: ['**/*.{tf,tofu,tfvars}'],
    languages: ['terraform', 'terraform-vars', 'opentofu', 'opentofu-vars', 'hcl'],
  },
  { kind: 'shell', names: [/\.(?:sh|bash|zsh)$/], globs: ['**/*.{sh,bash,zsh}'], languages: ['shellscript'] },
  { kind: 'markdown', names: [/\.(?:md|markdown)$/], globs: ['**/*.{md,markdown,MD}'], languages: ['markdown'] },
  { kind: 'yaml', otherNames: /\.ya?ml$/, globs: ['**/*.{yaml,yml,YAML,YML}'], sharedLanguages: ['yaml'] },
  { kind: 'json', otherNames: /\.jsonc?$/, globs: ['**/*.{json,jsonc,JSON}'], sharedLanguages: ['json', 'jsonc'] },
];

/** What a file is by its name, in any casing, and its language. */
export function kindOf(path: string, languageId: string | undefined): KindRecord['kind'] | undefined {
  const language = (languageId ?? '').toLowerCase();
  const lowerPath = path.toLowerCase();
  const found =
    fileKinds.find(({ languages }) => languages?.includes(language)) ??
    fileKinds.find(({ names }) => names?.some((name) => name.test(lowerPath))) ??
    fileKinds.find(({ sharedLanguages }) => sharedLanguages?.includes(language)) ??
    fileKinds.find(({ otherNames }) => otherNames?.test(lowerPath));
  return found?.kind;
}
