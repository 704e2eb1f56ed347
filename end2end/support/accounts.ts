// What an operator does to an account, until the api has a command for it.

import { execFileSync } from 'node:child_process';
import { join } from 'node:path';

/** Disables every account of the api in this folder, or enables it again. */
export function setDisabled(folder: string, disabled: boolean) {
  execFileSync('python3', ['-c', `
import sqlite3, sys
with sqlite3.connect(sys.argv[1]) as database:
    database.execute("UPDATE users SET disabled = ?", [sys.argv[2]])
`, join(folder, 'passerelle.db'), disabled ? '1' : '0']);
}
