//! What a step in the sandbox may use up, and what no step can do to the process.

use crate::package::{Package, Ran};

/// Runs one step that fails and a cleanup that must be reached.
#[track_caller]
fn fails(body: &str, switches: &[&str]) -> Ran {
    let code = format!("def f():\n{body}\n\ndef bye():\n    print('bye')\n");
    let mut arguments = vec!["--sandbox"];
    arguments.extend(switches);
    let ran = Package::with(code)
        .step("f", "timeout_ms: 20000")
        .cleanup("bye")
        .run(&arguments)
        .failed();
    assert_eq!(ran.output("bye"), "bye\n");
    ran
}

fn message(ran: &Ran) -> &str {
    let message = &ran.attempt("f")["message"];
    message.as_str().unwrap_or_default()
}

#[test]
fn memory_beyond_the_limit_is_a_memory_error() {
    let ran = fails("    bytearray(10 ** 9)", &[]);
    assert!(
        message(&ran).starts_with("MemoryError"),
        "{}",
        message(&ran)
    );
    let ran = fails("    bytearray(100 << 20)", &["--memory-limit=96M"]);
    assert!(
        message(&ran).starts_with("MemoryError"),
        "{}",
        message(&ran)
    );
    Package::with("def f():\n    bytearray(400 << 20)\n")
        .step("f", "")
        .run(&["--sandbox", "--memory-limit", "1G"])
        .passed();
}

#[test]
fn many_small_things_beyond_the_limit_are_one_too() {
    let ran = fails(
        "    kept = []\n    while True:\n        kept.append([1, 2, 3])",
        &[],
    );
    assert!(
        message(&ran).starts_with("MemoryError"),
        "{}",
        message(&ran)
    );
}

#[test]
fn endless_recursion_is_a_recursion_error() {
    let ran = fails("    f()", &[]);
    assert!(
        message(&ran).starts_with("RecursionError"),
        "{}",
        message(&ran)
    );
}

#[test]
fn what_would_end_the_process_natively_ends_the_step() {
    for body in [
        "    '%1000000000000d' % 1",
        "    eval('-' * 10 ** 6 + '1')",
        "    deep = None\n    for _ in range(3 * 10 ** 6):\n        deep = [deep]\n    del deep",
        "    import os\n    os.abort()",
        "    import os\n    os._exit(3)",
        "    import io\n    file = io.BytesIO()\n    file.seek(2 ** 62)\n    file.write(b'x')",
        "    2 ** (10 ** 11)",
        "    f.__code__ = f.__code__.replace(co_code=b'')\n    f()",
    ] {
        let ran = fails(body, &[]);
        assert_ne!(ran.attempt("f")["verdict"], "PASS", "{body}");
    }
}

#[test]
fn a_step_prints_so_much_and_no_more() {
    let ran = fails("    while True:\n        print('x' * 100000)", &[]);
    assert_eq!(
        message(&ran),
        "OSError: [Errno 28] a step in the sandbox may print 16 MiB"
    );
}

#[test]
fn each_step_may_print_as_much() {
    let code =
        "def f():\n    for _ in range(100):\n        print('x' * 99999)\n\ndef g():\n    f()\n";
    Package::with(code)
        .step("f", "")
        .step("g", "")
        .run(&["--sandbox"])
        .passed();
}

#[test]
fn so_much_is_open_at_once_and_no_more() {
    let ran = fails(
        "    import socket\n    kept = []\n    while True:\n        kept.append(socket.socket())",
        &[],
    );
    assert_eq!(
        message(&ran),
        "OSError: [Errno 24] the sandbox may have 256 files, sockets and programs at once"
    );
}

#[test]
fn a_request_has_a_size() {
    let ran = fails(
        "    import socket\n    a, b = socket.socketpair()\n    a.send(bytes(80 << 20))",
        &["--memory-limit=1G"],
    );
    assert_eq!(
        message(&ran),
        "OSError: [Errno 27] more than 64 MiB in one request"
    );
}
