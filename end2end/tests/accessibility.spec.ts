// No page breaks a rule of axe, in light or dark, on a wide or a narrow screen.

import type { RunOptions } from 'axe-core';

import { violations } from '../support/axe';
import { expect, test } from '../support/fixtures';
import { enter, hydrated, loginLink, logoutButton, message } from '../support/journey';
import { pages } from '../support/pages';

const all: RunOptions = {
  runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'],
};
/** The rules whose result depends on the theme. */
const ofColours: RunOptions = { runOnly: { type: 'rule', values: ['color-contrast', 'link-in-text-block'] } };

for (const [name, visit] of Object.entries(pages)) {
  test(`axe finds nothing and nothing is cut off on the page « ${name} »`, async ({ page, product }) => {
    await visit(page, product);
    for (const width of [1280, 360]) {
      await page.setViewportSize({ width, height: 800 });
      await page.emulateMedia({ colorScheme: 'light' });
      await finds(all, `light, ${width} px`);
      await page.emulateMedia({ colorScheme: 'dark' });
      await finds(ofColours, `dark, ${width} px`);
    }

    // 1280 px at 200 % are 640; WCAG 1.4.10 asks for 320. Then only the text is enlarged to twice its size.
    for (const width of [640, 320]) {
      await page.setViewportSize({ width, height: 800 });
      expect.soft(await overflow(), `${width} px`).toBeLessThanOrEqual(0);
    }
    await page.setViewportSize({ width: 1280, height: 800 });
    await page.evaluate(() => { document.documentElement.style.fontSize = '200%'; });
    expect.soft(await overflow(), 'text at 200 %').toBeLessThanOrEqual(0);

    async function finds(rules: RunOptions, where: string) {
      expect.soft(await violations(page, rules), where).toEqual([]);
    }

    function overflow() {
      return page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    }
  });
}

test('axe does find what is wrong', async ({ page }) => {
  await page.goto('/');
  expect(await violations(page, all)).toEqual([]);
  await page.evaluate(() => document.querySelector('main')!.append(document.createElement('img')));
  await page.evaluate(() => { document.querySelector('h1')!.style.color = 'lightgrey'; });
  expect((await violations(page, all)).map(({ id }) => id).sort()).toEqual(['color-contrast', 'image-alt']);
  expect((await violations(page, ofColours)).map(({ id }) => id)).toEqual(['color-contrast']);
  expect(await violations(page, all, ['footer'])).toEqual([]);
});

test('each page has its own title, and an error says so in its title', async ({ page }) => {
  await page.goto('/');
  const login = await page.title();
  await page.goto('/?encrypted_token=changeme');
  expect(await page.title()).not.toBe(login);
  await expect(page).toHaveTitle(/erreur/i);
  await enter(page);
  await page.goto('/');
  expect(await page.title()).not.toBe(login);
});

test('nothing moves when the person prefers reduced motion', async ({ page }) => {
  await page.emulateMedia({ reducedMotion: 'reduce' });
  await enter(page);
  await page.goto('/');
  await hydrated(page);
  await page.route('**/logout', (route) => route.fulfill({ status: 204 }));
  await logoutButton(page).click();
  await expect(message(page)).toBeVisible();
  const endless = await page.evaluate(() => document.getAnimations()
    .filter(({ effect }) => effect?.getComputedTiming().activeDuration === Infinity).length);
  expect(endless).toBe(0);
});

test('the focus can be seen', async ({ page }) => {
  await page.goto('/');
  await loginLink(page).focus();
  await page.keyboard.press('Shift+Tab');
  await page.keyboard.press('Tab');
  await expect(loginLink(page)).toBeFocused();
  const ring = await loginLink(page).evaluate((element) => {
    const { outlineStyle, outlineWidth } = getComputedStyle(element);
    return outlineStyle === 'none' ? 0 : parseFloat(outlineWidth);
  });
  expect(ring).toBeGreaterThanOrEqual(2);
});
