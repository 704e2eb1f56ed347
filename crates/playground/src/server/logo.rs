//! The operator's copy of the ProConnect logo: nobody gave us its licence, so none comes with the program.

use std::path::{Path, PathBuf};
use std::{fs, io};

/// Where browsers find it.
pub(crate) const PATH: &str = "/proconnect-logo";

/// A larger picture would make the login page slow.
const LARGEST: usize = 32 * 1024;

/// The picture.
#[derive(Clone)]
pub(crate) struct Logo {
    pub(crate) bytes: Vec<u8>,
    pub(crate) content_type: &'static str,
}

/// Why the logo cannot be shown.
#[derive(Debug, thiserror::Error)]
pub enum LogoError {
    /// The file cannot be read.
    #[error(
        "playground.proconnect_logo: {} cannot be read ({cause}). Fix: correct the path, or remove the key",
        path.display()
    )]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// Why.
        cause: io::Error,
    },
    /// The file is too large.
    #[error(
        "playground.proconnect_logo: {} is larger than {} KB. Fix: use the SVG that ProConnect publishes",
        .0.display(), LARGEST / 1024
    )]
    TooLarge(PathBuf),
    /// The file is not a picture that browsers show.
    #[error(
        "playground.proconnect_logo: {} is not named .svg, .png or .webp. Fix: use a file of one of these types",
        .0.display()
    )]
    UnknownType(PathBuf),
}

impl Logo {
    pub(crate) fn read(path: &Path) -> Result<Self, LogoError> {
        let content_type = match path.extension().and_then(|extension| extension.to_str()) {
            Some("svg") => "image/svg+xml",
            Some("png") => "image/png",
            Some("webp") => "image/webp",
            _ => return Err(LogoError::UnknownType(path.to_owned())),
        };
        let bytes = fs::read(path).map_err(|cause| LogoError::Unreadable { path: path.to_owned(), cause })?;
        if bytes.len() > LARGEST {
            return Err(LogoError::TooLarge(path.to_owned()));
        }
        Ok(Self { bytes, content_type })
    }
}
