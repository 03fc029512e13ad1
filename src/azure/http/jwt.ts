import { parsedJson, record } from '../../common/json.ts';

/**
 * The claims of a JWT; none if it is something else. Nothing is verified: what is read here only decides what is asked of the service
 * that issued the token and checks it.
 */
export function claimsOf(token: string): Readonly<Record<string, unknown>> {
  const [, payload = ''] = token.split('.');
  return record(parsedJson(Buffer.from(payload, 'base64url').toString('utf8'))) ?? {};
}
