//! Figures of the sandbox for docs/performance.md; taken by hand: `cargo test --release … --test performance -- --ignored --nocapture --test-threads 1`.

#![expect(
    clippy::expect_used,
    clippy::print_stdout,
    reason = "figures are for people"
)]

mod door;

use std::{
    fs,
    path::Path,
    sync::Arc,
    time::{Duration, Instant},
};

use rehearsal::{
    flow::{
        clock::{Clock, RealClock},
        interruption::{Deadline, Interruption, Limit},
    },
    host::live::{LiveHost, Streams},
    python::{
        Call, Interpreter, Native, Outcome, Sandbox,
        sandbox::{Image, Limits},
    },
};
use rehearsal_python::{interrupt::Interrupt, setup::Setup, value::Value};

const ROUNDS: usize = 21;

fn image() -> Image {
    let cache = Path::new(env!("CARGO_TARGET_TMPDIR")).join("sandbox");
    Image::load(Some(&cache)).expect("an image").0
}

fn setup(root: &Path) -> Setup {
    Setup {
        root: root.to_string_lossy().into_owned(),
        path: vec![root.to_string_lossy().into_owned()],
        pid: 1,
        cpus: 1,
        collect: true,
        ..Setup::default()
    }
}

fn sandbox(image: &Image, root: &Path) -> Sandbox {
    let interrupt = Interrupt::default();
    let host = LiveHost::new(root, Vec::new(), Streams::Inherited, interrupt.clone());
    let limits = Limits::default();
    Sandbox::new(
        image.clone(),
        Arc::new(host),
        interrupt,
        setup(root),
        limits,
        None,
    )
}

fn native(root: &Path) -> Native {
    let interrupt = Interrupt::default();
    let host = LiveHost::new(root, Vec::new(), Streams::Inherited, interrupt.clone());
    Native::new(Arc::new(host), interrupt, setup(root))
}

fn call(interpreter: &mut dyn Interpreter, function: &str, allowed: Duration) -> Outcome {
    let clock: Arc<dyn Clock> = Arc::new(RealClock::new());
    let deadline = Deadline {
        at: clock.elapsed() + allowed,
        allowed,
        limit: Limit::Attempt {
            step: function.into(),
        },
    };
    let stop = Interruption::new().stop_above(0).by(deadline, &clock);
    let call = Call {
        module: "m".into(),
        function: function.into(),
        arguments: Vec::new(),
    };
    interpreter.call(&call, &stop)
}

const FOREVER: Duration = Duration::from_secs(600);

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort();
    times[times.len() / 2]
}

fn module(code: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    fs::write(folder.path().join("m.py"), code).expect("a module");
    folder
}

#[test]
#[ignore = "takes figures"]
fn a_fresh_sandbox() {
    let image = image();
    let folder = module("def f():\n    return None\n");
    let mut made = Vec::new();
    let mut called = Vec::new();
    for _ in 0..ROUNDS * 5 {
        let start = Instant::now();
        let mut sandbox = sandbox(&image, folder.path());
        sandbox.prepare(&Interruption::new().stop_above(0));
        made.push(start.elapsed());
        assert_eq!(
            call(&mut sandbox, "f", FOREVER),
            Outcome::Returned(Value::None)
        );
        called.push(start.elapsed());
    }
    println!(
        "ready {:?}, first call returned {:?}",
        median(made),
        median(called)
    );
}

#[cfg(target_os = "linux")]
#[test]
#[ignore = "takes figures"]
fn two_hundred_sandboxes_at_once() {
    let private = || -> u64 {
        let map = fs::read_to_string("/proc/self/smaps_rollup").expect("Linux");
        map.lines()
            .filter(|line| line.starts_with("Private_"))
            .filter_map(|line| line.split_whitespace().nth(1)?.parse::<u64>().ok())
            .sum()
    };
    let image = image();
    let folder = module("import json\ndef f():\n    return None\n");
    let before = private();
    let mut sandboxes = Vec::new();
    for _ in 0..200 {
        let mut sandbox = sandbox(&image, folder.path());
        assert_eq!(
            call(&mut sandbox, "f", FOREVER),
            Outcome::Returned(Value::None)
        );
        sandboxes.push(sandbox);
    }
    println!("{} MB private for 200", (private() - before) / 1024);
}

#[test]
#[ignore = "takes figures"]
fn from_the_deadline_to_the_end() {
    let image = image();
    for (name, body) in [
        (
            "swallows",
            "while True:\n        try:\n            while True: pass\n        except BaseException: pass",
        ),
        ("power", "3 ** 100_000_000"),
        ("regex", "import re; re.match('(a|a)*$', 'a' * 60 + 'b')"),
        ("sum", "sum(range(10 ** 14))"),
        ("loop", "while True: pass"),
        ("sleep", "import time; time.sleep(100)"),
    ] {
        let folder = module(&format!("def g():\n    return 1\ndef f():\n    {body}\n"));
        let allowed = Duration::from_millis(100);
        let mut late = Vec::new();
        let mut next = Vec::new();
        for _ in 0..ROUNDS {
            let mut sandbox = sandbox(&image, folder.path());
            call(&mut sandbox, "g", FOREVER);
            let start = Instant::now();
            let outcome = call(&mut sandbox, "f", allowed);
            late.push(start.elapsed().saturating_sub(allowed));
            assert!(
                matches!(outcome, Outcome::Lost | Outcome::Interrupted(_)),
                "{outcome:?}"
            );
            let start = Instant::now();
            call(&mut sandbox, "g", FOREVER);
            next.push(start.elapsed());
        }
        let worst = late.iter().max().copied().unwrap_or_default();
        println!(
            "{name}: {:?} after its deadline (worst {worst:?}), the next call {:?}",
            median(late),
            median(next)
        );
    }
}

const LOOPS: &str = r#"
import json, re, statistics

def fib(n=24):
    return n if n < 2 else fib(n - 1) + fib(n - 2)

def texts():
    found = {}
    for number in range(60000):
        found[f"key{number % 977}"] = str(number)
    return len(found)

def dumps():
    rows = [{"name": f"n{i}", "value": i / 3, "ok": True} for i in range(400)]
    for _ in range(20):
        rows = json.loads(json.dumps(rows))

def sort():
    for _ in range(10):
        sorted(range(60000, 0, -1), key=lambda n: n % 1009)

def crc():
    value = 0xffff
    for byte in bytes(range(256)) * 60:
        value ^= byte
        for _ in range(8):
            value = (value >> 1) ^ 0xa001 if value & 1 else value >> 1
    return value

def bodies():
    x, v = 1.0, 0.0
    for _ in range(150000):
        v -= x * 0.001
        x += v * 0.001
    return x

def search():
    text = "lorem ipsum 0x50 dolor 12.5 V sit amet " * 200
    for _ in range(10):
        re.findall(r"0x[0-9a-f]+|\d+\.\d+ V", text)

def shown():
    for number in range(30000):
        "%08.3f %5d %s" % (number / 7, number, "V")
"#;

#[test]
#[ignore = "takes figures"]
fn loops_beside_native() {
    let image = image();
    let folder = module(LOOPS);
    let mut native = native(folder.path());
    let mut sandbox = sandbox(&image, folder.path());
    let mut product = 1.0;
    let names = [
        "fib", "texts", "dumps", "sort", "crc", "bodies", "search", "shown",
    ];
    for name in names {
        let mut times = [Vec::new(), Vec::new()];
        for _ in 0..ROUNDS {
            let homes: [&mut dyn Interpreter; 2] = [&mut native, &mut sandbox];
            for (home, times) in homes.into_iter().zip(&mut times) {
                let start = Instant::now();
                let outcome = call(home, name, FOREVER);
                times.push(start.elapsed());
                assert!(matches!(outcome, Outcome::Returned(_)), "{outcome:?}");
            }
        }
        let [natively, sandboxed] = times.map(median);
        let ratio = sandboxed.as_secs_f64() / natively.as_secs_f64();
        product *= ratio;
        println!("{name}: native {natively:?}, sandbox {sandboxed:?}, {ratio:.2}");
    }
    println!(
        "geometric mean {:.2}",
        product.powf(1.0 / names.len() as f64)
    );
}

#[test]
#[ignore = "takes figures"]
fn a_request_to_the_host() {
    let image = image();
    let folder = module(
        "import time\ndef f():\n    clock = time.monotonic_ns\n    for _ in range(100000): clock()\ndef g():\n    clock = abs\n    for _ in range(100000): clock(1)\n",
    );
    let mut native = native(folder.path());
    let mut sandbox = sandbox(&image, folder.path());
    for (name, home) in [
        ("native", &mut native as &mut dyn Interpreter),
        ("sandbox", &mut sandbox),
    ] {
        let mut times = Vec::new();
        for _ in 0..ROUNDS {
            let start = Instant::now();
            call(home, "f", FOREVER);
            let with = start.elapsed();
            let start = Instant::now();
            call(home, "g", FOREVER);
            times.push(with.saturating_sub(start.elapsed()) / 100_000);
        }
        println!("{name}: {:?} for the time of day", median(times));
    }
}
