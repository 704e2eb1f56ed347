// `make chaos`: tests what the product survives. Starts its own programs on loopback; fails when a rule is broken.
// `npm run chaos -- WORDS` plays only the scenarios whose names contain these words.

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { Cluster } from '../cluster/cluster.mjs';
import { freePort } from '../support/ports.mjs';
import { encryptionKey, Stack } from '../support/stack.mjs';
import { Crowd } from './crowd.mjs';
import { SmallDisk } from './disk.mjs';
import { onCluster, onSqlite } from './scenarios.mjs';
import { print } from './table.mjs';

const LOGINS = 200;

const wanted = process.argv.slice(2).join(' ');
const results = [];

async function play(crowd, scenario, context) {
  const figures = await crowd.run(LOGINS, (run) => scenario.play({ ...context, ...run }));
  if (scenario.flawless && !figures.isFlawless) figures.breaks('somebody noticed');
  results.push({ name: scenario.name, figures });
  const verdict = figures.broken.length === 0 ? 'survived' : 'RULES BROKEN';
  console.error(`chaos: ${scenario.name}: ${verdict} (${figures.seconds.toFixed(0)} s)`);
}

const freePorts = async () => ({ provider: await freePort(), api: await freePort(), playground: await freePort() });

async function playOnCluster(scenarios) {
  const product = await Cluster.start(await freePorts());
  try {
    const crowd = new Crowd(product, (sql) => product.database.query(sql));
    for (const scenario of scenarios) await play(crowd, scenario, { product });
  } finally {
    await product.stop();
  }
}

async function playOnSqlite(scenarios) {
  const folder = await mkdtemp(join(tmpdir(), 'passerelle-chaos-'));
  let product;
  try {
    const disk = new SmallDisk(join(folder, 'disk'));
    product = await Stack.start({
      folder,
      ports: await freePorts(),
      key: encryptionKey(),
      settings: { api: { database_url: `sqlite://${join(disk.folder, 'passerelle.db')}?mode=rwc` } },
      under: { api: disk.under },
    });
    const crowd = new Crowd(product, (sql) => disk.query(product.pid('api'), 'passerelle.db', sql));
    for (const scenario of scenarios) await play(crowd, scenario, { product, disk });
  } finally {
    await product?.stop();
    await rm(folder, { recursive: true });
  }
}

for (const [scenarios, playAll] of [[onCluster, playOnCluster], [onSqlite, playOnSqlite]]) {
  const chosen = scenarios.filter(({ name }) => name.includes(wanted));
  if (chosen.length > 0) await playAll(chosen);
}

print(results);
if (results.some(({ figures }) => figures.broken.length > 0)) process.exitCode = 1;
