// A temporary PostgreSQL server, reached through a socket in a folder and not through the network. The cluster and
// bench/scale.mjs use it.

import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { Program } from '../support/program.mjs';

const run = promisify(execFile);

/** Where Debian puts each version's programs, which are not in the PATH. */
const VERSIONS = '/usr/lib/postgresql';
/** PostgreSQL refuses to run as root. */
const UNPRIVILEGED = 'nobody';
const USER = 'api';
const DATABASE = 'postgres';

const isRoot = process.getuid() === 0;

function programs() {
  const versions = existsSync(VERSIONS) ? readdirSync(VERSIONS) : [];
  const folder = versions.map((version) => join(VERSIONS, version, 'bin')).find((bin) => existsSync(join(bin, 'initdb')));
  if (!folder) throw new Error(`PostgreSQL is not installed below ${VERSIONS}. Install it: .ci/setup cluster`);
  return folder;
}

const asSomebody = (command) => (isRoot
  ? ['setpriv', `--reuid=${UNPRIVILEGED}`, '--regid=nogroup', '--clear-groups', ...command]
  : command);

export class Postgres {
  #programs = programs();
  #folder;
  #data;
  #log;
  #port;

  constructor(folder, port) {
    this.#port = port;
    this.#folder = join(folder, 'postgres');
    this.#data = join(this.#folder, 'data');
    this.#log = join(folder, 'postgres.log');
  }

  /** Makes an empty database cluster in `folder`, which other users must be able to enter. With a `port` the network reaches it. */
  static async create(folder, port) {
    const postgres = new Postgres(folder, port);
    await postgres.#initialise();
    return postgres;
  }

  async #initialise() {
    mkdirSync(this.#folder, { mode: 0o700 });
    if (isRoot) await run('chown', [UNPRIVILEGED, this.#folder]);
    const [command, ...args] = asSomebody([
      join(this.#programs, 'initdb'), '--auth=trust', `--username=${USER}`, '--no-sync', '--pgdata', this.#data,
    ]);
    await run(command, args, { cwd: '/' });
  }

  get url() {
    return `postgres://${USER}@localhost/${DATABASE}?host=${this.#folder}`;
  }

  start() {
    const [command, ...args] = asSomebody([
      join(this.#programs, 'postgres'), '-D', this.#data, '-k', this.#folder,
      // Without fsync, data still survives the end of any process; only a power cut would lose it.
      ...(this.#port ? ['-c', 'listen_addresses=127.0.0.1', '-p', String(this.#port)] : ['-c', 'listen_addresses=']), '-c', 'fsync=off',
    ]);
    return Program.start({
      name: 'PostgreSQL',
      command,
      args,
      cwd: '/',
      log: this.#log,
      isReady: () => run(join(this.#programs, 'pg_isready'), ['-q', '-h', this.#folder, ...(this.#port ? ['-p', String(this.#port)] : [])]).then(() => true, () => false),
      // The fast shutdown: it does not wait for clients to disconnect.
      stopSignal: 'SIGINT',
    });
  }

  /** Kills the backend processes: they would outlive a killed server for a moment, and prevent the next start. */
  killBackends() {
    const [pid] = readFileSync(join(this.#data, 'postmaster.pid'), 'utf8').split('\n');
    const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ');
    for (const child of children) {
      try {
        process.kill(Number(child), 'SIGKILL');
      } catch {
        // It ended by itself.
      }
    }
  }

  /** The rows of a query, each a list of strings. */
  async query(sql) {
    const { stdout } = await run(join(this.#programs, 'psql'), [
      '-h', this.#folder, '-U', USER, '--no-psqlrc', '--quiet', '--tuples-only', '--no-align', '-c', sql, DATABASE,
    ]);
    return stdout.split('\n').filter(Boolean).map((row) => row.split('|'));
  }
}
