import * as l10n from '@vscode/l10n';
import { sentence } from '../../common/shown.ts';
import { isAzureError } from '../../azure/errors.ts';
import type { AzureError, AzureErrorKind } from '../../azure/errors.ts';
import type { Requirement } from '../types.ts';

/**
 * What Azure said, and what to do next, in words. `requirement`: whose step has failed.
 * Codes: as reported in Azure/acr#747, Azure/ARO-HCP#2639 and #5176, hashicorp/terraform-provider-azurerm#27983, and ARM's own.
 */
export function explainFailure(error: Error, requirement?: Pick<Requirement, 'rights' | 'adviceFor'>): string {
  const advice = isAzureError(error) ? adviceFor(error, requirement) : undefined;
  return advice ? `${sentence(error.message)} ${advice}` : sentence(error.message);
}

/** The next step after a failure, if there is one that helps. */
function adviceFor(
  error: AzureError,
  requirement: Pick<Requirement, 'rights' | 'adviceFor'> | undefined,
): string | undefined {
  const own = requirement?.adviceFor?.(error) ?? adviceByCode(error.code);
  if (own !== undefined || error.kind !== 'forbidden') return own ?? adviceByKind(error.kind);
  return requirement?.rights[0]?.advice ?? l10n.t('Ask for the permission, then try again.');
}

function adviceByCode(code: string): string | undefined {
  switch (code) {
    case 'ResourceGroupNotFound':
      return l10n.t('Choose an existing resource group, or create it first.');
    case 'SubscriptionNotFound':
      return l10n.t('Check that the subscription still exists and that your account can see it.');
    case 'ScopeLocked':
      return l10n.t('A resource lock prevents this change. Remove the lock, then try again.');
    case 'DenyAssignmentAuthorizationFailed':
      // Of a managed application or a deployment stack: no role helps.
      return l10n.t('A deny assignment prevents this, whatever your roles are. Ask whoever manages the resource.');
    case 'RequestDisallowedByPolicy':
      return l10n.t('An Azure Policy prevents this. Ask for an exemption, or choose another name or region.');
    default:
      return undefined;
  }
}

function adviceByKind(kind: AzureErrorKind): string | undefined {
  switch (kind) {
    case 'unauthenticated':
      return l10n.t('Sign in again, then try again; completed steps are kept.');
    case 'network':
      return l10n.t('Check the connection, then try again; only the remaining steps run.');
    case 'throttled':
      return l10n.t('Azure is throttling requests. Wait a few minutes, then try again.');
    case 'conflict':
      return l10n.t('Something else is changing it, or it already exists. Try again to see which.');
    case 'operationFailed':
      return l10n.t('Try again. If it fails again, give Microsoft support the correlation ID.');
    case 'unavailable':
      return l10n.t('The service has a problem. Try again later.');
    default:
      return undefined;
  }
}
