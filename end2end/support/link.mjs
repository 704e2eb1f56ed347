// A TCP proxy between two programs that do not know it. A test can slow it down, cut it, or let only browsers through.

import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

export class Link {
  #server;
  #sockets = new Set();

  /** How long each piece of a request is delayed, in milliseconds. */
  delay = 0;

  /**
   * What becomes of requests that no browser sends.
   * @type {'forwarded' | 'refused' | 'never answered'}
   */
  ofServers = 'forwarded';

  constructor(port, targetPort) {
    this.port = port;
    this.targetPort = targetPort;
  }

  /** Opens the link, also after it was cut. */
  async open() {
    this.#server = createServer((client) => this.#join(client)).listen(this.port, '127.0.0.1');
    await once(this.#server, 'listening');
    return this;
  }

  /** Refuses new connections from now on, and closes open ones at once. */
  async cut() {
    this.#server.close();
    for (const socket of this.#sockets) socket.destroy();
    await once(this.#server, 'close');
  }

  get isCut() {
    return !this.#server.listening;
  }

  /** Lets everything through at once, and opens the link again if a test cut it. */
  async mend() {
    this.delay = 0;
    this.ofServers = 'forwarded';
    if (this.isCut) await this.open();
  }

  async #join(client) {
    const target = connect(this.targetPort, '127.0.0.1');
    for (const [socket, other] of [[client, target], [target, client]]) {
      this.#sockets.add(socket);
      socket.on('error', () => other.destroy());
      socket.once('close', () => {
        this.#sockets.delete(socket);
        other.destroy();
      });
    }
    target.pipe(client);
    let isBrowser;
    try {
      for await (const chunk of client) {
        // The first piece has the headers.
        isBrowser ??= chunk.includes('Mozilla/');
        if (!isBrowser && this.ofServers === 'never answered') continue;
        if (!isBrowser && this.ofServers === 'refused') return;
        if (this.delay) await sleep(this.delay);
        target.write(chunk);
      }
      target.end();
    } catch {
      target.destroy();
    }
  }
}
