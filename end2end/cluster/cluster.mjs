// The product as a ministry runs it: two of each server behind nginx, on PostgreSQL, with a provider. `make demo-cluster`,
// `make chaos` and tests/cluster.spec.ts start it.

import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { freePort } from '../support/ports.mjs';
import { startProvider } from '../support/provider.mjs';
import { addressesAt, configuration, encryptionKey, root, startServer, writeConfiguration } from '../support/stack.mjs';
import { hop, startNginx } from './nginx.mjs';
import { Postgres } from './postgres.mjs';

const servers = ['api', 'playground'];
const numbers = [1, 2];

/** What `make quick` and `make build` built. */
export const site = join(root, 'target/site');

export const replicas = servers.flatMap((server) => numbers.map((number) => `${server}-${number}`));

export class Cluster {
  #starters = {};
  #programs = new Map();
  #ports;
  #listeners = {};
  #settings;

  /** Environment variables for the servers' next start. */
  environment = {};

  /** The built sites of those replicas of the playground that have another than the usual one. */
  sites = {};

  /**
   * Starts everything in a temporary folder. `ports` are those that browsers use: provider, api and playground; `settings` replace
   * keys of the section `api`.
   */
  static async start(ports, settings = {}) {
    const cluster = new Cluster();
    cluster.#settings = settings;
    try {
      await cluster.#start(ports);
    } catch (error) {
      await cluster.stop();
      throw error;
    }
    return cluster;
  }

  async #start(ports) {
    this.#ports = ports;
    this.key = encryptionKey();
    this.folder = mkdtempSync(join(tmpdir(), 'passerelle-cluster-'));
    process.once('exit', this.#remove);
    // PostgreSQL runs as another user, who must be able to enter the folder.
    chmodSync(this.folder, 0o711);
    Object.assign(this, addressesAt(ports));
    this.database = await Postgres.create(this.folder);
    for (const name of replicas) this.#listeners[name] = `127.0.0.1:${await freePort()}`;
    const config = this.#configuration();
    writeConfiguration(this.folder, config);
    this.#starters = {
      database: () => this.database.start(),
      provider: () => startProvider({
        folder: this.folder,
        port: ports.provider,
        redirectUri: config.oauth2.redirect_uri,
        postLogoutRedirectUri: [`${this.playground}/logged-out`, `${this.api}/oauth2/signed-out`],
      }),
      ...Object.fromEntries(replicas.map((name) => [name, () => startServer(name.split('-')[0], this.folder, {
        name,
        env: { LISTEN: this.#listeners[name], ...(this.sites[name] && { SITE: this.sites[name] }), ...this.environment },
      })])),
      nginx: () => startNginx(this.folder, {
        ports,
        replicas: Object.fromEntries(servers.map((server) => [
          server,
          numbers.map((number) => this.#listeners[`${server}-${number}`]),
        ])),
        playground: this.playground,
      }),
    };
    await Promise.all(['database', 'provider'].map((name) => this.start(name)));
    // All at once, as after a power cut: the first one creates the tables.
    await Promise.all(replicas.map((name) => this.start(name)));
    await this.start('nginx');
  }

  /** One file for all replicas, which differ only in the address where they listen. */
  #configuration() {
    return configuration(this, {
      ports: this.#ports,
      folder: this.folder,
      key: this.key,
      settings: {
        api: { listen: '${LISTEN}', database_url: this.database.url, trusted_proxies: ['127.0.0.1/32'], drain: '${DRAIN:-0s}', ...this.#settings },
        playground: { listen: '${LISTEN}', drain: '${DRAIN:-0s}', site_root: `\${SITE:-${site}}` },
      },
    });
  }

  /** Starts `database`, `provider`, one of the `replicas` or `nginx`, for the first time or after it has ended. */
  async start(name) {
    this.#programs.set(name, await this.#starters[name]());
  }

  /** Ends a program as a crash would. */
  kill(name) {
    if (name === 'database') this.database.killBackends();
    return this.#programs.get(name).kill();
  }

  /** Stops a program gracefully. */
  terminate(name) {
    return this.#programs.get(name).stop();
  }

  /** Restarts replicas that end by themselves, as a service manager does. Rejects when any other program ends. */
  crashed() {
    return Promise.race([...this.#programs].map(
      ([name, program]) => (replicas.includes(name) ? this.#revive(name) : program.crashed()),
    ));
  }

  async #revive(name) {
    for (;;) {
      try {
        await this.#programs.get(name).crashed();
      } catch {
        await this.start(name);
        console.log(`${name} had ended and was started again.`);
      }
    }
  }

  pid(name) {
    return this.#programs.get(name).pid;
  }

  signal(name, signal) {
    this.#programs.get(name).signal(signal);
  }

  /** Where a replica listens, as nginx knows it. */
  addressOf(name) {
    return this.#listeners[name];
  }

  /** The requests that nginx has forwarded to the replicas of `server` so far. */
  hops(server) {
    const log = join(this.folder, 'nginx/access.log');
    const lines = existsSync(log) ? readFileSync(log, 'utf8').trimEnd().split('\n') : [];
    return lines.map(hop).filter(({ port }) => port === this.#ports[server]);
  }

  /** Stops the last started program first, so that none loses a server that it uses; then removes the folder. */
  async stop() {
    for (const program of [...this.#programs.values()].reverse()) await program.stop();
    this.#remove();
    process.off('exit', this.#remove);
  }

  /** Retries, because programs that were killed a moment ago may still write. */
  #remove = () => {
    if (this.folder) rmSync(this.folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
  };
}
