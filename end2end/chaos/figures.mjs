// The counts of one scenario of `make chaos`.

export class Figures {
  /** People who logged in, and how often they tried in all. */
  logins = 0;
  attempts = 0;
  /** Attempts that ended on a page which says so and offers a way to continue, by its message. */
  told = new Map();
  /** Attempts that ended at the provider, or because it was unreachable. */
  atProvider = 0;
  /** Visits to the account page during the scenario, and those that got a page with an offer to try again. */
  visits = 0;
  unavailable = 0;
  /** Logouts; those that were not confirmed; and of these, sessions whose copy still worked afterwards. */
  logouts = 0;
  unconfirmed = 0;
  survivors = 0;
  /** API tokens in the database that belong to no session of a browser. */
  undelivered = 0;
  /** Broken rules, each a sentence. */
  broken = [];

  /** The longest time that requests continued to fail after the cause was gone, in seconds. */
  recovered = undefined;
  /** Somebody gave up, so everybody stops trying. */
  isHopeless = false;

  #began = performance.now();
  #recovering = undefined;

  /** Call this when everything should work again. */
  recovering() {
    this.#recovering = performance.now();
    this.recovered ??= 0;
  }

  failed() {
    if (this.#recovering === undefined) return;
    this.recovered = Math.max(this.recovered, (performance.now() - this.#recovering) / 1000);
  }

  tell(message) {
    this.told.set(message, (this.told.get(message) ?? 0) + 1);
  }

  end() {
    this.seconds = (performance.now() - this.#began) / 1000;
  }

  get failures() {
    return this.attempts - this.logins;
  }

  get isFlawless() {
    return this.failures + this.told.size + this.unavailable + this.unconfirmed + this.undelivered === 0;
  }

  breaks(rule) {
    this.broken.push(rule);
  }
}
