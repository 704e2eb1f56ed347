// Part of `make bench`: how much memory the servers use when idle, after many logins, and for each open connection.

import { once } from 'node:events';
import { statSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';

import { agent, Browsers } from './browsers.mjs';
import { cpuClock, residentMebibytes, writtenBytes } from './usage.mjs';

const MIB = 1024 ** 2;
const CONNECTIONS = 1000;
const CLIENTS = 64;

/** The section with the figures of agents who have never logged in before. */
export const FIRST_LOGINS = `First logins, ES256, ${CLIENTS} clients`;

const BUDGET = { api: 20, playground: 25 };

export function measureIdle(report, pids) {
  report.section('Memory');
  for (const [name, budget] of Object.entries(BUDGET)) {
    report.add(`${name}, idle`, residentMebibytes(pids[name]), 'MiB', budget);
  }
}

async function open(port, path) {
  const socket = connect(port, '127.0.0.1');
  await once(socket, 'connect');
  socket.write(`GET ${path} HTTP/1.1\r\nHost: localhost\r\n\r\n`);
  await once(socket, 'data');
  return socket;
}

/** Connections that have had one answer and wait. */
export async function measureConnections(report, name, { pid, url, path }) {
  const before = residentMebibytes(pid);
  const { port } = new URL(url);
  const sockets = await Promise.all(Array.from({ length: CONNECTIONS }, () => open(port, path)));
  report.add(`${name}, for 1 000 connections that are open`, residentMebibytes(pid) - before, 'MiB');
  for (const socket of sockets) socket.destroy();
}

/** First logins of `logins` agents. Memory must not grow after the first tenth of them. */
export async function measureEndurance(report, { pid, folder, ...target }, logins) {
  report.section(FIRST_LOGINS);
  report.add('agents', logins, '');
  const browsers = new Browsers({ ...target, clients: CLIENTS });
  const offset = 1e9; // no other measurement uses these numbers
  const someLogins = (from, count) => browsers.logIns(count, 'ES256', (number) => agent(offset + from + number));
  const tenth = Math.ceil(logins / 10);
  const [spent, written] = [cpuClock(pid), writtenBytes(pid)];
  await someLogins(0, tenth);
  const early = residentMebibytes(pid);
  await someLogins(tenth, logins - tenth);
  browsers.close();
  report.add('api CPU', spent() / logins, 'ms');
  report.add('written to disk for each', (writtenBytes(pid) - written) / logins, 'bytes');
  report.add('database for each', statSync(join(folder, 'passerelle.db')).size / logins, 'bytes');
  const late = residentMebibytes(pid);
  report.add('api, resident afterwards', late, 'MiB');
  report.add('api, grown since the first tenth', late - early, 'MiB', 1);
}
