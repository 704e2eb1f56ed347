// The failures at ProConnect that come back to the application, as `error` and its description.

export const refusal = {
  error: 'access_denied',
  error_description: 'user authentication aborted',
};

export const acrNotMet = {
  error: 'access_denied',
  error_description: 'requested ACRs could not be satisfied',
};

export const failures = {
  refusal,
  'acr-not-met': acrNotMet,
  'invalid-identity': {
    error: 'access_denied',
    error_description: 'authentication aborted due to invalid identity',
  },
  'identity-provider-down': {
    error: 'server_error',
    error_description:
      'authentication aborted due to a technical error on the authorization server',
  },
  'unknown-identity-provider': {
    error: 'idp_hint_not_found',
    error_description: 'provided idp_hint could not be found',
  },
  'no-session': {
    error: 'login_required',
    error_description: 'End-User authentication is required',
  },
};
