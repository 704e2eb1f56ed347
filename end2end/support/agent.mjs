// A person with a browser, reduced to what `make chaos` needs: follows redirects, chooses an identity, reads pages.

import { CookieClient } from './cookies.mjs';

const MOST_HOPS = 20;

const textOf = (html) => html.replace(/<style.*?<\/style>|<[^>]*>/gs, ' ').replace(/\s+/g, ' ').trim();

/** The alert of a page, and its first heading. */
function messagesOf(html) {
  const [, alert] = /role="alert"[^>]*>(.*?)<\/div>/s.exec(html) ?? [];
  const [, heading] = /<h1[^>]*>(.*?)<\/h1>/s.exec(html) ?? [];
  return { alert: textOf(alert ?? ''), heading: textOf(heading ?? '') };
}

export class Agent {
  #product;
  #browser;
  // Browsers keep the cookies of localhost and 127.0.0.1 apart.
  #provider;

  /** `identity` is an id from the stand-in's identities.mjs, `product` has the addresses of the three servers. */
  constructor(product, identity, { browser = new CookieClient(), provider = new CookieClient() } = {}) {
    this.#product = product;
    this.identity = identity;
    this.#browser = browser;
    this.#provider = provider;
  }

  /** Another agent with a copy of the application's cookies, as a thief would have. */
  copy() {
    return new Agent(this.#product, this.identity, { browser: this.#browser.copy() });
  }

  /** Clicks the playground's button, and returns the page that it leads to. */
  logIn() {
    return this.#go(`${this.#product.playground}/login`);
  }

  /** Opens the playground. */
  visit() {
    return this.#go(this.#product.playground);
  }

  /** Clicks the account page's logout button. Does not continue to the provider. */
  logOut() {
    const { playground } = this.#product;
    return this.#go(`${playground}/logout`, {
      form: {},
      headers: { origin: playground, 'sec-fetch-site': 'same-origin' },
    });
  }

  async #go(url, options) {
    let page = await this.#fetch(new URL(url), options);
    for (let hops = 0; hops < MOST_HOPS; hops += 1) {
      if (page.location) page = await this.#fetch(page.location);
      else if (page.isQuestion) page = await this.#fetch(page.url, { form: { identity: this.identity } });
      else return this.#read(page);
    }
    throw new Error(`${url} redirects too often; the last address was ${page.url.origin}${page.url.pathname}`);
  }

  async #fetch(url, options) {
    const isAtProvider = url.href.startsWith(this.#product.issuer);
    try {
      const response = await (isAtProvider ? this.#provider : this.#browser).fetch(url, options);
      const html = await response.text();
      const location = response.headers.get('location');
      return {
        url,
        status: response.status,
        html,
        location: location && new URL(location, url),
        isAtProvider,
        isQuestion: isAtProvider && response.status === 200 && url.pathname.includes('/interaction/'),
      };
    } catch {
      return { url, status: 0, html: '', isAtProvider };
    }
  }

  /**
   * `kind` is what the person sees: their `account`, the `login` page, the page that ends a `logout`, an `error`
   * page, a page of the `provider`, or `nothing`. `message` is the message on it, `goesOn` says whether it has a link to
   * continue.
   */
  #read({ url, status, html, isAtProvider }) {
    const kind = this.#kind({ url, status, html, isAtProvider });
    const { alert, heading } = messagesOf(html);
    return {
      kind,
      status,
      path: url.pathname,
      message: kind === 'login' ? alert : alert || heading,
      goesOn: /<a [^>]*href=/.test(html),
      mentions: (text) => html.includes(text),
    };
  }

  #kind({ url, status, html, isAtProvider }) {
    if (isAtProvider) return 'provider';
    if (status === 0) return 'nothing';
    if (status >= 400) return 'error';
    if (['/logout', '/logged-out'].includes(url.pathname)) return 'logout';
    return html.includes('action="/logout"') ? 'account' : 'login';
  }
}
