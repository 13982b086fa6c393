//! Ways out that are none.

use std::{fs, io::Read, net::TcpListener, path::Path, thread};

use crate::package::{Package, Ran};

fn run_in(package: Package, switches: &[&str]) -> Ran {
    let mut arguments = vec!["--sandbox"];
    arguments.extend(switches);
    package.step("f", "timeout_ms: 20000").run(&arguments)
}

fn run(body: &str, switches: &[&str]) -> Ran {
    run_in(Package::with(format!("def f():\n{body}\n")), switches)
}

#[track_caller]
fn refused(body: &str, message: &str) {
    let ran = run(body, &[]).failed();
    assert_eq!(ran.attempt("f")["message"], message, "{body}");
}

/// A folder with a secret beside the package.
fn secret() -> (tempfile::TempDir, String) {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder
        .path()
        .canonicalize()
        .expect("a folder")
        .join("secret.txt");
    fs::write(&file, "secret").expect("a file");
    (folder, file.to_string_lossy().replace('\\', "/"))
}

#[test]
fn files_of_the_system_are_not_there_to_be_read() {
    for file in ["/etc/passwd", "/proc/self/environ", "/no/such/file"] {
        refused(
            &format!("    open({file:?})"),
            &format!(
                "PermissionError: [Errno 13] the sandbox may not read `{file}`; --allow-read={file} lets it: '{file}'"
            ),
        );
    }
}

#[test]
fn nor_are_those_beside_the_package() {
    for call in [
        "open('../../secret.txt')",
        "__import__('os').stat('../secret.txt')",
        "__import__('os').listdir('..')",
        "__import__('os').listdir('/')",
        "open('python_modules/../../x')",
        "__import__('os').chdir('..')",
        "open(chr(0x2e) * 2 + '/x')",
        "__import__('shutil').copytree('/etc', 'out')",
    ] {
        let ran = run(&format!("    {call}"), &[]).failed();
        let message = ran.attempt("f")["message"].as_str().expect("a message");
        assert!(
            message.starts_with("PermissionError: [Errno 13] the sandbox may not read"),
            "{call}: {message}"
        );
    }
}

#[cfg(unix)]
#[test]
fn nor_what_a_link_leads_to() {
    use std::os::unix::fs::symlink;

    let (_folder, file) = secret();
    for (link, to) in [
        ("data/link.txt", file.clone()),
        ("data/folder", String::from("/etc")),
    ] {
        let package = Package::with(format!(
            "import os\ndef f():\n    print(os.path.lexists({link:?}))\n    open({link:?} if {link:?}.endswith('txt') else {link:?} + '/passwd')\n"
        ));
        fs::create_dir(package.path().join("data")).expect("a folder");
        symlink(&to, package.path().join(link)).expect("a link");
        let ran = run_in(package, &[]).failed();
        let message = ran.attempt("f")["message"].as_str().expect("a message");
        assert!(
            message.starts_with("PermissionError: [Errno 13] the sandbox may not read"),
            "{message}"
        );
    }
    // A module behind a link that leads out is no module of the package.
    let package = Package::with("def f():\n    import beside\n");
    symlink(
        Path::new(&file),
        package.path().join("python_modules/beside.py"),
    )
    .expect("a link");
    let ran = run_in(package, &[]).failed();
    assert_eq!(ran.attempt("f")["verdict"], "FAIL");
}

#[cfg(unix)]
#[test]
fn a_link_that_is_made_to_lead_out_while_it_runs_leads_nowhere() {
    let (_folder, file) = secret();
    let ran = run(
        &format!("    import os\n    os.symlink({file:?}, 'out/link')\n    print(open('out/link').read())"),
        &["--allow-write=out"],
    )
    .failed();
    assert!(!ran.stdout.contains("secret\n"), "{}", ran.stdout);
}

#[test]
fn the_package_is_read_only() {
    for call in [
        "open('python_modules/m.py', 'w')",
        "open('python_modules/new.py', 'x')",
        "open('package.json', 'r+')",
        "open('tests/main.yaml', 'a')",
        "os.remove('package.json')",
        "os.rename('package.json', 'other.json')",
        "os.mkdir('new')",
        "os.rmdir('tests')",
        "os.chmod('package.json', 0o777)",
        "os.utime('package.json')",
        "os.truncate('package.json', 0)",
        "shutil.rmtree('python_modules')",
        "tempfile.mkstemp()",
    ] {
        let package = Package::with(format!(
            "import os, shutil, tempfile\ndef f():\n    {call}\n"
        ));
        let package = package.step("f", "");
        let mut command = package.command(&["--sandbox"]);
        let before = package.files();
        let output = command.output().expect("rehearse starts");
        assert_eq!(output.status.code(), Some(1), "{call}");
        let printed = String::from_utf8_lossy(&output.stdout);
        assert!(
            printed.contains("may not write") || printed.contains("No usable temporary directory"),
            "{call}: {printed}"
        );
        assert_eq!(package.files(), before, "{call}");
    }
}

#[test]
fn a_folder_to_write_is_that_folder_alone() {
    let package = Package::with(
        r#"
import os, tempfile
def f():
    with open("out/report.txt", "w") as file:
        file.write("written")
    print(open("out/report.txt").read())
    os.makedirs("out/a/b")
    with tempfile.TemporaryDirectory() as folder:
        print(folder.startswith(os.getcwd() + "/out/"))
    for path in ("out/../escaped.txt", "out/a/b/../../../escaped.txt", os.getcwd() + "/escaped.txt"):
        try:
            open(path, "w")
        except PermissionError as error:
            print(error.strerror.split(";")[0])
    try:
        os.rename("out/report.txt", "escaped.txt")
    except PermissionError as error:
        print("not renamed")
"#,
    );
    let out = package.path().join("out");
    let cwd = package.path().display().to_string();
    let ran = run_in(package, &[&format!("--allow-write={}", out.display())]).passed();
    assert_eq!(
        ran.output("f"),
        format!(
            "written\nTrue\nthe sandbox may not write `out/../escaped.txt`\nthe sandbox may not write `out/a/b/../../../escaped.txt`\n\
             the sandbox may not write `{cwd}/escaped.txt`\nnot renamed\n"
        )
    );
}

#[test]
fn the_disk_cannot_be_filled() {
    let package = Package::with(
        "def f():\n    with open('out/file', 'wb') as file:\n        while True:\n            file.truncate(file.tell() + (700 << 20))\n            file.seek(0, 2)\n",
    );
    let out = package.path().join("out");
    let ran = run_in(package, &[&format!("--allow-write={}", out.display())]).failed();
    assert_eq!(
        ran.attempt("f")["message"],
        "OSError: [Errno 28] a run in the sandbox may write 1024 MiB"
    );
}

#[test]
fn a_packed_bomb_fills_the_sandboxs_own_memory_only() {
    let ran = run(
        "    import zlib\n    packed = zlib.compress(bytes(1 << 20))\n    data = b''.join(zlib.decompress(packed) for _ in range(2000))",
        &[],
    )
    .failed();
    let message = ran.attempt("f")["message"].as_str().expect("a message");
    assert!(message.starts_with("MemoryError"), "{message}");
}

#[test]
fn connections_go_to_the_agent_only() {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = listener.local_addr().expect("an address").port();
    refused(
        &format!("    import socket\n    socket.create_connection(('127.0.0.1', {port}))"),
        &format!(
            "PermissionError: [Errno 13] the sandbox may not connect to 127.0.0.1:{port}; --allow-net=127.0.0.1:{port} lets it"
        ),
    );
    refused(
        "    import socket\n    socket.getaddrinfo('example.com', 80)",
        "PermissionError: [Errno 13] the sandbox may not connect to example.com:80; --allow-net=example.com:80 lets it",
    );
    refused(
        &format!(
            "    import socket\n    socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b'x', ('127.0.0.1', {port}))"
        ),
        &format!(
            "PermissionError: [Errno 13] the sandbox may not connect to 127.0.0.1:{port}; --allow-net=127.0.0.1:{port} lets it"
        ),
    );
    refused(
        "    import socket\n    socket.create_server(('127.0.0.1', 0))",
        "PermissionError: [Errno 13] the sandbox may not be reached at 127.0.0.1; --allow-net=127.0.0.1:* lets it \
         (while attempting to bind on address ('127.0.0.1', 0))",
    );
    assert!(listener.set_nonblocking(true).is_ok());
    assert!(listener.accept().is_err(), "somebody came through");
}

#[test]
fn a_switch_opens_one_port_of_one_host() {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = listener.local_addr().expect("an address").port();
    let server = thread::spawn(move || {
        let (mut stream, _) = listener.accept().expect("a connection");
        let mut text = String::new();
        stream.read_to_string(&mut text).expect("a text");
        text
    });
    let body = format!(
        "    import socket\n    with socket.create_connection(('localhost', {port})) as s:\n        s.sendall(b'hello')\n    try:\n        socket.create_connection(('localhost', {}))\n    except PermissionError:\n        print('not there')",
        port ^ 1
    );
    let ran = run(&body, &[&format!("--allow-net=localhost:{port}")]).passed();
    assert_eq!(ran.output("f"), "not there\n");
    assert_eq!(server.join().expect("no panic"), "hello");
}

#[test]
fn programs_and_the_environment_are_out_of_reach() {
    refused(
        "    import subprocess\n    subprocess.run(['id'])",
        "PermissionError: [Errno 13] the sandbox may not start `id`; --allow-run=id lets it: 'id'",
    );
    let ran = run(
        "    import os\n    print(os.system('id'))\n    raise SystemExit(1)",
        &[],
    )
    .failed();
    assert!(!ran.output("f").contains("uid="), "{}", ran.output("f"));
    let ran = run("    import os\n    print(dict(os.environ))", &[]).passed();
    assert_eq!(ran.output("f"), "{}\n");
}

#[cfg(unix)]
#[test]
fn a_program_that_is_allowed_runs() {
    let ran = run(
        "    import subprocess\n    print(subprocess.run(['echo', 'hello'], capture_output=True, text=True).stdout)\n    subprocess.run(['sh', '-c', 'echo no'])",
        &["--allow-run=echo"],
    )
    .failed();
    assert_eq!(ran.output("f"), "hello\n\n");
    assert_eq!(
        ran.attempt("f")["message"],
        "PermissionError: [Errno 13] the sandbox may not start `sh`; --allow-run=sh lets it: 'sh'"
    );
}

#[test]
fn there_is_nothing_to_fork_and_no_library_to_load() {
    refused(
        "    import os\n    os.fork()",
        "AttributeError: module 'os' has no attribute 'fork'",
    );
    refused(
        "    import ctypes",
        "ModuleNotFoundError: No module named '_ctypes': the standard library's ctypes is not part of Rehearsal's Python: \
         it would call C libraries past the permissions of a run; do it in Python, or in a program of its own",
    );
    refused(
        "    import threading\n    while True:\n        threading.Thread(target=f).start()",
        "RuntimeError: can't start new thread: Python in the sandbox has one only; do the work in turn or with asyncio, \
         or run without --sandbox",
    );
}

#[test]
fn a_reply_has_a_size_too() {
    let ran = run(
        "    import _rehearsal\n    for call in (lambda: _rehearsal.random(1 << 62), lambda: _rehearsal.random(1 << 40)):\n        try:\n            call()\n        except (OSError, MemoryError) as error:\n            print(type(error).__name__)",
        &[],
    )
    .passed();
    assert_eq!(ran.output("f"), "OSError\nOSError\n");
}

#[test]
fn two_sandboxes_know_nothing_of_each_other() {
    let cache = tempfile::tempdir().expect("a folder");
    let code = "seen = []\ndef f(name):\n    seen.append(name)\n    import sys, json\n    print(seen, getattr(json, 'left', None))\n    json.left = name\n";
    let packages: Vec<_> = ["one", "two", "one", "two"]
        .map(|name| Package::with(code).step("f", &format!("parameters: {{name: {name}}}")))
        .into();
    let started: Vec<_> = packages
        .iter()
        .map(|package| {
            let mut command = package.command(&["--sandbox"]);
            command
                .env("REHEARSAL_CACHE", cache.path())
                .stdout(std::process::Stdio::piped());
            command.spawn().expect("rehearse starts")
        })
        .collect();
    for (child, name) in started.into_iter().zip(["one", "two", "one", "two"]) {
        let output = child.wait_with_output().expect("an end");
        let printed = String::from_utf8_lossy(&output.stdout);
        assert!(printed.contains(&format!("['{name}'] None")), "{printed}");
    }
}
