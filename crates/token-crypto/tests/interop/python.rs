//! The Python interpreter, when this machine has one with the package `cryptography`.

use std::io::Write as _;
use std::process::{Command, Stdio};

use serde_json::{Value, json};

/// Set to 1 to make a missing Python a failure.
const REQUIRE: &str = "REQUIRE_PYTHON_INTEROP";

pub(crate) struct Python(());

impl Python {
    /// Finds the interpreter; without it the test is skipped, or fails with [`REQUIRE`].
    pub(crate) fn find() -> Option<Self> {
        let found = Command::new("python3")
            .args(["-B", "-c", "import cryptography.fernet"])
            .stderr(Stdio::null())
            .status()
            .is_ok_and(|status| status.success());
        assert!(
            found || std::env::var(REQUIRE).as_deref() != Ok("1"),
            "{REQUIRE}=1, but python3 with the package `cryptography` is not installed"
        );
        if !found {
            let test = std::thread::current().name().unwrap_or_default().to_owned();
            // Not `eprintln!`, which the test harness captures.
            let _ = writeln!(
                std::io::stderr(),
                "SKIPPED {test}: python3 with the package `cryptography` is not installed ({REQUIRE}=1 makes this a failure)"
            );
        }
        found.then_some(Self(()))
    }

    /// An envelope that the original seals now.
    pub(crate) fn seal(&self, key: &str, data: &Value) -> String {
        self.run(&["original.py", "seal"], &json!({"key": key, "data": data}))
    }

    /// What the original reads in an envelope now; none when it refuses the envelope.
    pub(crate) fn open(&self, key: &str, text: &str, ttl: u64) -> Option<Value> {
        let answer = self.run(&["original.py", "open"], &json!({"key": key, "text": text, "ttl": ttl}));
        (answer != "refused").then(|| serde_json::from_str(&answer).expect("JSON"))
    }

    pub(crate) fn generate_key(&self) -> String {
        self.run(&["original.py", "key"], &Value::Null)
    }

    pub(crate) fn make_vectors(&self) -> String {
        self.run(&["make_vectors.py"], &Value::Null)
    }

    #[expect(clippy::unused_self, reason = "only a caller that found Python can run it")]
    fn run(&self, arguments: &[&str], input: &Value) -> String {
        let mut child = Command::new("python3")
            .arg("-B")
            .args(arguments)
            .current_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/interop"))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("python3 starts");
        // The pipe is dropped at the end of the statement, so that the script sees the end of its input.
        child.stdin.take().expect("piped").write_all(input.to_string().as_bytes()).expect("it reads");
        let output = child.wait_with_output().expect("it ends");
        assert!(output.status.success(), "{arguments:?} failed");
        String::from_utf8(output.stdout).expect("text").trim_end().to_owned()
    }
}
