import type * as vscode from 'vscode';
import type { FoundReference, RuleFile } from '../../files/types.ts';

/** A file of the workspace with what is written in it. */
export interface ScannedFile {
  readonly uri: vscode.Uri;
  /** As it was read: of the open document if there is one. */
  readonly text: string;
  readonly references: readonly FoundReference[];
  readonly ruleFile: RuleFile;
}

export interface WorkspaceScan {
  /** Only files in which something was found. */
  readonly files: readonly ScannedFile[];
  readonly filesRead: number;
  /** Files that could not be looked at, and why, in words. */
  readonly skipped: readonly { readonly uri: vscode.Uri; readonly reason: string }[];
}

export interface ScanOptions {
  readonly token?: vscode.CancellationToken;
  readonly onProgress?: (done: number, total: number) => void;
}
