//! An OpenID provider for tests, over a real socket.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard};

use serde_json::{Map, json};
use tokio::net::TcpSocket;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use super::script::Script;
use super::{clock, endpoints};

pub(crate) const CLIENT_ID: &str = "the-client-of-the-tests";
pub(crate) const CLIENT_SECRET: &str = "the-secret-of-the-client-of-the-tests";

pub(crate) type Pairs = Vec<(String, String)>;

/// A request that the provider received.
#[derive(Clone, Debug)]
pub(crate) struct Call {
    pub(crate) method: String,
    pub(crate) path: String,
    pub(crate) query: Pairs,
    /// The parameters of the body.
    pub(crate) form: Pairs,
    pub(crate) has_authorization: bool,
}

pub(crate) struct Provider {
    address: SocketAddr,
    inner: Arc<Inner>,
    state: Running,
}

enum Running {
    /// The port is bound, but nobody listens: connections are refused.
    Down(TcpSocket),
    Up(oneshot::Sender<()>, JoinHandle<()>),
    Moving,
}

/// The state that the endpoints share.
pub(super) struct Inner {
    pub(super) issuer: String,
    pub(super) script: Mutex<Script>,
    pub(super) calls: Mutex<Vec<Call>>,
    /// The grants, by authorization code.
    pub(super) grants: Mutex<HashMap<String, Grant>>,
    pub(super) access_tokens: Mutex<Vec<String>>,
}

pub(super) struct Grant {
    pub(super) nonce: String,
    pub(super) challenge: String,
    pub(super) redirect_uri: String,
}

impl Provider {
    pub(crate) fn start() -> Self {
        let mut provider = Self::down();
        provider.wake();
        provider
    }

    /// A provider that does not answer yet.
    pub(crate) fn down() -> Self {
        clock::reset();
        let socket = bound(SocketAddr::from(([127, 0, 0, 1], 0)));
        let address = socket.local_addr().unwrap();
        let inner = Arc::new(Inner {
            issuer: format!("http://{address}/api/v2"),
            script: Mutex::default(),
            calls: Mutex::default(),
            grants: Mutex::default(),
            access_tokens: Mutex::default(),
        });
        Self { address, inner, state: Running::Down(socket) }
    }

    pub(crate) fn wake(&mut self) {
        if let Running::Down(socket) = std::mem::replace(&mut self.state, Running::Moving) {
            let listener = socket.listen(128).unwrap();
            let (stop, stopped) = oneshot::channel::<()>();
            let router = endpoints::router(self.inner.clone());
            let served = tokio::spawn(service::server::serve_until(listener, router, async {
                let _ = stopped.await;
            }));
            self.state = Running::Up(stop, served);
        }
    }

    pub(crate) async fn sleep(&mut self) {
        if let Running::Up(stop, served) = std::mem::replace(&mut self.state, Running::Moving) {
            stop.send(()).unwrap();
            served.await.unwrap();
            self.state = Running::Down(bound(self.address));
        }
    }

    pub(crate) fn issuer(&self) -> &str {
        &self.inner.issuer
    }

    pub(crate) fn script(&self) -> MutexGuard<'_, Script> {
        self.inner.script.lock().unwrap()
    }

    pub(crate) fn behave(&self) {
        *self.script() = Script::default();
    }

    /// The calls to an endpoint, such as `/token`, so far.
    pub(crate) fn calls(&self, path: &str) -> Vec<Call> {
        let calls = self.inner.calls.lock().unwrap();
        calls.iter().filter(|call| call.path == path).cloned().collect()
    }

    /// The access tokens that it issued so far.
    pub(crate) fn access_tokens(&self) -> Vec<String> {
        self.inner.access_tokens.lock().unwrap().clone()
    }

    /// An ID token of the provider, with these changes to the script.
    pub(crate) fn id_token(&self, edit: impl FnOnce(&mut Script)) -> String {
        let mut script = self.script().clone();
        edit(&mut script);
        self.inner.id_token(&script, "the nonce of another login")
    }
}

impl Inner {
    pub(super) fn script(&self) -> Script {
        self.script.lock().unwrap().clone()
    }

    /// The provider's issuer.
    pub(super) fn name(&self, script: &Script) -> String {
        format!("{}{}", self.issuer, if script.has_slash { "/" } else { "" })
    }

    pub(super) fn id_token(&self, script: &Script, nonce: &str) -> String {
        let now = clock::now().0;
        let claims = Map::from_iter([
            ("iss".into(), json!(self.name(script))),
            ("sub".into(), json!(script.sub)),
            ("aud".into(), json!(CLIENT_ID)),
            ("iat".into(), json!(now)),
            ("exp".into(), json!(now + 3600)),
            ("nonce".into(), json!(nonce)),
        ]);
        script.id_token.make(claims, script.kind, script.signs_with)
    }
}

/// A socket that is bound to the address but does not listen: connections are refused, and no other program gets the address.
pub(super) fn bound(address: SocketAddr) -> TcpSocket {
    let socket = TcpSocket::new_v4().unwrap();
    socket.set_reuseaddr(true).unwrap();
    socket.bind(address).unwrap();
    socket
}

/// The value of a name; empty when it is missing.
pub(crate) fn value<'a>(pairs: &'a Pairs, name: &str) -> &'a str {
    pairs.iter().find(|(known, _)| known == name).map_or("", |(_, value)| value)
}
