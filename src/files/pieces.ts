import { parseImageReference } from '../domain/imageReference.ts';
import type { FoundReference, NameSite, ReferenceUsage, TextRange } from './types.ts';

/** A part of a written reference, and what it stands for. Pieces of one reference follow each other without gap or overlap. */
export interface Piece {
  readonly range: TextRange;
  /** Undefined: the file does not tell. A literal's is its text. */
  readonly value: string | undefined;
  /** Where the value itself is written if that is elsewhere and can be replaced there: a default inside `${VAR:-default}`. */
  readonly valueRange?: TextRange;
  /** Written as it is: no variable, no escape. */
  readonly literal: boolean;
}

export interface PieceContext {
  readonly usage: ReferenceUsage;
  readonly certain?: boolean;
  readonly uses?: readonly TextRange[];
  /** Why a name that is neither literal nor has a `valueRange` cannot be replaced. */
  readonly fixedBecause?: Extract<NameSite, { kind: 'fixed' }>['because'];
}
