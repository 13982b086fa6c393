//! A simulated station on a TCP port.

use std::{
    future::{Future, IntoFuture},
    io,
    net::SocketAddr,
    sync::Arc,
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

use axum::{Router, routing::any};
use tokio::{
    net::TcpListener,
    runtime::{Builder, Runtime},
    select,
};

use super::{
    desk::{Desk, Detail},
    listener::{Caller, Listener},
    occurrence::Occurrence,
    service,
};
use crate::host::bench::{BenchError, FaultyAgent, Station};

/// A server that has its port.
pub struct Server {
    runtime: Runtime,
    listener: Listener,
    desk: Arc<Desk>,
}

#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    #[error("the simulated bench does not start: {0}")]
    Bench(#[from] BenchError),
    #[error("failed to listen on {address}: {error}")]
    Listen {
        address: SocketAddr,
        error: io::Error,
    },
    #[error("failed to start the server: {0}")]
    Start(io::Error),
    #[error("the server ended: {0}")]
    Ended(io::Error),
}

impl Server {
    /// Starts a station's agent and takes a port for it; port 0 takes a free one.
    ///
    /// # Errors
    /// When the address cannot be had, or a module that is marked as loaded cannot be loaded.
    pub fn bind(address: SocketAddr, station: Station) -> Result<Self, ServeError> {
        let runtime = Builder::new_current_thread()
            .enable_io()
            .enable_time()
            .build()
            .map_err(ServeError::Start)?;
        let mut agent = FaultyAgent::new(station, Duration::ZERO)?;
        let start = Instant::now();
        if let Ok(real) = SystemTime::now().duration_since(UNIX_EPOCH) {
            agent.tell_time(real, Duration::ZERO);
        }
        let desk = Arc::new(Desk::new(agent, start));
        let listener = runtime
            .block_on(TcpListener::bind(address))
            .and_then(|socket| {
                let _inside = runtime.enter();
                Listener::new(socket, desk.clone())
            })
            .map_err(|error| ServeError::Listen { address, error })?;
        Ok(Self {
            runtime,
            listener,
            desk,
        })
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.listener.address()
    }

    /// Answers requests until `end`, and tells `log` of each, in this detail; `log` must not wait.
    ///
    /// # Errors
    /// When the server cannot go on.
    pub fn run(
        self,
        detail: Detail,
        log: impl Fn(&Occurrence) + Send + Sync + 'static,
        end: impl Future<Output = ()>,
    ) -> Result<(), ServeError> {
        self.desk.tell_to(Box::new(log), detail);
        let desk = self.desk.clone();
        let router = Router::new()
            .fallback(any(service::answer))
            .with_state(self.desk)
            .into_make_service_with_connect_info::<Caller>();
        let serving = axum::serve(self.listener, router);
        let result = self.runtime.block_on(async {
            select! {
                served = serving.into_future() => served.map_err(ServeError::Ended),
                () = end => Ok(()),
            }
        });
        self.runtime.block_on(desk.end_streams());
        // Requests that are never answered are not waited for.
        self.runtime.shutdown_background();
        result
    }
}
