// The playground's session as the browser keeps it.

import type { BrowserContext } from '@playwright/test';

/** The names of the session cookies: more than one when the session is too large for one. */
export async function sessionCookies(context: BrowserContext, playground: string): Promise<string[]> {
  const cookies = await context.cookies(playground);
  return cookies.map(({ name }) => name).filter((name) => /session/.test(name));
}
