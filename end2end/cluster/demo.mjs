// `make demo-cluster`: two of each server behind nginx, on PostgreSQL, on this machine. Ctrl-C stops it.

import { identities } from '../provider/identities.mjs';
import { demonstrate } from '../support/demonstration.mjs';
import { Cluster, replicas } from './cluster.mjs';

const ports = { provider: 9000, api: 8000, playground: 3000 };

const welcome = (cluster) => `
Passerelle is running: two of each server, behind nginx, on PostgreSQL.

  Open        ${cluster.playground}
  Log in as   ${identities[0].label}, or another of the ${identities.length} agents that the stand-in of ProConnect offers
  Behind it   api ${cluster.api}, provider ${cluster.issuer}
  Watch       tail -f ${cluster.folder}/nginx/access.log
  Kill        ${replicas.map((name) => `${cluster.pid(name)} (${name})`).join(', ')}: kill -9 one, and go on

Ctrl-C stops it and removes ${cluster.folder}.`;

await demonstrate({ ports, start: () => Cluster.start(ports), welcome });
