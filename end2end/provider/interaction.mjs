// The page where the agent chooses who they are. It replaces ProConnect's e-mail page and the organisation's login.

import { acrNotMet, failures } from './failures.mjs';
import { identityById } from './identities.mjs';
import { choicePage } from './pages.mjs';

/** When the identity does not reach an essential acr, the login is refused; the agent is not asked again. */
function satisfies({ acr }, params) {
  const request = JSON.parse(params.claims ?? '{}').id_token?.acr;
  if (!request?.essential) return true;
  const accepted = request.values ?? [request.value];
  return accepted.includes(acr);
}

function outcome(form, params) {
  const identity = identityById(form.get('identity'));
  if (!identity) return failures[form.get('failure')] ?? failures.refusal;
  if (!satisfies(identity, params)) return acrNotMet;
  const { acr, amr, claims } = identity;
  return { login: { accountId: claims.sub, acr, amr, remember: false }, consent: {} };
}

export async function choose(provider, request, response) {
  const { params } = await provider.interactionDetails(request, response);
  response.end(choicePage(params.client_id));
}

export async function answer(provider, request, response, form) {
  const { params } = await provider.interactionDetails(request, response);
  await provider.interactionFinished(request, response, outcome(form, params), {
    mergeWithLastSubmission: false,
  });
}
