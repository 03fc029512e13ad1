// The sandbox's account: contributes the provider ids of VS Code's Microsoft account extension and gets its tokens from the
// sandbox's sign-in endpoint. Plain JavaScript, so that VS Code loads it without a build.
//
// Environment: SANDBOX_CONTROL      the sandbox's control endpoint, https://localhost:P/sandbox/
//              SANDBOX_USERS        who may sign in, comma separated; asked for if more than one; default dev
//              SANDBOX_SIGNED_IN    1: the first user is signed in from the start; tests have no consent dialog
import * as vscode from 'vscode';

const providers = { microsoft: 'Microsoft', 'microsoft-sovereign-cloud': 'Microsoft Sovereign Cloud' };

/** Milliseconds before its end at which a token is no longer handed out. */
const renewBefore = 300_000;

/** @param {vscode.ExtensionContext} context */
export function activate(context) {
  const control = process.env.SANDBOX_CONTROL;
  if (!control) throw new Error('SANDBOX_CONTROL is not set: start VS Code through the demo or the tests.');
  const users = (process.env.SANDBOX_USERS || 'dev').split(',');
  const all = Object.entries(providers).map(([id, label]) => {
    const provider = new SandboxAccounts(id, control, users, context.globalState);
    context.subscriptions.push(provider, register(id, label, provider));
    return provider;
  });
  const signOut = () => Promise.all(all.map((provider) => provider.signOutAll()));
  context.subscriptions.push(
    vscode.commands.registerCommand('sandboxAccount.signIn', (user = users[0]) =>
      Promise.all(all.map((provider) => provider.signIn(user))),
    ),
    vscode.commands.registerCommand('sandboxAccount.signOut', signOut),
    vscode.commands.registerCommand('sandboxAccount.forgetTokens', () =>
      Promise.all(all.map((provider) => provider.forget())),
    ),
  );
}

/** @param {string} id @param {string} label @param {SandboxAccounts} provider */
function register(id, label, provider) {
  const options = { supportsMultipleAccounts: true };
  try {
    return vscode.authentication.registerAuthenticationProvider(id, label, provider, {
      ...options,
      supportsChallenges: true,
    });
  } catch {
    // Challenges are a proposed interface of VS Code, not open to every host: without it a 401 challenge cannot be answered.
    return vscode.authentication.registerAuthenticationProvider(id, label, provider, options);
  }
}

/** @typedef {{session: vscode.AuthenticationSession, expires: number}} Held `expires` in milliseconds */

class SandboxAccounts {
  #changed = new vscode.EventEmitter();
  onDidChangeSessions = this.#changed.event;
  /** By user, scopes and claims; kept over a restart, as real account providers do. @type {Map<string, Held>} */
  #sessions;
  /** First answers by user, for their accounts. @type {Map<string, Promise<{account: {id: string, label: string}}>>} */
  #accounts = new Map();
  #key;
  #sessionsKey;
  #control;
  #users;
  #state;

  /** @param {string} id @param {string} control @param {string[]} users @param {vscode.Memento} state */
  constructor(id, control, users, state) {
    this.#key = `signedIn.${id}`;
    this.#sessionsKey = `sessions.${id}`;
    this.#sessions = new Map(state.get(this.#sessionsKey, []));
    this.#control = control;
    this.#users = users;
    this.#state = state;
  }

  dispose() {
    this.#changed.dispose();
  }

  /** @returns {string[]} names of the signed-in users */
  get #signedIn() {
    return this.#state.get(this.#key, process.env.SANDBOX_SIGNED_IN === '1' ? this.#users.slice(0, 1) : []);
  }

  async getSessions(scopes, options) {
    const sessions = await Promise.all(
      // A user who may not enter that tenant has no session there: not an error.
      this.#signedIn.map((user) => this.#silentSession(user, scopes ?? []).catch(() => undefined)),
    );
    return sessions.filter((session) => session && (!options?.account || session.account.id === options.account.id));
  }

  async getSessionsFromChallenges(constraint, options) {
    const claims = claimsOf(constraint);
    const known = this.#signedIn
      .map((user) => this.#sessions.get(sessionKey(user, constraint.fallbackScopes ?? [], claims)))
      .filter((held) => held && isValid(held))
      .map((held) => held.session);
    return options?.account ? known.filter((session) => session.account.id === options.account.id) : known;
  }

  async createSession(scopes, options) {
    return this.#interactively(scopes, options?.account);
  }

  async createSessionFromChallenges(constraint, options) {
    return this.#interactively(constraint.fallbackScopes ?? [], options?.account, claimsOf(constraint));
  }

  async removeSession(sessionId) {
    const held = [...this.#sessions.values()].find(({ session }) => session.id === sessionId);
    if (held) await this.#signOut(userOf(held.session.account));
  }

  async signOutAll() {
    for (const user of this.#signedIn) await this.#signOut(user);
  }

  /** Signs in without asking, for tests: they have no dialogs. @param {string} user */
  async signIn(user) {
    await this.#state.update(this.#key, [...new Set([...this.#signedIn, user])]);
    const session = await this.#session(user, []);
    this.#changed.fire({ added: [session], removed: [], changed: [] });
    return session;
  }

  /** Drops the tokens, not the accounts: the next request gets new ones. */
  async forget() {
    this.#sessions.clear();
    await this.#save();
  }

  /** Without scopes any session will do, which needs no request: VS Code asks so for the accounts there are. */
  async #silentSession(user, scopes) {
    const any = [...this.#sessions.values()].find((held) => userOf(held.session.account) === user && isValid(held));
    return scopes.length === 0 && any ? any.session : this.#session(user, scopes);
  }

  async #interactively(scopes, account, claims) {
    const user = account ? userOf(account) : await this.#chooseUser();
    if (!user) throw new Error('Cancelled');
    const session = await this.#session(user, scopes, claims);
    await this.#state.update(this.#key, [...new Set([...this.#signedIn, user])]);
    this.#changed.fire({ added: [session], removed: [], changed: [] });
    return session;
  }

  async #chooseUser() {
    if (this.#users.length === 1) return this.#users[0];
    return vscode.window.showQuickPick(this.#users, { title: 'Sandbox: Sign In', placeHolder: 'Choose an account' });
  }

  async #signOut(user) {
    const removed = [...this.#sessions].filter(([key]) => key.startsWith(`${user}\n`));
    for (const [key] of removed) this.#sessions.delete(key);
    await this.#save();
    await this.#state.update(
      this.#key,
      this.#signedIn.filter((name) => name !== user),
    );
    this.#changed.fire({ added: [], removed: removed.map(([, held]) => held.session), changed: [] });
  }

  /** A session with a valid token, from those held or from the sandbox. */
  async #session(user, scopes, claims) {
    const key = sessionKey(user, scopes, claims);
    const held = this.#sessions.get(key);
    if (held && isValid(held)) return held.session;
    const answer = await this.#requestToken({ principal: user, ...requestOf(scopes) });
    const session = {
      id: `${key}\n${answer.expiresOn}`,
      accessToken: answer.accessToken,
      account: await this.#account(user),
      scopes: [...scopes],
    };
    this.#sessions.set(key, { session, expires: answer.expiresOn });
    await this.#save();
    return session;
  }

  async #save() {
    await this.#state.update(this.#sessionsKey, [...this.#sessions]);
  }

  /** A user is the same account in every tenant: that of the home tenant. */
  async #account(user) {
    const known = this.#accounts.get(user) ?? this.#requestToken({ principal: user });
    this.#accounts.set(user, known);
    return (await known).account;
  }

  /** @returns {Promise<{accessToken: string, expiresOn: number, account: {id: string, label: string}}>} expiresOn in milliseconds */
  async #requestToken(request) {
    const response = await fetch(new URL('signin', this.#control), {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(request),
    });
    if (!response.ok) throw new Error(`The sandbox refused the sign-in: ${await response.text()}`);
    return response.json();
  }
}

/** @param {Held} held */
function isValid(held) {
  return held.expires - renewBefore > Date.now();
}

/** @param {vscode.AuthenticationSessionAccountInformation} account */
function userOf(account) {
  return account.label.split('@')[0];
}

function sessionKey(user, scopes, claims = '') {
  return [user, [...scopes].sort().join(' '), claims].join('\n');
}

/** `<audience>/.default` names the resource, `VSCODE_TENANT:<id>` the tenant; other scopes mean nothing to the sandbox. */
function requestOf(scopes) {
  const resource = scopes.find((scope) => scope.endsWith('/.default'));
  const tenant = scopes.find((scope) => scope.startsWith('VSCODE_TENANT:'));
  return {
    ...(resource ? { audience: resource.slice(0, -'.default'.length) } : {}),
    ...(tenant ? { tenantId: tenant.slice('VSCODE_TENANT:'.length) } : {}),
  };
}

/** The claims a 401's `WWW-Authenticate: Bearer claims="<base64>"` asks for. */
function claimsOf(constraint) {
  const claims = constraint.challenges.map((challenge) => challenge.params?.claims).find(Boolean);
  return claims ? Buffer.from(claims, 'base64').toString('utf8') : '';
}
