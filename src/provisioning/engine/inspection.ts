import type { CacheRule } from '../../domain/types.ts';
import type { Evidence, Inspection, Verdict } from '../types.ts';

type More = Omit<Inspection, 'verdict' | 'reason' | 'evidence'>;
type Inspected = (reason: string, evidence?: readonly Evidence[], more?: More) => Inspection;

const inspected =
  (verdict: Verdict): Inspected =>
  (reason, evidence = [], more = {}) => ({ verdict, reason, evidence, ...more });

/** A rule and what it maps. */
export function evidenceOfRule({ id, name, sourceRepository, targetRepository }: CacheRule): Evidence {
  return { text: `${name}: ${sourceRepository} ⇒ ${targetRepository}`, resourceId: id };
}

/** What a requirement answers when it was looked at, by the verdicts that `Verdict` explains. */
export const satisfied = inspected('satisfied');
export const missing = inspected('missing');
export const conflicting = inspected('conflicting');
export const unknown = inspected('unknown');
