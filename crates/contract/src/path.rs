//! The paths of the api. A path never changes its meaning; another meaning gets another path.

/// Begins a login: the browser goes here.
pub const LOGIN: &str = "/v1/oauth2/login";
/// The redirect URI of the OpenID Connect flow.
pub const CALLBACK: &str = "/v1/oauth2/callback";
/// Ends an API token, and says how to end the session with ProConnect.
pub const LOGOUT: &str = "/v1/oauth2/logout";
/// Ends a token that somebody holds (RFC 7009).
pub const REVOKE: &str = "/v1/oauth2/revoke";
/// Says whose a token is (RFC 7662).
pub const INTROSPECT: &str = "/v1/oauth2/introspect";
/// Says who is calling, to a proxy.
pub const VERIFY: &str = "/v1/auth/verify";
/// The same for Envoy: the conditions follow, and then what Envoy appends.
pub const ENVOY: &str = "/v1/auth/envoy/";
/// Leads out of ProConnect, to log in as somebody else or to end what is left of a session: the browser goes here.
pub const SWITCH: &str = "/v1/oauth2/switch";
/// Begins a login to a protected application, on its own host: the browser goes here.
pub const START: &str = "/oauth2/start";
/// The page of a protected application from which a login begins.
pub const SIGN_IN: &str = "/oauth2/sign_in";
/// Where a login to a protected application ends.
pub const APPLICATION_CALLBACK: &str = "/oauth2/callback";
/// Says who is calling, to a proxy that knows oauth2-proxy.
pub const AUTH: &str = "/oauth2/auth";
/// Says to the pages of a protected application who is logged in.
pub const USERINFO: &str = "/oauth2/userinfo";
/// Ends the sessions of a browser, from the host of a protected application.
pub const SIGN_OUT: &str = "/oauth2/sign_out";
/// The same on the api's own host, where it is known which sessions the browser began.
pub const SIGN_OUT_HERE: &str = "/v1/oauth2/sign_out";
/// The page of the api at which ProConnect's end of session sends the browser back.
pub const SIGNED_OUT: &str = "/oauth2/signed-out";
/// Whose API token it is.
pub const ME: &str = "/v1/me";
/// The original's name of [`ME`].
pub const ME_INFO: &str = "/v1/me/info";
/// A person's keys.
pub const KEYS: &str = "/v1/keys";
/// One of them.
pub const KEY: &str = "/v1/keys/{id}";
/// Replaces it.
pub const KEY_ROTATION: &str = "/v1/keys/{id}/rotate";
/// Another name of [`KEYS`].
pub const ME_KEYS: &str = "/v1/me/keys";
/// Another name of [`KEY`].
pub const ME_KEY: &str = "/v1/me/keys/{id}";
/// Another name of [`KEY_ROTATION`].
pub const ME_KEY_ROTATION: &str = "/v1/me/keys/{id}/rotate";
/// A person's sessions.
pub const SESSIONS: &str = "/v1/me/sessions";
/// One of them.
pub const SESSION: &str = "/v1/me/sessions/{id}";
/// What happened to a person's account.
pub const HISTORY: &str = "/v1/me/history";
/// Whether the process runs.
pub const LIVE: &str = "/health/live";
/// Whether the process can serve requests.
pub const READY: &str = "/health/ready";
/// What this api is.
pub const ROOT: &str = "/";
/// The page that shows the OpenAPI description.
pub const DOCS: &str = "/docs";
/// The OpenAPI description.
pub const OPENAPI: &str = "/openapi.json";
/// The page of an application at which ProConnect's end of session sends the browser back.
pub const LOGGED_OUT: &str = "/logged-out";

/// The parameter with the envelope, where a login that succeeded sends the browser.
pub const ENCRYPTED_TOKEN: &str = "encrypted_token";
/// The parameter with an [`AccessReason`](crate::AccessReason), beside the login error `access_refused`.
pub const REASON: &str = "reason";
/// The parameter with the person's own value, sealed for their browser, beside an access reason.
pub const REFUSAL: &str = "refusal";
/// The parameter with a [`LoginErrorCode`](crate::LoginErrorCode), where a login that failed sends the browser.
pub const LOGIN_ERROR: &str = "login_error";
