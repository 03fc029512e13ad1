import { record, text } from '../../common/json.ts';
import { createPageBound } from '../http/pages.ts';
import { unreadable, type ArmRequests } from './requests.ts';

const path = '/providers/Microsoft.ResourceGraph/resources?api-version=2022-10-01';
const pageSize = 1000;
/** Resource Graph takes at most this many subscriptions in one query. */
const maxSubscriptions = 1000;

/**
 * Runs one Resource Graph query over subscriptions of one tenant and yields its pages of rows. Rows can be some seconds
 * older than ARM itself. Subscriptions the caller may not read are left out by Azure without a word.
 */
export async function* queryResourceGraph(
  arm: ArmRequests,
  query: string,
  subscriptions: readonly string[],
  signal?: AbortSignal,
): AsyncGenerator<unknown[]> {
  for (let start = 0; start < subscriptions.length; start += maxSubscriptions) {
    yield* queryPages(arm, query, subscriptions.slice(start, start + maxSubscriptions), signal);
  }
}

async function* queryPages(
  arm: ArmRequests,
  query: string,
  subscriptions: readonly string[],
  signal: AbortSignal | undefined,
): AsyncGenerator<unknown[]> {
  const bound = createPageBound(`POST ${arm.origin}${path.split('?')[0]}`);
  for (let skipToken: string | undefined; ;) {
    const options = { resultFormat: 'objectArray', $top: pageSize, ...(skipToken && { $skipToken: skipToken }) };
    const answer = await arm.send('POST', path, { body: { subscriptions, query, options }, signal });
    const body = record(answer.body);
    if (!Array.isArray(body?.['data'])) throw unreadable(`POST ${answer.url.split('?')[0]}`);
    yield body['data'];
    skipToken = text(body['$skipToken']);
    bound(body['data'].length, skipToken);
    if (!skipToken) return;
  }
}
