import * as l10n from '@vscode/l10n';
import type { PipelinePolicy } from '@azure/core-rest-pipeline';
import type { AzureError } from '../errors.ts';
import { invalid } from '../failures.ts';
import { describeRequest } from '../http/errors.ts';
import { claimsChallenge, type TokenSource } from '../http/tokens.ts';

/**
 * Signs requests to one ARM origin. A 401 is answered once with a new token: with the claims the challenge asks for
 * (multi-factor, revoked session), or, without claims, with a token newer than the refused one. Refuses to send any
 * token, or any request at all, to another host: links in answers (paging, long-running operations) are not trusted.
 */
export function armAuthenticationPolicy(tokens: TokenSource, scope: string, origin: string): PipelinePolicy {
  return {
    name: 'armAuthenticationPolicy',
    async sendRequest(request, next) {
      if (URL.parse(request.url)?.origin !== origin) throw foreignHostError(request, origin);
      const signal = request.abortSignal instanceof AbortSignal ? request.abortSignal : undefined;
      const token = await tokens.get(scope, signal);
      request.headers.set('Authorization', `Bearer ${token}`);
      const response = await next(request);
      if (response.status !== 401) return response;
      const claims = claimsChallenge(response.headers.get('www-authenticate'));
      const renewed = await tokens.renew(scope, token, claims, signal);
      if (!renewed) return response;
      request.headers.set('Authorization', `Bearer ${renewed}`);
      return next(request);
    },
  };
}

/** An answer pointed to a host that is not this cloud's ARM endpoint. */
export function foreignHostError(
  request: { readonly method: string; readonly url: string },
  origin: string,
): AzureError {
  return invalid(
    'ForeignHost',
    l10n.t(
      'A response from Azure Resource Manager pointed to another host ({0}); it was not followed.',
      describeRequest(request),
    ),
    { request: `${request.method} ${origin}` },
  );
}
