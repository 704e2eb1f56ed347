// A small disk for one program: a file system in memory that only this program sees, and that disappears when it ends.
// `make chaos` fills it.

import { execFile, execFileSync } from 'node:child_process';
import { closeSync, mkdirSync, openSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

const MEBIBYTE = 1024 * 1024;
const SIZE = 16 * MEBIBYTE;

const isRoot = process.getuid() === 0;
const isolated = ['unshare', ...(isRoot ? [] : ['--user', '--map-root-user']), '--mount'];
const mounting = ['sh', '-c', `mount -t tmpfs -o size=${SIZE} tmpfs "$0" && exec "$@"`];

export class SmallDisk {
  /** `folder` is where the program finds it. */
  constructor(folder) {
    this.folder = folder;
    mkdirSync(folder);
    this.under = [...isolated, ...mounting, folder];
    try {
      execFileSync(this.under[0], [...this.under.slice(1), 'true'], { stdio: 'pipe' });
    } catch (error) {
      throw new Error('a small disk needs root, or user namespaces (`sysctl kernel.unprivileged_userns_clone=1`): '
        + `${error.stderr ?? error.message}`);
    }
  }

  fill(pid) {
    const file = openSync(this.#ballast(pid), 'w');
    const piece = Buffer.alloc(4096);
    try {
      for (;;) writeSync(file, piece);
    } catch (error) {
      if (error.code !== 'ENOSPC') throw error;
    } finally {
      closeSync(file);
    }
  }

  free(pid) {
    rmSync(this.#ballast(pid));
  }

  /** The rows of a query to a SQLite database on this disk, which the process `pid` uses. */
  async query(pid, name, sql) {
    const { stdout } = await run('nsenter', [
      '--target', String(pid), '--mount', ...(isRoot ? [] : ['--user', '--preserve-credentials']),
      'sqlite3', '-readonly', join(this.folder, name), sql,
    ]);
    return stdout.split('\n').filter(Boolean).map((row) => row.split('|'));
  }

  /** The path of the ballast file from outside the program. */
  #ballast(pid) {
    return join(`/proc/${pid}/root`, this.folder, 'ballast');
  }
}
