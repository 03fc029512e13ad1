import type { FoundReference } from '../../../../src/files/types.ts';
import type { ScannedFile } from '../../../../src/ui/workspace/scan/scan.lazy.ts';
import { Uri } from '../vscodeDouble.ts';

/** A file of the workspace, as the scan tells of it. */
export function scannedFile(path: string, text: string, references: readonly FoundReference[]): ScannedFile {
  return { uri: new Uri('file', `/${path}`) as unknown as ScannedFile['uri'], path, text, references };
}
