use crate::codes::codes;

codes! {
    /// Which rule of `oauth2.access` refused somebody: what the api appends to the application's URL as `reason`.
    pub enum AccessReason {
        /// The address, the organisation or the identity provider is on a list of those who may not enter.
        Denied = "denied",
        /// The e-mail address is of none of the domains.
        EmailDomain = "email_domain",
        /// The e-mail address is none of those listed.
        Email = "email",
        /// The organisation is none of those listed.
        Organization = "organization",
        /// The identity provider is none of those listed.
        IdentityProvider = "identity_provider",
        /// The organisation has none of the roles.
        Role = "role",
        /// ProConnect could not find out which roles the organisation has.
        RoleUnknown = "role_unknown",
        /// Another claim has none of the values.
        Custom = "custom",
        /// No operator prepared an account for the person.
        NotPrepared = "not_prepared",
    }
}
