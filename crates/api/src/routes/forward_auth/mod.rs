//! In front of other services: `verify` answers a proxy that asks who is calling, `auth` one that knows oauth2-proxy, `userinfo` the
//! pages of an application, `introspect` a service that asks whose token it was given.

mod allowed;
mod answer;
pub mod auth;
mod caller;
mod conditions;
mod credentials;
mod headers;
pub mod introspect;
pub mod userinfo;
pub mod verify;
