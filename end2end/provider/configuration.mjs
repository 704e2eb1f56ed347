// The configuration of oidc-provider, the same as in ProConnect's published sources. server.mjs uses it.

import { randomBytes } from 'node:crypto';

import { interactionPolicy } from 'oidc-provider';
import { createMemoryAdapter } from 'oidc-provider/lib/adapters/memory_adapter.js';

import { findAccount } from './identities.mjs';
import { errorPage, loggedOutPage, logoutPage } from './pages.mjs';

const HOUR = 3600;
const SSO_LIFETIME = 12 * HOUR;

const claims = {
  acr: null,
  auth_time: null,
  iss: null,
  sid: null,
  amr: ['amr'],
  openid: ['sub'],
  uid: ['uid'],
  given_name: ['given_name'],
  usual_name: ['usual_name'],
  email: ['email'],
  phone: ['phone_number'],
  organizational_unit: ['organizational_unit'],
  siren: ['siren'],
  siret: ['siret'],
  belonging_population: ['belonging_population'],
  chorusdt: ['chorusdt:matricule', 'chorusdt:societe'],
  idp_id: ['idp_id'],
  idp_acr: ['idp_acr'],
  roles: ['roles'],
  organization_label: ['organization_label'],
  groups: ['groups'],
  custom: ['custom'],
};

const acrValues = [
  'eidas0',
  'eidas0-mfa',
  'eidas1',
  'eidas1-mfa',
  'eidas2',
  'eidas3',
  'https://proconnect.gouv.fr/assurance/certification-dirigeant',
];

const signing = ['ES256', 'RS256', 'HS256'];
const keyManagement = ['ECDH-ES', 'RSA-OAEP'];
const contentEncryption = ['A256GCM'];

const enabledJWA = {
  clientAuthSigningAlgValues: ['ES256', 'RS256'],
  idTokenSigningAlgValues: signing,
  userinfoSigningAlgValues: signing,
  introspectionSigningAlgValues: signing,
  idTokenEncryptionAlgValues: keyManagement,
  userinfoEncryptionAlgValues: keyManagement,
  introspectionEncryptionAlgValues: keyManagement,
  idTokenEncryptionEncValues: contentEncryption,
  userinfoEncryptionEncValues: contentEncryption,
  introspectionEncryptionEncValues: contentEncryption,
};

const html = (ctx, body) => {
  ctx.type = 'html';
  ctx.body = body;
};

const features = {
  claimsParameter: { enabled: true },
  encryption: { enabled: true },
  introspection: { enabled: true },
  jwtIntrospection: { enabled: true },
  jwtUserinfo: { enabled: true },
  revocation: { enabled: true },
  rpInitiatedLogout: {
    enabled: true,
    logoutSource: (ctx, form) => html(ctx, logoutPage(form)),
    postLogoutSuccessSource: (ctx) => html(ctx, loggedOutPage()),
  },
  devInteractions: { enabled: false },
  dPoP: { enabled: false },
  pushedAuthorizationRequests: { enabled: false },
  resourceIndicators: { enabled: false },
};

/** ProConnect never asks for consent: it grants everything that the client may request. */
async function loadExistingGrant({ oidc }) {
  const known = oidc.session.grantIdFor(oidc.client.clientId);
  const grant = (known && await oidc.provider.Grant.find(known))
    ?? new oidc.provider.Grant({ clientId: oidc.client.clientId, accountId: oidc.session.accountId });
  grant.addOIDCScope([...oidc.requestParamOIDCScopes].join(' '));
  grant.addOIDCClaims([...oidc.requestParamClaims]);
  await grant.save();
  return grant;
}

/** Twelve hours from the login, however often the session is used. */
const sessionTtl = (_ctx, { loginTs }) => {
  const now = Math.floor(Date.now() / 1000);
  return Math.max(1, SSO_LIFETIME - (now - (loginTs ?? now)));
};

/** A logout ends the SSO session even when the browser does not come back from the agent's organisation. */
function policy(signedOut) {
  const base = interactionPolicy.base();
  base.get('login').checks.add(new interactionPolicy.Check(
    'signed_out',
    'End-User authentication is required',
    'login_required',
    ({ oidc: { session, result } }) => {
      if (result?.login) signedOut.delete(session.uid);
      return signedOut.has(session.uid);
    },
  ));
  return base;
}

/**
 * Everything except the keys, so that a new provider instance with new keys keeps its sessions and codes.
 * `signedOut` holds the session identifiers whose logout has begun.
 */
export function configuration({ clients, mountPath, signedOut }) {
  return {
    acrValues,
    // One store for all instances: without this, each instance would start with an empty one.
    adapter: createMemoryAdapter(),
    claims,
    clientAuthMethods: ['client_secret_post', 'private_key_jwt'],
    clientBasedCORS: () => false,
    clientDefaults: {
      application_type: 'web',
      grant_types: ['authorization_code', 'refresh_token'],
      id_token_signed_response_alg: 'ES256',
      response_types: ['code'],
      token_endpoint_auth_method: 'client_secret_post',
    },
    clients,
    // No path for the short-lived cookies: each pending login has its own cookie, so three tabs do not conflict.
    cookies: { keys: [randomBytes(32).toString('base64url')] },
    enabledJWA,
    extraParams: ['idp_hint', 'siret_hint'],
    features,
    findAccount,
    interactions: { policy: policy(signedOut), url: (_ctx, { uid }) => `${mountPath}/interaction/${uid}` },
    issueRefreshToken: () => true,
    loadExistingGrant,
    pkce: { required: () => false },
    renderError: (ctx, { error, error_description: detail }) => html(
      ctx,
      errorPage(`oidc-provider-rendered-error:${error}`, detail ?? error),
    ),
    responseTypes: ['code'],
    routes: {
      authorization: '/authorize',
      end_session: '/session/end',
      introspection: '/token/introspection',
      jwks: '/jwks',
      revocation: '/token/revocation',
      token: '/token',
      userinfo: '/userinfo',
    },
    scopes: ['openid'],
    subjectTypes: ['public'],
    ttl: {
      AccessToken: HOUR,
      AuthorizationCode: 600,
      Grant: SSO_LIFETIME,
      IdToken: HOUR,
      Interaction: HOUR,
      RefreshToken: SSO_LIFETIME,
      Session: sessionTtl,
    },
  };
}
