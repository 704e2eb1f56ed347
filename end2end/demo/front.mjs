// What stands in front of the demos: nginx, with the recipe of docs/proxies that operators copy, before a small API and a small site.

import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { startProxy } from '../proxies/programs.mjs';
import { Program } from '../support/program.mjs';

export const frontPorts = { application: 3001, proxy: 8080 };
export const site = `http://localhost:${frontPorts.proxy}`;

/** What a demo says of it. `command` is how an operator's command begins. */
export const behindNginx = ({ email }, command) => `
  Protected   ${site} is a site behind nginx that knows nothing of ProConnect: open it, and log in
              The same key opens its API:
                curl -H "Authorization: Bearer sk-psl…" ${site}/api/whoami
              ${site}/admin/ is for the role Admin:
                ${command} roles create Admin
                ${command} users set-role ${email} Admin`;

const application = fileURLToPath(new URL('application.mjs', import.meta.url));

export class Front {
  #programs = [];

  /** `ports` are those of the application and the proxy, and the port of the api or the addresses of its replicas. Output is kept in `folder`. */
  static async start(folder, ports) {
    const front = new Front();
    mkdirSync(folder, { recursive: true });
    try {
      front.#programs.push(await Program.start({
        name: 'application',
        command: process.execPath,
        args: [application, String(ports.application)],
        log: join(folder, 'application.log'),
      }));
      front.#programs.push(await startProxy('nginx', folder, ports, { plain: true }));
    } catch (error) {
      await front.stop();
      throw error;
    }
    return front;
  }

  /** The two together: they crash together, and stop together. */
  with(product) {
    return {
      crashed: () => Promise.race([product.crashed(), this.crashed()]),
      stop: async () => {
        await this.stop();
        await product.stop();
      },
    };
  }

  crashed() {
    return Promise.race(this.#programs.map((program) => program.crashed()));
  }

  async stop() {
    for (const program of this.#programs.toReversed()) await program.stop();
  }
}
