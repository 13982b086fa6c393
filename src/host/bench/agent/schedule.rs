//! What happens at the agent by itself, as time passes: leases and subscriptions end, values are read, services come and go.

use std::time::Duration;

use super::{events::StreamId, server::Agent, subscriptions::Turn, system::Job};

/// Something that happens by itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Due {
    LeaseEnd,
    Job(Job),
    Subscription(Turn),
    Ping(StreamId),
}

impl Agent {
    /// Lets happen, in order, what is due up to now.
    pub(super) fn pass(&mut self, now: Duration) {
        while let Some((at, due)) = self.next_due(None)
            && at <= now
        {
            // What is read was so at that time.
            self.bench.tick(at);
            match due {
                Due::LeaseEnd => self.end_lease("ran out", at),
                Due::Job(job) => self.do_job(&job, at),
                Due::Subscription(Turn::Ends(id)) => self.subscriptions.end(&id),
                Due::Subscription(Turn::Values(id)) => self.serve_subscription(&id, at),
                Due::Ping(stream) => self.streams.ping(stream, now),
            }
        }
    }

    /// What happens next, and when: of all there is, or of what one stream tells.
    pub(super) fn next_due(&self, of: Option<StreamId>) -> Option<(Duration, Due)> {
        let lease = self.lease_end().map(|at| (at, Due::LeaseEnd));
        let job = self.system.next_job().map(|(at, job)| (at, Due::Job(job)));
        let turn = self.subscriptions.next(of);
        let turn = turn.map(|(at, turn)| (at, Due::Subscription(turn)));
        let ping = self.streams.next_ping(of);
        let ping = ping.map(|(at, stream)| (at, Due::Ping(stream)));
        // Of several at a time, the first.
        let all = [lease, job, turn, ping].into_iter().flatten();
        all.min_by_key(|(at, _)| *at)
    }
}
