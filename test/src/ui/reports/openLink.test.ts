import { beforeEach, describe, expect, it, vi } from 'vitest';
import { AzureError } from '../../../../src/azure/errors.ts';
import { isQuiet } from '../../../../src/ui/shared/quietly.ts';
import type { Services } from '../../../../src/ui/services/services.ts';
import * as double from '../vscodeDouble.ts';

/** What the person sees, and what they choose. */
const messages: string[] = [];
let answer: string | undefined;
const opened: { id: string; quiet: boolean }[] = [];
const show = (message: string) => {
  messages.push(message);
  return Promise.resolve(answer);
};
vi.mock('vscode', async () => ({
  ...(await import('../vscodeDouble.ts')),
  window: { showInformationMessage: show, showWarningMessage: show, showErrorMessage: show },
  CancellationError: class extends Error {},
}));
vi.mock('../../../../src/ui/reports/ruleDocument.lazy.ts', () => ({
  openRule: async (_services: unknown, { ruleId }: { ruleId: string }) => {
    opened.push({ id: ruleId, quiet: isQuiet() });
  },
}));
const { openLink } = await import('../../../../src/ui/reports/openLink.lazy.ts');
const { createServices } = await import('../../../../src/ui/services/createServices.ts');
const { isRegistryId, isRuleId } = await import('../../../../src/domain/resourceIds.ts');

const subscription = '00000000-0000-0000-0000-000000000001';
const idOf = (rule: string, { registry = 'myregistry', group = 'MyGroup' } = {}) =>
  `/subscriptions/${subscription}/resourceGroups/${group}/providers/Microsoft.ContainerRegistry/registries/${registry}/cacheRules/${rule}`;
type Uri = Parameters<typeof openLink>[1];
const linkTo = (id: string, path = '/rule'): Uri =>
  Object.assign(new double.Uri('vscode', path), { query: `id=${encodeURIComponent(id)}` }) as unknown as Uri;

function servicesWith(connect: () => Promise<unknown>) {
  const signIn = vi.fn(() => Promise.resolve(true));
  const log = { error: () => undefined, show: () => undefined };
  return { signIn, services: { account: { connect, signIn }, log } as unknown as Services };
}

beforeEach(() => {
  messages.length = 0;
  opened.length = 0;
  answer = undefined;
});

describe('a link to a rule', () => {
  it('opens its document, and what is read for it asks nobody', async () => {
    const { services, signIn } = servicesWith(() => Promise.resolve({}));
    await openLink(services, linkTo(idOf('MyRule')));
    expect(opened).toEqual([{ id: idOf('MyRule'), quiet: true }]);
    expect(messages).toEqual([]);
    expect(signIn).not.toHaveBeenCalled();
  });

  it('signs nobody in: that is offered, and done when it is chosen', async () => {
    const { services, signIn } = servicesWith(() => Promise.resolve(undefined));
    await openLink(services, linkTo(idOf('MyRule')));
    expect(messages).toHaveLength(1);
    expect(opened).toEqual([]);
    expect(signIn).not.toHaveBeenCalled();
    answer = 'Sign In';
    await openLink(services, linkTo(idOf('MyRule')));
    await vi.waitUntil(() => opened.length > 0);
    expect(opened).toEqual([{ id: idOf('MyRule'), quiet: false }]);
  });

  it('says what is wrong with the connection, without a dialog', async () => {
    const { services, signIn } = servicesWith(() =>
      Promise.reject(new AzureError('No answer.', { kind: 'network', code: 'ENOTFOUND' })),
    );
    await openLink(services, linkTo(idOf('MyRule')));
    expect(messages).toEqual([expect.stringContaining('No answer.')]);
    expect(signIn).not.toHaveBeenCalled();
  });

  it.each([
    ['an icon', idOf('$(zap)Rule')],
    ['letters that nobody sees', idOf('My\u3164\u115f\uffa0Rule')],
    ['a soft hyphen', idOf('My\u00adRule')],
    ['a direction mark', idOf('My\u202eRule')],
    ['a name of 260 characters', idOf('a'.repeat(260))],
    ['a name of 51 characters', idOf('a'.repeat(51))],
    ['a name of 4 characters', idOf('abcd')],
    ['other letters', idOf('МyRule')],
    ['a link in words', idOf('[x](command:y)')],
    ['an odd registry', idOf('MyRule', { registry: 'my$(zap)registry' })],
    ['an odd resource group', idOf('MyRule', { group: 'my$(zap)group' })],
    ['a resource group that nobody sees', idOf('MyRule', { group: 'my\u3164group' })],
    ['a long resource group', idOf('MyRule', { group: 'g'.repeat(91) })],
    ['no rule', idOf('MyRule').replace(/\/cacheRules.*/, '')],
    ['nothing', ''],
  ])('with %s opens nothing and shows nothing of it', async (_, id) => {
    const { services } = servicesWith(() => Promise.resolve({}));
    await openLink(services, linkTo(id));
    expect(opened).toEqual([]);
    expect(messages).toEqual(['This link does not lead to a cache rule.']);
    expect(isRuleId(id)).toBe(false);
  });

  it('is one path alone', async () => {
    const { services } = servicesWith(() => Promise.resolve({}));
    await openLink(services, linkTo(idOf('MyRule'), '/diagnose'));
    expect(opened).toEqual([]);
  });
});

it('ids by Azure’s grammar are taken', () => {
  expect(isRuleId(idOf('My-Rule-1', { group: 'Größe_1.(a)-b' }))).toBe(true);
  expect(isRegistryId(idOf('MyRule').replace(/\/cacheRules.*/, ''))).toBe(true);
});

it('work that nobody started is not signed in for', async () => {
  const { quietly } = await import('../../../../src/ui/shared/quietly.ts');
  const { services, signIn } = servicesWith(() => Promise.resolve(undefined));
  const account = { ...services.account, onDidChange: () => ({ dispose: () => undefined }) };
  const made = createServices({ ...services, account, connection: { start: () => Promise.resolve() } } as never);
  await expect(quietly(() => made.azure())).rejects.toMatchObject({ kind: 'unauthenticated', code: 'NoSession' });
  expect(signIn).not.toHaveBeenCalled();
  await expect(made.azure()).rejects.toBeDefined();
  expect(signIn).toHaveBeenCalledOnce();
});
