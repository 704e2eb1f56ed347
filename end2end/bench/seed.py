"""databases.mjs runs this: it executes the SQL of its standard input in a SQLite file, and adds the function sha256, which SQLite lacks."""

import hashlib
import sqlite3
import sys

connection = sqlite3.connect(sys.argv[1])
connection.create_function("sha256", 1, lambda text: hashlib.sha256(text.encode()).digest(), deterministic=True)
connection.execute("PRAGMA synchronous = OFF")
connection.execute("PRAGMA cache_size = -1000000")
connection.executescript(f"BEGIN; {sys.stdin.read()}; COMMIT; PRAGMA wal_checkpoint(TRUNCATE)")
connection.close()
