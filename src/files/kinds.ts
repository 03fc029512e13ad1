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
