import { copyFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { root } from '../../tools/command.ts';
import { animate, type Shown } from './animation.ts';

/** The pictures of README and guides: file in docs/images by the step whose screenshot it is. */
const pictures: Readonly<Record<string, string>> = {
  'Review: nothing is changed yet': 'review.png',
  'Verify: pull and proof': 'verified.png',
  'Editor: the hover says which rule could serve it': 'editor.png',
  'Move workspace: what is not chosen is left': 'move.png',
  'Tree: a rule with its details': 'tree.png',
};

/** The animated picture of the main job: steps in their order. */
const mainJob: readonly (Shown & { readonly step: string })[] = [
  { step: 'The tree shows the registries', caption: 'Two registries, and no cache yet', seconds: 2 },
  { step: 'Setup: downstream registry', caption: 'Set up a cache: the registry that caches', seconds: 2 },
  { step: 'Setup: upstream registry', caption: 'The registry that it caches from', seconds: 2 },
  { step: 'Setup: repositories', caption: 'The repositories', seconds: 2 },
  {
    step: 'Review: everything has a default, but how the upstream is read',
    caption: 'The review: everything has a default, but one decision',
    seconds: 3,
  },
  { step: 'Review: nothing is changed yet', caption: 'Decided: nothing has been changed yet', seconds: 4 },
  {
    step: 'Tree: the new rule is created, and not called working',
    caption: 'Created: the identity, its permission and the cache rule',
    seconds: 3,
  },
  { step: 'Verify: pull and proof', caption: 'Verified: a pull, and the proof that the image is cached', seconds: 4 },
];

/** The steps whose screenshots are needed. */
export const pictureSteps: readonly string[] = [...Object.keys(pictures), ...mainJob.map(({ step }) => step)];

/**
 * Renews the pictures of README and guides from the screenshots of a run, given by step name.
 * @throws Error naming a step that did not run
 */
export async function renewPictures(screenshots: ReadonlyMap<string, string>, browser: Browser): Promise<void> {
  const folder = join(root, 'docs', 'images');
  const screenshotOf = (step: string): string => {
    const screenshot = screenshots.get(step);
    if (screenshot === undefined) throw new Error(`No step "${step}" ran, whose picture is needed.`);
    return screenshot;
  };
  for (const [step, file] of Object.entries(pictures)) copyFileSync(screenshotOf(step), join(folder, file));
  const frames = mainJob.map(({ step, ...shown }) => ({ ...shown, screenshot: screenshotOf(step) }));
  writeFileSync(join(folder, 'main-job.png'), await animate(frames, browser));
}
