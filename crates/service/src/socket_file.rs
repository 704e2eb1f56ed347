//! The file of a unix socket: made for the owner and the group, and removed at the end.

use std::fs::{self, Metadata};
use std::io;
use std::os::unix::fs::{FileTypeExt as _, MetadataExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

use rustix::fs::{Mode, fchmod};
use tokio::net::{UnixListener, UnixSocket, UnixStream};

/// The owner and the group may connect: the group is the one of the proxy in front.
const MODE: u32 = 0o660;
/// As many connections as the system queues for TCP.
const BACKLOG: u32 = 1024;

/// A socket's file. It is removed when this is dropped, unless another program has put its own there.
pub(crate) struct SocketFile {
    path: PathBuf,
    /// Device and inode.
    identity: (u64, u64),
}

/// Listens on a new socket with this path. A socket that a program left there when it was killed is replaced; one where
/// somebody answers is not, and neither is a file of any other kind.
pub(crate) async fn listen(path: &Path) -> io::Result<(UnixListener, SocketFile)> {
    let listener = match bind(path) {
        Err(error) if error.kind() == io::ErrorKind::AddrInUse && is_stale(path).await => {
            fs::remove_file(path)?;
            bind(path)?
        }
        bound => bound?,
    };
    let identity = identity(&fs::symlink_metadata(path)?);
    let file = SocketFile { path: path.to_owned(), identity };
    fs::set_permissions(path, fs::Permissions::from_mode(MODE))?;
    Ok((listener, file))
}

fn bind(path: &Path) -> io::Result<UnixListener> {
    let socket = UnixSocket::new_stream()?;
    // On Linux the file gets the socket's own mode, less the umask: at no moment can everybody connect.
    fchmod(&socket, Mode::from_raw_mode(MODE))?;
    socket.bind(path)?;
    socket.listen(BACKLOG)
}

/// Whether this is a socket on which nobody listens any more.
async fn is_stale(path: &Path) -> bool {
    let is_socket = fs::symlink_metadata(path).is_ok_and(|metadata| metadata.file_type().is_socket());
    is_socket
        && UnixStream::connect(path)
            .await
            .is_err_and(|error| error.kind() == io::ErrorKind::ConnectionRefused)
}

fn identity(metadata: &Metadata) -> (u64, u64) {
    (metadata.dev(), metadata.ino())
}

impl Drop for SocketFile {
    fn drop(&mut self) {
        if fs::symlink_metadata(&self.path).is_ok_and(|metadata| identity(&metadata) == self.identity) {
            let _ = fs::remove_file(&self.path);
        }
    }
}
