// The databases of scale.mjs, filled by SQL with as many people and tokens as it needs.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, statSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { Postgres } from '../cluster/postgres.mjs';

const seedProgram = fileURLToPath(new URL('seed.py', import.meta.url));
const DAY = 86_400;
/** How many keys the first person has besides the one that everybody has. */
export const KEYS = 20;

/** The SQL of each database for the same thing. */
const postgresql = {
  numbers: (first, last) => `generate_series(${first}, ${last}) AS numbers (n)`,
  digits: (width) => `lpad(CAST(n AS TEXT), ${width}, '0')`,
  sha256: (text) => `sha256(convert_to(${text}, 'UTF8'))`,
};
const sqlite = {
  numbers: (first, last) => `(WITH RECURSIVE numbers (n) AS (SELECT ${first} UNION ALL SELECT n + 1 FROM numbers WHERE n < ${last})
    SELECT n FROM numbers)`,
  digits: (width) => `printf('%0${width}d', n)`,
  sha256: (text) => `sha256(${text})`,
};

/** People with the details that the bench's provider returns: their next login changes nothing. */
const people = ({ numbers, digits }, { issuer, first, last }) => `
  INSERT INTO users (id, issuer, sub, email, given_name, usual_name, organization, siret, roles, role_id, created, updated)
  SELECT n, '${issuer}', sub, sub || '@example.gouv.fr', 'Camille', 'Exemple', 'Direction des exemples',
    '00000001800010', '["agent_public","agent_public_etat"]', 1, 0, 0
  FROM (SELECT n, '00000000-0000-4000-8000-' || ${digits(12)} AS sub FROM ${numbers(first, last)}) AS subjects`;

/** The token of a number: `sk-` and 43 digits. */
export const tokenOf = (number) => `sk-${String(number).padStart(43, '0')}`;

/**
 * Each person has the same number of tokens, and one of them is a key when `keys` is set. The rows are inserted in the order
 * of the largest index, which is then filled from one end to the other.
 */
const tokens = ({ numbers, digits, sha256 }, { first, last, owners, expires, keys }) => `
  INSERT INTO tokens (user_id, hash, created, expires, kind, name)
  SELECT 1 + n % ${owners}, ${sha256(`'sk-' || ${digits(43)}`)}, 0, ${expires},
    CASE WHEN ${keys} AND n / ${owners} % 5 = 4 THEN 'key' ELSE 'session' END, 'key ' || n
  FROM ${numbers(first, last)} ORDER BY 2`;

/** So many more keys of one person. */
const keysOf = ({ numbers, sha256 }, { person, count, expires }) => `
  INSERT INTO tokens (user_id, hash, created, expires, kind, name, hint)
  SELECT ${person}, ${sha256(`'key ' || n`)}, n, ${expires}, 'key', 'key ' || n, 'sk-psl00…0000' FROM ${numbers(1, count)}`;

const MILLISECONDS_PER_TICK = 10;

/** The ticks that a process has used: as user, as system, and the same two for its children that have ended. */
function ticks(pid) {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')')).split(' ').slice(12, 16).map(Number);
  } catch {
    return [];
  }
}

const inADay = () => Math.floor(Date.now() / 1000) + DAY;

class Database {
  #dialect;

  constructor(dialect) {
    this.#dialect = dialect;
  }

  /** Adds people of these numbers and their tokens. People of lower numbers are already there; any other person is deleted. */
  async addPeople({ issuer, people: [first, last], tokensEach }) {
    await this.fill(`DELETE FROM tokens WHERE user_id >= ${first}; DELETE FROM users WHERE id >= ${first}`);
    await this.fill(people(this.#dialect, { issuer, first, last }));
    await this.fill(tokens(this.#dialect, {
      first: (first - 1) * tokensEach + 1, last: last * tokensEach, owners: last, expires: inADay(), keys: true,
    }));
    if (first === 1) await this.fill(keysOf(this.#dialect, { person: 1, count: KEYS, expires: inADay() }));
    await this.settle();
  }

  async addExpired({ after, count, owners }) {
    await this.fill(tokens(this.#dialect, { first: after + 1, last: after + count, owners, expires: 1, keys: false }));
    await this.settle();
  }
}

export class PostgresDatabase extends Database {
  name = 'PostgreSQL';
  isApart = true;
  #folder;
  #server;
  #program;

  constructor(folder) {
    super(postgresql);
    this.#folder = folder;
  }

  async start() {
    this.#server = await Postgres.create(this.#folder);
    this.#program = await this.#server.start();
  }

  get url() {
    return this.#server.url;
  }

  /** The owner of every token exists, so PostgreSQL need not check it. */
  fill(sql) {
    return this.#server.query(`SET session_replication_role = replica; ${sql}`);
  }

  /** Does what autovacuum and a checkpoint do some time after a load, and sets the ids that the next logins get. */
  async settle() {
    await this.#server.query(`SELECT setval('users_id_seq', (SELECT max(id) FROM users))`);
    await this.#server.query('VACUUM ANALYZE');
    await this.#server.query('CHECKPOINT');
  }

  async bytes() {
    return Number((await this.#server.query('SELECT pg_database_size(current_database())'))[0][0]);
  }

  /** Milliseconds of processor time of all its processes, including those that have ended. */
  cpu() {
    const { pid } = this.#program;
    const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ');
    const own = children.map((child) => ticks(child).slice(0, 2)).flat();
    return [...own, ...ticks(pid)].reduce((sum, count) => sum + count, 0) * MILLISECONDS_PER_TICK;
  }

  stop() {
    return this.#program.stop();
  }
}

export class SqliteDatabase extends Database {
  name = 'SQLite';
  isApart = false;
  #file;

  constructor(folder) {
    super(sqlite);
    this.#file = join(folder, 'passerelle.db');
  }

  async start() {}

  get url() {
    return `sqlite://${this.#file}?mode=rwc`;
  }

  async fill(sql) {
    const child = spawn('python3', [seedProgram, this.#file], { stdio: ['pipe', 'inherit', 'inherit'] });
    child.stdin.end(sql);
    const [status] = await once(child, 'close');
    if (status !== 0) throw new Error('the database could not be filled: see above');
  }

  /** Writes to the disk what the system has not written yet: otherwise the api would wait for it at its first checkpoint. */
  async settle() {
    const file = await open(this.#file, 'r+');
    await file.sync();
    await file.close();
  }

  async bytes() {
    return statSync(this.#file).size;
  }

  /** SQLite runs inside the api's process. */
  cpu() {
    return 0;
  }

  async stop() {}
}
