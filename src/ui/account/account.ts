import * as vscode from 'vscode';
import type { Azure } from '../../azure/azure.ts';
import type { Account } from '../services/services.ts';
import type { AzureCliSession } from './azureCliSession.lazy.ts';
import type { AzureSession } from './azureSession.lazy.ts';
import type { NeededSignIn } from './credential.lazy.ts';

/** VS Code's ids of the providers whose sessions can be ours; which one depends on the cloud. */
const providerIds = ['microsoft', 'microsoft-sovereign-cloud'];

/** Settings from which the connection to Azure is built. */
const settings = [
  'acrCache.signIn',
  'acrCache.selectedSubscriptions',
  'acrCache.registryAudience',
  'microsoft-sovereign-cloud',
];

/** Milliseconds in which several changes count as one. */
const debounce = 300;

/**
 * The account, eager and small: azureauth and the Azure clients are loaded when first asked for.
 * @param told remembers for the workspace what the user was told
 */
export function createAccount(log: vscode.LogOutputChannel, told: vscode.Memento): Account {
  const changed = new vscode.EventEmitter<void>();
  let session: Promise<AzureSession> | undefined;
  let cli: Promise<AzureCliSession> | undefined;
  let connection: Promise<Azure | undefined> | undefined;
  let accountIds: string | undefined;
  let timer: NodeJS.Timeout | undefined;
  /** Prompts that are open, and those that were declined, by what they ask for. */
  const prompts = new Map<string, Promise<boolean>>();
  const declined = new Set<string>();
  let interacting = false;

  const load = () => import('./azureSession.lazy.ts');
  const cloudSettings = () => import('./cloudSettings.lazy.ts');

  function azureSession(): Promise<AzureSession> {
    session ??= load().then(({ createAzureSession }) => createAzureSession({ log, reauthenticate }));
    return session;
  }

  /** The second way to sign in, if it is the chosen one. */
  function cliSession(): Promise<AzureCliSession> | undefined {
    if (vscode.workspace.getConfiguration('acrCache').get('signIn') !== 'azureCli') return undefined;
    cli ??= import('./azureCliSession.lazy.ts').then(({ createAzureCliSession }) => createAzureCliSession(log));
    return cli;
  }

  function connect(): Promise<Azure | undefined> {
    const started = establish();
    connection = started;
    // Only a connection is kept: after a failure or without a session the next call tries again.
    const forget = () => {
      if (connection === started) connection = undefined;
    };
    started.then((azure) => azure ?? forget(), forget);
    return started;
  }

  async function establish(): Promise<Azure | undefined> {
    const viaCli = await cliSession();
    if (viaCli) return viaCli.connect();
    void cloudSettings()
      .then(({ tellOfIgnoredCloud }) => tellOfIgnoredCloud(told))
      .catch((error: unknown) => log.error(String(error)));
    const noted = currentAccountIds().then((ids) => (accountIds = ids));
    const [azure] = await Promise.all([azureSession().then((loaded) => loaded.connect()), noted]);
    return azure;
  }

  function invalidate(): void {
    clearTimeout(timer);
    connection = undefined;
    declined.clear();
    changed.fire();
  }

  function invalidateSoon(): void {
    clearTimeout(timer);
    timer = setTimeout(invalidate, debounce);
  }

  /** Providers announce a change for every refreshed token: only another set of accounts matters. */
  async function currentAccountIds(): Promise<string> {
    if (cliSession()) return 'azureCli'; // VS Code's accounts are not in use
    try {
      // Only the cloud's own provider: VS Code waits seconds for one that is not registered.
      const id = (await cloudSettings()).getConfiguredAuthProviderId();
      const accounts = await vscode.authentication.getAccounts(id);
      return [id, ...accounts.map((account) => account.id).sort()].join('\n');
    } catch {
      return ''; // a cloud that cannot be used: connecting says so
    }
  }

  async function sessionsChanged(): Promise<void> {
    if (accountIds === undefined) return; // never connected
    const now = await currentAccountIds();
    if (interacting || now === accountIds) return; // our own sign-in tells by itself
    accountIds = now;
    invalidateSoon();
  }

  /** Runs a sign-in; if it succeeded, what was built from the accounts is stale. */
  async function interact(signIn: () => Promise<boolean>): Promise<boolean> {
    interacting = true;
    try {
      const signedIn = await signIn();
      if (signedIn) {
        accountIds = await currentAccountIds();
        invalidate();
      }
      return signedIn;
    } finally {
      interacting = false;
    }
  }

  /** One prompt however many requests fail at once; once declined, not again until something about the account changes. */
  function reauthenticate(needed: NeededSignIn): Promise<boolean> {
    const key = needed.registryScope === undefined ? '' : `${needed.tenantId} ${needed.registryScope}`;
    const open = prompts.get(key);
    if (open) return open;
    if (declined.has(key)) return Promise.resolve(false);
    declined.add(key);
    const prompt = import('./signIn.lazy.ts')
      .then(({ askAgain }) => askAgain(needed))
      .then((signedIn) => {
        if (signedIn) declined.delete(key);
        return signedIn;
      })
      .finally(() => prompts.delete(key));
    prompts.set(key, prompt);
    return prompt;
  }

  const listeners = [
    changed,
    vscode.authentication.onDidChangeSessions((event) => {
      if (providerIds.includes(event.provider.id)) void sessionsChanged();
    }),
    vscode.workspace.onDidChangeConfiguration((event) => {
      if (settings.some((name) => event.affectsConfiguration(name))) invalidateSoon();
    }),
  ];

  return {
    onDidChange: changed.event,
    async cloud() {
      return (await cliSession())?.cloud() ?? (await load()).configuredCloud();
    },
    connect(options) {
      if (options?.fresh) connection = undefined;
      return connection ?? connect();
    },
    async signIn(options) {
      const viaCli = await cliSession();
      if (viaCli) return interact(() => viaCli.signIn(options?.force === true));
      const { interactiveSession } = await import('./signIn.lazy.ts');
      return interact(() => interactiveSession({ force: options?.force }));
    },
    async signInToTenant() {
      const viaCli = await cliSession();
      if (viaCli) {
        viaCli.explainTenants();
        return;
      }
      const { signInToTenant } = await import('./signIn.lazy.ts');
      const { provider } = await azureSession();
      await interact(() => signInToTenant(provider));
    },
    async selectSubscriptions() {
      const { selectSubscriptions } = await import('./selectSubscriptions.lazy.ts');
      await selectSubscriptions((await cliSession()) ?? (await azureSession()));
    },
    async selectCloud() {
      const viaCli = await cliSession();
      if (viaCli) {
        viaCli.explainCloud();
        return;
      }
      const { selectCloud } = await import('./selectCloud.lazy.ts');
      await selectCloud();
    },
    dispose() {
      clearTimeout(timer);
      for (const listener of listeners) listener.dispose();
      void session?.then(({ provider }) => provider.dispose());
    },
  };
}
