import * as l10n from '@vscode/l10n';
import type { RegistrySettings } from '../../azure/azure.ts';
import type { Registry } from '../../domain/types.ts';
import { missing, satisfied, unknown } from '../engine/inspection.ts';
import { readRegistry, registryKey } from '../engine/reads.ts';
import type { Description, Requirement } from '../types.ts';

/** A setting of one registry that a repair brings to the value that artifact cache needs. */
export interface RegistrySetting {
  readonly id: string;
  readonly registryId: string;
  readonly texts: Description & { readonly missing: string };
  readonly resolvesFindings?: readonly string[];
  /** Undefined: the registry does not tell, or in a word that is new. Then it is left alone. */
  readonly isSet: (registry: Registry) => boolean | undefined;
  /** The setting as ARM names it, for the evidence. */
  readonly shown: (registry: Registry) => string;
  readonly change: RegistrySettings;
}

export function registrySetting(setting: RegistrySetting): Requirement {
  const { registryId, texts } = setting;
  const advice = l10n.t(
    'Changing the settings of a registry needs "Container Registry Contributor and Data Access Configuration Administrator" on it.',
  );
  return {
    id: setting.id,
    kind: 'registrySetting',
    needs: [],
    rights: [{ scope: registryId, action: 'Microsoft.ContainerRegistry/registries/write', advice }],
    reads: [registryKey(registryId)],
    writes: [registryKey(registryId)],
    ...(setting.resolvesFindings ? { resolvesFindings: setting.resolvesFindings } : {}),
    skipsRecheck: true,
    describe: () => texts,
    async inspect(context) {
      const registry = await readRegistry(context, registryId);
      const evidence = [{ text: setting.shown(registry), resourceId: registry.id }];
      const isSet = setting.isSet(registry);
      if (isSet === undefined) return unknown(l10n.t('{0} does not tell this setting.', registry.name), evidence);
      return isSet ? satisfied(texts.done, evidence) : missing(texts.missing, evidence);
    },
    async satisfy(context) {
      const { azure, signal } = context;
      const changed = await azure.registries.changeSettings(registryId, setting.change, { signal });
      context.remember(registryKey(registryId), changed);
    },
  };
}
