// What the demos put behind nginx and Passerelle: a small API and a small site. They know nothing of ProConnect, of tokens or of
// cookies; they read the headers that nginx sets. Started as a program, it listens on the port that it is given.

import { createServer } from 'node:http';

const NAMES = ['user_id', 'email', 'name', 'role', 'organization', 'siret', 'acr', 'token_id', 'token_kind'];

/** Who calls, as the api verified it. The values are percent-encoded, and empty when they are unknown. */
function caller({ headers }) {
  return Object.fromEntries(NAMES.map((name) => {
    const value = headers[`x-auth-${name.replaceAll('_', '-')}`];
    return [name, value ? decodeURIComponent(value) : null];
  }));
}

const escaped = (text) => String(text)
  .replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');

const LABELS = {
  name: 'Nom', email: 'Adresse électronique', organization: 'Organisation', role: 'Rôle', user_id: 'Numéro du compte',
};

const style = `
:root { color-scheme: light dark; --line: light-dark(#d5d9dc, #3a4247); --accent: light-dark(#0f5a60, #86d0d6) }
body { font: 1.0625rem/1.6 system-ui, sans-serif; max-width: 40rem; margin: 0 auto; padding: 3rem 1.25rem;
  background: light-dark(#fcfcfa, #14181b); color: light-dark(#171c20, #e8ecee) }
h1 { font-size: 1.875rem; line-height: 1.2; margin: 0 0 .5rem }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .5rem 2rem; border-block: 1px solid var(--line); padding-block: 1rem }
dd { margin: 0; overflow-wrap: anywhere }
a, button { color: var(--accent) }
button { font: inherit; font-weight: 600; padding: .5rem 1rem; border: 1px solid; border-radius: .25rem; background: none; cursor: pointer }
@media (width < 30rem) { dl { grid-template-columns: 1fr; gap: 0 } dd { margin-bottom: .75rem } }`;

const site = (person, path) => `<!doctype html>
<html lang="fr">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Site de démonstration</title>
<style>${style}</style>
<main>
<h1>${path === '/admin/' ? 'Administration' : `Bonjour ${escaped(person.name ?? person.email ?? '')}`}</h1>
<p>Ce site ne connaît ni ProConnect ni mot de passe : nginx demande à Passerelle qui vous êtes, et le lui dit.</p>
<dl>${Object.entries(LABELS).map(([name, label]) => `<dt>${label}</dt><dd>${escaped(person[name] ?? '—')}</dd>`).join('')}</dl>
<p><a href="/api/whoami">La même chose, en JSON</a> · <a href="/admin/">Une page pour le rôle Admin</a></p>
<form method="post" action="/oauth2/sign_out?rd=/"><button>Se déconnecter</button></form>
</main>
</html>
`;

/** The answers by path; what a path has not is 404. */
const pages = {
  '/': (person) => site(person, '/'),
  '/admin/': (person) => site(person, '/admin/'),
};
const endpoints = {
  '/api/whoami': (person) => person,
  '/api/hello': (person) => ({ message: `Bonjour ${person.name ?? person.email}`, role: person.role, with: person.token_kind }),
  '/api/time': () => ({ now: new Date().toISOString() }),
};

const server = createServer((request, response) => {
  const path = request.url.split('?')[0];
  const answer = (status, type, body) => {
    response.writeHead(status, { 'content-type': type, 'cache-control': 'no-store' }).end(body);
  };
  const person = caller(request);
  if (Object.hasOwn(pages, path)) answer(200, 'text/html; charset=utf-8', pages[path](person));
  else if (Object.hasOwn(endpoints, path)) answer(200, 'application/json', `${JSON.stringify(endpoints[path](person), null, 2)}\n`);
  else answer(404, 'application/json', '{"error":"nothing is here"}\n');
});

const port = Number(process.argv[2]);
server.listen(port, '127.0.0.1', () => console.log(`listening on http://127.0.0.1:${server.address().port}`));
