// One program started as a child process, with its output in a log file.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync, writeSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';

const START_TIMEOUT = 60_000;
/** A program that is built first takes as long as the compiler does. */
const BUILD_TIMEOUT = 1_800_000;
const STOP_TIMEOUT = 10_000;
const PROBE_INTERVAL = 50;

/** Every program of this project says so on its standard output when it is ready. */
const READY = /^listening on (\S+)$/;

export class Program {
  #child;
  #stopping = false;
  #startTimeout;
  #isReady;
  #stopSignal;

  /**
   * `builds`: it is compiled first, and whoever changes its code wants to see its output at once.
   * `isReady` is asked of a program that does not say it by itself; `stopSignal` ends it in order.
   */
  constructor({ name, command, args, cwd, env = {}, log, builds = false, isReady, stopSignal = 'SIGTERM' }) {
    this.name = name;
    this.log = log;
    this.#isReady = isReady;
    this.#stopSignal = stopSignal;
    this.#startTimeout = builds ? BUILD_TIMEOUT : START_TIMEOUT;
    // Standard error goes there by itself: a program that logs much would otherwise keep its tester busy.
    const output = openSync(log, 'a');
    this.#child = spawn(command, args, {
      cwd,
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', builds ? 'pipe' : output],
      // A group of its own: Ctrl-C in a terminal reaches whoever started it, who stops it in order.
      detached: true,
    });
    // Written as it comes, so that the log is whole at the moment the program is gone, and kept across restarts.
    for (const stream of [this.#child.stdout, this.#child.stderr].filter(Boolean)) {
      stream.on('data', (chunk) => writeSync(output, chunk));
      if (builds) stream.pipe(process.stderr, { end: false });
    }
    this.#child.once('close', () => closeSync(output));
    // Its whole group, for some have children of their own.
    const kill = () => {
      try {
        process.kill(-this.#child.pid, 'SIGKILL');
      } catch {
        // It ended a moment ago.
      }
    };
    this.#child.once('spawn', () => process.prependOnceListener('exit', kill));
    /** Resolves with a sentence once the program is gone. */
    this.gone = new Promise((resolve) => {
      this.#child.once('error', (error) => resolve(`could not be started: ${error.message}`));
      this.#child.once('close', (code, signal) => {
        process.off('exit', kill);
        resolve(signal ? `was ended by ${signal}` : `ended with status ${code}`);
      });
    });
  }

  static async start(options) {
    const program = new Program(options);
    program.address = await program.#ready();
    return program;
  }

  get pid() {
    return this.#child.pid;
  }

  /** All its output. */
  output() {
    return readFileSync(this.log, 'utf8');
  }

  /** The last lines of it, for whoever has to say why it failed. */
  tail(lines = 20) {
    return this.output().trimEnd().split('\n').slice(-lines).join('\n');
  }

  signal(name) {
    this.#child.kill(name);
  }

  /** Rejects when the program ends by itself; never settles when it is stopped. */
  crashed() {
    return new Promise((_resolve, reject) => {
      this.gone.then((how) => {
        if (!this.#stopping) reject(this.#failure(how));
      });
    });
  }

  async stop() {
    const force = setTimeout(() => this.#child.kill('SIGKILL'), STOP_TIMEOUT);
    await this.#end(this.#stopSignal);
    clearTimeout(force);
  }

  kill() {
    return this.#end('SIGKILL');
  }

  async #end(signal) {
    this.#stopping = true;
    this.#child.kill(signal);
    await this.gone;
  }

  /** Resolves with the address that it says it listens on. */
  #announced() {
    const lines = createInterface({ input: this.#child.stdout });
    return new Promise((resolve) => {
      lines.on('line', (line) => {
        const ready = READY.exec(line);
        if (ready) resolve(ready[1]);
      });
    });
  }

  async #probed() {
    let gone = false;
    void this.gone.then(() => { gone = true; });
    while (!gone && !await this.#isReady()) await sleep(PROBE_INTERVAL);
  }

  async #ready() {
    try {
      return await Promise.race([
        this.#isReady ? this.#probed() : this.#announced(),
        this.crashed(),
        once(AbortSignal.timeout(this.#startTimeout), 'abort').then(() => {
          throw this.#failure(`was not ready after ${this.#startTimeout / 1000} s`);
        }),
      ]);
    } catch (error) {
      await this.stop();
      throw error;
    }
  }

  #failure(how) {
    return new Error(`${this.name} ${how}. Last lines of ${this.log}:\n${this.tail()}`);
  }
}
