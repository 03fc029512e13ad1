import * as vscode from 'vscode';

export interface Message {
  readonly text: string;
  readonly buttons: readonly unknown[];
}

const functions = ['showInformationMessage', 'showWarningMessage', 'showErrorMessage'] as const;

/** Collects messages instead of showing them; each is dismissed at once. */
export async function withMessages<T>(body: (messages: readonly Message[]) => Promise<T>): Promise<T> {
  const messages: Message[] = [];
  const own = Object.fromEntries(functions.map((name) => [name, vscode.window[name]]));
  const collect = (text: string, ...buttons: unknown[]): Promise<undefined> => {
    messages.push({ text, buttons });
    return Promise.resolve(undefined);
  };
  Object.assign(vscode.window, Object.fromEntries(functions.map((name) => [name, collect])));
  try {
    return await body(messages);
  } finally {
    Object.assign(vscode.window, own);
  }
}
