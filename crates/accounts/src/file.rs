//! The file of a SQLite database: creates it readable for its owner alone, and detects when another file replaces it.

use std::fs::{DirBuilder, OpenOptions};
use std::io::{self, ErrorKind};
use std::os::unix::fs::{DirBuilderExt as _, MetadataExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};

/// Readable for the owner alone: the file contains names, addresses and organisations of people.
const FILE_MODE: u32 = 0o600;
const FOLDER_MODE: u32 = 0o700;

/// Identifies a file in its file system.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Identity {
    device: u64,
    inode: u64,
}

/// The file that this path names now; none when there is none.
pub(crate) fn identity(path: &Path) -> io::Result<Option<Identity>> {
    match path.metadata() {
        Ok(metadata) => Ok(Some(Identity { device: metadata.dev(), inode: metadata.ino() })),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

/// Creates the file and its folder when they do not exist. SQLite creates its other files with the mode of this one.
pub(crate) fn create(path: &Path) -> io::Result<()> {
    if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty())
        && !folder.exists()
    {
        DirBuilder::new().mode(FOLDER_MODE).create(folder)?;
    }
    match OpenOptions::new().write(true).create_new(true).mode(FILE_MODE).open(path) {
        Err(error) if error.kind() != ErrorKind::AlreadyExists => Err(error),
        _ => Ok(()),
    }
}

/// The file that a `sqlite:` URL names, as sqlx reads it, and whether it may be created.
pub(crate) fn of_url(url: &str) -> Option<(PathBuf, bool)> {
    let rest = url.strip_prefix("sqlite:")?;
    let rest = rest.strip_prefix("//").unwrap_or(rest);
    let (path, query) = rest.split_once('?').unwrap_or((rest, ""));
    let may_be_made = query.split('&').any(|pair| pair == "mode=rwc");
    let is_in_memory = path == ":memory:" || path.is_empty() || query.contains("mode=memory");
    let path = url::form_urlencoded::parse(format!("x={}", path.replace('+', "%2B")).as_bytes())
        .next()
        .map(|(_, path)| path.into_owned())?;
    (!is_in_memory).then(|| (PathBuf::from(path), may_be_made))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_url_names_a_file_as_sqlx_reads_it() {
        for (url, path, may_be_made) in [
            ("sqlite://passerelle.db?mode=rwc", "passerelle.db", true),
            ("sqlite:passerelle.db", "passerelle.db", false),
            ("sqlite:///var/lib/p/p.db?mode=rwc&cache=private", "/var/lib/p/p.db", true),
            ("sqlite:///var/lib/a%20b+c.db?mode=rw", "/var/lib/a b+c.db", false),
        ] {
            assert_eq!(of_url(url), Some((PathBuf::from(path), may_be_made)), "{url}");
        }
        for url in ["sqlite::memory:", "sqlite://:memory:", "sqlite://x?mode=memory", "postgres://x/y"] {
            assert_eq!(of_url(url), None, "{url}");
        }
    }
}
