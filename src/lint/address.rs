//! L23: addresses of instruments that are written into a test.

use super::Subject;
use crate::diagnostic::{Diagnostic, Diagnostics, clip, quoted};

const SCHEMES: [&str; 8] = [
    "http://",
    "https://",
    "ws://",
    "wss://",
    "tcp://",
    "udp://",
    "visa://",
    "telnet://",
];
/// VISA resources: `TCPIP0::192.168.0.5::INSTR`.
const VISA: [&str; 7] = ["TCPIP", "GPIB", "USB", "ASRL", "VXI", "PXI", "MODBUS"];

pub fn check(subject: &Subject<'_>, found: &mut Diagnostics) {
    let variables = subject
        .package
        .tests
        .iter()
        .flat_map(|test| &test.variables);
    let parameters = subject.steps().flat_map(|(_, step)| &step.parameters);
    for (name, scalar) in variables.chain(parameters) {
        if !is_address(scalar.text.trim()) {
            continue;
        }
        let problem = Diagnostic::warning(format!(
            "{} has the address {} written into the test",
            quoted(name),
            quoted(&scalar.text)
        ));
        let key: String = name
            .to_uppercase()
            .replace(|c: char| !c.is_ascii_alphanumeric(), "_");
        let hint = format!(
            "each station has its own: put it into the configuration and write \"{{{{cfg.{}}}}}\"",
            clip(&key, 40)
        );
        found.push(problem.at(scalar.at).code("L23").hint(hint));
    }
}

fn is_address(text: &str) -> bool {
    let folded = text.to_ascii_lowercase();
    if let Some(rest) = SCHEMES
        .iter()
        .find_map(|scheme| folded.strip_prefix(scheme))
    {
        // With a template the station supplies the address.
        return !rest.is_empty() && !rest.starts_with("{{");
    }
    let upper = text.to_ascii_uppercase();
    let visa = |kind: &&str| {
        upper.strip_prefix(*kind).is_some_and(|rest| {
            rest.trim_start_matches(|c: char| c.is_ascii_digit())
                .starts_with("::")
        })
    };
    let number = |prefix: &str| {
        upper
            .strip_prefix(prefix)
            .is_some_and(|rest| !rest.is_empty() && rest.bytes().all(|b| b.is_ascii_digit()))
    };
    let visa = VISA.iter().any(visa) && !text.contains("{{");
    visa || number("COM")
        || number("\\\\.\\COM")
        || folded.starts_with("/dev/tty")
        || is_ip_address(text)
}

/// `192.168.0.5`, also with a port. A version has three parts.
fn is_ip_address(text: &str) -> bool {
    let address = match text.rsplit_once(':') {
        Some((address, port)) if port.parse::<u16>().is_ok() => address,
        _ => text,
    };
    address
        .parse::<std::net::Ipv4Addr>()
        .is_ok_and(|address| !address.is_unspecified())
}
