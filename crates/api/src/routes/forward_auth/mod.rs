//! In front of other services: `verify` answers a proxy that asks who is calling, `introspect` a service that asks whose token it
//! was given.

mod conditions;
mod credentials;
mod headers;
pub mod introspect;
pub mod verify;
