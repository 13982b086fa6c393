//! Randomness that is the same in every run.

use std::sync::atomic::{AtomicU64, Ordering};

use sha2::{Digest, Sha256};

use super::{Host, HostError, Reply, Request};

/// Gives random bytes that follow from a seed and from how much was drawn before; passes everything else on.
pub struct Seeded<H> {
    inner: H,
    seed: u64,
    drawn: AtomicU64,
}

impl<H: Host> Seeded<H> {
    pub fn new(inner: H, seed: u64) -> Self {
        Self {
            inner,
            seed,
            drawn: AtomicU64::new(0),
        }
    }
}

impl<H: Host> Host for Seeded<H> {
    fn call(&self, request: Request) -> Result<Reply, HostError> {
        let Request::Random { size } = request else {
            return self.inner.call(request);
        };
        // Asked for the errors that it may give, such as for a size that is too large.
        let Reply::Bytes(mut bytes) = self.inner.call(request)? else {
            return self.inner.call(Request::Random { size });
        };
        for piece in bytes.chunks_mut(32) {
            let number = self.drawn.fetch_add(1, Ordering::Relaxed);
            let mut hash = Sha256::new();
            hash.update(self.seed.to_le_bytes());
            hash.update(number.to_le_bytes());
            piece.copy_from_slice(&hash.finalize()[..piece.len()]);
        }
        Ok(Reply::Bytes(bytes))
    }
}
