// Changes the api's database directly: accounts as an operator would, tokens as time does, or not at all.

import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

const program = (then: string) => `
import sqlite3, sys, time
database = sqlite3.connect(sys.argv[1], isolation_level=None)
${then}
`;

const database = (folder: string) => join(folder, 'passerelle.db');

/** Executes SQL with one value, in the api whose database is in this folder. */
function execute(folder: string, sql: string, value: number) {
  execFileSync('python3', ['-c', program('database.execute(sys.argv[2], [int(sys.argv[3])])'), database(folder), sql, `${value}`]);
}

/** Disables or enables every account. */
export function setDisabled(folder: string, disabled: boolean) {
  execute(folder, 'UPDATE users SET disabled = ?', Number(disabled));
}

/** Makes every token expire at this time, in Unix seconds. */
export function expireTokens(folder: string, at: number) {
  execute(folder, 'UPDATE tokens SET expires = ?', at);
}

/** Lets nobody else write for so long, in seconds. Returns when that has begun. */
export async function keepBusy(folder: string, seconds: number) {
  const then = 'database.execute("BEGIN IMMEDIATE"); print("busy", flush=True); time.sleep(float(sys.argv[2]))';
  const child = spawn('python3', ['-c', program(then), database(folder), `${seconds}`]);
  await once(child.stdout, 'data');
}
