//! The error queue and the status registers of IEEE 488.2.

use std::{collections::VecDeque, fmt};

/// How many errors wait to be asked for.
const MOST_WAITING: usize = 20;

/// A number and a text of SCPI-1999, volume 2, chapter 21.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ScpiError(pub i16, pub &'static str);

pub const NO_ERROR: ScpiError = ScpiError(0, "No error");
pub const SYNTAX: ScpiError = ScpiError(-102, "Syntax error");
pub const DATA_TYPE: ScpiError = ScpiError(-104, "Data type error");
pub const NOT_ALLOWED: ScpiError = ScpiError(-108, "Parameter not allowed");
pub const MISSING: ScpiError = ScpiError(-109, "Missing parameter");
pub const UNDEFINED_HEADER: ScpiError = ScpiError(-113, "Undefined header");
pub const BAD_SUFFIX: ScpiError = ScpiError(-131, "Invalid suffix");
pub const BAD_STRING: ScpiError = ScpiError(-151, "Invalid string data");
pub const OUT_OF_RANGE: ScpiError = ScpiError(-222, "Data out of range");
pub const ILLEGAL_VALUE: ScpiError = ScpiError(-224, "Illegal parameter value");
const OVERFLOW: ScpiError = ScpiError(-350, "Queue overflow");

impl ScpiError {
    /// One of the parser, after which the rest of a line is not looked at.
    pub fn is_of_command(self) -> bool {
        (-199..=-100).contains(&self.0)
    }
}

impl fmt::Display for ScpiError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{},\"{}\"", self.0, self.1)
    }
}

/// Bits of the standard event status register.
mod event {
    pub const OPERATION_COMPLETE: u8 = 1;
    pub const QUERY_ERROR: u8 = 1 << 2;
    pub const DEVICE_ERROR: u8 = 1 << 3;
    pub const EXECUTION_ERROR: u8 = 1 << 4;
    pub const COMMAND_ERROR: u8 = 1 << 5;
    pub const POWER_ON: u8 = 1 << 7;
}

/// Bits of the status byte.
mod byte {
    pub const ERROR_QUEUE: u8 = 1 << 2;
    pub const MESSAGE_AVAILABLE: u8 = 1 << 4;
    pub const EVENT_SUMMARY: u8 = 1 << 5;
    pub const MASTER_SUMMARY: u8 = 1 << 6;
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Status {
    events: u8,
    pub event_enable: u8,
    pub service_enable: u8,
    /// Whether answers wait to be read.
    pub message_available: bool,
    queue: VecDeque<ScpiError>,
}

impl Default for Status {
    fn default() -> Self {
        Self {
            events: event::POWER_ON,
            event_enable: 0,
            service_enable: 0,
            message_available: false,
            queue: VecDeque::new(),
        }
    }
}

impl Status {
    pub fn report(&mut self, error: ScpiError) {
        self.events |= match error.0 {
            -199..=-100 => event::COMMAND_ERROR,
            -299..=-200 => event::EXECUTION_ERROR,
            -499..=-400 => event::QUERY_ERROR,
            _ => event::DEVICE_ERROR,
        };
        if self.queue.len() < MOST_WAITING {
            self.queue.push_back(error);
        } else if let Some(last) = self.queue.back_mut() {
            *last = OVERFLOW;
            self.events |= event::DEVICE_ERROR;
        }
    }

    /// `*OPC`: everything is done, always.
    pub fn complete(&mut self) {
        self.events |= event::OPERATION_COMPLETE;
    }

    /// `*CLS`.
    pub fn clear(&mut self) {
        self.events = 0;
        self.queue.clear();
    }

    /// `*ESR?`: the events since it was asked for last.
    pub fn take_events(&mut self) -> u8 {
        std::mem::take(&mut self.events)
    }

    /// `*STB?`.
    pub fn byte(&self) -> u8 {
        let mut byte = 0;
        if !self.queue.is_empty() {
            byte |= byte::ERROR_QUEUE;
        }
        if self.message_available {
            byte |= byte::MESSAGE_AVAILABLE;
        }
        if self.events & self.event_enable != 0 {
            byte |= byte::EVENT_SUMMARY;
        }
        if byte & self.service_enable != 0 {
            byte |= byte::MASTER_SUMMARY;
        }
        byte
    }

    /// The oldest error.
    pub fn next_error(&mut self) -> ScpiError {
        self.queue.pop_front().unwrap_or(NO_ERROR)
    }

    pub fn errors(&self) -> usize {
        self.queue.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_queue_says_so_in_its_last_place() {
        let mut status = Status::default();
        assert_eq!(status.take_events(), 0x80);
        for _ in 0..25 {
            status.report(UNDEFINED_HEADER);
        }
        assert_eq!(status.errors(), 20);
        for _ in 0..19 {
            assert_eq!(status.next_error(), UNDEFINED_HEADER);
        }
        assert_eq!(status.next_error().to_string(), "-350,\"Queue overflow\"");
        assert_eq!(status.next_error().to_string(), "0,\"No error\"");
        assert_eq!(status.take_events(), 0x28);
    }

    #[test]
    fn the_status_byte_sums_up() {
        let mut status = Status::default();
        status.clear();
        assert_eq!(status.byte(), 0);
        status.complete();
        status.event_enable = 1;
        assert_eq!(status.byte(), 0x20);
        status.service_enable = 0x20;
        assert_eq!(status.byte(), 0x60);
        status.report(OUT_OF_RANGE);
        assert_eq!(status.byte(), 0x64);
        assert_eq!(status.take_events(), 0x11);
        assert_eq!(status.byte(), 0x04);
        status.message_available = true;
        assert_eq!(status.byte(), 0x14);
        status.service_enable = 0x10;
        assert_eq!(status.byte(), 0x54);
    }
}
