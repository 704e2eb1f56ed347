// The scenarios of `make chaos`: each breaks one thing while people log in.

import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { replicas } from '../cluster/cluster.mjs';
import { SigningKeys } from '../provider/keys.mjs';
import { Clock } from './clock.mjs';

/** Logins before the fault. */
const BEFORE = 50;
/** How long something is unreachable, in milliseconds; the long one is longer than the api waits, so that people see an error. */
const OUTAGE = 3_000;
const LONG_OUTAGE = 8_000;
/** How often a replica is killed, because one kill may come in a quiet moment, and how long it is down each time. */
const KILLS = 8;
const REPLICA_OUTAGE = 500;
/** nginx skips a replica that failed for up to two seconds: its `fail_timeout` is one, in whole seconds. */
const PASSED_OVER = 2_000;

/** Kills one replica and then the other in the middle of its work; the remaining one takes over. */
const killed = (server) => async ({ product, figures, reached }) => {
  await reached(BEFORE);
  for (let kill = 0; kill < KILLS; kill += 1) {
    const name = `${server}-${1 + (kill % 2)}`;
    figures.recovering();
    await product.kill(name);
    await sleep(REPLICA_OUTAGE);
    await product.start(name);
    await sleep(PASSED_OVER);
  }
};

/** Kills a program that has no replica, until it is started again. */
const away = (name, outage, meanwhile = () => {}) => async ({ product, figures, reached }) => {
  await reached(BEFORE);
  await product.kill(name);
  meanwhile(product);
  await sleep(outage);
  await product.start(name);
  figures.recovering();
};

/** When the provider comes back, it signs with new keys. */
function rotateKeys({ folder }) {
  new SigningKeys(join(folder, 'provider-keys.json')).rotate();
}

async function restartAll(product) {
  for (const name of replicas) {
    await product.terminate(name);
    await product.start(name);
    await sleep(PASSED_OVER);
  }
}

/** Once with a drain of one second, for load balancers that ask who is ready, and once without. */
async function rollingRestart({ product, reached }) {
  await reached(BEFORE);
  product.environment = { DRAIN: '1s' };
  await restartAll(product);
  product.environment = {};
  await restartAll(product);
}

/** Ten minutes forward, two back, and right again, for all servers but not for the provider. */
async function jumpingClock({ product, figures, reached }) {
  const clock = new Clock(join(product.folder, 'clock'));
  product.environment = clock.environment;
  await restartAll(product);
  for (const seconds of [600, 480, 0]) {
    clock.jumpTo(seconds);
    figures.recovering();
    await reached(figures.logins + BEFORE);
  }
}

async function fullDisk({ product, disk, figures, reached }) {
  await reached(BEFORE);
  disk.fill(product.pid('api'));
  await sleep(OUTAGE);
  disk.free(product.pid('api'));
  figures.recovering();
}

/** In a `flawless` scenario nobody may notice anything. */
export const onCluster = [
  { name: 'nothing goes wrong', play: async () => {}, flawless: true },
  { name: `kill -9 of an api, ${KILLS} times`, play: killed('api') },
  { name: `kill -9 of a playground, ${KILLS} times`, play: killed('playground') },
  { name: `kill -9 of PostgreSQL, ${LONG_OUTAGE / 1000} s away`, play: away('database', LONG_OUTAGE) },
  { name: `kill -9 of the provider, ${OUTAGE / 1000} s away, new keys`, play: away('provider', OUTAGE, rotateKeys) },
  { name: 'all four restarted, one after the other', play: rollingRestart, flawless: true },
  { name: 'the clock jumps by +10 min, -2 min, back', play: jumpingClock },
];

export const onSqlite = [{ name: `SQLite, disk full for ${OUTAGE / 1000} s`, play: fullDisk }];
