import type * as vscode from 'vscode';
import type { FoundReference, RuleFile, TextRange } from '../../files/types.ts';
import type { RuleFinding } from '../../files/rules/types.ts';
import type { Resolution } from '../../inventory/resolutionTypes.ts';
import type { Services } from '../services/services.ts';

/** One reference of a document with what is known about it. */
export interface InspectedReference {
  readonly found: FoundReference;
  readonly resolution: Resolution;
}

/** What was found in one version of a document. Offsets are those of `text`. */
export interface Inspection {
  readonly version: number;
  readonly text: string;
  /** In the order of the text; without those that only look like references. */
  readonly references: readonly InspectedReference[];
  readonly ruleFile: RuleFile;
  readonly ruleFindings: readonly RuleFinding[];
}

/** What the providers read. Nothing here asks the network. */
export interface Inspections {
  /**
   * What is in the document now: kept per version. Undefined if the document is of no kind that is looked at, too large or too hard
   * to read, or it changed or the token fired first.
   */
  of(document: vscode.TextDocument, token?: vscode.CancellationToken): Promise<Inspection | undefined>;
  /** What is written or what is known about it changed; undefined: of every document. */
  readonly onDidChange: vscode.Event<vscode.TextDocument | undefined>;
  dispose(): void;
}

/** A document as it is now, for those who make something of what is in it. */
export interface LookedAt {
  readonly services: Services;
  readonly document: vscode.TextDocument;
  readonly inspection: Inspection;
}

/** The reference that is written, or used, at an offset. */
export interface ReferenceAt extends InspectedReference {
  /** The range, of `found.range` and `found.uses`, that was hit. */
  readonly hit: TextRange;
}
