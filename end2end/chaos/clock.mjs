// A wrong clock, for programs that are started with its environment. scenarios.mjs uses it.

import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const LIBRARIES = '/usr/lib';

function library() {
  const file = readdirSync(LIBRARIES)
    .map((folder) => join(LIBRARIES, folder, 'faketime/libfaketimeMT.so.1'))
    .find(existsSync);
  if (!file) throw new Error(`libfaketime is not installed below ${LIBRARIES}. Install it: .ci/setup chaos`);
  return file;
}

export class Clock {
  #file;

  constructor(file) {
    this.#file = file;
    this.jumpTo(0);
    /** Only the time of day is wrong: on real machines the monotonic clock does not jump either. */
    this.environment = {
      LD_PRELOAD: library(),
      FAKETIME_TIMESTAMP_FILE: file,
      FAKETIME_NO_CACHE: '1',
      FAKETIME_DONT_FAKE_MONOTONIC: '1',
    };
  }

  /** From now on the clock is wrong by so many seconds. */
  jumpTo(seconds) {
    writeFileSync(this.#file, `${seconds < 0 ? '' : '+'}${seconds}`);
  }
}
