import type { Route } from './call.ts';
export const resourceGraphRoutes: readonly Route[] = [];
