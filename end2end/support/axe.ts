// axe in a page, injected once however many questions follow: to inject it takes longer than most answers.

import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

import type { Page } from '@playwright/test';
import type { AxeResults, RunOptions } from 'axe-core';

const source = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** The rules that the page breaks, each with the elements that break it; of some elements when they are named. */
export async function violations(page: Page, options: RunOptions = {}, elements: string[] = []) {
  if (!await page.evaluate(() => 'axe' in window)) await page.evaluate(source);
  const found: AxeResults['violations'] = await page.evaluate(async ([context, asked]) => {
    const { axe } = window as unknown as { axe: typeof import('axe-core') };
    return (await axe.run(context, asked)).violations;
  }, [
    elements.length > 0 ? { include: elements } : { include: ['html'] },
    { ...options, resultTypes: ['violations'] as const },
  ] as const);
  return found.map(({ id, nodes }) => ({ id, at: nodes.map(({ html }) => html) }));
}
