import * as l10n from '@vscode/l10n';
import { AzureError } from '../../azure/errors.ts';

/** For a rule with `identityUnknown`: nothing may be concluded from the identity that it shows or does not show. */
export function identityNotTold(ruleName: string): AzureError {
  return new AzureError(
    l10n.t(
      'Which identity the cache rule {0} uses is not known: the rule has several, or no api-version that this cloud offers is known to tell it.',
      ruleName,
    ),
    { kind: 'unavailable', code: 'CacheRuleIdentityNotTold' },
  );
}
