use crate::codes::codes;

codes! {
    /// Why a login failed: what the api appends to the application's URL as `login_error`.
    pub enum LoginErrorCode {
        /// The person, or their organisation, refused.
        AccessDenied = "access_denied",
        /// The login reached none of the levels of authentication in `oauth2.required_acr`.
        AcrNotMet = "acr_not_met",
        /// ProConnect does not let this person use this service.
        NotAllowed = "not_allowed",
        /// The authorization code has expired or was used before.
        LoginExpired = "login_expired",
        /// The api refused an answer of ProConnect; the log says which one and why.
        ProviderError = "provider_error",
        /// ProConnect is unreachable.
        ProviderUnavailable = "provider_unavailable",
        /// The provider refuses what this service asks for: a setting of the service is wrong.
        Configuration = "configuration",
        /// An operator disabled the account.
        AccountDisabled = "account_disabled",
        /// A rule of `oauth2.access` refuses the person; `reason` says which.
        AccessRefused = "access_refused",
        /// The api failed; the log says why.
        Internal = "internal",
    }
}
