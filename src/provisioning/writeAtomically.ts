import { mkdir, open, rename } from 'node:fs/promises';
import { join } from 'node:path';

/** Replaces a file of `folder`, which is made when needed, as a whole or not at all; only its owner may read it. */
export async function writeAtomically(folder: string, name: string, text: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  const temporary = join(folder, `${name}.${process.pid}.tmp`);
  const file = await open(temporary, 'w', 0o600);
  try {
    await file.writeFile(text, 'utf8');
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(temporary, join(folder, name));
}
