import * as vscode from 'vscode';
import type { ClientName } from '../../domain/pullCommand.ts';
import { clientName, knownClient, noteClient } from '../shared/clientName.ts';
import { findContainerClient } from './containerClient.ts';
import { terminalProblem } from './terminalPull.ts';

/** Milliseconds that a command is waited with for a client that does not answer. */
const patienceMs = 2000;

/** As `clientName`; looks which client works on this machine, unless one is known or nothing may be run here. */
export async function findClientName(): Promise<ClientName> {
  if (!knownClient() && terminalProblem() === undefined) {
    const setting = vscode.workspace.getConfiguration('acrCache').get<unknown>('containerClient');
    const search = findContainerClient(typeof setting === 'string' ? setting : 'auto', AbortSignal.timeout(patienceMs));
    const found = await search.catch(() => undefined);
    if (found && 'client' in found) noteClient(found.client.kind);
  }
  return clientName();
}
