import type { Command } from '../shared/services.ts';

/** `node` may be `{ force: true }`: offer the choice of accounts although one is signed in. */
export const signIn: Command = async ({ account, connection }, node) => {
  const force = typeof node === 'object' && node !== null && Reflect.get(node, 'force') === true;
  if (await account.signIn({ force })) await connection.start();
};

export const signInToTenant: Command = async (services) => {
  await services.azure({ allowNoSubscription: true });
  await services.account.signInToTenant();
};

export const selectSubscriptions: Command = async (services) => {
  await services.azure({ allowNoSubscription: true });
  await services.account.selectSubscriptions();
};

export const selectCloud: Command = ({ account }) => account.selectCloud();
