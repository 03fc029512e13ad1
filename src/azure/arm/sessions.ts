import * as l10n from '@vscode/l10n';
import type { TokenCredential } from '@azure/core-auth';
import type { Pipeline } from '@azure/core-rest-pipeline';
import { armIdSubscription, isScopeAbove, parseArmId } from '../../domain/armId.ts';
import type { Subscription } from '../../domain/types.ts';
import type { AzureAccess, SubscriptionAccess } from '../azure.ts';
import { invalid } from '../failures.ts';
import { addSharedPolicies, createJsonPipeline } from '../http/pipeline.ts';
import { createTokenSource, type TokenSource } from '../http/tokens.ts';
import { waitUnit } from '../http/wait.ts';
import { armAuthenticationPolicy } from './authentication.ts';
import { createArmRequests, type ArmRequests } from './requests.ts';

/** One account in one tenant: tokens are per tenant, so everything that sends is too. */
export interface ArmSession {
  /** The tenant signed in to; that of a delegated subscription (Azure Lighthouse) is another. */
  readonly tenantId: string;
  /** Those that are selected. */
  readonly subscriptions: readonly Subscription[];
  readonly tokens: TokenSource;
  readonly arm: ArmRequests;
  /** The token that ARM gets. For its claims only; never log it. @throws AzureError `unauthenticated` */
  armToken(signal?: AbortSignal): Promise<string>;
  /** For the SDK clients' constructors; their pipelines are signed by `equip`. */
  readonly credential: TokenCredential;
  /** Replaces an SDK pipeline's authentication and retries by this extension's own. */
  equip(pipeline: Pipeline): void;
}

export interface ArmSessions {
  /** Those of the selected subscriptions: what is listed is listed of them. */
  readonly all: readonly ArmSession[];
  /** The session that sees the subscription, selected or not. @throws AzureError `invalid` when none does. */
  forSubscription(subscriptionId: string): ArmSession;
  /** The session for a resource id, after checking the id. @throws AzureError `invalid`. */
  forResource(id: string): ArmSession;
  /** Likewise for a scope: a resource, a resource group or a subscription. */
  forScope(scope: string): ArmSession;
}

export function createArmSessions(access: AzureAccess): ArmSessions {
  const sessions = new Map<string, ArmSession & { subscriptions: Subscription[] }>();
  const bySubscription = new Map<string, ArmSession>();
  const add = ({ credential, signInTenantId, ...subscription }: SubscriptionAccess, isSelected: boolean): void => {
    // The same subscription seen by two accounts: the first one is used.
    if (bySubscription.has(subscription.id.toLowerCase())) return;
    const tenantId = signInTenantId ?? subscription.tenantId;
    const key = `${subscription.accountId} ${tenantId}`;
    const session = sessions.get(key) ?? createSession(access, tenantId, credential);
    sessions.set(key, session);
    if (isSelected) session.subscriptions.push(subscription);
    bySubscription.set(subscription.id.toLowerCase(), session);
  };
  for (const subscription of access.subscriptions) add(subscription, true);
  for (const subscription of access.unselected ?? []) add(subscription, false);

  function forSubscription(subscriptionId: string): ArmSession {
    const session = bySubscription.get(subscriptionId.toLowerCase());
    if (!session) {
      throw invalid(
        'SubscriptionNotVisible',
        l10n.t(
          'Subscription {0} is not one you are signed in to. Sign in with an account that can see it.',
          subscriptionId,
        ),
      );
    }
    return session;
  }

  function forResource(id: string): ArmSession {
    const parsed = parseArmId(id);
    if (!parsed.ok) throw invalid(parsed.problem.code, parsed.problem.message);
    return forSubscription(parsed.value.subscriptionId);
  }

  return {
    all: [...sessions.values()].filter(({ subscriptions }) => subscriptions.length > 0),
    forSubscription,
    forResource,
    forScope: (scope) => (isScopeAbove(scope) ? forSubscription(armIdSubscription(scope)) : forResource(scope)),
  };
}

function createSession(
  access: AzureAccess,
  tenantId: string,
  credential: TokenCredential,
): ArmSession & { subscriptions: Subscription[] } {
  const tokens = createTokenSource(credential, tenantId);
  const scope = `${access.cloud.armAudience}.default`;
  const origin = new URL(access.cloud.armEndpoint).origin;
  const authentication = armAuthenticationPolicy(tokens, scope, origin);
  const pipeline = createJsonPipeline(access);
  pipeline.addPolicy(authentication, { phase: 'Sign' });
  return {
    tenantId,
    subscriptions: [],
    tokens,
    arm: createArmRequests(pipeline, access.cloud.armEndpoint, waitUnit(access.retry)),
    armToken: (signal) => tokens.get(scope, signal),
    credential,
    equip(sdkPipeline) {
      sdkPipeline.removePolicy({ name: 'bearerTokenAuthenticationPolicy' });
      addSharedPolicies(sdkPipeline, access);
      sdkPipeline.addPolicy(authentication, { phase: 'Sign' });
    },
  };
}
