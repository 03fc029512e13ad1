import type { Route } from '../call.ts';
import { denyAssignmentRoutes } from './denyAssignments.ts';
import { lockRoutes } from './locks.ts';
import { permissionRoutes } from './permissions.ts';
import { roleAssignmentRoutes } from './roleAssignments.ts';
import { roleDefinitionRoutes } from './roleDefinitions.ts';
import { scheduleInstanceRoutes } from './scheduleInstances.ts';

export const authorizationRoutes: readonly Route[] = [
  ...roleAssignmentRoutes,
  ...roleDefinitionRoutes,
  ...permissionRoutes,
  ...scheduleInstanceRoutes,
  ...lockRoutes,
  ...denyAssignmentRoutes,
];
