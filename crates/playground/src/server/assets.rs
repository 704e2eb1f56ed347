//! The files that `make build` makes for the browser.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::{env, fs, io};

use leptos::config::LeptosOptions;

/// The name of the built files, and the folder they are in; the same as in the workspace's metadata.
const OUTPUT_NAME: &str = "playground";
const PKG: &str = "pkg";
const HASH_FILE: &str = "hash.txt";
/// Where it makes them.
const BUILT: &str = "target/site";

/// A built site whose files all exist.
#[derive(Clone, Debug)]
pub(crate) struct Assets {
    /// The folder whose `pkg` the browser sees as `/pkg`.
    pub(crate) root: PathBuf,
    /// The path of the style sheet, as the browser asks for it.
    pub(crate) stylesheet: Arc<str>,
    /// Whether the files' names change with their content, so that browsers may keep them for ever.
    pub(crate) hashed: bool,
    /// Where leptos finds the island's script and WASM. Set here and not by the environment, so that a
    /// server started by hand behaves as one started by `cargo leptos`.
    pub(crate) options: LeptosOptions,
}

/// Why there is no site to serve.
#[derive(Debug, thiserror::Error)]
pub enum AssetsError {
    /// No folder of a site in any of the usual places.
    #[error(
        "the site's files are in none of the usual places ({}). \
         Fix: run `make build`, or set playground.site_root", list(.0)
    )]
    NoSite(Vec<PathBuf>),
    /// The list of hashes that belongs to the site cannot be read.
    #[error(
        "the hashes of the site's files cannot be read from {} ({cause}). Fix: put the hash.txt of \
         the same build into {}, or beside the binary; `make build` makes both", path.display(), root.display()
    )]
    NoHashes {
        /// The file that was tried last.
        path: PathBuf,
        /// The folder of the site.
        root: PathBuf,
        /// Why it cannot be read.
        cause: io::Error,
    },
    /// The list of hashes names no file of this kind.
    #[error("{} has no line for {kind}. Fix: build the site again with `make build`", path.display())]
    NoHash {
        /// The list of hashes.
        path: PathBuf,
        /// `js`, `wasm` or `css`.
        kind: &'static str,
    },
    /// A file of the list is not there.
    #[error(
        "{} is named by {} but is not there. Fix: deploy the site and hash.txt of one and the same build",
        asset.display(), path.display()
    )]
    NoAsset {
        /// The file that is missing.
        asset: PathBuf,
        /// The list of hashes.
        path: PathBuf,
    },
}

fn list(paths: &[PathBuf]) -> String {
    paths.iter().map(|path| path.display().to_string()).collect::<Vec<_>>().join(", ")
}

impl Assets {
    /// Finds the site: where the configuration says, else in `site/` beside the binary, else in `target/site`.
    ///
    /// # Errors
    /// When anything that a page will link to is missing.
    pub(crate) fn find(configured: Option<&Path>) -> Result<Self, AssetsError> {
        let beside = env::current_exe().ok().and_then(|exe| exe.parent().map(Path::to_path_buf));
        let places = match configured {
            Some(root) => vec![root.to_path_buf()],
            None => beside.iter().map(|dir| dir.join("site")).chain([PathBuf::from(BUILT)]).collect(),
        };
        let Some(root) = places.iter().find(|place| place.join(PKG).is_dir()).cloned() else {
            return Err(AssetsError::NoSite(places));
        };

        if is_unhashed() {
            let stylesheet = format!("/{PKG}/{OUTPUT_NAME}.css").into();
            return Ok(Self { options: options(&root), root, stylesheet, hashed: false });
        }

        let mut hash_file = root.join(HASH_FILE);
        if let (false, Some(dir)) = (hash_file.exists(), beside) {
            hash_file = dir.join(HASH_FILE);
        }
        let hashes = fs::read_to_string(&hash_file).map_err(|cause| AssetsError::NoHashes {
            path: hash_file.clone(),
            root: root.clone(),
            cause,
        })?;
        let asset = |kind| {
            let hash = hash_of(&hashes, kind)
                .ok_or_else(|| AssetsError::NoHash { path: hash_file.clone(), kind })?;
            let name = format!("{PKG}/{OUTPUT_NAME}.{hash}.{kind}");
            let asset = root.join(&name);
            if asset.is_file() {
                Ok(name)
            } else {
                Err(AssetsError::NoAsset { asset, path: hash_file.clone() })
            }
        };
        asset("js")?;
        asset("wasm")?;
        let stylesheet = format!("/{}", asset("css")?).into();
        // Absolute, because leptos looks for it from the binary's folder.
        let absolute = fs::canonicalize(&hash_file).unwrap_or(hash_file);
        let mut options = options(&root);
        options.hash_files = true;
        options.hash_file = absolute.display().to_string().into();
        Ok(Self { root, stylesheet, options, hashed: true })
    }
}

fn options(root: &Path) -> LeptosOptions {
    let mut options = LeptosOptions::builder()
        .output_name(OUTPUT_NAME)
        .site_root(root.display().to_string())
        .site_pkg_dir(PKG)
        .build();
    if let Some(port) = env::var("LEPTOS_RELOAD_PORT").ok().and_then(|port| port.parse().ok()) {
        options.reload_port = port;
    }
    options
}

/// Under `cargo leptos watch` names may go without hashes (`LEPTOS_HASH_FILES=false`), because it does not
/// hash again what it builds again.
fn is_unhashed() -> bool {
    env::var_os("LEPTOS_WATCH").is_some()
        && env::var_os("LEPTOS_HASH_FILES").is_some_and(|hashed| hashed == "false")
}

/// The hash of the one file with this extension, in lines such as `css: 1B2M2Y8AsgTpgAmY7PhCfg`.
fn hash_of<'a>(hashes: &'a str, kind: &str) -> Option<&'a str> {
    hashes
        .lines()
        .filter_map(|line| line.split_once(':'))
        .find(|(name, _)| name.trim() == kind)
        .map(|(_, hash)| hash.trim())
}
