// A window of WebKit, the engine of Safari, driven by Debian's WebKitWebDriver on a screen that nobody sees. W3C WebDriver over HTTP.

import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { setTimeout } from 'node:timers/promises';

import { freePort } from '../support/ports.mjs';
import { Program } from '../support/program.mjs';

const PATIENCE = 15_000;
/** The name under which WebDriver hands out an element. */
const ELEMENT = 'element-6066-11e4-a52e-4f735466cecf';
/** The key that presses a control. */
const ENTER = '\uE007';

const has = (program) => process.env.PATH.split(delimiter).some((folder) => existsSync(join(folder, program)));

/** Whether WebKit can be driven here. Where apt-get is, `.ci/setup browser` installs it. */
export const isInstalled = has('WebKitWebDriver') && has('Xvfb');
export const isInstallable = has('apt-get');

async function call(method, url, body) {
  const answer = await fetch(url, { method, body: body && JSON.stringify(body) });
  const { value } = await answer.json();
  if (!answer.ok) throw new Error(`${method} ${new URL(url).pathname}: ${value.error}: ${value.message}`);
  return value;
}

/** The screen and the driver, with their logs in `folder`. */
export class WebKit {
  #screen;
  #driver;
  #address;

  static async start(folder) {
    const webkit = new WebKit();
    const log = join(folder, 'xvfb.log');
    const display = () => /^\d+$/m.exec(readFileSync(log, 'utf8'))?.[0];
    webkit.#screen = await Program.start({
      name: 'Xvfb', command: 'Xvfb', args: ['-displayfd', '1', '-screen', '0', '1280x1024x24'], log, isReady: display,
    });
    const port = await freePort();
    webkit.#address = `http://127.0.0.1:${port}`;
    webkit.#driver = await Program.start({
      name: 'WebKitWebDriver',
      command: 'WebKitWebDriver',
      args: [`--port=${port}`],
      env: { DISPLAY: `:${display()}`, HOME: folder, LC_ALL: 'C' },
      log: join(folder, 'webdriver.log'),
      isReady: () => fetch(`${webkit.#address}/status`).then(({ ok }) => ok, () => false),
    });
    return webkit;
  }

  async stop() {
    await this.#driver?.stop();
    await this.#screen?.stop();
  }

  /** Opens a window of its own, without cookies, for a journey. `proxy` is an address for plain http. */
  async open(journey, { proxy } = {}) {
    const capabilities = { browserName: 'MiniBrowser', ...(proxy && { proxy: { proxyType: 'manual', httpProxy: proxy } }) };
    const { sessionId } = await call('POST', `${this.#address}/session`, { capabilities: { alwaysMatch: capabilities } });
    const session = `${this.#address}/session/${sessionId}`;
    try {
      await journey(new Window(session));
    } finally {
      await call('DELETE', session);
    }
  }
}

class Window {
  #session;

  constructor(session) {
    this.#session = session;
  }

  go(url) {
    return call('POST', `${this.#session}/url`, { url });
  }

  url() {
    return call('GET', `${this.#session}/url`);
  }

  back() {
    return call('POST', `${this.#session}/back`, {});
  }

  /** The cookies of the page's host. */
  cookies() {
    return call('GET', `${this.#session}/cookie`);
  }

  /** Runs a script in the page, and returns its value. */
  run(script, ...args) {
    return call('POST', `${this.#session}/execute/sync`, { script, args });
  }

  async #find(selector) {
    const value = await call('POST', `${this.#session}/element`, { using: 'css selector', value: selector });
    return `${this.#session}/element/${value[ELEMENT]}`;
  }

  async click(selector) {
    return call('POST', `${await this.#find(selector)}/click`, {});
  }

  /** Presses a control with the keyboard. */
  press(selector) {
    return this.type(selector, ENTER);
  }

  async type(selector, text) {
    return call('POST', `${await this.#find(selector)}/value`, { text });
  }

  /** The words of the page, with ordinary spaces. */
  words() {
    return this.run('return document.body.innerText.replaceAll(/\\s+/g, " ")');
  }

  /** Waits until a script returns something that is true. While a page is replaced by the next, none can be run. */
  async until(script, ...args) {
    const end = performance.now() + PATIENCE;
    while (performance.now() < end) {
      if (await this.run(`return ${script}`, ...args).catch(() => false)) return;
      await setTimeout(50);
    }
    assert.fail(`${await this.url()}: not ${script} ${args}: ${await this.words()}`);
  }

  says(text) {
    return this.until('document.body.innerText.replaceAll(/\\s+/g, " ").includes(arguments[0])', text);
  }
}
