// The real nginx, Caddy, HAProxy and Apache, with the files of docs/proxies that operators copy. A test changes only addresses and
// certificates in them.

import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { delimiter, join } from 'node:path';

import { Program } from '../support/program.mjs';
import { root } from '../support/stack.mjs';

export const HOST = 'app.example.gouv.fr';
/** On Debian, /usr/sbin is not in the PATH of ordinary users. */
const PATH = `${process.env.PATH}${delimiter}/usr/sbin`;

export function program(name) {
  const found = PATH.split(delimiter).map((folder) => join(folder, name)).find(existsSync);
  if (!found) throw new Error(`${name} is not installed. Install it: .ci/setup proxies or bench`);
  return found;
}

/**
 * A recipe of docs/proxies, with the addresses of a test; `api` is a port, or a list of addresses. Each replacement must have something
 * to replace.
 */
function recipe(file, { api, application }, replacements = []) {
  const [first, second = first] = Array.isArray(api) ? api : [`127.0.0.1:${api}`];
  const text = readFileSync(join(root, 'docs/proxies', file), 'utf8')
    .replaceAll('127.0.0.1:8000', first)
    .replaceAll('127.0.0.1:8001', second)
    .replaceAll('127.0.0.1:3001', `127.0.0.1:${application}`);
  return replacements.reduce((changed, [from, to]) => {
    if (!changed.includes(from)) throw new Error(`docs/proxies/${file} has no "${from}"`);
    return changed.replaceAll(from, to);
  }, text);
}

function certificate(folder) {
  const [certificate, key, both] = ['cert.pem', 'key.pem', 'both.pem'].map((name) => join(folder, name));
  execFileSync('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2',
    '-subj', `/CN=${HOST}`, '-addext', `subjectAltName=DNS:${HOST}`, '-keyout', key, '-out', certificate], { stdio: 'ignore' });
  writeFileSync(both, readFileSync(certificate, 'utf8') + readFileSync(key, 'utf8'), { mode: 0o600 });
  return { certificate, key, both };
}

const asRoot = process.getuid() === 0;

const overTls = (ports, { certificate, key }) => [
  ['listen 443 ssl', `listen 127.0.0.1:${ports.proxy} ssl`],
  [`/etc/ssl/certs/${HOST}.pem`, certificate],
  [`/etc/ssl/private/${HOST}.key`, key],
];

/** As the demos run it: without TLS, on localhost. */
const onLocalhost = (ports) => [
  ['listen 443 ssl', `listen 127.0.0.1:${ports.proxy}`],
  [`server_name ${HOST};`, 'server_name localhost;'],
  [`    ssl_certificate /etc/ssl/certs/${HOST}.pem;\n`, ''],
  [`    ssl_certificate_key /etc/ssl/private/${HOST}.key;\n`, ''],
];

const VERIFY = 'location = /_passerelle/verify {';

const kinds = {
  nginx(folder, ports, certificates, { caches = false, file = 'both.conf', changes = [], workers = 1 }) {
    const server = (address) => `server ${address} max_fails=1 fail_timeout=1s;`;
    const [first, ...others] = [ports.api].flat();
    const both = recipe(`nginx/${file}`, ports, [
      ...certificates ? overTls(ports, certificates) : onLocalhost(ports),
      [VERIFY, caches ? `${VERIFY}\n        include cache.conf;` : VERIFY],
      ...others.length > 0 ? [[server(first), [first, ...others].map(server).join('\n    ')]] : [],
      ...changes,
    ]);
    writeFileSync(join(folder, 'cache.conf'), recipe('nginx/cache.conf', ports));
    writeFileSync(join(folder, 'cache-zone.conf'), recipe('nginx/cache-zone.conf', ports, [['/run/', `${folder}/`]]));
    writeFileSync(join(folder, 'role.conf'), recipe('nginx/role.conf', ports));
    const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'];
    writeFileSync(join(folder, 'nginx.conf'), `${asRoot ? 'user root;\n' : ''}daemon off;
worker_processes ${workers};
pid ${folder}/nginx.pid;
error_log stderr warn;
events {}
http {
  access_log ${folder}/access.log;
  include cache-zone.conf;
${temporary.map((name) => `  ${name}_temp_path ${folder}/${name};`).join('\n')}
${both.replace(/\}\s*$/, '    include role.conf;\n}')}
}
`);
    return { command: program('nginx'), args: ['-p', folder, '-c', join(folder, 'nginx.conf')] };
  },

  'nginx-api': (folder, ports, certificates) => kinds.nginx(folder, ports, certificates, { file: 'api.conf' }),

  caddy(folder, ports, { certificate, key }) {
    const both = recipe('caddy/both.Caddyfile', ports, [
      [`https://${HOST} {`, `https://${HOST}:${ports.proxy} {\n\tbind 127.0.0.1\n\ttls ${certificate} ${key}`],
      ...Array.isArray(ports.api) ? [
        [`forward_auth ${ports.api[0]} {`, `forward_auth ${ports.api[0]} {\n\t\timport replicas.Caddyfile`],
        [`reverse_proxy ${ports.api[0]}\n`, `reverse_proxy ${ports.api[0]} {\n\t\t\timport replicas.Caddyfile\n\t\t}\n`],
      ] : [],
    ]);
    writeFileSync(join(folder, 'replicas.Caddyfile'), recipe('caddy/replicas.Caddyfile', ports));
    writeFileSync(join(folder, 'both.Caddyfile'), both);
    writeFileSync(join(folder, 'Caddyfile'), '{\n\tadmin off\n\tauto_https disable_redirects\n}\nimport both.Caddyfile\n');
    return {
      command: program('caddy'),
      args: ['run', '--config', join(folder, 'Caddyfile'), '--adapter', 'caddyfile'],
      env: { XDG_DATA_HOME: folder, XDG_CONFIG_HOME: folder },
    };
  },

  haproxy(folder, ports, { both: certificate }) {
    const isReplicated = Array.isArray(ports.api);
    const [first, second] = [ports.api].flat();
    const files = ['both.cfg'];
    if (isReplicated) {
      files.push('replicas.cfg');
      writeFileSync(join(folder, 'replicas.cfg'), recipe('haproxy/replicas.cfg', ports, [[':8009', `:${ports.checks}`]]));
    }
    writeFileSync(join(folder, 'passerelle.lua'), recipe('haproxy/passerelle.lua', ports, isReplicated
      ? [[`http://${first}/v1`, `http://127.0.0.1:${ports.checks}/v1`]]
      : []));
    writeFileSync(join(folder, 'both.cfg'), recipe('haproxy/both.cfg', ports, [
      ['/etc/haproxy/passerelle.lua', join(folder, 'passerelle.lua')],
      [`bind :443 ssl crt /etc/haproxy/${HOST}.pem`, `bind 127.0.0.1:${ports.proxy} ssl crt ${certificate}`],
      ...isReplicated ? [[`server api ${first}\n`, `server api ${first}\n    server api2 ${second}\n`]] : [],
    ]));
    return { command: program('haproxy'), args: ['-db', ...files.flatMap((file) => ['-f', join(folder, file)])] };
  },

  apache(folder, ports, { certificate, key }) {
    writeFileSync(join(folder, 'passerelle.lua'), recipe('apache/passerelle.lua', ports));
    const both = recipe('apache/both.conf', ports, [
      ['*:443', `127.0.0.1:${ports.proxy}`],
      ['/etc/apache2/passerelle.lua', join(folder, 'passerelle.lua')],
      ['${APACHE_LOG_DIR}', folder],
      [`/etc/ssl/certs/${HOST}.pem`, certificate],
      [`/etc/ssl/private/${HOST}.key`, key],
    ]);
    const modules = ['mpm_event', 'authz_core', 'ssl', 'socache_shmcb', 'proxy', 'proxy_http', 'headers', 'lua', 'unique_id'];
    writeFileSync(join(folder, 'apache.conf'), `ServerRoot ${folder}
${modules.map((name) => `LoadModule ${name}_module /usr/lib/apache2/modules/mod_${name}.so`).join('\n')}
${asRoot ? 'User www-data\nGroup www-data' : ''}
DefaultRuntimeDir ${folder}
PidFile ${folder}/apache.pid
ErrorLog ${folder}/error.log
Listen 127.0.0.1:${ports.proxy}
KeepAlive Off
${both}`);
    return { command: program('apache2'), args: ['-D', 'FOREGROUND', '-f', join(folder, 'apache.conf')], stopSignal: 'SIGTERM' };
  },
};

/** The recipes of docs/proxies. */
export const names = Object.keys(kinds);

/** What a proxy needs that is set up for oauth2-proxy, as its documentation describes it: only the address is ours. */
Object.assign(kinds, {
  'nginx-oauth2-proxy': (folder, { proxy, api, application }, { certificate, key }) => {
    writeFileSync(join(folder, 'nginx.conf'), `${asRoot ? 'user root;\n' : ''}daemon off;
worker_processes 1;
pid ${folder}/nginx.pid;
error_log stderr warn;
events {}
http {
  access_log off;
${['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((name) => `  ${name}_temp_path ${folder}/${name};`).join('\n')}
  server {
    listen 127.0.0.1:${proxy} ssl;
    port_in_redirect off;
    ssl_certificate ${certificate};
    ssl_certificate_key ${key};
    location /oauth2/ {
      proxy_pass http://127.0.0.1:${api};
      proxy_set_header Host $host;
      proxy_set_header X-Real-IP $remote_addr;
      proxy_set_header X-Auth-Request-Redirect $request_uri;
    }
    location = /oauth2/auth {
      proxy_pass http://127.0.0.1:${api};
      proxy_set_header Host $host;
      proxy_set_header X-Real-IP $remote_addr;
      proxy_set_header X-Forwarded-Uri $request_uri;
      proxy_set_header Content-Length "";
      proxy_pass_request_body off;
    }
    location / {
      auth_request /oauth2/auth;
      error_page 401 = @sign_in;
      auth_request_set $email $upstream_http_x_auth_request_email;
      proxy_set_header X-Email $email;
      proxy_pass http://127.0.0.1:${application}/;
    }
    location @sign_in {
      return 302 /oauth2/sign_in?rd=$scheme://$host$request_uri;
    }
  }
}
`);
    return { command: program('nginx'), args: ['-p', folder, '-c', join(folder, 'nginx.conf')] };
  },

  'caddy-oauth2-proxy': (folder, { proxy, api, application }, { certificate, key }) => {
    writeFileSync(join(folder, 'Caddyfile'), `{
	admin off
	auto_https disable_redirects
}
https://${HOST}:${proxy} {
	bind 127.0.0.1
	tls ${certificate} ${key}
	handle /oauth2/* {
		reverse_proxy 127.0.0.1:${api} {
			header_up X-Real-IP {remote_host}
			header_up X-Forwarded-Uri {uri}
		}
	}
	handle {
		forward_auth 127.0.0.1:${api} {
			uri /oauth2/auth
			header_up X-Real-IP {remote_host}
			copy_headers X-Auth-Request-Email>X-Email
			@unknown status 401
			handle_response @unknown {
				redir * /oauth2/sign_in?rd={scheme}://{host}{uri}
			}
		}
		reverse_proxy 127.0.0.1:${application}
	}
}
`);
    return {
      command: program('caddy'),
      args: ['run', '--config', join(folder, 'Caddyfile'), '--adapter', 'caddyfile'],
      env: { XDG_DATA_HOME: folder, XDG_CONFIG_HOME: folder },
    };
  },
});

/** Whether a program listens on this port of 127.0.0.1. */
export function listens(port) {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1')
      .once('connect', () => { socket.destroy(); resolve(true); })
      .once('error', () => resolve(false));
  });
}

/**
 * Starts `name` on `ports.proxy`, in front of an api on `ports.api`, or of several whose addresses it lists, and an application on
 * `ports.application`; HAProxy asks several through itself, on `ports.checks`. With `caches`, nginx keeps the api's answers; with `plain`,
 * it speaks HTTP on localhost; it has so many `workers`, and `changes` in its recipe.
 */
export function startProxy(name, parent, ports, settings = {}) {
  const folder = join(parent, settings.caches ? `${name}-cache` : name);
  mkdirSync(folder, { mode: 0o755, recursive: true });
  const started = kinds[name](folder, ports, settings.plain ? undefined : certificate(folder), settings);
  return Program.start({ name, log: join(folder, 'output.log'), isReady: () => listens(ports.proxy), ...started });
}
