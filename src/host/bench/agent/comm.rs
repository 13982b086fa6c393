//! The group `comm`: transfers on a bus. Only I2C is simulated.

use serde_json::json;

use super::{
    body::Body,
    problem::Problem,
    server::{Agent, Answer, Call},
};

/// The most bytes one transfer reads.
const MAX_RECEIVE: i64 = 65536;

impl Agent {
    pub(super) fn i2c(&mut self, call: &Call) -> Answer {
        let body = Body::parse(call.body)?;
        let action = body.required_text("Action")?;
        let known = ["Send", "Receive", "SendReceive", "Scan"]
            .into_iter()
            .find(|known| known.eq_ignore_ascii_case(action));
        let sends = matches!(known, Some("Send" | "SendReceive"));
        let data = body.text("DataToSend")?.unwrap_or_default();
        // Before anything else, whatever the device: clients count on it.
        if sends && data.trim().is_empty() {
            return Err(Problem::bad_request(format!(
                "field \"DataToSend\" is missing: {action} needs data"
            )));
        }
        let known = known.ok_or_else(|| {
            Problem::bad_request(format!("field \"Action\" must be Send, Receive, SendReceive or Scan on I2C, not \"{action}\""))
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
        body.whole("MaxRetries", -1)?;
        let device = body.required_text("DeviceName")?;
        let bus = self.bench.bus(device)?;
        let count = usize::try_from(count).unwrap_or_default();
        let received = match known {
            "Scan" => bus.scan(),
            "Send" => bus.transfer(address(&body)?, Some(&data), 0)?,
            "SendReceive" => bus.transfer(address(&body)?, Some(&data), count)?,
            _ => bus.transfer(address(&body)?, None, count)?,
        };
        Ok(Some(json!({
            "deviceName": device,
            "action": known,
            "received": encode(&received),
            "numberOfBytesReceived": received.len(),
        })))
    }
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
