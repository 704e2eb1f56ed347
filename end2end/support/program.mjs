// Starts one program as a child process, with its output in a log file. Tests, demos and benchmarks use it.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync, writeSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';

// Each program has a listener, and a cluster has more programs than Node.js expects listeners.
process.setMaxListeners(50);

/** Less than a test waits, so that the failure names the program. */
const START_TIMEOUT = 25_000;
/** A program that is built first needs the time of the compiler too. */
const BUILD_TIMEOUT = 1_800_000;
const STOP_TIMEOUT = 10_000;
const PROBE_INTERVAL = 50;

/** Every program of this project prints this line on its standard output when it is ready. */
const READY = /^listening on (\S+)$/;

export class Program {
  #child;
  #stopping = false;
  #startTimeout;
  #isReady;
  #stopSignal;

  /**
   * `builds`: the program is compiled first, and its output also goes to the terminal.
   * `isReady` is for a program that does not print that line; `stopSignal` stops it gracefully.
   */
  constructor({ name, command, args, cwd, env = {}, log, builds = false, isReady, stopSignal = 'SIGTERM' }) {
    this.name = name;
    this.log = log;
    this.#isReady = isReady;
    this.#stopSignal = stopSignal;
    this.#startTimeout = builds ? BUILD_TIMEOUT : START_TIMEOUT;
    // Standard error goes directly to the file: otherwise a program that logs much would keep this process busy.
    const output = openSync(log, 'a');
    this.#child = spawn(command, args, {
      cwd,
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', builds ? 'pipe' : output],
      // A separate process group: Ctrl-C in a terminal reaches only this process, which then stops it gracefully.
      detached: true,
    });
    // Written as it comes, so that the log is complete when the program ends, and appended to after a restart.
    for (const stream of [this.#child.stdout, this.#child.stderr].filter(Boolean)) {
      stream.on('data', (chunk) => writeSync(output, chunk));
      if (builds) stream.pipe(process.stderr, { end: false });
    }
    this.#child.once('close', () => closeSync(output));
    // Kill the whole group, because some programs have children.
    const kill = () => {
      try {
        process.kill(-this.#child.pid, 'SIGKILL');
      } catch {
        // It ended a moment ago.
      }
    };
    this.#child.once('spawn', () => process.prependOnceListener('exit', kill));
    /** Resolves with a sentence once the program has ended. */
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

  /** The last lines of its output, for error messages. */
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

  /** Resolves with the address on which the program says that it listens. */
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
