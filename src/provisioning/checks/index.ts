import type { Check } from '../diagnosis/check.ts';
import { authentication } from './authentication.ts';
import { cached } from './cached.ts';
import { credentialSet } from './credentialSet.ts';
import { featureFlag } from './featureFlag.ts';
import { identityExists } from './identityExists.ts';
import { identityPrincipal } from './identityPrincipal.ts';
import { identityTenant } from './identityTenant.ts';
import { leastAccess } from './leastAccess.ts';
import { overlaps } from './overlaps.ts';
import { paths } from './paths.ts';
import { permissionMode } from './permissionMode.ts';
import { pullable } from './pullable.ts';
import { registryReady } from './registryReady.ts';
import { ruleCount } from './ruleCount.ts';
import { ruleState } from './ruleState.ts';
import { softDelete } from './softDelete.ts';
import { sourceExists } from './sourceExists.ts';
import { sourceReadable } from './sourceReadable.ts';
import { sourceRecognised } from './sourceRecognised.ts';
import { tagFresh } from './tagFresh.ts';
import { trustedServices } from './trustedServices.ts';
import { upstreamNetwork } from './upstreamNetwork.ts';
import { virtualNetworks } from './virtualNetworks.ts';

/** In the order in which they are shown: from the registry and the rule over identity, role and network to the image itself. */
export const checks: readonly Check[] = [
  registryReady,
  ruleState,
  sourceRecognised,
  paths,
  overlaps,
  ruleCount,
  authentication,
  identityExists,
  identityTenant,
  identityPrincipal,
  permissionMode,
  sourceReadable,
  leastAccess,
  trustedServices,
  virtualNetworks,
  upstreamNetwork,
  softDelete,
  credentialSet,
  featureFlag,
  sourceExists,
  pullable,
  cached,
  tagFresh,
];
