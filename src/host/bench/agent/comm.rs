//! The group `comm`: transfers on I2C, SPI, serial ports and TCP connections.

use std::time::Duration;

use http::StatusCode;
use serde_json::json;

use super::{
    super::{
        address::AgentAddress, bench::Bench, channel_type::ChannelType, equipment::FarEnd,
        error::BenchError,
    },
    body::Body,
    problem::Problem,
    reply::{Answer, Reply},
    server::{Agent, Call},
};

/// The most bytes one transfer reads.
const MAX_RECEIVE: i64 = 65536;
const DEFAULT_TIMEOUT_MS: i64 = 1000;

const BUS_TYPES: [&str; 3] = ["RS232", "RS422", "RS485"];
const FLOW_CONTROLS: [&str; 6] = [
    "None",
    "XON_XOFF",
    "RTS_CTS",
    "RTS_CTS_AND_XON_XOFF",
    "DTR_DSR",
    "DTR_DSR_AND_XON_XOFF",
];
const PARITIES: [&str; 5] = ["None", "Even", "Odd", "Mark", "Space"];

/// What all four kinds of transfer have in common.
struct Transfer {
    action: &'static str,
    /// Empty where nothing is to be sent.
    data: Vec<u8>,
    count: usize,
}

impl Transfer {
    /// `actions` are those of this kind, called `on` in messages.
    fn read(body: &Body, on: &str, actions: &[&'static str]) -> Result<Self, Problem> {
        let action = body.required_text("Action")?;
        let known = actions
            .iter()
            .copied()
            .find(|known| known.eq_ignore_ascii_case(action));
        let sends = matches!(known, Some("Send" | "SendReceive"));
        let data = body.text("DataToSend")?.unwrap_or_default();
        // Before anything else, whatever the device: clients count on it.
        if sends && data.trim().is_empty() {
            return Err(Problem::bad_request(format!(
                "field \"DataToSend\" is missing: {action} needs data"
            )));
        }
        let action = known.ok_or_else(|| {
            let known = match actions {
                [first @ .., last] => format!("{} or {last}", first.join(", ")),
                [] => String::new(),
            };
            Problem::bad_request(format!(
                "field \"Action\" must be {known} on {on}, not \"{action}\""
            ))
        })?;
        let data = decode(data).ok_or_else(|| {
            Problem::bad_request(format!(
                "field \"DataToSend\" must be bytes of two hexadecimal digits each, not \"{data}\""
            ))
        })?;
        let count = body.whole("NumberOfBytesToReceive", 0)?.unwrap_or_default();
        if count > MAX_RECEIVE {
            return Err(Problem::bad_request(format!(
                "field \"NumberOfBytesToReceive\" must be at most {MAX_RECEIVE}, not {count}"
            )));
        }
        Ok(Self {
            action,
            data: if sends { data } else { Vec::new() },
            count: usize::try_from(count).unwrap_or_default(),
        })
    }

    fn receives(&self) -> bool {
        matches!(self.action, "Receive" | "SendReceive")
    }

    fn reply(&self, device: &str, received: &[u8]) -> Reply {
        Reply::json(&json!({
            "deviceName": device,
            "action": self.action,
            "received": encode(received),
            "numberOfBytesReceived": received.len(),
        }))
    }

    /// Works on a serial line or a connection, which waits for what does not come.
    fn talk(&self, device: &str, bench: &mut Bench, peer: &FarEnd, end: &End) -> Reply {
        if self.action == "ClearBuffers" {
            bench.clear_line(peer);
        }
        if !self.data.is_empty() {
            bench.tell(peer, &self.data);
        }
        if !self.receives() {
            return self.reply(device, &[]);
        }
        let incoming = bench.listen(peer, self.count, end.termination, end.timeout);
        self.reply(device, &incoming.bytes).after(incoming.after)
    }
}

/// When a transfer on a serial line or a connection ends.
struct End {
    termination: Option<u8>,
    timeout: Duration,
}

impl End {
    fn read(body: &Body, default: u8) -> Result<Self, Problem> {
        let uses = body.boolean("UseTerminationByte")?.unwrap_or_default();
        let byte = match body.text("TerminationByte")? {
            None => default,
            Some(text) => match decode(text).as_deref() {
                Some([byte]) => *byte,
                _ => {
                    return Err(Problem::bad_request(format!(
                        "field \"TerminationByte\" must be two hexadecimal digits, not \"{text}\""
                    )));
                }
            },
        };
        let timeout = body.whole("TimeoutMs", 0)?.unwrap_or(DEFAULT_TIMEOUT_MS);
        Ok(Self {
            termination: uses.then_some(byte),
            timeout: Duration::from_millis(timeout.unsigned_abs()),
        })
    }
}

impl Agent {
    pub(super) fn i2c(&mut self, call: &Call) -> Answer {
        let body = Body::parse(call.body)?;
        let actions = ["Send", "Receive", "SendReceive", "Scan"];
        let transfer = Transfer::read(&body, "I2C", &actions)?;
        body.whole("MaxRetries", -1)?;
        let device = body.required_text("DeviceName")?;
        let name = self.bench.device(device, ChannelType::I2C)?;
        let count = transfer.count;
        let data = Some(transfer.data.as_slice());
        let mut received = match transfer.action {
            "Scan" => self.bench.scan(&name)?,
            "Send" => self.bench.transfer(&name, address(&body)?, data, None)?,
            "SendReceive" => self
                .bench
                .transfer(&name, address(&body)?, data, Some(count))?,
            _ => self
                .bench
                .transfer(&name, address(&body)?, None, Some(count))?,
        };
        if transfer.receives() {
            self.bench.equipment().shorten(&name, &mut received);
        }
        Ok(transfer.reply(device, &received))
    }

    pub(super) fn spi(&mut self, call: &Call) -> Answer {
        let body = Body::parse(call.body)?;
        let transfer = Transfer::read(&body, "SPI", &["Send", "Receive", "SendReceive"])?;
        let device = body.required_text("DeviceName")?;
        let name = self.bench.device(device, ChannelType::SPI)?;
        let equipment = self.bench.equipment_mut();
        let spi = equipment
            .spi
            .get_mut(&name)
            .ok_or_else(|| unknown(ChannelType::SPI, device))?;
        let clocked = if transfer.receives() {
            transfer.count.max(transfer.data.len())
        } else {
            transfer.data.len()
        };
        let mut received = spi.exchange(&transfer.data, clocked);
        equipment.shorten(&name, &mut received);
        if !transfer.receives() {
            received.clear();
        }
        Ok(transfer.reply(device, &received))
    }

    pub(super) fn uart(&mut self, call: &Call) -> Answer {
        let body = Body::parse(call.body)?;
        let actions = ["Send", "Receive", "SendReceive", "ClearBuffers"];
        let transfer = Transfer::read(&body, "UART", &actions)?;
        body.whole("BaudRate", 1)?;
        for (name, words) in [
            ("BusType", BUS_TYPES.as_slice()),
            ("FlowControl", &FLOW_CONTROLS),
            ("Parity", &PARITIES),
        ] {
            word(&body, name, words)?;
        }
        let end = End::read(&body, b'\n')?;
        let device = body.required_text("DeviceName")?;
        let name = self.bench.device(device, ChannelType::UART)?;
        let peer = FarEnd::Uart(name);
        Ok(transfer.talk(device, &mut self.bench, &peer, &end))
    }

    pub(super) fn socket(&mut self, call: &Call) -> Answer {
        let body = Body::parse(call.body)?;
        let transfer = Transfer::read(&body, "Socket", &["Send", "Receive", "SendReceive"])?;
        let host = body.required_text("HostName")?;
        let port = body.whole("Port", 1)?.unwrap_or_default();
        let port = u16::try_from(port).ok().filter(|port| *port != 0);
        let port = port.ok_or_else(|| {
            Problem::bad_request("field \"Port\" must be a port, from 1 to 65535")
        })?;
        let end = End::read(&body, 0)?;
        let device = body.required_text("DeviceName")?;
        self.bench.device(device, ChannelType::SOCKET)?;
        let address = AgentAddress::new(host, port).to_string();
        let sockets = &self.bench.equipment().sockets;
        if !sockets.contains_key(&address) {
            let known: Vec<_> = sockets.keys().map(String::as_str).collect();
            return Err(Problem::new(
                StatusCode::INTERNAL_SERVER_ERROR,
                format!(
                    "nothing answers at {address}: sockets of the simulated bench are {}; \
                     add it to bench.yaml: sockets: {{\"{address}\": {{echo: true}}}}",
                    known.join(", ")
                ),
            ));
        }
        let peer = FarEnd::Socket(address);
        Ok(transfer.talk(device, &mut self.bench, &peer, &end))
    }
}

fn unknown(kind: ChannelType, name: &str) -> BenchError {
    BenchError::UnknownDevice {
        kind,
        name: name.into(),
    }
}

/// Refuses a word that is not of this list; one left out is fine.
fn word(body: &Body, name: &str, words: &[&str]) -> Result<(), Problem> {
    let Some(text) = body.text(name)? else {
        return Ok(());
    };
    if words.iter().any(|word| word.eq_ignore_ascii_case(text)) {
        return Ok(());
    }
    Err(Problem::bad_request(format!(
        "field \"{name}\" must be one of {}, not \"{text}\"",
        words.join(", ")
    )))
}

/// The 7-bit address in hexadecimal, "50".
fn address(body: &Body) -> Result<u8, Problem> {
    let text = body.required_text("Address")?;
    let digits = text
        .strip_prefix("0x")
        .or_else(|| text.strip_prefix("0X"))
        .unwrap_or(text);
    let address = u8::from_str_radix(digits, 16)
        .ok()
        .filter(|address| *address < 0x80 && !digits.starts_with('+'));
    address.ok_or_else(|| {
        Problem::bad_request(format!("field \"Address\" must be a 7-bit address in hexadecimal, from 00 to 7F, not \"{text}\""))
    })
}

fn decode(hex: &str) -> Option<Vec<u8>> {
    let digit = |byte: u8| {
        char::from(byte)
            .to_digit(16)
            .and_then(|digit| u8::try_from(digit).ok())
    };
    let (pairs, []) = hex.as_bytes().as_chunks::<2>() else {
        return None;
    };
    pairs
        .iter()
        .map(|[high, low]| Some(digit(*high)? << 4 | digit(*low)?))
        .collect()
}

fn encode(data: &[u8]) -> String {
    data.iter().map(|byte| format!("{byte:02X}")).collect()
}
