import type { LiteralText, TextRange } from '../types.ts';
import type { NamedValue, Scope } from './expressions/evaluate.ts';
import type { Value } from './expressions/values.ts';

/** A resource of Bicep, or of an ARM template or one nested in it. */
export interface AzureResource {
  /** Bicep's name of it. */
  readonly symbol?: string;
  /** What introduces it: in Bicep from the word `resource` to the type, in ARM the type. */
  readonly head: TextRange;
  /** `microsoft.x/y`, in lower case; of a child resource with its parent's. */
  readonly type: string;
  readonly apiVersion?: LiteralText;
  /** Bicep's `existing`. */
  readonly existing?: boolean;
  /** It is not always there, or there are many of it: `if`, `for`, `condition`, `copy`. */
  readonly conditional: boolean;
  readonly body: Value;
  /** What a `for` around it goes through. */
  readonly collections?: readonly Value[];
  /** What its expressions may name. */
  readonly scope: Scope;
  /** The resource in whose body it stands. */
  readonly parent?: AzureResource;
}

/** What a Bicep file or an ARM template says. */
export interface AzureTemplate {
  /** In the order of the text, those inside others behind these. */
  readonly resources: readonly AzureResource[];
  /** All other values; of an ARM template also the resources again. */
  readonly values: readonly NamedValue[];
  /** Of Bicep. */
  readonly bySymbol?: ReadonlyMap<string, AzureResource>;
}
