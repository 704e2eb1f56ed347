// A client that sends every byte as it is told, and the application behind a proxy, which tells what it got.

import { once } from 'node:events';
import { createServer } from 'node:http';
import { networkInterfaces } from 'node:os';
import { connect } from 'node:tls';

import { HOST } from './programs.mjs';

const PATIENCE = 15_000;

/** An address of this machine that is not loopback: the api limits no client on its own machine. */
export const outside = () => Object.values(networkInterfaces()).flat()
  .find(({ family, internal }) => family === 'IPv4' && !internal)?.address;

/** Sends one request over TLS and returns the status, the headers and the body of the answer; status 0 when there is none. */
export async function send(port, { method = 'GET', path = '/', version = '1.1', headers = [], body = '', host = HOST, from = '127.0.0.1' }) {
  const lines = [`${method} ${path} HTTP/${version}`, `Host: ${host}`];
  if (!headers.some(([name]) => name.toLowerCase() === 'connection')) lines.push('Connection: close');
  for (const [name, value] of headers) lines.push(`${name}: ${value}`);
  const socket = connect({ port, host: '127.0.0.1', localAddress: from, servername: HOST, rejectUnauthorized: false });
  socket.setTimeout(PATIENCE, () => socket.destroy(new Error(`${method} ${path} was not answered`)));
  socket.write(`${lines.join('\r\n')}\r\n\r\n${body}`);
  const chunks = [];
  for await (const chunk of socket) chunks.push(chunk);
  const text = Buffer.concat(chunks).toString();
  const at = text.indexOf('\r\n\r\n');
  const [first, ...fields] = text.slice(0, at).split('\r\n');
  return {
    status: Number(first?.split(' ')[1] ?? 0),
    headers: new Map(fields.map((line) => [line.slice(0, line.indexOf(':')).toLowerCase(), line.slice(line.indexOf(':') + 1).trim()])),
    cookies: fields.filter((line) => /^set-cookie:/i.test(line)).map((line) => line.slice(line.indexOf(':') + 1).trim()),
    body: at < 0 ? '' : text.slice(at + 4),
  };
}

/** An application that remembers every request that reaches it. */
export class Application {
  requests = [];

  static async start() {
    const application = new Application();
    application.server = createServer((request, response) => {
      const headers = [];
      for (let at = 0; at < request.rawHeaders.length; at += 2) headers.push([request.rawHeaders[at], request.rawHeaders[at + 1]]);
      application.requests.push({ method: request.method, path: request.url, headers });
      response.end('reached the application');
    }).listen(0, '127.0.0.1');
    await once(application.server, 'listening');
    return application;
  }

  get port() {
    return this.server.address().port;
  }

  /** The requests since the last call. */
  taken() {
    return this.requests.splice(0);
  }

  stop() {
    this.server.closeAllConnections();
    this.server.close();
  }
}

/** The values of a header as an application reads them that takes `_` for `-`, as CGI and WSGI do. */
export function read({ headers }, name) {
  const same = (text) => text.toLowerCase().replaceAll('_', '-');
  return headers.filter(([found]) => same(found) === same(name)).map(([, value]) => value);
}
