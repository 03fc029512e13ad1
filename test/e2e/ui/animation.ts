import { readFileSync } from 'node:fs';
import type { Browser } from 'playwright-core';
import { apng } from '../../tools/apng.ts';

/** How a screenshot is shown in an animated picture. */
export interface Shown {
  /** One line below the picture. */
  readonly caption: string;
  readonly seconds: number;
}

export interface AnimationFrame extends Shown {
  /** Path of a PNG. */
  readonly screenshot: string;
}

/** The picture shows what is beside the activity bar of a screenshot, at its own size: small letters stay sharp. */
const size = { width: 900, height: 600, caption: 40 };
const activityBar = 48;

/** Lays out each frame in a page of the browser that made the screenshots, and joins them to an animated PNG. */
export async function animate(frames: readonly AnimationFrame[], browser: Browser): Promise<Buffer> {
  const page = await browser.newPage({ viewport: size });
  try {
    const drawn = [];
    for (const { screenshot, caption, seconds } of frames) {
      const picture = `data:image/png;base64,${readFileSync(screenshot).toString('base64')}`;
      await page.setContent(
        `<body style="margin:0;height:100vh;background:url(${picture}) -${activityBar}px 0">
          <div style="position:fixed;inset:auto 0 0;height:${size.caption}px;padding:0 16px;
            background:#0f5fa8;color:#fff;font:16px/${size.caption}px system-ui,sans-serif">${caption}</div>
        </body>`,
      );
      drawn.push({ png: await page.screenshot(), seconds });
    }
    return apng(drawn);
  } finally {
    await page.close();
  }
}
