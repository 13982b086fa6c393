//! The example's hand-written runner under CPython, against the same bench over loopback.

use std::{
    io::{Read, Write},
    net::{TcpListener, TcpStream},
    path::Path,
    process::Command,
    sync::{Arc, Mutex},
    thread,
    time::Instant,
};

use crate::outside;
use rehearsal::{
    diagnostic::Diagnostics,
    host::bench::{self, BenchNetwork, Received},
    source::Sources,
};

const PACKAGE: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/examples/ESH10000121_FunctionalTest_v00"
);

/// Serves the example's bench, with a change, on a free port; the threads end with the test's process.
fn serve(change: impl Fn(String) -> String) -> u16 {
    let text =
        change(std::fs::read_to_string(Path::new(PACKAGE).join("bench.yaml")).expect("the bench"));
    let (mut sources, mut problems) = (Sources::default(), Diagnostics::default());
    let file = sources.add("bench.yaml", text);
    let station = bench::read(&sources.get(file).text, file, &mut problems).expect("a good bench");
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = listener.local_addr().expect("an address").port();
    let start = Instant::now();
    let network =
        BenchNetwork::new(station, [("127.0.0.1".into(), port)], start.elapsed()).expect("a bench");
    let network = Arc::new(Mutex::new(network));
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let network = network.clone();
            thread::spawn(move || talk(stream, port, &network, start));
        }
    });
    port
}

fn talk(mut stream: TcpStream, port: u16, network: &Mutex<BenchNetwork>, start: Instant) {
    let mut network = network.lock().expect("one connection at a time");
    let id = network
        .connect("127.0.0.1", port, start.elapsed())
        .expect("connected");
    let mut buffer = [0; 4096];
    while let Ok(count @ 1..) = stream.read(&mut buffer) {
        network
            .send(id, &buffer[..count], start.elapsed())
            .expect("sent");
        while let Ok(Received::Bytes(answer)) = network.receive(id, 65536, false, start.elapsed()) {
            stream.write_all(&answer).expect("answered");
        }
    }
}

/// CPython's exit code and output, or `None` where there is no CPython.
fn run_local(port: u16) -> Option<(i32, String)> {
    let output = Command::new(outside::cpython()?)
        .args([
            "-B",
            "run_local.py",
            "--host",
            &format!("http://127.0.0.1:{port}"),
        ])
        .current_dir(PACKAGE)
        .output()
        .ok()?;
    Some((
        output.status.code()?,
        String::from_utf8_lossy(&output.stdout).into_owned(),
    ))
}

#[test]
fn the_examples_code_runs_unchanged_under_cpython() {
    let Some((code, shown)) = run_local(serve(|text| text)) else {
        return;
    };
    assert_eq!(code, 0, "{shown}");
    assert_eq!(shown.matches("[PASS   ]").count(), 5 + 12, "{shown}");
}

#[test]
fn cpython_sees_the_same_broken_wire() {
    let broken = serve(|text| text + "\nfaults:\n  opens: [0.ESH10000121.MPIO10]\n");
    let Some((code, shown)) = run_local(broken) else {
        return;
    };
    assert_eq!(code, 1, "{shown}");
    assert!(shown.contains("  - [FAIL   ] Test Interconnect"), "{shown}");
}
