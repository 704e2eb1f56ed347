// Configures and starts the three programs of the product: provider, api, playground. Tests, demos and benchmarks use it.

import { randomBytes } from 'node:crypto';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

import { clientSecret } from '../provider/clients.mjs';
import { Program } from './program.mjs';
import { startProvider } from './provider.mjs';

export const root = fileURLToPath(new URL('../..', import.meta.url));
const RELOAD_TIMEOUT = 10_000;
const binaries = process.env.PASSERELLE_BIN ?? join(root, 'target/quick');

export const binary = (name) => join(binaries, name);

export const encryptionKey = () => `${randomBytes(32).toString('base64url')}=`;

/** Writes only two levels, sections and keys, with values in JSON, because every JSON value is YAML. */
function yaml(sections) {
  return Object.entries(sections)
    .map(([section, keys]) => [
      `${section}:`,
      ...Object.entries(keys).map(([key, value]) => `  ${key}: ${JSON.stringify(value)}`),
    ].join('\n'))
    .join('\n\n')
    .concat('\n');
}

/** The servers are on localhost and the provider on 127.0.0.1: two sites, as in production. */
export function addressesAt(ports) {
  return {
    issuer: `http://127.0.0.1:${ports.provider}/api/v2`,
    api: `http://localhost:${ports.api}`,
    playground: `http://localhost:${ports.playground}`,
  };
}

/** The sections of config.yml, for servers that listen on `ports` themselves unless `settings` say otherwise. */
export function configuration(
  { issuer, api, playground },
  { folder, ports, links = {}, client = 'passerelle-es256', key, settings = {} },
) {
  return {
    oauth2: {
      client_id: client,
      client_secret: clientSecret(client),
      server_metadata_url: `${issuer}/.well-known/openid-configuration`,
      redirect_uri: `${api}/v1/oauth2/callback`,
      scope: 'openid given_name usual_name email siret organization_label roles',
      allowed_domains: ['localhost', '127.0.0.1'],
      default_role: 'Freemium',
      encryption_key: key,
      ...settings.oauth2,
    },
    api: {
      listen: `127.0.0.1:${ports.api}`,
      database_url: `sqlite://${join(folder, 'passerelle.db')}?mode=rwc`,
      ...settings.api,
    },
    playground: {
      listen: `127.0.0.1:${ports.playground}`,
      public_url: playground,
      api_url: `http://127.0.0.1:${links.api ?? ports.api}`,
      api_public_url: api,
      oauth2_encryption_key: key,
      ...settings.playground,
    },
  };
}

export function writeConfiguration(folder, sections) {
  writeFileSync(join(folder, 'config.yml'), yaml(sections), { mode: 0o600 });
}

/** cargo-leptos has its own site folder, because it clears the folder that it writes. */
const watching = { LEPTOS_SITE_ROOT: 'target/dev-site' };

/** The cargo commands of `make dev`: the playground's page reloads when a file changes. */
const fromSource = {
  api: ['run', '--package', 'api'],
  playground: ['leptos', 'watch'],
};

/** Starts the api or the playground, or a program that was `built` elsewhere, with the config.yml in `folder`. `name` distinguishes replicas. */
export function startServer(server, folder, { builds = false, under = {}, name = server, env = {}, built = binary(server) } = {}) {
  if (!builds && !existsSync(built)) {
    throw new Error(`${built} does not exist. Build it first: make quick for target/quick, make build for target/release`);
  }
  const [command, ...args] = builds ? ['cargo', ...fromSource[server]] : [...under[server] ?? [], built];
  return Program.start({
    name,
    command,
    args,
    cwd: root,
    env: { CONFIG_FILE: join(folder, 'config.yml'), ...(builds && watching), ...env },
    log: join(folder, `${name}.log`),
    builds,
  });
}

export class Stack {
  #folder;
  #how;
  #programs = new Map();

  /** The addresses are those that browsers use. */
  constructor(folder, { issuer, api, playground }, how) {
    this.#folder = folder;
    this.#how = how;
    this.issuer = issuer;
    this.api = api;
    this.playground = playground;
  }

  /**
   * Keeps everything in `folder`. `links` are ports that replace those of the provider and, for the playground
   * alone, of the api. `settings` replace keys in the sections of config.yml. With `builds`, cargo builds and runs the
   * two servers. `provider` starts another provider than the stand-in, and `under` names a command that runs a server.
   */
  static async start({
    folder, ports, links = {}, client, key, settings, builds = false, provider = startProvider, under = {},
  }) {
    const addresses = addressesAt({ ...ports, provider: links.provider ?? ports.provider });
    const stack = new Stack(folder, addresses, { builds, under });
    const config = configuration(stack, { folder, ports, links, client, key, settings });
    if (builds) config.playground.site_root = watching.LEPTOS_SITE_ROOT;
    writeConfiguration(folder, config);
    try {
      stack.#programs.set('provider', await provider({
        folder,
        port: ports.provider,
        issuer: stack.issuer,
        redirectUri: config.oauth2.redirect_uri,
        postLogoutRedirectUri: [`${stack.playground}/logged-out`, `${stack.api}/oauth2/signed-out`],
      }));
      for (const name of ['api', 'playground']) {
        stack.#programs.set(name, await startServer(name, folder, { builds, under }));
      }
    } catch (error) {
      await stack.stop();
      throw error;
    }
    return stack;
  }

  /** Ends `api` or `playground` as a crash would, and starts it again. */
  async restart(name) {
    await this.#programs.get(name).kill();
    this.#programs.set(name, await startServer(name, this.#folder, this.#how));
  }

  /** Makes `api` or `playground` read its secrets again; returns what it logged about it. */
  async reload(name) {
    const program = this.#programs.get(name);
    const before = program.output().length;
    program.signal('SIGHUP');
    for (let waited = 0; waited < RELOAD_TIMEOUT; waited += 20) {
      const said = program.output().slice(before);
      if (said.includes('was read again')) return said;
      await setTimeout(20);
    }
    throw new Error(`${name} did not read its configuration again`);
  }

  /** Sends a signal to one of the three. */
  signal(name, signal) {
    this.#programs.get(name).signal(signal);
  }

  /** Rejects as soon as one of the three ends by itself. */
  crashed() {
    return Promise.race([...this.#programs.values()].map((program) => program.crashed()));
  }

  pid(name) {
    return this.#programs.get(name).pid;
  }

  /** Stops the last started program first, so that none loses a server that it uses. */
  async stop() {
    for (const program of [...this.#programs.values()].reverse()) await program.stop();
  }
}
