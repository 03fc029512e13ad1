import type { Azure } from '../../src/azure/azure.ts';
import { cloudFrom } from '../../src/azure/clouds.ts';
import { createAzure } from '../../src/azure/createAzure.ts';
import type { Scenario } from '../sandbox/src/types.ts';
import type { SandboxProcess } from './sandboxProcess.ts';

const user = 'dev';
const tokenLifetimeMs = 3_000_000;

/**
 * Azure as the sandbox's user. Its Entra tokens are there beforehand, as VS Code keeps them between uses: what is measured is this
 * product, not the sign-in.
 */
export async function signedIn(sandbox: Pick<SandboxProcess, 'info' | 'token'>, scenario: Scenario): Promise<Azure> {
  const { info } = sandbox;
  const cloud = cloudFrom({
    name: 'sandbox',
    resourceManagerEndpointUrl: info.arm,
    managementEndpointUrl: info.arm,
  });
  const audiences = new Set([cloud.armAudience, cloud.registryAudience]);
  const tokens = new Map<string, string>();
  for (const audience of audiences) tokens.set(`${audience}.default`, await sandbox.token(user, audience));
  const credential = {
    getToken(scopes: string | string[]) {
      const token = tokens.get(String(scopes));
      if (token === undefined) throw new Error(`no token for ${String(scopes)}`);
      return Promise.resolve({ token, expiresOnTimestamp: Date.now() + tokenLifetimeMs });
    },
  };
  return createAzure({
    cloud,
    subscriptions: scenario.subscriptions.map(({ id, name }) => ({
      id,
      name,
      tenantId: info.tenantId,
      accountId: user,
      credential,
    })),
  });
}
