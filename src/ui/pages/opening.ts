import * as vscode from 'vscode';
import type { Azure } from '../../azure/azure.ts';
import type { Services } from '../services/services.ts';
import { endInput, showInput } from './keyboard.ts';

/** Milliseconds before the page is shown: what is there by then opens without it. */
const delay = 100;

/**
 * Reads what the first page of a flow needs while a page stands for it at once, busy. Escape leaves it, and so does working
 * elsewhere: an answer that comes later is dropped, and nothing is shown over other work. A second click takes the place of the
 * first.
 * @param title of the flow
 * @param read its signal is aborted when the page is left
 * @throws CancellationError if the user left, or declined to sign in; AzureError; Error with words if there is no subscription
 */
export function whileOpening<T>(
  services: Services,
  title: string,
  read: (azure: Azure, signal: AbortSignal) => Promise<T> | T,
  options?: Parameters<Services['azure']>[0],
): Promise<T> {
  return withStandIn(title, async ({ left, aside }) => {
    // What VS Code asks for at a sign-in takes the focus from the page.
    if (!(await services.account.connect()) && !left.aborted) await aside(() => services.azure(options));
    const azure = await services.azure(options);
    if (left.aborted) throw new vscode.CancellationError();
    return read(azure, left);
  });
}

/** As `whileOpening`, between two pages of a flow. @throws CancellationError if the user left */
export function whileReading<T>(title: string, reading: Promise<T>): Promise<T> {
  return withStandIn(title, () => reading);
}

interface StandIn {
  readonly left: AbortSignal;
  /** Does something without the page. */
  readonly aside: (work: () => Promise<unknown>) => Promise<void>;
}

async function withStandIn<T>(title: string, work: (page: StandIn) => Promise<T>): Promise<T> {
  const left = new AbortController();
  const input = vscode.window.createQuickPick();
  input.title = title;
  input.placeholder = vscode.l10n.t('Loading from Azure… (Escape to cancel)');
  input.busy = true;
  let isAside = false;
  input.onDidHide(() => {
    if (!isAside) left.abort();
  });
  let timer = setTimeout(() => showInput(input), delay);
  const aside: StandIn['aside'] = async (other) => {
    isAside = true;
    clearTimeout(timer);
    input.hide();
    await other();
    isAside = false;
    timer = setTimeout(() => showInput(input), delay);
  };
  try {
    return await untilLeft(work({ left: left.signal, aside }), left.signal);
  } finally {
    clearTimeout(timer);
    endInput(input);
  }
}

/**
 * What cannot be aborted is not waited for.
 * @throws CancellationError once the signal is aborted
 */
export function untilLeft<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  const { promise, resolve, reject } = Promise.withResolvers<T>();
  const leave = () => reject(new vscode.CancellationError());
  if (signal.aborted) leave();
  signal.addEventListener('abort', leave, { once: true });
  work.then(resolve, reject).finally(() => signal.removeEventListener('abort', leave));
  return promise;
}
