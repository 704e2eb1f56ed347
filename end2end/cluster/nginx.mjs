// nginx in front of the replicas, with the configuration of docs/nginx that operators copy.

import { existsSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';

import { Program } from '../support/program.mjs';
import { root } from '../support/stack.mjs';

/** On Debian, /usr/sbin is not in the PATH of ordinary users. */
const PATH = `${process.env.PATH}${delimiter}/usr/sbin`;

function program() {
  const found = PATH.split(delimiter).map((folder) => join(folder, 'nginx')).find(existsSync);
  if (!found) throw new Error('nginx is not installed. Install it: .ci/setup cluster');
  return found;
}

const upstream = (name, addresses, keepsConnections) => `
  upstream passerelle_${name} {
    zone passerelle_${name} 64k;
${addresses.map((address) => `    server ${address} max_fails=1 fail_timeout=1s;`).join('\n')}
${keepsConnections ? '    keepalive 32;' : ''}
  }`;

const server = (name, port, playground) => `
  server {
    listen 127.0.0.1:${port};
    server_name localhost;
    set $passerelle_playground ${playground};
    include passerelle/${name}.conf;
  }`;

/** Forwards to the api without docs/nginx, on connections that are kept. */
const careless = (port) => `
  server {
    listen 127.0.0.1:${port};
    location / {
      proxy_pass http://passerelle_api;
      proxy_set_header Connection "";
    }
  }`;

/** Paths without their queries, which carry codes and envelopes. */
const LOG_FORMAT = '$server_port $request_method $uri $status $upstream_addr';

const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'];

function configuration(folder, { ports, replicas, playground, keepsConnections }) {
  return `${process.getuid() === 0 ? 'user root;\n' : ''}daemon off;
worker_processes 1;
pid ${folder}/nginx.pid;
error_log stderr warn;

events {
  worker_connections 1024;
}

http {
  log_format hops '${LOG_FORMAT}';
  access_log ${folder}/access.log hops;
${keepsConnections ? '  proxy_http_version 1.1;' : ''}
${temporary.map((name) => `  ${name}_temp_path ${folder}/${name};`).join('\n')}
${['api', 'playground'].map((name) => upstream(name, replicas[name], keepsConnections)).join('\n')}
${['api', 'playground'].map((name) => server(name, ports[name], playground)).join('\n')}
${ports.careless ? careless(ports.careless) : ''}
}
`;
}

/**
 * Starts one server for the api and one for the playground on `ports`, each in front of its `replicas`, lists of
 * addresses. `playground` is where browsers find it. With `keepsConnections`, as nginx 1.29.7 and later by default, a connection
 * to a replica is kept for the next request, unless docs/nginx says otherwise; `ports.careless` leads past docs/nginx.
 */
export function startNginx(parent, addresses) {
  const folder = join(parent, 'nginx');
  const file = join(folder, 'nginx.conf');
  mkdirSync(folder);
  symlinkSync(join(root, 'docs/nginx'), join(folder, 'passerelle'));
  writeFileSync(file, configuration(folder, addresses));
  return Program.start({
    name: 'nginx',
    command: program(),
    args: ['-p', folder, '-c', file],
    log: join(parent, 'nginx.log'),
    // Written once it listens.
    isReady: async () => existsSync(join(folder, 'nginx.pid')),
  });
}

/** Parses a line of the access log: the server, the request, and the replicas that nginx tried, in order. */
export function hop(line) {
  const [port, method, path, status, ...asked] = line.split(' ');
  return { port: Number(port), method, path, status: Number(status), asked: asked.join(' ').split(/, | : /) };
}
