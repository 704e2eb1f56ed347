// The stand-in's request handler: does what ProConnect does around its OIDC library, then calls the library.

import { Provider } from 'oidc-provider';

import { problem, sanitized } from './authorize.mjs';
import { clients } from './clients.mjs';
import { configuration } from './configuration.mjs';
import { answer, choose } from './interaction.mjs';
import { detour, isOrganisationLogout, organisationAnswer, resumed } from './logout.mjs';
import { deadEndPage, errorPage } from './pages.mjs';

const MAX_FORM_BYTES = 4096;

function page(response, status, body) {
  response.statusCode = status;
  response.setHeader('content-type', 'text/html; charset=utf-8');
  response.setHeader('cache-control', 'no-store');
  response.end(body);
}

function notFound(response) {
  page(response, 404, errorPage('Y000404', "Cette page n'existe pas."));
}

function redirect(response, location) {
  response.writeHead(302, { location, 'cache-control': 'no-store' }).end();
}

/** Logs the path alone, because a query contains codes, states and tokens. */
function logError(url, error) {
  console.error(`${url.split('?')[0]}: ${error.stack}`);
}

async function form(request) {
  let body = '';
  for await (const chunk of request) {
    body += chunk;
    if (body.length > MAX_FORM_BYTES) throw new Error('form too large');
  }
  return new URLSearchParams(body);
}

export class IdentityProvider {
  #keys;
  #settings;
  #provider;
  #handle;
  #signedOut = new Set();

  constructor({ issuer, keys, redirectUris, postLogoutRedirectUris }) {
    this.issuer = issuer;
    this.mountPath = new URL(issuer).pathname;
    this.#keys = keys;
    this.#settings = configuration({
      clients: clients({ redirectUris, postLogoutRedirectUris }),
      mountPath: this.mountPath,
      signedOut: this.#signedOut,
    });
    this.#load();
  }

  rotateKeys() {
    this.#keys.rotate();
    this.#load();
  }

  async handle(request, response) {
    try {
      await this.#route(request, response);
    } catch (error) {
      if (error.name === 'SessionNotFound') {
        page(response, 400, errorPage(
          'oidc-provider-error:session-not-found',
          'Fermez cette page et essayez de vous reconnecter.',
        ));
        return;
      }
      logError(request.url, error);
      page(response, 500, errorPage('Y000000', 'Une erreur technique est survenue.'));
    }
  }

  /** The library reads its keys once, so new keys need a new instance with the same store. */
  #load() {
    this.#provider = new Provider(this.issuer, { ...this.#settings, jwks: this.#keys.jwks });
    this.#provider.proxy = true;
    this.#provider.use(async (ctx, next) => {
      await next();
      if (ctx.status === 404 && ctx.body === undefined) notFound(ctx.res);
    });
    this.#provider.on('server_error', (ctx, error) => logError(ctx.url, error));
    this.#handle = this.#provider.callback();
  }

  async #route(request, response) {
    const { pathname, searchParams: query } = new URL(request.url, this.issuer);
    if (isOrganisationLogout(pathname)) {
      const back = organisationAnswer(this.issuer, query);
      return back ? redirect(response, back) : page(response, 200, deadEndPage());
    }
    if (!pathname.startsWith(`${this.mountPath}/`)) return notFound(response);
    return this.#routeBelowIssuer(request, response, pathname.slice(this.mountPath.length), query);
  }

  async #routeBelowIssuer(request, response, path, query) {
    const route = `${request.method} ${path}`;
    if (route === 'GET /authorize') {
      const reason = problem(query);
      if (reason) return page(response, 400, errorPage('Y000400', reason));
      return this.#library(request, response, `${path}?${sanitized(query)}`);
    }
    if (route === 'GET /session/end') {
      const elsewhere = await detour({ provider: this.#provider, signedOut: this.#signedOut }, request, response, query);
      if (elsewhere) return redirect(response, elsewhere);
    }
    if (route === 'GET /client/logout-callback') return redirect(response, resumed(this.issuer, query));
    if (/^GET \/interaction\/[^/]+$/.test(route)) {
      response.setHeader('content-type', 'text/html; charset=utf-8');
      return choose(this.#provider, request, response);
    }
    if (/^POST \/interaction\/[^/]+$/.test(route)) {
      return answer(this.#provider, request, response, await form(request));
    }
    if (['GET /jwks', 'GET /.well-known/openid-configuration'].includes(route)) {
      response.setHeader('cache-control', 'public, max-age=600');
    }
    return this.#library(request, response, request.url.slice(this.mountPath.length));
  }

  /** The library is mounted at the root; `originalUrl` tells it where the browser finds it, and ends with the URL that it is given. */
  #library(request, response, url) {
    request.originalUrl = `${this.mountPath}${url}`;
    request.url = url;
    return this.#handle(request, response);
  }
}
