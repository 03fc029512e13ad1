import * as l10n from '@vscode/l10n';
import type { RoleAssignment as SdkRoleAssignment } from '@azure/arm-authorization';
import { armIdName, armIdSubscription, sameArmId } from '../../domain/armId.ts';
import { isGuid } from '../../domain/guid.ts';
import type { RoleAssignment } from '../../domain/types.ts';
import type { AzureAccess, RoleAssignmentInput, RolesClient } from '../azure.ts';
import { isAzureError } from '../errors.ts';
import { ifReadable, invalid } from '../failures.ts';
import { sdkDelete, sdkEntries } from '../http/pages.ts';
import { sleep, waitUnit } from '../http/wait.ts';
import { permissionOf } from './permissions.ts';
import { unreadable } from './requests.ts';
import type { SdkClients } from './sdk.ts';
import type { ArmSessions } from './sessions.ts';
import { signedInPrincipal } from './signedInPrincipal.ts';
import { listTemporary } from './temporaryAssignments.ts';

/** A fresh principal reaches the directory replica that ARM asks within this time, as a rule. Multiples of the retry delay. */
const principalWaits = [2, 4, 8, 16, 30, 30, 30];

/** Role assignments by `@azure/arm-authorization` (api-version 2022-04-01). */
export function createRolesClient(sessions: ArmSessions, sdk: SdkClients, retry: AzureAccess['retry']): RolesClient {
  const unit = waitUnit(retry);

  async function open(scope: string) {
    sessions.forScope(scope);
    return (await sdk.authorization(armIdSubscription(scope))).roleAssignments;
  }

  async function list(scope: string, filter: string, signal: AbortSignal | undefined): Promise<RoleAssignment[]> {
    const client = await open(scope);
    const assignments = client.listForScope(bare(scope), { filter, abortSignal: signal });
    return sdkEntries(
      assignments,
      `GET ${scope}/providers/Microsoft.Authorization/roleAssignments`,
      normalizeAssignment,
    );
  }

  async function create(
    scope: string,
    name: string,
    input: RoleAssignmentInput,
    { waits, signal }: { readonly waits: readonly number[]; readonly signal: AbortSignal | undefined },
  ) {
    const client = await open(scope);
    const parameters = {
      roleDefinitionId: `/subscriptions/${armIdSubscription(scope)}/providers/Microsoft.Authorization/roleDefinitions/${input.roleId}`,
      principalId: input.principalId,
      principalType: input.principalType,
      ...(input.condition && { condition: input.condition, conditionVersion: '2.0' }),
      ...(input.description && { description: input.description }),
    };
    for (let attempt = 0; ; attempt++) {
      try {
        return assignmentOrThrow(await client.create(bare(scope), name, parameters, { abortSignal: signal }));
      } catch (error) {
        const wait = waits[attempt];
        if (!isAzureError(error) || error.code !== 'PrincipalNotFound' || wait === undefined) throw error;
        await sleep(wait * unit, signal);
      }
    }
  }

  return {
    async listForPrincipal(scope, principalId, { signal } = {}) {
      checkGuid(principalId);
      return list(scope, `principalId eq '${principalId}'`, signal);
    },

    listAtScope: (scope, { signal } = {}) => list(scope, 'atScope()', signal),

    listTemporary: async (scope, { signal } = {}) => listTemporary(sessions.forScope(scope), scope, signal),

    async put(scope, name, input, { signal, isOldPrincipal } = {}) {
      [name, input.principalId, input.roleId].forEach(checkGuid);
      try {
        return await create(scope, name, input, { waits: isOldPrincipal ? [] : principalWaits, signal });
      } catch (error) {
        if (!isAzureError(error) || error.code !== 'RoleAssignmentExists') throw error;
        // The same principal has the same role at the same scope under another name: that one is the answer.
        const existing = (await list(scope, `principalId eq '${input.principalId}'`, signal)).find(
          (assignment) =>
            sameArmId(assignment.scope, scope) && assignment.roleId.toLowerCase() === input.roleId.toLowerCase(),
        );
        if (!existing) throw error;
        return existing;
      }
    },

    async delete(assignmentId, { signal } = {}) {
      const { scope, name } = splitAssignmentId(assignmentId);
      const client = await open(scope);
      return sdkDelete((onResponse) => client.delete(bare(scope), name, { abortSignal: signal, onResponse }));
    },

    signedIn: async (scope, { signal } = {}) => signedInPrincipal(sessions.forScope(scope), scope, signal),

    async permissions(scope, { signal } = {}) {
      const session = sessions.forScope(scope);
      const list = (type: string, filter = '') =>
        session.arm.list(`${scope}/providers/Microsoft.Authorization/${type}?${filter}api-version=2022-04-01`, signal);
      const [granted, denied, caller] = await Promise.all([
        list('permissions'),
        ifReadable(() => list('denyAssignments', '$filter=atScope()&')),
        ifReadable(() => signedInPrincipal(session, scope, signal)),
      ]);
      return (action) => permissionOf({ scope, granted, denied, principalId: caller?.principalId }, action);
    },
  };
}

/** The SDK puts the scope after a slash of its own. */
function bare(scope: string): string {
  return scope.replace(/^\/|\/$/g, '');
}

function checkGuid(value: string): void {
  if (!isGuid(value)) throw invalid('InvalidGuid', l10n.t('"{0}" is not a GUID.', value.slice(0, 80)));
}

function splitAssignmentId(assignmentId: string): { scope: string; name: string } {
  const match = /^(\/.+?)\/providers\/Microsoft\.Authorization\/roleAssignments\/([0-9a-f-]{36})$/i.exec(assignmentId);
  const [, scope, name] = match ?? [];
  if (!scope || !name || !isGuid(name)) {
    throw invalid('InvalidRoleAssignmentId', l10n.t('"{0}" is not a role assignment ID.', assignmentId.slice(0, 200)));
  }
  return { scope, name };
}

function assignmentOrThrow(assignment: SdkRoleAssignment): RoleAssignment {
  const known = normalizeAssignment(assignment);
  if (!known) throw unreadable('roleAssignments');
  return known;
}

function normalizeAssignment(assignment: SdkRoleAssignment): RoleAssignment | undefined {
  const { id, name, scope, roleDefinitionId, principalId } = assignment;
  if (!id || !name || !scope || !roleDefinitionId || !principalId) return undefined;
  return {
    id,
    name,
    scope,
    roleId: armIdName(roleDefinitionId).toLowerCase(),
    principalId,
    principalType: assignment.principalType,
    condition: assignment.condition ?? undefined,
    description: assignment.description ?? undefined,
  };
}
