import * as l10n from '@vscode/l10n';
import type { RegistrySettings } from '../../azure/azure.ts';
import { armIdName } from '../../domain/armId.ts';
import type { Registry } from '../../domain/types.ts';
import { missing, satisfied, unknown } from '../engine/inspection.ts';
import { readRegistry, registryKey } from '../engine/reads.ts';
import type { Description, Requirement } from '../types.ts';

/** Soft delete is off: it "doesn't support registries configured for … artifact cache" (Microsoft, soft delete policy). */
export function softDeleteOff(registryId: string): Requirement {
  const name = armIdName(registryId);
  return registrySetting(registryId, {
    id: `softDeleteOff:${name}`,
    resolvesFindings: ['softDelete'],
    texts: {
      title: l10n.t('Turn off soft delete in {0}', name),
      todo: l10n.t('Artifact cache does not support it'),
      done: l10n.t('Soft delete is off in {0}.', name),
      missing: l10n.t('Soft delete is on in {0}.', name),
    },
    isSet: ({ softDelete }) => (softDelete === undefined ? undefined : !softDelete),
    shown: ({ softDelete }) =>
      `softDeletePolicy: ${softDelete === undefined ? '–' : softDelete ? 'enabled' : 'disabled'}`,
    change: { softDelete: false },
  });
}

/**
 * A registry with a restricted network lets trusted Microsoft services through (`networkRuleBypassOptions: AzureServices`): without
 * it artifact cache cannot fill a target registry (Microsoft, artifact cache with the CLI, 2026-08-13).
 */
export function trustedServices(registryId: string): Requirement {
  const name = armIdName(registryId);
  return registrySetting(registryId, {
    id: `trustedServices:${name}`,
    resolvesFindings: ['downstreamNetwork', 'upstreamNetwork'],
    texts: {
      title: l10n.t('Let trusted Microsoft services reach {0}', name),
      todo: l10n.t('Its other network rules are kept'),
      done: l10n.t('Trusted Microsoft services can reach {0}.', name),
      missing: l10n.t('The network rules of {0} block trusted Microsoft services.', name),
    },
    isSet: ({ networkRuleBypassOptions: bypass }) => bypass && bypass === 'AzureServices',
    shown: ({ networkRuleBypassOptions = '–' }) => `networkRuleBypassOptions: ${networkRuleBypassOptions}`,
    change: { trustedServices: true },
  });
}

/** A setting of a registry that a repair brings to the value that artifact cache needs. */
interface RegistrySetting extends Pick<Requirement, 'id' | 'resolvesFindings'> {
  readonly texts: Description & { readonly missing: string };
  /** Undefined: the registry does not tell, or in a word that is new. Then it is left alone. */
  readonly isSet: (registry: Registry) => boolean | undefined;
  /** The setting as ARM names it, for the evidence. */
  readonly shown: (registry: Registry) => string;
  readonly change: RegistrySettings;
}

function registrySetting(registryId: string, setting: RegistrySetting): Requirement {
  const { id, resolvesFindings, texts, isSet, shown, change } = setting;
  const advice = l10n.t(
    'Changing registry settings requires "Container Registry Contributor and Data Access Configuration Administrator" on the registry.',
  );
  return {
    id,
    kind: 'registrySetting',
    needs: [],
    rights: [{ scope: registryId, action: 'Microsoft.ContainerRegistry/registries/write', advice }],
    reads: [registryKey(registryId)],
    writes: [registryKey(registryId)],
    resolvesFindings,
    skipsRecheck: true,
    describe: () => texts,
    async inspect(context) {
      const registry = await readRegistry(context, registryId);
      const evidence = [{ text: shown(registry), resourceId: registry.id }];
      const isDone = isSet(registry);
      if (isDone === undefined)
        return unknown(l10n.t('Azure did not return this setting for {0}.', registry.name), evidence);
      return isDone ? satisfied(texts.done, evidence) : missing(texts.missing, evidence);
    },
    async satisfy(context) {
      const { azure, signal } = context;
      context.remember(registryKey(registryId), await azure.registries.changeSettings(registryId, change, { signal }));
    },
  };
}
