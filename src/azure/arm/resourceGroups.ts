import type { ResourceGroupsClient } from '../azure.ts';
import { record, text } from '../../common/json.ts';
import type { ArmSessions } from './sessions.ts';

/** Resource groups and regions of a subscription, by ARM REST. */
export function createResourceGroupsClient(sessions: ArmSessions): ResourceGroupsClient {
  return {
    async list(subscriptionId, { signal } = {}) {
      const { arm } = sessions.forSubscription(subscriptionId);
      const groups = await arm.list(`/subscriptions/${subscriptionId}/resourcegroups?api-version=2021-04-01`, signal);
      return groups.flatMap((group) => {
        const [name, location] = [text(group['name']), text(group['location'])];
        return name && location ? [{ name, location }] : [];
      });
    },

    async locations(subscriptionId, { signal } = {}) {
      const { arm } = sessions.forSubscription(subscriptionId);
      const locations = await arm.list(`/subscriptions/${subscriptionId}/locations?api-version=2022-12-01`, signal);
      return locations.flatMap((location) => {
        const name = text(location['name']);
        // Logical regions such as "Europe" and staging regions hold no resources.
        const regionType = text(record(location['metadata'])?.['regionType']) ?? 'Physical';
        return name && regionType === 'Physical' ? [{ name, displayName: text(location['displayName']) ?? name }] : [];
      });
    },
  };
}
