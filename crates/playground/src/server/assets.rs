//! The files that `make build` makes for the browser.
//!
//! They are read once, at start: pages and files of a server are of one build, whatever is put in place of them on the disk
//! while it runs.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::{env, fs, io};

use axum::body::Bytes;

/// The name of the built files, and the folder they are in; the same as in the workspace's metadata.
pub(super) const OUTPUT_NAME: &str = "playground";
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
    pub(crate) stylesheet: String,
    /// The path of the islands' script.
    pub(crate) script: String,
    /// The path of the islands' WASM.
    pub(crate) wasm: String,
    /// The files of this build, by name. None while somebody edits them: then they are taken from the disk, and their names
    /// do not change with their content.
    pub(crate) files: HashMap<String, Asset>,
}

/// A file of the build, and its compressed forms.
#[derive(Clone, Debug)]
pub(crate) struct Asset {
    pub(crate) content_type: &'static str,
    /// Changes with the content.
    pub(crate) hash: String,
    pub(crate) plain: Bytes,
    pub(crate) brotli: Option<Bytes>,
    pub(crate) gzip: Option<Bytes>,
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
    /// A file of the list cannot be read.
    #[error(
        "{} is named by {} but cannot be read ({cause}). Fix: deploy the site and hash.txt of one and the same build",
        asset.display(), path.display()
    )]
    NoAsset {
        /// The file.
        asset: PathBuf,
        /// The list of hashes.
        path: PathBuf,
        /// Why it cannot be read.
        cause: io::Error,
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
            let [stylesheet, script, wasm] =
                ["css", "js", "wasm"].map(|kind| format!("/{PKG}/{OUTPUT_NAME}.{kind}"));
            return Ok(Self { root, stylesheet, script, wasm, files: HashMap::new() });
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
        let mut files = HashMap::new();
        let mut read = |kind, content_type| {
            let hash = hash_of(&hashes, kind)
                .ok_or_else(|| AssetsError::NoHash { path: hash_file.clone(), kind })?;
            let name = format!("{OUTPUT_NAME}.{hash}.{kind}");
            let path = root.join(PKG).join(&name);
            let asset = Asset::read(&path, hash, content_type).map_err(|cause| AssetsError::NoAsset {
                asset: path,
                path: hash_file.clone(),
                cause,
            })?;
            let url = format!("/{PKG}/{name}");
            files.insert(name, asset);
            Ok::<_, AssetsError>(url)
        };
        let script = read("js", "text/javascript")?;
        let wasm = read("wasm", "application/wasm")?;
        let stylesheet = read("css", "text/css")?;
        Ok(Self { root, stylesheet, script, wasm, files })
    }
}

impl Asset {
    fn read(path: &Path, hash: &str, content_type: &'static str) -> io::Result<Self> {
        let compressed = |extension: &str| {
            let mut name = path.as_os_str().to_owned();
            name.push(extension);
            fs::read(name).ok().map(Bytes::from)
        };
        Ok(Self {
            content_type,
            hash: hash.to_owned(),
            plain: fs::read(path)?.into(),
            brotli: compressed(".br"),
            gzip: compressed(".gz"),
        })
    }
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
