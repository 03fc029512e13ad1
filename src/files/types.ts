import type { ImageReference } from '../domain/types.ts';

/** UTF-16 offsets into a text, the end exclusive. Always inside the text, and never empty unless said otherwise. */
export interface TextRange {
  readonly start: number;
  readonly end: number;
}

/** A file as it is looked at. Everything in it is untrusted. */
export interface TextFile {
  /** With `/`; only tells what kind of file it is. */
  readonly path: string;
  /** VS Code's id of the language, where there is one. */
  readonly languageId?: string;
  /** As VS Code's document has it: without a byte order mark. */
  readonly text: string;
  /** What compose's `.env` beside it says. */
  readonly environment?: ReadonlyMap<string, string>;
}

/** What a reference is written for. */
export type ReferenceUsage =
  /** A stage of a Dockerfile, or the default of the ARG that names it. */
  | 'base'
  | 'copyFrom'
  | 'mountFrom'
  /** `# syntax=` of a Dockerfile. */
  | 'syntax'
  /** An `image` of a manifest, a compose file or a pipeline, whatever its key is called. */
  | 'image'
  /** `docker pull`, `podman run`, … */
  | 'command'
  /** A string of Bicep, an ARM template or Terraform. */
  | 'literal';

/** An image that a file names. One per image that is pulled: what is said once and used twice is one with `uses`. */
export interface FoundReference {
  /** Where it is written, without quotes. For parts that stand apart (Helm): the repository. */
  readonly range: TextRange;
  /** The text of `range`. */
  readonly written: string;
  /** Other places of the file that mean this one: an ARG's uses, a YAML alias. */
  readonly uses: readonly TextRange[];
  readonly usage: ReferenceUsage;
  /** What is pulled, with variables as the file itself defines them. No tag or digest where the file does not tell. */
  readonly image: ImageReference;
  /** The tag or the digest depends on something that the file does not tell; `image` has neither then. */
  readonly openTag: boolean;
  /** False for a text that only looks like a reference (a string in Bicep): it is one if its host is known to be a registry. */
  readonly certain: boolean;
  readonly name: NameSite;
  /** The name, as written, that an entry of a Kustomization looks for in manifests: it replaces images that are called just so. */
  readonly replaces?: string;
}

/** Where host and repository of a reference are written, and so can be replaced without touching tag, digest, quotes or comments. */
export type NameSite =
  /** `host/repository` in one piece; a short name has no host in it. */
  | { readonly kind: 'whole'; readonly range: TextRange }
  /** In two: Helm's `registry` and `repository`, or a variable's default that is only the host. */
  | {
      readonly kind: 'split';
      readonly registry: TextRange;
      readonly repository: TextRange;
      /** One of them is a variable's default. Where the variable is set, the other goes with what it says: the repository must stay this. */
      readonly onlyRepository?: string;
    }
  /** Nowhere yet: `prefix`, the name and `suffix` are to be inserted at `offset` (kustomize's `newName`). */
  | { readonly kind: 'insert'; readonly offset: number; readonly prefix: string; readonly suffix: string }
  /** It cannot be replaced here. */
  | {
      readonly kind: 'fixed';
      readonly because: 'environmentFile' | 'escaped' | 'sharedVariable' | 'kustomizeName' | 'usedByName';
    };

export interface TextChange {
  /** May be empty: an insertion. */
  readonly range: TextRange;
  readonly text: string;
}

/** A text that a definition gives, if it is written as a literal. */
export interface LiteralText {
  readonly range: TextRange;
  readonly value: string;
}

/** Whether a definition has a part. `unknown`: it comes from a variable or an expression. */
export type Presence = 'present' | 'missing' | 'unknown';

/** A cache rule that a Bicep, ARM or Terraform file defines. */
export interface RuleDefinition {
  /** The line or token that introduces it, for a message about the rule as a whole. */
  readonly range: TextRange;
  /** Absent: not a literal. */
  readonly name?: LiteralText;
  readonly source?: LiteralText;
  readonly target?: LiteralText;
  /** Which registry it belongs to, as far as the file tells: rules with the same key belong to the same. */
  readonly registryKey: string;
  /** The registry's name, if it is a literal. */
  readonly registryName?: string;
  readonly identity: Presence;
  /** The ARM id of its only identity, if it is a literal. */
  readonly identityId?: string;
  readonly credentialSet: Presence;
  /** Bicep's or ARM's api-version, if it is a literal. */
  readonly apiVersion?: LiteralText;
  /** It may not be there, or be there many times: `if`, `for`, `condition`, `copy`, `count`, `for_each`. */
  readonly conditional?: boolean;
  /** azurerm's resource, which has no place for an identity. */
  readonly withoutIdentity?: boolean;
}

/** What a Bicep, ARM or Terraform file says about caching. */
export interface RuleFile {
  readonly rules: readonly RuleDefinition[];
  /** Scopes of role assignments in the article's form, `…/registries/x/repositories/y`. */
  readonly articleScopes: readonly LiteralText[];
}

/** What a file says about images and caching. */
export interface Findings {
  /** In the order of the text. */
  readonly references: readonly FoundReference[];
  readonly ruleFile: RuleFile;
}
