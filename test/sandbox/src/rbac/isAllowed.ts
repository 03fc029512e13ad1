import { evaluateCondition, matchesPattern, parseCondition } from './condition.ts';
import { denyingAssignment } from './denyAssignments.ts';
import { roleDefinition } from './roleDefinitions.ts';
import { isAtOrAbove, trimmed } from './scopes.ts';
import type { Core } from '../core.ts';
import type { RoleAssignmentState } from '../types.ts';
import type { Condition } from './condition.ts';
import type { RoleDefinition } from './roleDefinitions.ts';

export interface AccessQuestion {
  /** Which list of a role counts: control-plane `actions` or `dataActions`. */
  readonly kind: 'action' | 'dataAction';
  /** The repository asked for: `@Request[Microsoft.ContainerRegistry/registries/repositories:name]` in conditions. */
  readonly repository?: string;
  /** Asked by the data plane: an assignment counts only once `rolePropagationMs` have passed. */
  readonly dataPlane?: boolean;
  /** Further attributes for conditions, name → values: `Microsoft.Authorization/roleAssignments:RoleDefinitionId`. */
  readonly attributes?: Readonly<Record<string, readonly string[]>>;
}

const repositoryAttribute = 'microsoft.containerregistry/registries/repositories:name';

/**
 * Whether a principal's role assignments at `scope` or above allow an action. Conditions are applied; an assignment whose
 * condition cannot be parsed grants nothing. Assignments below the scope never count, except those at
 * `{registry}/repositories/{repository}` where the option `articleScopes` honours them.
 */
export function isAllowed(
  core: Core,
  principalId: string,
  action: string,
  scope: string,
  question: AccessQuestion,
): boolean {
  const principal = principalId.toLowerCase();
  for (const assignment of core.state.roleAssignments.values()) {
    if (assignment.principalId.toLowerCase() !== principal) continue;
    if (!covers(core, assignment.scope, scope, question)) continue;
    if (question.dataPlane === true && core.clock.now() < assignment.createdAt + core.options.rolePropagationMs)
      continue;
    const role = roleDefinition(assignment.roleDefinitionId);
    if (role === undefined || !grants(role, action, question.kind)) continue;
    if (!conditionHolds(core, assignment, action, question)) continue;
    return denyingAssignment(core, principalId, action, scope, question.kind) === undefined;
  }
  return false;
}

/** Whether a role's lists allow an action, regardless of scope and condition. */
export function grants(role: RoleDefinition, action: string, kind: 'action' | 'dataAction'): boolean {
  const allowed = kind === 'action' ? role.actions : role.dataActions;
  const denied = kind === 'action' ? role.notActions : role.notDataActions;
  return (
    allowed.some((pattern) => matchesPattern(pattern, action)) &&
    !denied.some((pattern) => matchesPattern(pattern, action))
  );
}

function covers(core: Core, assigned: string, scope: string, question: AccessQuestion): boolean {
  if (isAtOrAbove(assigned, scope)) return true;
  if (core.options.articleScopes !== 'honour' || question.repository === undefined) return false;
  return trimmed(assigned) === `${trimmed(scope)}/repositories/${question.repository.toLowerCase()}`;
}

function conditionHolds(
  core: Core,
  assignment: RoleAssignmentState,
  action: string,
  question: AccessQuestion,
): boolean {
  const condition = parsed(assignment.condition);
  if (condition === undefined) return true;
  if (condition === 'malformed') return false;
  // The attributes of @Environment that there are without a virtual network.
  const attributes = new Map<string, readonly string[]>([
    ['utcnow', [new Date(core.clock.now()).toISOString()]],
    ['isprivatelink', ['false']],
  ]);
  for (const [name, values] of Object.entries(question.attributes ?? {})) attributes.set(name.toLowerCase(), values);
  if (question.repository !== undefined) attributes.set(repositoryAttribute, [question.repository]);
  return evaluateCondition(condition, { action, attributes });
}

const conditions = new Map<string, Condition | 'malformed'>();

function parsed(text: string | undefined): Condition | 'malformed' | undefined {
  if (text === undefined || text.trim() === '') return undefined;
  let condition = conditions.get(text);
  if (condition === undefined) {
    try {
      condition = parseCondition(text);
    } catch {
      condition = 'malformed';
    }
    conditions.set(text, condition);
  }
  return condition;
}
