import * as l10n from '@vscode/l10n';
import { AzureError } from '../../azure/errors.ts';

/** For a rule with `identityUnknown`: nothing may be concluded from the identity that it shows or does not show. */
export function identityNotTold(ruleName: string): AzureError {
  return new AzureError(
    l10n.t(
      "Could not determine which identity cache rule {0} uses: the rule has several, or this cloud's API does not return it.",
      ruleName,
    ),
    { kind: 'unavailable', code: 'CacheRuleIdentityNotTold' },
  );
}
