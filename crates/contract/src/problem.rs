use serde::{Deserialize, Serialize};

use crate::codes::codes;

/// The body of every error: `application/problem+json` (RFC 9457) with a code for programs.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ProblemBody {
    /// Always `about:blank`: the status and the code say what kind of problem it is.
    #[cfg_attr(feature = "openapi", schema(example = "about:blank"))]
    pub r#type: String,
    /// The name of the HTTP status.
    #[cfg_attr(feature = "openapi", schema(example = "Unauthorized"))]
    pub title: String,
    /// The HTTP status.
    #[cfg_attr(feature = "openapi", schema(example = 401))]
    pub status: u16,
    /// What went wrong, for programs.
    pub code: ProblemCode,
    /// What went wrong and what to do, for people.
    #[cfg_attr(
        feature = "openapi",
        schema(example = "This API token is not valid, has expired or was revoked.")
    )]
    pub detail: String,
    /// What the logs know this request by; also the header `x-request-id`.
    #[cfg_attr(feature = "openapi", schema(example = "7eb0f48200000001"))]
    pub request_id: String,
    /// What of the request is wrong.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
    /// The latest that a key may expire, in Unix seconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_expires: Option<i64>,
    /// What the same request made before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<i64>,
}

codes! {
    /// What went wrong with a request, for programs.
    pub enum ProblemCode {
        /// 400 at a login, 422 elsewhere: a parameter of the query is given twice, unknown, missing or wrong.
        InvalidQuery = "invalid_query",
        /// 400: `origin` is missing, or not an origin that may receive tokens.
        InvalidOrigin = "invalid_origin",
        /// 400: `binding` is not 43 to 128 characters of base64url.
        InvalidBinding = "invalid_binding",
        /// 400: this browser has no pending login of this `state`.
        UnknownState = "unknown_state",
        /// 400: the body is not the JSON that the call takes.
        InvalidBody = "invalid_body",
        /// 400: `proconnect_token` is not the ID token of this login.
        InvalidIdToken = "invalid_id_token",
        /// 400: `post_logout_redirect_uri` is not among the allowed domains.
        InvalidRedirectUri = "invalid_redirect_uri",
        /// 400: `state` is not 1 to 128 characters of base64url.
        InvalidState = "invalid_state",
        /// 401: the request has no API token.
        MissingToken = "missing_token",
        /// 401: the API token is not valid, has expired or was revoked.
        InvalidToken = "invalid_token",
        /// 403: the token does not meet a condition; `X-Auth-Reason` says which.
        Forbidden = "forbidden",
        /// 403: only a session may do this, not a key.
        SessionRequired = "session_required",
        /// 403: no keys are made or replaced here.
        KeysDisabled = "keys_disabled",
        /// 404: nothing is at this path, or nothing of yours.
        NotFound = "not_found",
        /// 405: the path does not take this method.
        MethodNotAllowed = "method_not_allowed",
        /// 408: the client took too long to send its request.
        RequestTimeout = "request_timeout",
        /// 409: you have as many active keys as you may.
        TooManyKeys = "too_many_keys",
        /// 409: the same `Idempotency-Key` has made a key, `id`.
        AlreadyCreated = "already_created",
        /// 409: the key has been replaced.
        AlreadyRotated = "already_rotated",
        /// 409: the key was revoked.
        KeyRevoked = "key_revoked",
        /// 413: the body is larger than any that the api takes.
        BodyTooLarge = "body_too_large",
        /// 415: the body is not of the media type that the call takes.
        UnsupportedMediaType = "unsupported_media_type",
        /// 422: `name` is not 1 to 80 characters without control characters.
        InvalidName = "invalid_name",
        /// 422: `expires` is not in the future.
        InvalidExpires = "invalid_expires",
        /// 422: `expires` is after `max_expires`.
        ExpiresTooLate = "expires_too_late",
        /// 422: a key needs an end here.
        ExpiryRequired = "expiry_required",
        /// 422: `grace` is not 0 to 604800 seconds.
        InvalidGrace = "invalid_grace",
        /// 422: `Idempotency-Key` is not one value of 16 to 128 visible characters.
        InvalidIdempotencyKey = "invalid_idempotency_key",
        /// 429: too many requests come from one address.
        TooManyRequests = "too_many_requests",
        /// 500: the api failed; the log says why.
        Internal = "internal",
        /// 503: the database does not answer.
        DatabaseUnavailable = "database_unavailable",
        /// 503: ProConnect is unreachable.
        ProviderUnavailable = "provider_unavailable",
        /// 503: ProConnect answers what this service cannot use, or the other way round: somebody has to change a setting.
        Configuration = "configuration",
        /// 504: the answer took longer than any should.
        Timeout = "timeout",
        /// Any other refusal; the status says more.
        Refused = "refused",
    }
}
