import type { Command } from '../services/services.ts';

/** "Move Workspace to the Cache…" */
export const moveWorkspace: Command = async (services) => {
  const { moveWorkspace: move } = await import('../workspace/move/moveWorkspace.lazy.ts');
  await move(services);
};
