//! Writes the JavaScript around the browser's part of the playground: `bindgen FILE.wasm FOLDER`.
//!
//! The `wasm-bindgen` command does the same and much more. Most of its dependencies are for that more, and to
//! compile them takes longer than the rest of the site.

use std::env;
use std::error::Error;
use std::process::ExitCode;

use wasm_bindgen_cli_support::Bindgen;

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("bindgen: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<_> = env::args_os().skip(1).collect();
    let [wasm, folder] = &arguments[..] else { return Err("usage: bindgen FILE.wasm FOLDER".into()) };
    let mut bindgen = Bindgen::new();
    bindgen.web(true)?.typescript(false).omit_default_module_path(true).input_path(wasm).generate(folder)?;
    Ok(())
}
