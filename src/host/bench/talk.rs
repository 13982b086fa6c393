//! Talking with what is at the other end of serial lines and TCP connections.

use std::time::Duration;

use super::{bench::Bench, equipment::FarEnd, line::Incoming, peer::Peer, script::Said};

impl Bench {
    /// Lets a peer work with the bench; none where there is no such peer. Meanwhile it is not at its place.
    pub(super) fn with_peer<T>(
        &mut self,
        end: &FarEnd,
        act: impl FnOnce(&mut Peer, &mut Self) -> T,
    ) -> Option<T> {
        let mut peer = std::mem::take(self.equipment.peer_mut(end)?);
        let result = act(&mut peer, self);
        if let Some(place) = self.equipment.peer_mut(end) {
            *place = peer;
        }
        Some(result)
    }

    /// Sends bytes to a peer; what it says to them waits on its line.
    pub(super) fn tell(&mut self, end: &FarEnd, data: &[u8]) {
        self.with_peer(end, |peer, bench| peer.hear(data, bench));
        // One that has switched its own supply off notices now.
        self.follow();
    }

    /// Receives from a peer's line, as [`Line::receive`](super::line::Line::receive) says.
    pub(super) fn listen(
        &mut self,
        end: &FarEnd,
        count: usize,
        termination: Option<u8>,
        timeout: Duration,
    ) -> Incoming {
        let now = self.now;
        let peer = self.equipment.peer_mut(end);
        let incoming = peer.map(|peer| peer.line.receive(count, termination, now, timeout));
        incoming.unwrap_or(Incoming {
            bytes: Vec::new(),
            after: timeout,
        })
    }

    /// Forgets what waits on a peer's line.
    pub(super) fn clear_line(&mut self, end: &FarEnd) {
        let now = self.now;
        if let Some(peer) = self.equipment.peer_mut(end) {
            peer.line.clear(now);
        }
    }

    /// Sends bytes over a connection of the caller's own, which keeps what is not a whole line yet; gives what comes back.
    pub(super) fn converse(
        &mut self,
        address: &str,
        data: &[u8],
        unfinished: &mut Vec<u8>,
    ) -> Vec<Said> {
        self.cache.clear();
        let end = FarEnd::Socket(address.into());
        let said = self.with_peer(&end, |peer, bench| {
            peer.hear_stream(data, unfinished, bench)
        });
        self.follow();
        said.unwrap_or_default()
    }
}
