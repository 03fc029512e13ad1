import { cpSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { SandboxInfo } from '../../sandbox/src/types.ts';

/**
 * Copies the sample workspace to `folder`, with the sandbox's registries in place of those of the article:
 * `myregistry.azurecr.io` becomes `myregistry.azurecr.sandbox`.
 */
export function makeSampleWorkspace(folder: string, sandbox: SandboxInfo): void {
  cpSync(join(import.meta.dirname, 'workspace'), folder, { recursive: true });
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const file = join(entry.parentPath, entry.name);
    let text = readFileSync(file, 'utf8');
    for (const registry of sandbox.registries) {
      text = text.replaceAll(`${registry.name}.azurecr.io`, registry.loginServer);
    }
    writeFileSync(file, text);
  }
}
