//! A rolling restart: the processes of a service are replaced one after the other, under load.

use std::cell::{Cell, RefCell};
use std::time::Duration;

use test_programs::{Serving, free_address};
use tokio::task::spawn_blocking;
use tokio::time::sleep;

use crate::support::api::yaml;
use crate::support::folder::Folder;
use crate::support::program::program;
use crate::support::{Api, Browser, Extra, Provider, Session, clock};

/// How often the load balancer of the test asks who is ready; the drain is long enough for many checks.
const LOOK: Duration = Duration::from_millis(50);
const CLIENTS: usize = 4;

/// Two processes on one database, and what the load balancer knows about them.
struct Pair {
    addresses: [String; 2],
    ready: RefCell<[bool; 2]>,
    turn: Cell<usize>,
}

impl Pair {
    /// The next process that was ready at the last check.
    fn next(&self) -> &str {
        let turn = self.turn.get() + 1;
        self.turn.set(turn);
        let chosen = [turn % 2, (turn + 1) % 2].into_iter().find(|index| self.ready.borrow()[*index]);
        &self.addresses[chosen.unwrap_or_else(|| panic!("nobody is ready"))]
    }

    async fn look(&self, index: usize) {
        loop {
            let url = format!("{}/health/ready", self.addresses[index]);
            let answer = reqwest::get(url).await;
            self.ready.borrow_mut()[index] = answer.is_ok_and(|answer| answer.status() == 200);
            sleep(LOOK).await;
        }
    }

    /// Sends the browser to the next process.
    fn moved(&self, browser: Browser) -> Browser {
        let mut moved = Browser::at(self.next());
        moved.cookies = browser.cookies;
        moved
    }

    /// Logs in again and again, each request to another process and on a new connection. Any that is
    /// refused or interrupted fails the test. Returns the number of logins.
    async fn log_in_until(&self, over: &Cell<bool>) -> usize {
        let mut logins = 0;
        while !over.get() {
            let mut browser = Browser::at(self.next());
            let back = browser.until_callback().await;
            let mut browser = self.moved(browser);
            let session = Session::from(&browser.call_back(&back).await);
            let bearer = [("authorization", &*session.bearer())];
            assert_eq!(self.moved(browser).get_with("/v1/me/info", &bearer).await.status, 200);
            logins += 1;
        }
        logins
    }
}

/// Stops a process as a service manager does, while the test continues.
async fn stop(serving: Serving) {
    let (code, stderr) = spawn_blocking(|| serving.stop("TERM")).await.unwrap();
    assert_eq!(code, Some(0), "{stderr}");
    assert!(!stderr.contains("did not finish") && !stderr.contains("ERROR"), "{stderr}");
}

#[tokio::test]
async fn a_rolling_restart_under_load_loses_no_request() {
    let folder = Folder::new();
    let provider = Provider::start();
    clock::follow_machine();
    let ports = [(); 2].map(|()| free_address().port());
    let addresses = ports.map(|port| format!("http://127.0.0.1:{port}"));
    let extra = Extra { api: "drain: 1s", ..Extra::default() };
    let yaml = yaml(provider.issuer(), &addresses[0], &folder, extra);
    let configs = ports.map(|port| {
        let yaml = yaml.replace("drain: 1s", &format!("drain: 1s\n  listen: 127.0.0.1:{port}"));
        folder.write(&format!("{port}.yml"), &yaml)
    });
    let start = async |index: usize| {
        let mut command = program(folder.path());
        command.arg("--config").arg(&configs[index]);
        spawn_blocking(move || Serving::start(&mut command)).await.unwrap()
    };
    let mut servings = [Some(start(0).await), Some(start(1).await)];
    let pair = Pair { addresses, ready: RefCell::new([true; 2]), turn: Cell::new(0) };

    let over = Cell::new(false);
    let roll = async {
        for index in [0, 1, 0, 1] {
            stop(servings[index].take().unwrap()).await;
            servings[index] = Some(start(index).await);
            while !pair.ready.borrow()[index] {
                sleep(LOOK).await;
            }
        }
        over.set(true);
    };
    let load = futures_util::future::join_all((0..CLIENTS).map(|_| pair.log_in_until(&over)));
    let logins: usize = tokio::select! {
        ((), logins) = async { tokio::join!(roll, load) } => logins.into_iter().sum(),
        _ = async { tokio::join!(pair.look(0), pair.look(1)) } => unreachable!("the looks have no end"),
    };

    let api = Api { base: String::new(), metrics: String::new(), provider, folder };
    assert_eq!((api.count("users").await, api.count("tokens").await), (1, i64::try_from(logins).unwrap()));
    assert!(logins >= 2 * CLIENTS, "{logins} logins are no load");
    println!("{logins} logins during four restarts, none lost");
}
