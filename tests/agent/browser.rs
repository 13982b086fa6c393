//! The page at `/` in a browser: headless Chromium, driven over its DevTools protocol.

use std::{
    env,
    io::{BufRead, BufReader, Read, Write},
    net::TcpStream,
    process::{Child, Command, Stdio},
    thread::sleep,
    time::{Duration, Instant},
};

use serde_json::{Value as Json, json};
use tempfile::TempDir;

use crate::{
    client::{Client, NAME},
    serving::Serving,
};

const NAMES: [&str; 3] = ["chromium", "chromium-browser", "google-chrome"];
const BENCH: &str = r#"
agent: {name: "<b onload=alert(1)>Fixture</b> \"7\" & co"}
resources:
  Supply.CURRENT: {value: 0.4, unit: A, alias: "<img src=x onerror=alert(2)>"}
  "</script><script>alert(3)</script>": {value: "<i>x</i>", description: "&lt;"}
"#;

/// A program that ends with this value.
struct Program {
    child: Child,
    profile: TempDir,
}

/// A browser with one page.
struct Browser {
    _program: Program,
    stream: BufReader<TcpStream>,
    asked: u64,
    /// What the page and the browser complained about.
    complaints: Vec<Json>,
}

impl Browser {
    /// None where there is no browser; `CHROMIUM` names one that is elsewhere.
    fn start() -> Option<Self> {
        let named = env::var_os("CHROMIUM").into_iter();
        let profile = tempfile::tempdir().expect("a temporary folder");
        let child = named.chain(NAMES.map(Into::into)).find_map(|program| {
            let mut command = Command::new(program);
            command
                .args([
                    "--headless=new",
                    "--no-sandbox",
                    "--disable-gpu",
                    "--remote-debugging-port=0",
                ])
                .arg(format!("--user-data-dir={}", profile.path().display()))
                .arg("about:blank")
                .stdin(Stdio::null())
                .stdout(Stdio::null())
                .stderr(Stdio::piped());
            command.spawn().ok()
        });
        let Some(child) = child else {
            // Not to be had everywhere, unlike Python; so it is never an error.
            println!("skipped: there is no Chromium on this machine");
            return None;
        };
        let mut program = Program { child, profile };
        let mut lines = BufReader::new(program.child.stderr.take().expect("a pipe")).lines();
        let address = loop {
            let line = lines.next().expect("an address").expect("a line");
            if let Some((_, address)) = line.split_once("DevTools listening on ws://") {
                break address.split('/').next().expect("an address").to_owned();
            }
        };
        // Whatever else it says, it must not wait for somebody to read it.
        std::thread::spawn(move || lines.for_each(drop));
        let path = page_of(&address);
        let mut stream = TcpStream::connect(&address).expect("connected");
        stream
            .set_read_timeout(Some(Duration::from_secs(60)))
            .expect("set");
        let upgrade = format!(
            "GET {path} HTTP/1.1\r\nHost: {address}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
             Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Version: 13\r\n\r\n"
        );
        stream.write_all(upgrade.as_bytes()).expect("sent");
        let mut stream = BufReader::new(stream);
        let mut line = String::new();
        while line != "\r\n" {
            line.clear();
            assert_ne!(stream.read_line(&mut line).expect("a line"), 0);
        }
        let mut browser = Self {
            _program: program,
            stream,
            asked: 0,
            complaints: Vec::new(),
        };
        for domain in ["Runtime", "Log", "Page"] {
            browser.ask(&format!("{domain}.enable"), &json!({}));
        }
        Some(browser)
    }

    fn ask(&mut self, method: &str, parameters: &Json) -> Json {
        self.asked += 1;
        let message = json!({"id": self.asked, "method": method, "params": parameters}).to_string();
        let mut frame = vec![0x81, 0xFE];
        let length = u16::try_from(message.len()).expect("a short message");
        frame.extend(length.to_be_bytes());
        // A mask of zeros changes nothing.
        frame.extend([0; 4]);
        frame.extend(message.as_bytes());
        self.stream.get_mut().write_all(&frame).expect("sent");
        loop {
            let message = self.message();
            if message["id"] == self.asked {
                assert!(message.get("error").is_none(), "{method}: {message}");
                return message["result"].clone();
            }
            let event = message["method"].as_str().unwrap_or_default();
            let complains = match event {
                "Runtime.exceptionThrown" => true,
                "Runtime.consoleAPICalled" => message["params"]["type"] == "error",
                "Log.entryAdded" => message["params"]["entry"]["level"] == "error",
                _ => event == "Page.javascriptDialogOpening",
            };
            if complains {
                self.complaints.push(message);
            }
        }
    }

    fn message(&mut self) -> Json {
        let mut whole = Vec::new();
        loop {
            let [flags, length] = self.bytes();
            let length = match length {
                126 => u64::from(u16::from_be_bytes(self.bytes())),
                127 => u64::from_be_bytes(self.bytes()),
                length => u64::from(length),
            };
            let mut part = (&mut self.stream).take(length);
            part.read_to_end(&mut whole).expect("a message");
            if flags & 0x80 != 0 {
                return serde_json::from_slice(&whole).expect("JSON");
            }
        }
    }

    fn bytes<const N: usize>(&mut self) -> [u8; N] {
        let mut bytes = [0; N];
        self.stream.read_exact(&mut bytes).expect("bytes");
        bytes
    }

    fn value(&mut self, expression: &str) -> Json {
        let parameters = json!({"expression": expression, "returnByValue": true});
        let result = self.ask("Runtime.evaluate", &parameters);
        assert!(result.get("exceptionDetails").is_none(), "{result}");
        result["result"]["value"].clone()
    }

    /// Waits until an expression has this value.
    #[track_caller]
    fn wait_for(&mut self, expression: &str, wanted: &Json) {
        let end = Instant::now() + Duration::from_secs(60);
        loop {
            let value = self.value(expression);
            if value == *wanted {
                return;
            }
            assert!(
                Instant::now() < end,
                "{expression} is {value}: {:?}",
                self.complaints
            );
            sleep(Duration::from_millis(20));
        }
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        // Both fail only when it has ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
        // Some of its processes may still write there.
        let _ = std::fs::remove_dir_all(self.profile.path());
    }
}

/// The path of the page's protocol.
fn page_of(address: &str) -> String {
    let mut stream = TcpStream::connect(address).expect("connected");
    let request = format!("GET /json/list HTTP/1.1\r\nHost: {address}\r\n\r\n");
    stream.write_all(request.as_bytes()).expect("sent");
    stream
        .set_read_timeout(Some(Duration::from_secs(60)))
        .expect("set");
    let mut reader = BufReader::new(stream);
    let mut line = String::new();
    let mut length = 0;
    while line != "\r\n" {
        line.clear();
        assert_ne!(reader.read_line(&mut line).expect("a line"), 0);
        let lower = line.to_ascii_lowercase();
        if let Some(value) = lower.strip_prefix("content-length:") {
            length = value.trim().parse().expect("a number");
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).expect("a body");
    let pages: Vec<Json> = serde_json::from_slice(&body).expect("JSON");
    let page = pages
        .iter()
        .find(|page| page["type"] == "page")
        .expect("a page");
    let url = page["webSocketDebuggerUrl"].as_str().expect("an address");
    url.split_once(address)
        .expect("its own address")
        .1
        .to_owned()
}

/// The cell of a channel's row.
fn cell(channel: &str, class: &str) -> String {
    format!(
        "[...document.querySelectorAll('tbody tr')].find((row) => row.cells[0].firstChild.data === {}).querySelector('{class}')",
        json!(channel)
    )
}

fn shown(channel: &str) -> String {
    format!(
        "document.querySelector('tbody tr') && {}.textContent",
        cell(channel, ".value")
    )
}

fn submit(channel: &str, value: &str) -> String {
    let input = cell(channel, "input");
    format!("{{ const input = {input}; input.value = '{value}'; input.form.requestSubmit(); }}")
}

#[test]
fn the_page_shows_and_sets_values_and_nothing_in_a_bench_becomes_part_of_it() {
    let Some(mut browser) = Browser::start() else {
        return;
    };
    let serving = Serving::bench(BENCH);
    let url = format!("{}/", serving.url());
    browser.ask("Page.navigate", &json!({"url": url}));
    let supply = "Supply.CURRENT";
    browser.wait_for(&shown(supply), &json!("0.4"));
    browser.wait_for(
        "document.title",
        &json!("<b onload=alert(1)>Fixture</b> \"7\" & co"),
    );
    browser.wait_for(
        &shown("</script><script>alert(3)</script>"),
        &json!("<i>x</i>"),
    );
    let elements = "document.querySelectorAll('b, i, img').length + document.scripts.length";
    assert_eq!(browser.value(elements), 1);
    let field = |name: &str| format!("document.getElementById('{name}').textContent");
    browser.wait_for(&field("stream"), &json!("live"));
    browser.wait_for(&field("hardware"), &json!("connected"));
    browser.wait_for(&field("modules"), &json!("TempRegulator loaded"));
    // What others change appears by itself, and what the page changes is changed for them.
    let mut client = Client::of(&serving);
    let post = |client: &mut Client, path: &str, body: &Json| {
        let body = body.to_string();
        let length = body.len();
        client.ask(format!(
            "POST /api/{path} HTTP/1.1\r\nHost: a\r\nContent-Length: {length}\r\n\r\n{body}"
        ))
    };
    post(
        &mut client,
        "resources/value/set",
        &json!({"Name": supply, "Value": "1.5"}),
    );
    browser.wait_for(&shown(supply), &json!("1.5"));
    browser.value(&submit(supply, "2.5"));
    browser.wait_for(&shown(supply), &json!("2.5"));
    let read = post(&mut client, "resources/value/get", &json!({"Name": supply}));
    assert_eq!(read.body, r#"{"value":"2.5"}"#);
    // What somebody is typing outlasts a change of the configuration.
    let input = cell(supply, "input");
    browser.value(&format!(
        "{{ const input = {input}; input.value = '9'; input.focus(); }}"
    ));
    post(
        &mut client,
        "channels/channel/configure",
        &json!({"NetName": supply, "Unit": "mA"}),
    );
    let unit = format!("{}.textContent", cell(supply, ".unit"));
    browser.wait_for(&unit, &json!("mA"));
    let regulated = "[...document.querySelectorAll('tbody tr')].some((row) => row.textContent.includes('CPU_TEMP'))";
    assert_eq!(browser.value(regulated), true);
    post(
        &mut client,
        "modules/unload",
        &json!({"Name": "TempRegulator"}),
    );
    browser.wait_for(&field("modules"), &json!("TempRegulator not loaded"));
    assert_eq!(browser.value(regulated), false);
    let typed = format!("{input}.value + (document.activeElement === {input})");
    assert_eq!(browser.value(&typed), "9true");
    assert_eq!(browser.value(&shown(supply)), "2.5");
    // Whoever subscribes while that is under way makes no second subscription.
    browser.value(
        "{ const real = fetch; window.made = 0; subscription = null; \
         window.fetch = (path, options) => { made += path === 'api/subscriptions'; return real(path, options); }; \
         Promise.all([subscribe(), subscribe(), subscribe()]).then(() => { window.done = true; }); 0; }",
    );
    browser.wait_for("window.done", &json!(true));
    assert_eq!(browser.value("made"), 1);
    browser.wait_for(
        "document.getElementById('requests').textContent.includes('POST /api/modules/unload 200')",
        &json!(true),
    );
    assert_eq!(browser.complaints, Vec::<Json>::new());
    // Only who holds the lease may change something; the browser itself tells of the 423.
    post(&mut client, "lease", &json!({"Owner": "<u>A</u>"}));
    browser.wait_for(&field("lease"), &json!("held by <u>A</u>"));
    browser.value(&submit(supply, "3.5"));
    let refused = "document.getElementById('message').textContent.startsWith('Supply.CURRENT: the lease is held by \"<u>A</u>\"')";
    browser.wait_for(refused, &json!(true));
    assert_eq!(browser.value(&shown(supply)), "2.5");
    assert_eq!(client.ask(NAME).status, 200);
    // At the width of a phone nothing sticks out.
    let phone = json!({"width": 360, "height": 640, "deviceScaleFactor": 2, "mobile": true});
    browser.ask("Emulation.setDeviceMetricsOverride", &phone);
    browser.wait_for("innerWidth", &json!(360));
    assert_eq!(browser.value("document.documentElement.scrollWidth"), 360);
}
