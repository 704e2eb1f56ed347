#![doc = include_str!("../README.md")]

mod codes;
mod login;
mod logout;
mod problem;
mod user;

pub mod path;

pub use login::LoginErrorCode;
pub use logout::{LogoutAnswer, LogoutRequest, LogoutStatus};
pub use problem::{ProblemBody, ProblemCode};
pub use user::UserInfo;
