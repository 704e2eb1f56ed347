// The stand-in's few pages: plain HTML, without graphics, and with one script only, which ProConnect's logout needs.

import { failures } from './failures.mjs';
import { identities } from './identities.mjs';

const style = `
  :root { color-scheme: light dark; font: 1rem/1.5 system-ui, sans-serif }
  body { max-width: 38rem; margin: 0 auto; padding: 1rem }
  header { border: 2px dashed light-dark(#8a3800, #ffb380); border-radius: .5rem; padding: .5rem 1rem; margin-bottom: 2rem }
  ul { list-style: none; padding: 0 }
  li, details { margin: .75rem 0 }
  button {
    font: inherit; width: 100%; padding: .75rem 1rem; text-align: start; cursor: pointer;
    color: inherit; background: light-dark(#f6f3f0, #2a2623); border: 1px solid gray; border-radius: .5rem;
  }
  button:hover { border-color: currentcolor }
  small { display: block }
  code { overflow-wrap: anywhere }
`;

const entities = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };
const escape = (text) => String(text).replace(/[&<>"']/g, (character) => entities[character]);

function page(title, body) {
  return `<!DOCTYPE html>
<html lang="fr">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>${title} – démonstration</title>
<style>${style}</style>
</head>
<body>
<header>Fournisseur d'identité de démonstration. Ce n'est pas ProConnect : rien de ce qui s'y trouve n'est réel.</header>
<main>
<h1>${title}</h1>
${body}
</main>
</body>
</html>
`;
}

const identityButton = ({ id, label, note, claims }) => `<li>
<button name="identity" value="${id}">${escape(label)}
<small>${escape([claims.email, note].filter(Boolean).join(' · '))}</small></button></li>`;

const failureButton = ([id, { error, error_description: description }]) => `<li>
<button name="failure" value="${id}"><code>${error}</code><small lang="en">${description}</small></button></li>`;

export function choicePage(clientId) {
  const { refusal: _refusal, ...others } = failures;
  return page('Qui êtes-vous ?', `
<p>L'application <code>${escape(clientId)}</code> demande qui vous êtes.</p>
<form method="post">
<ul>${identities.map(identityButton).join('\n')}</ul>
<button name="failure" value="refusal">Refuser</button>
<details><summary>Simuler une erreur</summary><ul>${Object.entries(others).map(failureButton).join('\n')}</ul></details>
</form>`);
}

/** ProConnect's logout page submits itself by script. The button is for browsers without scripts. */
export function logoutPage(form) {
  return page('Déconnexion', `
${form}
<noscript><button form="op.logoutForm" name="logout" value="yes">Se déconnecter</button></noscript>
<script>
const form = document.forms[0];
form.append(Object.assign(document.createElement('input'), { type: 'hidden', name: 'logout', value: 'yes' }));
form.submit();
</script>`);
}

export const loggedOutPage = () => page(
  'Déconnexion',
  '<p>Vous êtes bien déconnecté, vous pouvez fermer votre navigateur.</p>',
);

export const deadEndPage = () => page(
  'Déconnexion de votre organisation',
  '<p>Cette page imite une organisation qui, une fois la session fermée, ne renvoie nulle part.</p>',
);

export const errorPage = (code, detail) => page(
  'Une erreur est survenue',
  `<p>${escape(detail)}</p>\n<p>Code : <code>${escape(code)}</code></p>`,
);
