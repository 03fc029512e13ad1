import * as l10n from '@vscode/l10n';
import { armIdKey, armIdSubscription } from '../../domain/armId.ts';
import type { AzureResource, ResourcesClient } from '../azure.ts';
import { invalid } from '../failures.ts';
import { record, text } from '../../common/json.ts';
import { queryResourceGraph } from './resourceGraph.ts';
import type { ArmSessions } from './sessions.ts';

/** Questions about resources of any type, by Resource Graph. */
export function createResourcesClient(sessions: ArmSessions): ResourcesClient {
  return {
    async usingIdentity(identityId, { signal } = {}) {
      sessions.forResource(identityId);
      if (/['\\]/.test(identityId)) {
        throw invalid('InvalidIdentityId', l10n.t('"{0}" is not a managed identity ID.', identityId.slice(0, 200)));
      }
      const { tenantId } = sessions.forSubscription(armIdSubscription(identityId));
      const query = `resources | where tostring(identity) contains '${identityId}' | project id, name, type, identity | order by id asc`;
      // A managed identity can be given to resources of its own tenant only.
      const found = new Map<string, AzureResource>();
      for (const { arm, subscriptions } of sessions.all.filter((session) => session.tenantId === tenantId)) {
        const ids = subscriptions.map((subscription) => subscription.id);
        for await (const rows of queryResourceGraph(arm, query, ids, signal)) {
          for (const resource of rows.flatMap((row) => carrier(row, identityId) ?? [])) {
            found.set(armIdKey(resource.id), resource);
          }
        }
      }
      return [...found.values()];
    },
  };
}

/** The row's resource if it carries exactly this identity: the query also finds ids that begin with it. */
function carrier(row: unknown, identityId: string): AzureResource | undefined {
  const resource = record(row);
  const [id, name, type] = [text(resource?.['id']), text(resource?.['name']), text(resource?.['type'])];
  const carried = Object.keys(record(record(resource?.['identity'])?.['userAssignedIdentities']) ?? {});
  if (!id || !name || !type || !carried.some((one) => armIdKey(one) === armIdKey(identityId))) return undefined;
  return { id, name, type: type.toLowerCase() };
}
