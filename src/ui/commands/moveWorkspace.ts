import type { Command } from '../shared/services.ts';

/** "Move Workspace to the Cache…" */
export const moveWorkspace: Command = async (services) => {
  const { moveWorkspace: move } = await import('../workspace/moveWorkspace.lazy.ts');
  await move(services);
};
