// Changes accounts directly in the api's database, as an operator would.

import { execFileSync } from 'node:child_process';
import { join } from 'node:path';

/** Disables or enables every account of the api whose database is in this folder. */
export function setDisabled(folder: string, disabled: boolean) {
  execFileSync('python3', ['-c', `
import sqlite3, sys
with sqlite3.connect(sys.argv[1]) as database:
    database.execute("UPDATE users SET disabled = ?", [sys.argv[2]])
`, join(folder, 'passerelle.db'), disabled ? '1' : '0']);
}
