import type { Azure } from '../../azure/azure.ts';
import { planOf, type Goal, type PlanOptions } from '../../provisioning/plan.ts';
import type { ApplyResult, CacheLink, Plan } from '../../provisioning/types.ts';
import type { Services } from '../services/services.ts';

/** Something that is planned, reviewed by the user and applied: a setup, a repair, another change of a rule. */
export interface Change {
  readonly texts: ChangeTexts;
  /** Inspects; writes nothing. */
  plan(azure: Azure, options: PlanOptions): Promise<Plan>;
  /** Only a whole setup can be shown as commands, or need the preview feature. */
  readonly setUp?: {
    readonly link: CacheLink;
    /** The same, registering the preview feature too. */
    withFeature(): Change;
  };
  /** Its steps take things away and are chosen one by one: the plan with the steps of these ids chosen. */
  readonly choose?: (plan: Plan, chosen: ReadonlySet<string>) => Plan;
  /** Opens the plan as chosen so far, in a document. Whether the review is shown again then. */
  showPlan?(plan: Plan): Promise<boolean>;
  /** Asks once more, when its steps are chosen; false leads back to them. */
  confirm?(plan: Plan): Promise<boolean>;
  /** Shows what became of each step, in place of the log. */
  readonly showDetails?: (services: Services, plan: Plan, result: ApplyResult) => Promise<void>;
  /** Buttons of the message that it is complete. */
  readonly offers: readonly Offer[];
  /** Begins what follows from it. */
  onComplete?(services: Services, result: ApplyResult): void;
}

export interface ChangeTexts {
  /** Title of the review. */
  readonly page: string;
  /** What the row is called that begins it: "Create". */
  readonly start: string;
  /** That row while something stands in the way: "Cannot Be Created Yet". */
  readonly blocked: string;
  /** Gerund phrase, title of the progress. */
  readonly activity: string;
  /** One short sentence each: a message shows it, with buttons for what follows. */
  readonly complete: string | ((result: ApplyResult) => string);
  readonly cancelled: string;
  failed(reason: string): string;
  /** All that is said of the outcome; undefined: what follows from the sentences above. */
  outcome?(plan: Plan, result: ApplyResult): string | undefined;
}

export interface Offer {
  readonly title: string;
  run(services: Services, result: ApplyResult): Promise<void>;
}

/** A change made of requirements. */
export function changeOf(goal: Goal, texts: ChangeTexts, offers: readonly Offer[] = []): Change {
  return {
    texts,
    offers,
    plan: (azure, options) => planOf(azure, goal, options),
  };
}

/** How a review ends. */
export type ReviewAnswer =
  | { readonly kind: 'apply'; readonly change: Change; readonly plan: Plan }
  | { readonly kind: 'back' }
  | { readonly kind: 'cancelled' };
