//! The other end of a serial line or a TCP connection.

use std::time::Duration;

use indexmap::IndexMap;

use super::{
    bench::Bench,
    line::Line,
    scpi::Instrument,
    script::{Said, Script},
};

/// The most bytes of a line that is not at its end; what comes before them is lost.
const MOST_UNFINISHED: usize = 1 << 16;

/// Echoes, answers what it knows, follows a script or is an instrument; or is silent.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Peer {
    pub echo: bool,
    /// Message → answer, both whole.
    pub answers: IndexMap<Vec<u8>, Vec<u8>>,
    pub script: Option<Script>,
    pub instrument: Option<Instrument>,
    /// What ends a line of the instrument.
    pub termination: Vec<u8>,
    /// The channel without which it is off.
    pub powered_by: Option<String>,
    pub line: Line,
    is_off: bool,
}

impl Peer {
    pub fn echo() -> Self {
        Self {
            echo: true,
            ..Self::default()
        }
    }

    pub fn answering(answers: IndexMap<Vec<u8>, Vec<u8>>) -> Self {
        Self {
            answers,
            ..Self::default()
        }
    }

    /// Begins anew, with its supply on or off. Its instrument goes on, as it would while the agent restarts.
    pub fn start(&mut self, on: bool, bench: &mut Bench) {
        self.line = Line::default();
        self.is_off = !on;
        if on {
            self.run_script(bench.now);
        }
        self.apply(bench);
    }

    /// Its supply is on or off from now on.
    pub fn power(&mut self, on: bool, bench: &mut Bench) {
        if on != self.is_off {
            return;
        }
        self.is_off = !on;
        if on {
            self.run_script(bench.now);
        } else {
            self.line.break_off(bench.now);
        }
        self.apply(bench);
    }

    /// Sets the channels that its instrument drives.
    fn apply(&mut self, bench: &mut Bench) {
        match &mut self.instrument {
            Some(instrument) if self.is_off => {
                instrument.power_off();
                instrument.let_go(bench);
            }
            Some(instrument) => instrument.tell(None, bench),
            None => {}
        }
    }

    fn run_script(&mut self, now: Duration) {
        if let Some(script) = &mut self.script {
            for Said { after, bytes } in script.start(now) {
                self.line.push(&bytes, now.saturating_add(after));
            }
        }
    }

    /// Takes what is sent in one transfer: one message, with or without an end of line, or several lines. What it says to that
    /// arrives on its line.
    pub fn hear(&mut self, data: &[u8], bench: &mut Bench) {
        let said = self.respond(data, bench);
        self.say(said, bench.now);
    }

    fn say(&mut self, said: Vec<Said>, now: Duration) {
        for Said { after, bytes } in said {
            self.line.push(&bytes, now.saturating_add(after));
        }
    }

    fn respond(&mut self, data: &[u8], bench: &mut Bench) -> Vec<Said> {
        if self.is_off {
            return Vec::new();
        }
        let mut said = self.echoed(data);
        if let Some(answer) = self.answer_to(data) {
            said.push(Said::at_once(answer));
            return said;
        }
        let data = data.strip_suffix(b"\n").unwrap_or(data);
        for line in data.split(|byte| *byte == b'\n') {
            said.extend(self.message(trimmed(line), bench));
        }
        said
    }

    /// Takes bytes of a stream; what is not yet a line stays in `unfinished`, unless it is a message that is known.
    pub fn hear_stream(
        &mut self,
        data: &[u8],
        unfinished: &mut Vec<u8>,
        bench: &mut Bench,
    ) -> Vec<Said> {
        if self.is_off {
            return Vec::new();
        }
        let mut said = self.echoed(data);
        unfinished.extend_from_slice(data);
        if let Some(answer) = self.answer_to(unfinished) {
            unfinished.clear();
            said.push(Said::at_once(answer));
            return said;
        }
        while let Some(end) = unfinished.iter().position(|byte| *byte == b'\n') {
            let line: Vec<u8> = unfinished.drain(..=end).collect();
            said.extend(self.message(trimmed(&line), bench));
        }
        let excess = unfinished.len().saturating_sub(MOST_UNFINISHED);
        unfinished.drain(..excess);
        said
    }

    fn echoed(&self, data: &[u8]) -> Vec<Said> {
        let echoed = self.echo.then(|| Said::at_once(data.to_vec()));
        echoed.into_iter().collect()
    }

    fn answer_to(&self, data: &[u8]) -> Option<Vec<u8>> {
        let answers = &self.answers;
        let answer = answers.get(data).or_else(|| answers.get(trimmed(data)));
        answer.cloned()
    }

    fn message(&mut self, message: &[u8], bench: &mut Bench) -> Vec<Said> {
        if let Some(answer) = self.answers.get(message) {
            return vec![Said::at_once(answer.clone())];
        }
        if let Some(script) = &mut self.script {
            let Some(heard) = script.hear(message, bench) else {
                return Vec::new();
            };
            if heard.restarts {
                self.line.break_off(bench.now);
                self.run_script(bench.now);
            }
            return heard.said.into_iter().collect();
        }
        let instrument = self.instrument.as_mut();
        let answer = instrument.and_then(|instrument| instrument.execute(message, bench));
        let whole = |answer: String| [answer.as_bytes(), &self.termination].concat();
        answer.map(whole).map(Said::at_once).into_iter().collect()
    }

    /// The channels it depends on or sets, by name.
    pub fn channel_names(&mut self) -> Vec<&mut String> {
        let mut names: Vec<_> = self.powered_by.iter_mut().collect();
        let script = self.script.iter_mut();
        names.extend(script.flat_map(|script| script.channel_names()));
        let instrument = self.instrument.iter_mut();
        names.extend(instrument.flat_map(|instrument| instrument.channel_names()));
        names
    }
}

/// Without the ends of lines behind it.
fn trimmed(mut data: &[u8]) -> &[u8] {
    while let [rest @ .., b'\r' | b'\n'] = data {
        data = rest;
    }
    data
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::host::bench::default_station;

    fn heard(peer: &mut Peer, data: &[u8]) -> Vec<u8> {
        let mut bench = Bench::new(default_station(), Duration::ZERO).unwrap();
        peer.hear(data, &mut bench);
        peer.line.receive(9, None, bench.now, Duration::ZERO).bytes
    }

    #[test]
    fn each_line_is_a_message_unless_the_whole_is_one() {
        let mut peer = Peer::default();
        for (message, answer) in [(&b"A"[..], &b"1"[..]), (b"B", b"2"), (b"A\nB", b"3")] {
            peer.answers.insert(message.into(), answer.into());
        }
        assert_eq!(heard(&mut peer, b"A\r\n"), b"1");
        assert_eq!(heard(&mut peer, b"A\r\nB\n"), b"12");
        assert_eq!(heard(&mut peer, b"A\nB\r\n"), b"3");
        assert_eq!(heard(&mut peer, b"C\n"), b"");
    }

    #[test]
    fn a_stream_may_come_in_any_pieces() {
        let mut bench = Bench::new(default_station(), Duration::ZERO).unwrap();
        let answers = [(&b"AB"[..], &b"1"[..]), (b"\x01\x03", b"\x02")];
        let answers = answers.map(|(message, answer)| (message.into(), answer.into()));
        let mut peer = Peer::answering(answers.into_iter().collect());
        let mut unfinished = Vec::new();
        let mut said = |data: &[u8]| -> Vec<u8> {
            let said = peer.hear_stream(data, &mut unfinished, &mut bench);
            said.into_iter().flat_map(|said| said.bytes).collect()
        };
        assert_eq!(said(b"A"), b"");
        assert_eq!(said(b"B"), b"1");
        assert_eq!(said(b"\r\nX\nAB\nA"), b"1");
        assert_eq!(said(b"B\n"), b"1");
        assert_eq!(said(b"\x01"), b"");
        assert_eq!(said(b"\x03"), b"\x02");
    }
}
