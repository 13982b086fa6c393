//! Lets through what is permitted.

use std::sync::Arc;

use super::{
    Permissions, Refusal, Resolver,
    judge::{Judge, Stopped},
};
use crate::host::{Host, HostError, Reply, Request};

/// Told of each request that is refused.
type Listener = Arc<dyn Fn(&Refusal) + Send + Sync>;

/// Asks the permissions before it passes a request on. Paths are passed on with every link in them resolved where that was needed to decide, so that
/// what was allowed is what is opened.
pub struct Guarded<H> {
    inner: H,
    judge: Judge,
    listener: Listener,
}

impl<H: Host> Guarded<H> {
    /// `resolver` is asked for what names stand for, beside whoever records or repeats what goes through.
    pub fn new(inner: H, permissions: Permissions, resolver: Resolver, listener: Listener) -> Self {
        Self {
            inner,
            judge: Judge::new(permissions, resolver),
            listener,
        }
    }
}

impl<H: Host> Host for Guarded<H> {
    fn call(&self, request: Request) -> Result<Reply, HostError> {
        let request =
            self.judge
                .admitted(request, &self.inner)
                .map_err(|stopped| match stopped {
                    Stopped::Refused(refusal) => {
                        (self.listener)(&refusal);
                        refusal.into()
                    }
                    Stopped::Failed(error) => error,
                })?;
        self.judge
            .followed(request, |request| self.inner.call(request))
    }
}
