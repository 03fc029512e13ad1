import assert from 'node:assert/strict';
import { isAudienceUnavailable, createTokenSource } from '../../../src/azure/http/tokens.ts';
import { createCredential, type NeededSignIn } from '../../../src/ui/account/credential.lazy.ts';
import type { HostTests } from './support/hostTest.ts';

const account = { id: 'nobody', label: 'nobody' };
const tenantId = '00000000-0000-0000-0000-000000000000';
const registryScope = 'https://containerregistry.azure.net/.default';

export const tests: HostTests = {
  'VS Code says nothing of why there is no registry token: the user is asked to sign in for one, and Entra’s words count':
    async () => {
      const needed: NeededSignIn[] = [];
      const tokensWith = (reauthenticate: () => Promise<boolean>) =>
        createTokenSource(
          createCredential({
            account,
            tenantId,
            armScope: 'https://arm.example/.default',
            registryScope,
            reauthenticate: (asked) => {
              needed.push(asked);
              return reauthenticate();
            },
          }),
          tenantId,
        );
      const declined = await failureOf(tokensWith(() => Promise.resolve(false)).get(registryScope));
      assert.deepEqual(needed, [{ account, tenantId, registryScope }]);
      assert.equal(isAudienceUnavailable(declined), false);

      const refused = new Error(
        'invalid_resource: 500011 - [time]: AADSTS500011: The resource principal was not found.',
      );
      assert.ok(isAudienceUnavailable(await failureOf(tokensWith(() => Promise.reject(refused)).get(registryScope))));

      const other = new Error('AADSTS53003: Access has been blocked by Conditional Access policies.');
      assert.equal(
        isAudienceUnavailable(await failureOf(tokensWith(() => Promise.reject(other)).get(registryScope))),
        false,
      );
    },

  'a token for something else than ARM and registries is never asked for by a dialog': async () => {
    let asked = 0;
    const credential = createCredential({
      ...{ account, tenantId, registryScope, armScope: 'https://arm.example/.default' },
      reauthenticate: () => Promise.resolve(++asked < 0),
    });
    const graph = 'https://graph.example/.default';
    await assert.rejects(credential.getToken(graph), { code: 'NoSession' });
    await assert.rejects(credential.getToken(graph, { claims: '{}' }), { code: 'NoSession' });
    assert.equal(asked, 0);
  },
};

async function failureOf(work: Promise<unknown>): Promise<unknown> {
  return work.then(
    () => assert.fail('it did not fail'),
    (error: unknown) => error,
  );
}
