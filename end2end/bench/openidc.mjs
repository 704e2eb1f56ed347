// Apache with mod_auth_openidc, which the benchmarks compare with: a relying party in C that keeps its sessions in shared memory.

import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { clientSecret } from '../provider/clients.mjs';
import { listens, program } from '../proxies/programs.mjs';
import { freePort } from '../support/ports.mjs';
import { Program } from '../support/program.mjs';
import { startProvider } from '../support/provider.mjs';

/** Its userinfo is plain JSON. */
const CLIENT = 'passerelle-json';
const MODULES = '/usr/lib/apache2/modules';
const modules = ['mpm_event', 'authn_core', 'authz_core', 'authz_user', 'auth_openidc'];

const configuration = (folder, { port, files, issuer }) => `ServerRoot ${folder}
${modules.map((name) => `LoadModule ${name}_module ${MODULES}/mod_${name}.so`).join('\n')}
${process.getuid() === 0 ? 'User www-data\nGroup www-data' : ''}
ServerName localhost
DefaultRuntimeDir ${folder}
PidFile ${folder}/apache.pid
ErrorLog ${folder}/error.log
LogFormat "%h %l %u %t \\"%r\\" %>s %b" common
CustomLog ${folder}/access.log common
Listen 127.0.0.1:${port}
MaxKeepAliveRequests 0
DocumentRoot ${files}
OIDCProviderMetadataURL ${issuer}/.well-known/openid-configuration
OIDCClientID ${CLIENT}
OIDCClientSecret ${clientSecret(CLIENT)}
OIDCProviderTokenEndpointAuth client_secret_post
OIDCRedirectURI http://localhost:${port}/callback
OIDCScope "openid given_name usual_name email siret organization_label roles"
OIDCPKCEMethod S256
OIDCCryptoPassphrase bench
OIDCSessionType server-cache
OIDCCacheType shm
<Location />
  AuthType openid-connect
  Require valid-user
  # Node.js does not say that it navigates, as browsers do.
  OIDCUnAuthAction auth true
</Location>
`;

/** Starts both it and a provider of its own; returns where it is, its process, and how to stop it. It answers with `files` whoever is logged in. */
export async function startOpenidc(parent, files) {
  const folder = join(parent, 'openidc');
  mkdirSync(folder, { mode: 0o755 });
  const [port, providerPort] = [await freePort(), await freePort()];
  const provider = await startProvider({
    folder, port: providerPort, redirectUri: `http://localhost:${port}/callback`, postLogoutRedirectUri: [],
  });
  const issuer = provider.address;
  writeFileSync(join(folder, 'apache.conf'), configuration(folder, { port, files, issuer }));
  try {
    const apache = await Program.start({
      name: 'apache',
      command: program('apache2'),
      args: ['-D', 'FOREGROUND', '-f', join(folder, 'apache.conf')],
      log: join(folder, 'output.log'),
      isReady: () => listens(port),
    });
    return {
      port,
      issuer,
      pid: apache.pid,
      stop: async () => {
        await apache.stop();
        await provider.stop();
      },
    };
  } catch (error) {
    await provider.stop();
    throw error;
  }
}
