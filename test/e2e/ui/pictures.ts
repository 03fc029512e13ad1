import { copyFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../../tools/command.ts';

/** The README's pictures: file in docs/images by the step whose screenshot it is. */
const pictures: Readonly<Record<string, string>> = {
  'Wizard: target name with its preview': 'targets.png',
  'Review: nothing is changed yet': 'review.png',
  'Review: the same as az commands': 'az-commands.png',
  'Verify: pull and proof': 'verified.png',
  'Editor: the hover says which rule could serve it': 'editor.png',
  'Move workspace: what is not chosen is left': 'move.png',
  'Tree: a rule with its details': 'tree.png',
};

/**
 * Renews the README's pictures from the screenshots of a run, given by step name.
 * @throws Error naming a picture whose step did not run.
 */
export function renewPictures(screenshots: ReadonlyMap<string, string>): void {
  const folder = join(root, 'docs', 'images');
  mkdirSync(folder, { recursive: true });
  for (const [step, file] of Object.entries(pictures)) {
    const screenshot = screenshots.get(step);
    if (screenshot === undefined) throw new Error(`No step "${step}" ran, whose picture is ${file}.`);
    copyFileSync(screenshot, join(folder, file));
  }
}
