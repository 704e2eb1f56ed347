//! The run of `make fuzz`: libFuzzer mutates the inputs.

use std::ffi::{CString, c_char, c_int};
use std::path::Path;
use std::ptr;
use std::sync::OnceLock;

type Target = Box<dyn Fn(&[u8]) + Send + Sync>;

static TARGET: OnceLock<Target> = OnceLock::new();

/// Lets libFuzzer run a target for `$FUZZ_SECONDS` seconds, then ends the process.
///
/// # Panics
/// When a folder cannot be made.
pub fn run(name: &str, target: impl Fn(&[u8]) + Send + Sync + 'static) {
    assert!(TARGET.set(Box::new(target)).is_ok(), "a process runs one target");
    libfuzzer_sys::initialize(ptr::null(), ptr::null());
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/fuzz");
    let found = folder.join("corpus").join(name);
    std::fs::create_dir_all(&found).unwrap_or_else(|error| panic!("{}: {error}", found.display()));
    let seconds = std::env::var("FUZZ_SECONDS").unwrap_or_else(|_| "60".to_owned());
    drive(&[
        "fuzz",
        &format!("-max_total_time={seconds}"),
        "-print_final_stats=1",
        &format!("-artifact_prefix={}/failed-{name}-", folder.display()),
        // libFuzzer writes new inputs into the first folder.
        &found.display().to_string(),
        &crate::corpus(name).display().to_string(),
    ]);
}

unsafe extern "C" {
    /// <https://llvm.org/docs/LibFuzzer.html>, "Using libFuzzer as a library".
    safe fn LLVMFuzzerRunDriver(
        argc: &mut c_int,
        argv: &mut *mut *mut c_char,
        callback: unsafe extern "C" fn(*const u8, usize) -> c_int,
    ) -> c_int;
    /// Exported by libfuzzer-sys; it calls `rust_fuzzer_test_input`.
    fn LLVMFuzzerTestOneInput(data: *const u8, size: usize) -> c_int;
}

fn drive(arguments: &[&str]) {
    let texts = arguments.iter().map(|text| CString::new(*text).unwrap_or_default());
    // libFuzzer uses the pointers until the process ends.
    let pointers: Vec<*mut c_char> = texts.map(CString::into_raw).chain([ptr::null_mut()]).collect();
    let mut count = c_int::try_from(arguments.len()).unwrap_or_default();
    LLVMFuzzerRunDriver(&mut count, &mut pointers.leak().as_mut_ptr(), LLVMFuzzerTestOneInput);
}

#[unsafe(no_mangle)]
fn rust_fuzzer_test_input(input: &[u8]) -> c_int {
    TARGET.get().map_or(-1, |target| {
        target(input);
        0
    })
}
