// An HTTP client that keeps cookies as a browser does (by name and path, one host) and follows no redirect.

export class CookieClient {
  #jar = new Map();

  /** Another client with a copy of the current cookies, as a thief would have. */
  copy() {
    const copy = new CookieClient();
    copy.#jar = new Map(this.#jar);
    return copy;
  }

  async fetch(url, { form, headers = {} } = {}) {
    const target = new URL(url);
    const response = await fetch(target, {
      method: form ? 'POST' : 'GET',
      body: form && new URLSearchParams(form),
      headers: { accept: 'text/html', cookie: this.header(target.pathname), ...headers },
      redirect: 'manual',
    });
    for (const line of response.headers.getSetCookie()) this.#keep(line, target.pathname);
    return response;
  }

  /** Follows redirects until `there` accepts the next URL, and returns that URL without visiting it. */
  async follow(response, there) {
    let current = response;
    for (;;) {
      const location = current.headers.get('location');
      if (!location) throw new Error(`no redirect from ${current.url.split('?')[0]} (${current.status})`);
      const next = new URL(location, current.url);
      if (there(next)) return next;
      current = await this.fetch(next);
    }
  }

  /** The header `Cookie` of a request for this path. */
  header(path) {
    return [...this.#jar.values()]
      .filter((cookie) => path.startsWith(cookie.path))
      .map(({ name, value }) => `${name}=${value}`)
      .join('; ');
  }

  #keep(line, requestPath) {
    const [pair, ...attributes] = line.split(/;\s*/);
    const [name, value] = [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)];
    const attribute = (wanted) => attributes
      .map((text) => text.split('='))
      .find(([key]) => key.toLowerCase() === wanted)?.[1];
    const path = attribute('path') ?? requestPath.replace(/\/[^/]*$/, '/');
    const key = `${name} ${path}`;
    const expires = attribute('expires');
    if (expires && new Date(expires) <= new Date()) this.#jar.delete(key);
    else this.#jar.set(key, { name, value, path });
  }
}
