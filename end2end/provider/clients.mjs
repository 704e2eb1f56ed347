// The service providers registered here: the same application under each registration ProConnect allows.

// The scopes of every application registered since August 2024; the application must ask ProConnect for others.
const granted = 'openid given_name usual_name email uid siret idp_id roles organization_label';

const registrations = {
  'passerelle-es256': { id_token_signed_response_alg: 'ES256', userinfo_signed_response_alg: 'ES256' },
  'passerelle-rs256': { id_token_signed_response_alg: 'RS256', userinfo_signed_response_alg: 'RS256' },
  'passerelle-hs256': { id_token_signed_response_alg: 'HS256', userinfo_signed_response_alg: 'HS256' },
  // No algorithm registered for userinfo: the answer is plain JSON.
  'passerelle-json': { id_token_signed_response_alg: 'RS256' },
  'passerelle-restricted': {
    id_token_signed_response_alg: 'ES256',
    userinfo_signed_response_alg: 'ES256',
    scope: 'openid email',
  },
  // Somebody forgot to register where a logout comes back to.
  'passerelle-no-way-back': {
    id_token_signed_response_alg: 'ES256',
    userinfo_signed_response_alg: 'ES256',
    post_logout_redirect_uris: [],
  },
};

export const clientIds = Object.keys(registrations);

/** Not a real secret: it only works with this stand-in. At least 32 characters, like ProConnect's. */
export const clientSecret = (id) => `demonstration-only-secret-of-${id}`;

/** All clients but that one have the same URIs, which ProConnect compares character by character. */
export function clients({ redirectUris, postLogoutRedirectUris }) {
  return Object.entries(registrations).map(([id, registration]) => ({
    client_id: id,
    client_secret: clientSecret(id),
    redirect_uris: redirectUris,
    post_logout_redirect_uris: postLogoutRedirectUris,
    scope: granted,
    ...registration,
  }));
}
