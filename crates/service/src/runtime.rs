//! The threads that requests run on.

use std::io;
use std::thread::available_parallelism;

use tokio::runtime::Builder;

/// Runs a program on half of the processors, one at least. The other half is for what requests wait on: the
/// database's own threads and the kernel's network. More threads hand work to one another more than they do it.
///
/// # Errors
/// When the system gives no threads, or the program panics.
pub fn run<T: Send + 'static>(program: impl Future<Output = T> + Send + 'static) -> io::Result<T> {
    let processors = available_parallelism()?.get();
    let runtime = Builder::new_multi_thread().worker_threads((processors / 2).max(1)).enable_all().build()?;
    // On one of these threads, so that connections are accepted where they are served.
    let running = runtime.spawn(program);
    runtime.block_on(running).map_err(io::Error::other)
}
