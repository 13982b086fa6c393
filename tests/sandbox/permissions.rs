//! What the switches take from test code, with and without the sandbox, and `rehearse permissions`, which says what to give.

use std::{
    fs,
    net::TcpListener,
    process::{Command, Output},
};

use serde_json::{Value as Json, json};

use crate::package::{Package, Ran};

const BOTH: [&str; 2] = ["--no-sandbox", "--sandbox"];

fn run(home: &str, body: &str, switches: &[&str]) -> Ran {
    let mut arguments = vec![home];
    arguments.extend(switches);
    Package::with(format!("import os, socket, subprocess\ndef f():\n{body}\n"))
        .step("f", "timeout_ms: 20000")
        .run(&arguments)
}

fn subject(home: &str) -> &'static str {
    match home {
        "--sandbox" => "the sandbox",
        _ => "this run",
    }
}

/// A server that nobody answers at, and its port; to connect to it works.
fn server() -> (TcpListener, u16) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = listener.local_addr().expect("an address").port();
    (listener, port)
}

fn nobody_came(listener: &TcpListener) -> bool {
    listener.set_nonblocking(true).expect("a listener");
    listener.accept().is_err()
}

#[test]
fn what_is_denied_wins_over_what_is_allowed() {
    let (listener, port) = server();
    for home in BOTH {
        let ran = run(
            home,
            &format!("    socket.create_connection(('127.0.0.1', {port}))"),
            &[
                "--allow-net=127.0.0.1:*",
                &format!("--deny-net=127.0.0.1:{port}"),
            ],
        )
        .failed();
        let attempt = ran.attempt("f");
        let message = format!(
            "{} may not connect to 127.0.0.1:{port}: --deny-net=127.0.0.1:{port} forbids it; leave that out to let it",
            subject(home)
        );
        assert_eq!(
            attempt["message"],
            format!("PermissionError: [Errno 13] {message}")
        );
        assert_eq!(attempt["reason"], "permission");
        assert_eq!(
            attempt["refused"],
            json!([{"access": "net", "what": format!("127.0.0.1:{port}"), "message": message}])
        );
    }
    assert!(nobody_came(&listener));
}

#[test]
fn a_name_reaches_nothing_that_its_address_is_kept_from_nor_the_other_way_round() {
    let (listener, port) = server();
    let connects = [
        format!("    socket.create_connection(('localhost', {port}))"),
        format!("    socket.socket().connect(('localhost', {port}))"),
        format!("    socket.socket().connect(('127.0.0.1', {port}))"),
        format!("    socket.socket().connect(('0.0.0.0', {port}))"),
        format!("    socket.socket(socket.AF_INET6).connect(('::ffff:127.0.0.1', {port}))"),
        format!("    socket.socket().connect(('127.0.0.2', {port}))"),
        format!(
            "    socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b'x', ('localhost', {port}))"
        ),
    ];
    let denials = [
        format!("--deny-net=127.0.0.1:{port}"),
        format!("--deny-net=localhost:{port}"),
        "--deny-net=[::1]:*".into(),
        format!("--deny-net=*:{port}"),
        "--deny-net".into(),
    ];
    for connect in &connects {
        for denial in &denials {
            let ran = run("--no-sandbox", connect, &[denial]).failed();
            let attempt = ran.attempt("f");
            assert_eq!(
                attempt["reason"], "permission",
                "{connect} {denial}: {attempt}"
            );
            let message = attempt["message"].as_str().expect("a message");
            assert!(
                message.contains(&format!(": {denial} forbids it")),
                "{message}"
            );
        }
    }
    assert!(nobody_came(&listener));
}

#[test]
fn what_is_allowed_by_name_may_be_reached_by_its_address() {
    let (listener, port) = server();
    for home in BOTH {
        for (allowed, host) in [("localhost", "127.0.0.1"), ("127.0.0.1", "localhost")] {
            run(
                home,
                &format!("    socket.create_connection(('{host}', {port})).close()"),
                &[&format!("--allow-net={allowed}:{port}")],
            )
            .passed();
            listener.accept().expect("a connection");
        }
    }
}

#[test]
fn natively_a_kind_with_something_allowed_is_held_to_it() {
    let (listener, port) = server();
    let package = Package::with(format!(
        r#"
import os, socket, subprocess
def f():
    socket.create_connection(("127.0.0.1", {port})).close()
    open("out/x", "w").close()
    print(sorted(name for name in os.environ if name in ("HOME", "KEPT")))
    for attempt in (
        lambda: socket.create_connection(("127.0.0.1", {})),
        lambda: open("x", "w"),
        lambda: os.rename("package.json", "out/package.json"),
        lambda: open({:?}),
        lambda: subprocess.run(["true"]),
    ):
        try:
            attempt()
        except PermissionError as error:
            print(error.strerror)
"#,
        port ^ 1,
        std::env::current_exe().expect("a file").to_string_lossy(),
    ))
    .step("f", "");
    let out = package.path().join("out");
    let mut command = package.command(&[
        &format!("--allow-net=127.0.0.1:{port},psu.local:5025"),
        &format!("--allow-write={}", out.display()),
        "--allow-read=data",
        "--allow-run=echo",
        "--allow-env=KEPT",
    ]);
    command.env("KEPT", "1").env("HOME", "/");
    let output = command.output().expect("rehearse starts");
    let printed = String::from_utf8_lossy(&output.stdout);
    assert_eq!(output.status.code(), Some(0), "{printed}");
    let executable = std::env::current_exe().expect("a file");
    let executable = executable.to_string_lossy();
    let lines: Vec<_> = printed
        .lines()
        .filter_map(|line| line.trim_start().strip_prefix("| "))
        .collect();
    assert_eq!(
        lines,
        [
            "['KEPT']".to_owned(),
            format!(
                "this run may not connect to 127.0.0.1:{0}; --allow-net=127.0.0.1:{0} lets it",
                port ^ 1
            ),
            "this run may not write `x`; --allow-write=DIR lets it write below a folder".into(),
            "this run may not write `package.json`; --allow-write=DIR lets it write below a folder"
                .into(),
            format!("this run may not read `{executable}`; --allow-read={executable} lets it"),
            "this run may not start `true`; --allow-run=true lets it".into(),
        ]
    );
    let head = printed.split("\n\n").next().unwrap_or_default();
    let current = std::env::current_dir().expect("a folder");
    assert_eq!(
        head.lines().last().unwrap_or_default(),
        format!(
            "this run may only read the package and {}, only connect to agent64.local:5000, 127.0.0.1:{port}, psu.local:5025, only write below {}, only start echo, only see KEPT",
            current.join("data").display(),
            out.display()
        )
    );
    listener.accept().expect("a connection");
}

#[test]
fn files_that_are_denied_are_out_of_reach_by_every_way() {
    for home in BOTH {
        let package = Package::with(
            r#"
import os, shutil
def f():
    for attempt in (
        lambda: open("data/secret/key.txt"),
        lambda: open("data/other/../secret/key.txt"),
        lambda: open(os.getcwd() + "/data/secret/key.txt"),
        lambda: os.listdir("data/secret"),
        lambda: open("data/link/key.txt"),
        lambda: os.rename("data", "elsewhere"),
        lambda: os.rename("data/secret", "elsewhere"),
        lambda: shutil.move("data/secret", "elsewhere"),
        lambda: open("data/fixed.txt", "a"),
        lambda: os.remove("data/fixed.txt"),
    ):
        try:
            attempt()
            print("reached")
        except OSError as error:
            print(type(error).__name__)
    print(open("data/fixed.txt").read())
"#,
        )
        .file("data/secret/key.txt", "secret")
        .file("data/other/x.txt", "x")
        .file("data/fixed.txt", "fixed")
        .file(
            "local.yaml",
            "permissions:\n  deny:\n    read: [data/secret]\n    write: [data/fixed.txt]\n",
        );
        #[cfg(unix)]
        std::os::unix::fs::symlink("secret", package.path().join("data/link")).expect("a link");
        #[cfg(not(unix))]
        let package = package.file("data/link/unused", "");
        let before = package.files();
        let package = package.step("f", "");
        let ran = package.run(&[home]).passed();
        let expected = if cfg!(unix) { 10 } else { 9 };
        let output = ran.output("f");
        assert_eq!(
            output.matches("PermissionError\n").count(),
            expected,
            "{home}: {output}"
        );
        assert!(
            output.ends_with("fixed\n") && !output.contains("reached"),
            "{output}"
        );
        let refused = ran.attempt("f")["refused"].as_array().expect("a list");
        let by_file = "permissions.deny.read in local.yaml forbids it";
        assert!(
            refused[0]["message"]
                .as_str()
                .is_some_and(|its| its.contains(by_file))
        );
        let files: Vec<_> = before
            .iter()
            .filter(|file| !file.ends_with("main.yaml"))
            .collect();
        let after = package.files();
        assert!(
            files.into_iter().all(|file| after.contains(file)),
            "{after:?}"
        );
    }
}

#[cfg(unix)]
#[test]
fn a_program_that_is_denied_is_so_by_its_name_and_by_its_file() {
    for (denial, start) in [
        ("--deny-run=echo", "['echo', 'hi']"),
        ("--deny-run=echo", "['/bin/echo', 'hi']"),
        ("--deny-run=/bin/echo", "['/bin/../bin/echo', 'hi']"),
        ("--deny-run", "['true']"),
    ] {
        let ran = run(
            "--no-sandbox",
            &format!("    subprocess.run({start})"),
            &["--allow-run=*", denial],
        )
        .failed();
        let message = ran.attempt("f")["message"].as_str().expect("a message");
        assert!(
            message.contains(&format!("{denial} forbids it")),
            "{message}"
        );
    }
    run(
        "--no-sandbox",
        "    subprocess.run(['true'])",
        &["--deny-run=echo"],
    )
    .passed();
}

#[cfg(unix)]
#[test]
fn a_program_that_is_allowed_is_the_one_of_the_users_path() {
    let body = r#"
    try:
        subprocess.run(["echo"], env={**os.environ, "PATH": os.getcwd() + "/out"})
    except PermissionError as error:
        print(error.strerror)
    try:
        subprocess.run(["echo"], env={**os.environ, "LD_PRELOAD": "out/x.so"})
    except PermissionError as error:
        print(error.strerror)
    subprocess.run(["echo", "here"], env={**os.environ, "MORE": "1"})
"#;
    for home in BOTH {
        let ran = run(home, body, &["--allow-run=echo"]).passed();
        let subject = subject(home);
        let output = ran.output("f");
        let (first, rest) = output.split_once('\n').expect("lines");
        assert!(
            first.starts_with(&format!("{subject} may not start `")),
            "{first}"
        );
        assert_eq!(
            rest,
            format!(
                "{subject} may not start `echo` with another LD_PRELOAD, which decides what really runs; --allow-run=* lets it\nhere\n"
            )
        );
    }
}

#[test]
fn variables_that_are_denied_are_not_there() {
    for home in BOTH {
        let package = Package::with(
            "import os\ndef f():\n    print(os.environ.get('KEPT'), os.environ.get('HIDDEN'))\n",
        )
        .step("f", "");
        let mut command = package.command(&[home, "--allow-env=KEPT,HIDDEN", "--deny-env=HIDDEN"]);
        command.env("KEPT", "1").env("HIDDEN", "2");
        let output = command.output().expect("rehearse starts");
        let printed = String::from_utf8_lossy(&output.stdout);
        assert!(printed.contains("| 1 None\n"), "{printed}");
    }
}

#[test]
fn servers_of_the_code_need_an_address_that_is_allowed() {
    for (switches, bind, refused) in [
        (["--deny-net=127.0.0.1:*", ""], "('', 0)", true),
        (["--deny-net=127.0.0.1:*", ""], "('127.0.0.1', 0)", true),
        (["--deny-net=example.com:*", ""], "('127.0.0.1', 0)", false),
        (["--allow-net=127.0.0.1:*", ""], "('', 0)", true),
        (["--allow-net=127.0.0.1:*", ""], "('127.0.0.1', 0)", false),
        (["--allow-net=0.0.0.0:*", ""], "('', 0)", false),
    ] {
        let switches: Vec<_> = switches.into_iter().filter(|its| !its.is_empty()).collect();
        let body =
            format!("    s = socket.socket()\n    s.bind({bind})\n    s.listen()\n    s.close()");
        for home in BOTH {
            // In the sandbox nothing is allowed by itself.
            if home == "--sandbox" && switches[0].starts_with("--deny") && !refused {
                continue;
            }
            let ran = run(home, &body, &switches);
            assert_eq!(
                ran.code,
                i32::from(refused),
                "{switches:?} {bind} {home} {}",
                ran.stdout
            );
        }
    }
}

#[test]
fn a_refusal_is_told_once_an_attempt_and_only_blamed_where_it_is_the_reason() {
    let body = r#"
    for _ in range(100):
        try:
            open("../secret")
        except PermissionError:
            pass
    raise ValueError("something else")
"#;
    let package =
        Package::with(format!("def f():\n{body}\n")).step("f", "retry: {count: 1, delay_ms: 0}");
    let events = package.path().join("events.jsonl");
    let ran = package
        .run(&["--sandbox", &format!("--events={}", events.display())])
        .failed();
    let attempts = ran.step("f")["iterations"][0]["attempts"]
        .as_array()
        .expect("a list");
    assert_eq!(attempts.len(), 2);
    for attempt in attempts {
        assert_eq!(attempt["reason"], "exception");
        assert_eq!(attempt["refused"].as_array().map(Vec::len), Some(1));
    }
    let secret = package.path().parent().expect("a folder").join("secret");
    let secret = secret.display().to_string();
    let message = format!("the sandbox may not read `../secret`; --allow-read={secret} lets it");
    let shown = format!("      refused: {message}\n");
    assert_eq!(ran.stdout.matches(&shown).count(), 1, "{}", ran.stdout);
    let events = fs::read_to_string(events).expect("events");
    let refused: Vec<Json> = events
        .lines()
        .map(|line| serde_json::from_str(line).expect("JSON"))
        .filter(|event: &Json| event["event"] == "refused")
        .collect();
    assert_eq!(refused.len(), 2);
    assert_eq!(refused[0]["step"], 0);
    assert_eq!(refused[0]["access"], "read");
    assert_eq!(refused[0]["what"], secret);
    assert_eq!(refused[0]["message"], message);
}

const NEEDY: &str = r#"
import os, socket, subprocess, tempfile
def talk(port):
    socket.create_connection(("localhost", int(port))).close()
def save():
    os.makedirs("out/deep", exist_ok=True)
    with open("out/deep/result.txt", "w") as file:
        file.write("x")
    with open("out/more.txt", "w") as file:
        file.write(open("../beside.txt").read())
    tempfile.TemporaryFile().close()
    os.path.exists("/no/such/file")
def start():
    subprocess.run(["echo", os.environ.get("GREETING", "hello")], check=True)
"#;

fn permissions(package: &Package, switches: &[&str]) -> Output {
    let output = Command::new(env!("CARGO_BIN_EXE_rehearse"))
        .arg("permissions")
        .arg(package.path())
        .args(switches)
        .current_dir(package.path())
        .output();
    output.expect("rehearse starts")
}

#[cfg(unix)]
#[test]
fn the_smallest_set_is_printed_and_is_enough() {
    let (listener, port) = server();
    let package = Package::with(NEEDY).file(
        "tests/main.yaml",
        format!(
            "test:\n  name: Demo\n  version: \"1.0.0\"\n  steps:\n    \
             - {{name: Talk, runner: python, module: m, function: talk, parameters: {{port: \"{port}\"}}}}\n    \
             - {{name: Save, runner: python, module: m, function: save}}\n    \
             - {{name: Start, runner: python, module: m, function: start}}\n"
        ),
    );
    let package = package.file("bench.yaml", format!("addresses: [\"localhost:{port}\"]\n"));
    let beside = package
        .path()
        .parent()
        .expect("a folder")
        .join("beside.txt");
    fs::write(&beside, "beside").expect("a file");
    let output = permissions(&package, &[]);
    let printed = String::from_utf8_lossy(&output.stdout);
    let error = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(0), "{printed}{error}");
    let beside_text = beside.display().to_string();
    let root = package.path().display().to_string();
    let longest = [
        format!("read {beside_text}"),
        format!("connect to localhost:{port}"),
    ];
    let wide = longest.iter().map(String::len).max().unwrap_or_default();
    let line = |what: &str, why: &str| format!("{what:wide$}  {why}\n");
    let expected = [
        line(
            &format!("connect to localhost:{port}"),
            "step Talk, python_modules/m.py:4",
        ),
        line(&format!("read {beside_text}"), "step Save"),
        line("write below out", "step Save"),
        line("start echo", "step Start"),
        line("see GREETING", "named in the code"),
        format!(
            "\non the command line:\n  rehearse run {root} --sandbox --allow-net=localhost:{port} --allow-read={beside_text} --allow-write=out --allow-run=echo --allow-env=GREETING\n\n\
             in local.yaml, to be given by --allow-declared:\n  permissions:\n    net: [\"localhost:{port}\"]\n    read: [\"{beside_text}\"]\n    write: [\"out\"]\n    run: [\"echo\"]\n    env: [\"GREETING\"]\n"
        ),
    ];
    assert_eq!(printed, expected.concat());
    let line = printed
        .lines()
        .find_map(|line| line.strip_prefix("  rehearse "));
    let mut words: Vec<_> = line.expect("a command").split(' ').collect();
    words.push("--simulate");
    let pasted = |words: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_rehearse"));
        command.args(words).current_dir(package.path());
        command.output().expect("rehearse starts").status.code()
    };
    assert_eq!(pasted(&words), Some(0));
    // And not one of them may be missing, but for the variable, which has a default.
    for word in &words {
        if word.starts_with("--allow-") && !word.starts_with("--allow-env") {
            let others: Vec<_> = words.iter().copied().filter(|its| its != word).collect();
            assert_eq!(pasted(&others), Some(1), "{word}");
        }
    }
    let entries = printed
        .split("--allow-declared:\n")
        .nth(1)
        .expect("the entries");
    fs::write(package.path().join("local.yaml"), entries).expect("a file");
    let declared = ["run", &root, "--sandbox", "--allow-declared", "--simulate"];
    assert_eq!(pasted(&declared), Some(0));
    fs::remove_file(beside).expect("the file");
    assert!(nobody_came(&listener));
}

#[test]
fn a_package_that_needs_nothing_is_told_so() {
    let package = Package::with("def f():\n    return {'ok': open('data.txt').read()}\n")
        .file("data.txt", "x")
        .step("f", "");
    drop(package.command(&[]));
    let output = permissions(&package, &[]);
    assert_eq!(
        String::from_utf8_lossy(&output.stdout),
        "nothing beyond the package's files and the agent\n"
    );
    assert_eq!(output.status.code(), Some(0));
}

#[test]
fn in_the_sandbox_what_is_refused_is_what_is_needed() {
    let package = Package::with("def f():\n    open('../x')\n").step("f", "");
    drop(package.command(&[]));
    let output = permissions(&package, &["--sandbox"]);
    let printed = String::from_utf8_lossy(&output.stdout);
    assert!(printed.contains("\n    read: [\""), "{printed}");
    assert_eq!(output.status.code(), Some(1));
    let error = String::from_utf8_lossy(&output.stderr);
    assert!(
        error.ends_with(
            "warning: the run did not pass; what it would have asked for otherwise is not listed\n"
        ),
        "{error}"
    );
}

#[test]
fn a_recording_does_in_the_place_of_a_bench() {
    let (_listener, port) = server();
    let live = Package::with(format!(
        "import socket\ndef f():\n    with socket.create_connection(('localhost', {port})) as s:\n        s.sendall(b'x')\n"
    ))
    .step("f", "");
    let tape = live.path().join("tape.jsonl");
    live.run(&[&format!("--record={}", tape.display())])
        .passed();
    let output = permissions(&live, &[&format!("--replay={}", tape.display())]);
    let printed = String::from_utf8_lossy(&output.stdout);
    assert_eq!(
        output.status.code(),
        Some(0),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    assert!(
        printed.starts_with(&format!(
            "connect to localhost:{port}  step f, python_modules/m.py:3\n"
        )),
        "{printed}"
    );
}

#[test]
fn what_is_opened_for_both_is_allowed_for_both() {
    for home in BOTH {
        let package = Package::with(
            r#"
import os
def f():
    for attempt in (
        lambda: open("data/secret/key.txt", "r+").read(),
        lambda: open("data/secret/key.txt", "a+").read(),
        lambda: open("data/secret/key.txt", "w+").read(),
        lambda: os.rename("data/secret/key.txt", "data/key.txt"),
        lambda: os.replace("data/secret/key.txt", "data/other.txt"),
        lambda: os.open("data/secret/key.txt", os.O_RDWR),
    ):
        try:
            attempt()
            print("reached")
        except PermissionError:
            print("refused")
    open("data/new.txt", "x+").close()
"#,
        )
        .file("data/secret/key.txt", "secret");
        let secret = package.path().join("data/secret");
        let data = package.path().join("data");
        let package = package.step("f", "");
        let ran = package
            .run(&[
                home,
                &format!("--deny-read={}", secret.display()),
                &format!("--allow-write={}", data.display()),
            ])
            .passed();
        assert_eq!(ran.output("f"), "refused\n".repeat(6), "{home}");
        let kept = fs::read_to_string(secret.join("key.txt")).expect("the file");
        assert_eq!(kept, "secret");
    }
}

#[cfg(unix)]
#[test]
fn what_is_denied_is_so_before_it_is_there_and_behind_a_link() {
    let package = Package::with(
        r#"
import os
def f():
    os.makedirs("data/a", exist_ok=True)
    try:
        open("data/a/b", "w")
    except PermissionError:
        print("refused")
    open("data/c", "w").close()
    with open("/dev/stderr", "w") as file:
        file.write("")
"#,
    )
    .file("real/x", "")
    .step("f", "");
    std::os::unix::fs::symlink("real", package.path().join("data")).expect("a link");
    let denied = package.path().join("data/a/b");
    let ran = package
        .run(&[
            "--no-sandbox",
            &format!("--deny-write={}", denied.display()),
        ])
        .passed();
    assert_eq!(ran.output("f"), "refused\n");
}

#[cfg(unix)]
#[test]
fn an_allowed_program_is_that_file_wherever_the_code_goes() {
    use std::os::unix::fs::PermissionsExt as _;

    let script = "#!/bin/sh\necho genuine\n";
    let package = Package::with(
        r##"
import os, subprocess
def f():
    print(subprocess.run(["tools/flash"], capture_output=True, text=True).stdout)
    os.makedirs("out/tools", exist_ok=True)
    with open("out/tools/flash", "w") as file:
        file.write("#!/bin/sh\necho escaped > /dev/stderr\n")
    os.chmod("out/tools/flash", 0o755)
    for attempt in (
        lambda: subprocess.run(["tools/flash"], cwd="out"),
        lambda: subprocess.run(["out/tools/flash"]),
        lambda: (os.chdir("out"), subprocess.run(["tools/flash"])),
    ):
        try:
            attempt()
        except PermissionError as error:
            print("refused")
"##,
    )
    .file("tools/flash", script)
    .step("f", "");
    let flash = package.path().join("tools/flash");
    fs::set_permissions(&flash, fs::Permissions::from_mode(0o755)).expect("a program");
    let out = package.path().join("out");
    let ran = package
        .run(&[
            "--sandbox",
            "--allow-run=tools/flash",
            &format!("--allow-write={}", out.display()),
        ])
        .passed();
    assert_eq!(ran.output("f"), "genuine\n\nrefused\nrefused\nrefused\n");
}

#[cfg(unix)]
#[test]
fn links_of_the_package_make_nothing_else_writable() {
    let victim = tempfile::tempdir().expect("a folder");
    let real = victim.path().canonicalize().expect("a folder");
    let package = Package::with("def f():\n    pass\n")
        .file("local.yaml", "permissions:\n  write: [out]\n")
        .step("f", "");
    std::os::unix::fs::symlink(&real, package.path().join("out")).expect("a link");
    let declared = package.run(&["--sandbox", "--allow-declared"]);
    assert_eq!(declared.code, 2);
    let real = real.display();
    assert_eq!(
        declared.stderr,
        format!(
            "error: permissions.write in local.yaml: `out` leads out of the package, to {real}; --allow-write={real} allows that\n"
        )
    );
    let switch = format!("--allow-write={}", package.path().join("out").display());
    let named = package.run(&["--sandbox", &switch]).passed();
    assert!(
        named.stdout.contains(&format!("write below {real}\n")),
        "{}",
        named.stdout
    );

    let shared = tempfile::tempdir().expect("a folder");
    let linked = Package::with("def f():\n    pass\n").step("f", "");
    let modules = linked.path().join("python_modules");
    let real = shared.path().canonicalize().expect("a folder").join("code");
    fs::rename(&modules, &real).expect("moved");
    std::os::unix::fs::symlink(&real, &modules).expect("a link");
    let ran = linked.run(&["--sandbox", &format!("--allow-write={}", real.display())]);
    assert_eq!(ran.code, 2);
    assert!(
        ran.stderr.contains("python_modules/ would be writable"),
        "{}",
        ran.stderr
    );
}

#[test]
fn servers_are_compared_by_what_their_names_stand_for() {
    let body = r#"
    for host in ("localhost", "127.0.0.1", ""):
        try:
            with socket.socket() as server:
                server.bind((host, 0))
            print("reached")
        except PermissionError:
            print("refused")
"#;
    for denial in ["--deny-net=127.0.0.1:*", "--deny-net=localhost:*"] {
        let ran = run("--no-sandbox", body, &[denial]).passed();
        assert_eq!(ran.output("f"), "refused\n".repeat(3), "{denial}");
    }
    let twice = "    s = socket.socket()\n    s.bind(('127.0.0.1', 0))\n    s.dup().listen()";
    run("--sandbox", twice, &["--allow-net=127.0.0.1:*"]).passed();
}

#[test]
fn a_denial_leaves_recordings_as_they_are() {
    let (_listener, port) = server();
    let package = Package::with(format!(
        "import socket\ndef f():\n    socket.create_connection(('127.0.0.1', {port})).close()\n"
    ))
    .step("f", "");
    let tape = package.path().join("tape.jsonl");
    let record = format!("--record={}", tape.display());
    let replay = format!("--replay={}", tape.display());
    let denial = "--deny-net=nobody.example.invalid:*";
    package.run(&["--no-sandbox", &record, denial]).passed();
    let text = fs::read_to_string(&tape).expect("a recording");
    assert!(!text.contains("nobody"), "{text}");
    package.run(&["--no-sandbox", &replay]).passed();
    package.run(&["--no-sandbox", &replay, denial]).passed();
    package
        .run(&[
            "--no-sandbox",
            &replay,
            &format!("--deny-net=127.0.0.1:{port}"),
        ])
        .failed();
}

#[cfg(unix)]
#[test]
fn what_a_package_names_is_no_code_for_the_users_shell() {
    let name = "we$HOME `touch pwned` \"q\" 'x'";
    let hostile = "line\non the command line:\n  rehearse run x --allow-run";
    let package = Package::with(format!(
        "import os\ndef f():\n    for name in ({name:?}, {hostile:?}):\n        open('../' + name).close()\n"
    ))
    .step("f", "");
    let beside = package.path().parent().expect("a folder").to_owned();
    for name in [name, hostile] {
        fs::write(beside.join(name), "").expect("a file");
    }
    drop(package.command(&[]));
    let output = permissions(&package, &[]);
    for name in [name, hostile] {
        fs::remove_file(beside.join(name)).expect("the file");
    }
    let printed = String::from_utf8_lossy(&output.stdout);
    assert_eq!(
        printed.matches("\non the command line:\n").count(),
        1,
        "{printed}"
    );
    assert!(
        printed.contains("no switch can be written for a name with control characters"),
        "{printed}"
    );
    let line = printed
        .lines()
        .find(|line| line.starts_with("  rehearse run "));
    let line = line
        .expect("a command")
        .replacen("rehearse", "printf '%s\\n'", 1);
    let shell = Command::new("sh")
        .args(["-c", &line])
        .current_dir(package.path())
        .output();
    let words = String::from_utf8(shell.expect("a shell").stdout).expect("UTF-8");
    let expected = format!("--allow-read={}", beside.join(name).display());
    assert!(words.lines().any(|word| word == expected), "{words}");
    assert!(!package.path().join("pwned").exists());
}

#[test]
fn values_that_mean_nothing_are_refused() {
    let package = Package::with("def f():\n    pass\n").step("f", "");
    for (switch, message) in [
        (
            "--deny-net=*.example.com:*",
            "`*.example.com:*` is no HOST:PORT",
        ),
        ("--deny-net=::1:80", "`::1:80` is no HOST:PORT"),
        ("--allow-run=", "a value is required"),
        ("--deny-env=", "a value is required"),
    ] {
        let ran = package.run(&[switch]);
        assert_eq!(ran.code, 2, "{switch}");
        assert!(ran.stderr.contains(message), "{switch}: {}", ran.stderr);
    }
}
