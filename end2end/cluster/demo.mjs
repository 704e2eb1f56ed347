// `make demo-cluster`: two of each server behind nginx, on PostgreSQL, on this machine. Ctrl-C stops it.

import { identities } from '../provider/identities.mjs';
import { behindNginx, Front, frontPorts, site } from '../demo/front.mjs';
import { demonstrate } from '../support/demonstration.mjs';
import { binary } from '../support/stack.mjs';
import { Cluster, replicas } from './cluster.mjs';

const ports = { provider: 9000, api: 8000, playground: 3000 };

const welcome = (cluster) => `
Passerelle is running: two of each server, behind nginx, on PostgreSQL.

  Open        ${cluster.playground}
  Log in as   ${identities[0].label}, or another of the ${identities.length} agents that the stand-in of ProConnect offers
  Try         « Clés d’API »: make a key${behindNginx(identities[0].claims, `LISTEN=127.0.0.1:0 ${binary('api')} --config ${cluster.folder}/config.yml`)}
  Behind it   api ${cluster.api}, provider ${cluster.issuer}
  Watch       tail -f ${cluster.folder}/nginx/access.log
  Kill        ${replicas.map((name) => `${cluster.pid(name)} (${name})`).join(', ')}: kill -9 one, and go on

Ctrl-C stops it and removes ${cluster.folder}.`;

async function start() {
  const cluster = await Cluster.start(ports, { protected_origins: [site] });
  const api = replicas.filter((name) => name.startsWith('api-')).map((name) => cluster.addressOf(name));
  const front = await Front.start(`${cluster.folder}/front`, { api, ...frontPorts }).catch(async (error) => {
    await cluster.stop();
    throw error;
  });
  return { cluster, ...front.with(cluster) };
}

await demonstrate({ ports: { ...ports, ...frontPorts }, start, welcome: ({ cluster }) => welcome(cluster) });
