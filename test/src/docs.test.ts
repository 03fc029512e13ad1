import { existsSync, globSync, readFileSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { pictureSteps } from '../e2e/ui/pictures.ts';
import { chunksOf } from '../tools/apng.ts';

const root = join(import.meta.dirname, '..', '..');
const documents = [...globSync('*.md', { cwd: root }), ...globSync('docs/**/*.md', { cwd: root })];
const read = (path: string): string => readFileSync(join(root, path), 'utf8');

/** What a page links to in the repository: path and anchor. */
function relativeLinks(document: string): { path: string; anchor: string | undefined }[] {
  return [...read(document).matchAll(/\]\((?!https?:)([^)#]*)(?:#([^)]*))?\)/g)].map(([, path = '', anchor]) => ({
    path: path === '' ? document : join(dirname(document), path),
    anchor,
  }));
}

/** The anchors that a Markdown reader gives a page's headings. */
function anchorsOf(document: string): string[] {
  const headings = [...read(document).matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) => heading);
  return headings.map((heading) =>
    heading
      .toLowerCase()
      .replace(/[^\w\- ]/g, '')
      .replaceAll(' ', '-'),
  );
}

describe('documents', () => {
  it('link to what is there', () => {
    const all = documents.flatMap((document) => relativeLinks(document).map((link) => ({ document, ...link })));
    expect(all.length).toBeGreaterThan(30);
    const broken = all.filter(
      ({ path, anchor }) =>
        !existsSync(join(root, path)) || (anchor !== undefined && !anchorsOf(path).includes(anchor)),
    );
    expect(broken).toEqual([]);
  });

  it('show every picture that is kept', () => {
    const shown = new Set(documents.flatMap((document) => relativeLinks(document).map(({ path }) => path)));
    expect(globSync('docs/images/*', { cwd: root }).filter((path) => !shown.has(path))).toEqual([]);
  });

  it('have their pictures from steps that exist', () => {
    const steps = globSync(['test/e2e/ui/flow.ts', 'test/e2e/ui/steps/*.ts'], { cwd: root }).map(read).join('');
    expect(pictureSteps.filter((step) => !steps.includes(`name: '${step}'`))).toEqual([]);
  });

  it('begin with an animated picture that loads quickly', () => {
    const [, picture = ''] = /!\[[^\]]*\]\(([^)]*)\)/.exec(read('README.md')) ?? [];
    const chunks = chunksOf(readFileSync(join(root, picture)));
    expect(chunks.find(({ type }) => type === 'acTL')?.data.readUInt32BE(0)).toBeGreaterThan(4);
    expect(chunks[0]?.data.readUInt32BE(0)).toBeLessThanOrEqual(900);
    expect(statSync(join(root, picture)).size).toBeLessThan(1_500_000);
    expect(read('README.md').split('\n').length).toBeLessThanOrEqual(61);
  });
});

describe('the walkthrough', () => {
  const { contributes } = JSON.parse(read('package.json')) as {
    contributes: { walkthroughs: { steps: { id: string; media: { svg?: string }; completionEvents: string[] }[] }[] };
  };
  const steps = contributes.walkthroughs.flatMap((walkthrough) => walkthrough.steps);

  it('has a small picture of its own for each step, in the colours of any theme', () => {
    const pictures = steps.map(({ media }) => media.svg ?? '');
    expect(new Set(pictures).size).toBe(steps.length);
    for (const picture of pictures) {
      expect(basename(picture, '.svg')).toBe(steps.find(({ media }) => media.svg === picture)?.id);
      expect(statSync(join(root, picture)).size).toBeLessThan(40_000);
      // VS Code's webview runs no style element of a picture; what has no colour would be black in the dark.
      expect(read(picture)).not.toMatch(/<style|style="|(fill|stroke)="(?!none"|var\(--vscode-)/);
    }
  });

  it('ticks a step for what is so, not for a command that was run', () => {
    for (const { completionEvents } of steps) {
      expect(completionEvents).not.toEqual([]);
      for (const event of completionEvents) expect(event).toMatch(/^onContext:acrCache\./);
    }
  });
});
