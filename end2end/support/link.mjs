// A TCP connection that a test can slow down or cut, between two programs that know nothing of it.

import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

export class Link {
  #server;
  #sockets = new Set();

  /** What each piece of a request waits on its way, in milliseconds. */
  delay = 0;

  constructor(port, targetPort) {
    this.port = port;
    this.targetPort = targetPort;
  }

  /** Also mends a link that was cut. */
  async open() {
    this.#server = createServer((client) => this.#join(client)).listen(this.port, '127.0.0.1');
    await once(this.#server, 'listening');
    return this;
  }

  /** From now on connections are refused; those that are open end at once. */
  async cut() {
    this.#server.close();
    for (const socket of this.#sockets) socket.destroy();
    await once(this.#server, 'close');
  }

  /** Back to normal, whatever a test did. */
  async mend() {
    this.delay = 0;
    if (!this.#server.listening) await this.open();
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
    try {
      for await (const chunk of client) {
        if (this.delay) await sleep(this.delay);
        target.write(chunk);
      }
      target.end();
    } catch {
      target.destroy();
    }
  }
}
