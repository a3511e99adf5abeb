//! Listens on an address, and serves connections until it is stopped.

use std::convert::Infallible;
use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{mpsc, watch};
use tokio::task::JoinHandle;

use super::connection::Shared;
use crate::local::handle::Local;

/// How long a client may take for its headers, and may be idle.
const HEADER_TIMEOUT: Duration = Duration::from_secs(10);
/// How long requests may take once the server is stopping.
const GRACE: Duration = Duration::from_secs(5);

/// Local AWS on a port. It stops when this is dropped.
#[derive(Debug)]
pub struct Server {
    address: SocketAddr,
    stop: watch::Sender<bool>,
    listening: JoinHandle<()>,
}

impl Local {
    /// Serves all accounts on an address; port 0 is any free port. The path is ignored: the signature of a request names its
    /// service, Region and caller. Anybody who can reach the address can do everything, so use a loopback address.
    /// Time passes with the requests and by [`let_pass`](Self::let_pass); call [`catch_up`](Self::catch_up) for clients that
    /// look at their own clock.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// use codepipeline_xacct::local::Local;
    ///
    /// let aws = Local::new();
    /// aws.add_account("111111111111")?;
    /// let server = aws.serve(([127, 0, 0, 1], 0).into()).await?;
    /// println!("AWS_ENDPOINT_URL=http://{}", server.address());
    /// println!("AWS_ACCESS_KEY_ID={}", aws.access_key("111111111111")?);
    /// server.shutdown().await;
    /// # Ok(())
    /// # }
    /// ```
    pub async fn serve(&self, address: SocketAddr) -> io::Result<Server> {
        let listener = TcpListener::bind(address).await?;
        let address = listener.local_addr()?;
        let (stop, stopped) = watch::channel(false);
        let shared = Shared::new(self.clone(), address.ip(), stopped.clone());
        let listening = tokio::spawn(listen(shared, listener, stopped));
        Ok(Server { address, stop, listening })
    }
}

impl Server {
    /// The address with its port.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Accepts no more connections, and waits up to 5 seconds for the requests that are under way.
    pub async fn shutdown(self) {
        let _ = self.stop.send(true);
        let _ = self.listening.await;
    }
}

async fn listen(shared: Shared, listener: TcpListener, mut stopped: watch::Receiver<bool>) {
    // Every connection holds a sender: the receiver sees the end when all are gone.
    let (open, mut all_ended) = mpsc::channel::<Infallible>(1);
    loop {
        let stream = tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) => stream,
                Err(_) => {
                    // For example too many open files: others have to close first.
                    tokio::time::sleep(Duration::from_millis(50)).await;
                    continue;
                }
            },
            _ = stopped.changed() => break,
        };
        let (shared, stopped, open) = (shared.clone(), stopped.clone(), open.clone());
        tokio::spawn(async move {
            serve_connection(shared, stream, stopped).await;
            drop(open);
        });
    }
    drop((listener, open));
    let _ = tokio::time::timeout(GRACE, all_ended.recv()).await;
}

async fn serve_connection(shared: Shared, stream: TcpStream, mut stopped: watch::Receiver<bool>) {
    let service = service_fn(move |request| shared.clone().answer(request));
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEADER_TIMEOUT)
        .serve_connection(TokioIo::new(stream), service);
    let mut connection = std::pin::pin!(connection);
    // An error is the client's: it went away, or sent something that is not HTTP, and was told so.
    tokio::select! {
        _ = connection.as_mut() => {}
        _ = stopped.changed() => {
            connection.as_mut().graceful_shutdown();
            let _ = tokio::time::timeout(GRACE, connection).await;
        }
    }
}
