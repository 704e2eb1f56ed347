// What became of the people in one scenario.

export class Figures {
  /** People who wanted to log in, and how often they tried in all. */
  logins = 0;
  attempts = 0;
  /** Attempts that ended on a page which says so and offers a way on; by what it says. */
  told = new Map();
  /** Attempts that ended at the provider, or for want of it. */
  atProvider = 0;
  /** Visits to the account page during the scenario, and those that met a page to try again. */
  visits = 0;
  unavailable = 0;
  /** Logouts, those that were not confirmed, and those of whose sessions a copy still worked afterwards. */
  logouts = 0;
  unconfirmed = 0;
  survivors = 0;
  /** API tokens in the database that no session came of. */
  undelivered = 0;
  /** Rules that did not hold, each a sentence. */
  broken = [];

  /** How long something went on failing after its cause was gone, at most, in seconds. */
  recovered = undefined;
  /** Somebody tried until they lost patience, so nobody tries any more. */
  isHopeless = false;

  #began = performance.now();
  #recovering = undefined;

  /** From now on everything should work again. */
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
