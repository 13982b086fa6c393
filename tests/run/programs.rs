//! Programs that test code starts: `subprocess` and what stands on it.

use std::{fs, process::Command};

use serde_json::Value as Json;

use crate::{
    outside,
    package::{Package, Ran},
};

/// Every line is what CPython prints too.
const LIKE_CPYTHON: &str = r#"
import asyncio, os, shutil, signal, subprocess, threading
from subprocess import DEVNULL, PIPE, STDOUT

def show(label, work):
    try:
        print(label, work())
    except (OSError, ValueError, subprocess.SubprocessError) as error:
        print(label, repr(error), getattr(error, "filename", None))

def both_ways():
    data = bytes(range(256)) * 8192
    done = subprocess.run(["sh", "-c", "cat; head -c 300000 /dev/zero >&2"], input=data, capture_output=True)
    return done.stdout == data, len(done.stderr), done.returncode

def conversation():
    with subprocess.Popen(["cat"], stdin=PIPE, stdout=PIPE, text=True, bufsize=1) as cat:
        answers = []
        for word in ("one", "zwölf"):
            cat.stdin.write(word + "\n")
            answers.append(cat.stdout.readline())
        running = cat.poll()
        cat.stdin.close()
        return answers, running, cat.stdout.read(), cat.wait()

def ended_by(send):
    with subprocess.Popen(["sleep", "600"]) as sleep:
        send(sleep)
        return sleep.wait()

def time_out(function, **more):
    try:
        function(["sh", "-c", "echo before; exec sleep 600"], timeout=0.5, **more)
    except subprocess.TimeoutExpired as error:
        return str(error), error.stdout

def wait_twice():
    with subprocess.Popen(["sleep", "0.4"]) as sleep:
        try:
            sleep.wait(timeout=0.01)
        except subprocess.TimeoutExpired:
            return "still running", sleep.wait(), sleep.wait(timeout=1)

def files():
    with open("in.txt", "w") as file:
        file.write("from a file\n")
    with open("in.txt") as source, open("out.txt", "w") as target:
        target.write("first\n")
        target.flush()
        subprocess.run(["cat"], stdin=source, stdout=target)
        subprocess.run("echo also here >&2", shell=True, stderr=target)
        target.write("last\n")
    with open("out.txt") as file:
        return file.read()

def pipeline():
    first = subprocess.Popen(["echo", "through two"], stdout=PIPE)
    second = subprocess.Popen(["tr", "a-z", "A-Z"], stdin=first.stdout, stdout=PIPE)
    first.stdout.close()
    return second.communicate()[0], first.wait()

def closed_early():
    with subprocess.Popen(["true"], stdin=PIPE) as true:
        true.wait()
        return true.communicate(b"x" * 200000)

def changed_environment():
    os.environ["GIVEN"] = "to children"
    given = subprocess.check_output(["sh", "-c", "echo $GIVEN"])
    del os.environ["GIVEN"]
    return given, subprocess.check_output(["sh", "-c", "echo ${GIVEN-none}"])

def pipe():
    reads, writes = os.pipe()
    os.write(writes, b"abc")
    os.set_blocking(reads, False)
    found = [os.read(reads, 10)]
    try:
        os.read(reads, 1)
    except BlockingIOError as error:
        found.append(error.errno)
    with open(reads, "rb", buffering=0) as file:
        found += [file.read(1), file.seekable()]
        os.close(writes)
        found.append(file.read(1))
    reads, writes = os.pipe()
    os.close(reads)
    try:
        os.write(writes, b"x")
    except BrokenPipeError as error:
        found.append(str(error))
    return found

def in_threads():
    found = []
    def work(number):
        found.append(int(subprocess.check_output(["sh", "-c", f"sleep 0.0{number}; echo {number}"])))
    threads = [threading.Thread(target=work, args=(number,)) for number in range(5)]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    return sorted(found)

async def concurrent():
    first = await asyncio.create_subprocess_exec("cat", stdin=PIPE, stdout=PIPE)
    second = await asyncio.create_subprocess_shell("echo loud >&2; exit 4", stderr=PIPE)
    return await asyncio.gather(first.communicate(b"hello"), second.communicate(), first.wait(), second.wait())

def f():
    show("run", lambda: subprocess.run(["echo", "hi"], capture_output=True, text=True))
    show("empty input", lambda: subprocess.check_output(["cat"], stdin=DEVNULL))
    show("merged", lambda: subprocess.check_output("echo out; echo err >&2; echo out", shell=True, stderr=STDOUT, text=True))
    show("newlines", lambda: subprocess.check_output(["printf", r"a\r\nb\rc\n"], universal_newlines=True))
    show("encoding", lambda: subprocess.check_output(["printf", r"gr\374n"], encoding="latin-1"))
    show("dropped", lambda: subprocess.run(["echo", "nowhere"], stdout=DEVNULL))
    show("call", lambda: subprocess.call(["sh", "-c", "exit 3"]))
    show("check", lambda: subprocess.check_call(["sh", "-c", "exit 3"]))
    show("killed itself", lambda: subprocess.run(["sh", "-c", "kill -9 $$"], check=True))
    show("arguments", lambda: subprocess.check_output(["printf", "%s|", "a b", "'", '"', "", "$HOME", "ü"], text=True))
    show("shell arguments", lambda: subprocess.check_output(["echo $0 $1", "zero", "one"], shell=True))
    show("folder", lambda: os.path.basename(subprocess.check_output(["pwd"], cwd="python_modules", text=True)))
    show("program of the folder", lambda: subprocess.check_output("./tool.sh", cwd="python_modules"))
    show("environment", lambda: subprocess.check_output(["/usr/bin/env"], env={"ONE": "1=1"}))
    show("PATH of the environment", lambda: subprocess.check_output(["tool.sh"], env={"PATH": os.path.abspath("python_modules")}))
    show("changed", changed_environment)
    show("missing", lambda: subprocess.run(["no-such-program"]))
    show("missing path", lambda: subprocess.run(["./no-such-program", "x"]))
    show("no program", lambda: subprocess.run(["python_modules/m.py"]))
    show("no program of this system", lambda: subprocess.run(["./python_modules/data.sh"]))
    show("no folder", lambda: subprocess.run(["echo"], cwd="nowhere"))
    show("a file as the folder", lambda: subprocess.run(["echo"], cwd="package.json"))
    show("null byte", lambda: subprocess.run(["echo", "\0"]))
    show("both ways", both_ways)
    show("conversation", conversation)
    show("terminate", lambda: ended_by(subprocess.Popen.terminate))
    show("kill", lambda: ended_by(subprocess.Popen.kill))
    show("signal", lambda: ended_by(lambda sleep: sleep.send_signal(signal.SIGINT)))
    show("os.kill", lambda: ended_by(lambda sleep: os.kill(sleep.pid, signal.SIGUSR1)))
    show("time-out", lambda: time_out(subprocess.run, stdout=PIPE))
    show("time-out of a call", lambda: time_out(subprocess.call, stdout=DEVNULL))
    show("wait twice", wait_twice)
    show("files", files)
    show("pipeline", pipeline)
    show("closed early", closed_early)
    show("system", lambda: (os.system("exit 3"), os.system("kill -15 $$"), os.waitstatus_to_exitcode(os.system("exit 2"))))
    show("popen", lambda: os.popen("echo from popen").read())
    show("getoutput", lambda: subprocess.getstatusoutput("echo said; exit 7"))
    show("which", lambda: (shutil.which("sh") == shutil.which("sh"), shutil.which("no-such-program"), shutil.which("tool.sh", path="python_modules"), shutil.which("m.py", path="python_modules")))
    show("session", lambda: subprocess.run(["sh", "-c", "exit 5"], start_new_session=True).returncode)
    show("nobody's", lambda: os.waitpid(-1, 0))
    show("pipe", pipe)
    show("threads", in_threads)
    show("asyncio", lambda: asyncio.run(concurrent()))
"#;

#[cfg(unix)]
fn with_tools(code: &str) -> Package {
    use std::os::unix::fs::PermissionsExt;

    let package = Package::with(code)
        .file("python_modules/tool.sh", "#!/bin/sh\necho tool $0\n")
        .file("python_modules/data.sh", "no program\n");
    for name in ["tool.sh", "data.sh"] {
        let path = package.path().join("python_modules").join(name);
        fs::set_permissions(path, fs::Permissions::from_mode(0o755)).expect("permissions");
    }
    package
}

#[cfg(unix)]
#[test]
fn programs_run_as_under_cpython() {
    let package = with_tools(LIKE_CPYTHON).step("f", "");
    let ran = package.run(&[]).passed();
    let Some(python) = outside::cpython() else {
        return;
    };
    let output = Command::new(python)
        .args([
            "-B",
            "-c",
            "import sys; sys.path.insert(0, 'python_modules'); import m; m.f()",
        ])
        .current_dir(package.path())
        .output()
        .expect("CPython starts");
    let expected = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{output:?}");
    assert!(expected.lines().count() > 40, "{expected}");
    let own = ran.output("f");
    for (own, expected) in own.lines().zip(expected.lines()) {
        assert_eq!(own, expected);
    }
    assert_eq!(own, expected);
}

#[test]
fn what_programs_print_belongs_to_the_step_that_started_them() {
    let code = r#"
import os, subprocess

def first():
    print("before")
    subprocess.run(["echo", "from run"])
    os.system("echo from system")
    subprocess.run("printf 'no newline'; printf trouble >&2", shell=True)
    print("after")

def second():
    subprocess.run("echo out; echo err >&2; echo out", shell=True, stderr=subprocess.STDOUT)
"#;
    let ran = Package::with(code)
        .step("first", "")
        .step("second", "")
        .run(&[])
        .passed();
    let mut lines: Vec<_> = ran.output("first").lines().collect();
    assert_eq!(lines[..3], ["before", "from run", "from system"]);
    // The two streams of one program have no order.
    let rest = lines.split_off(3).concat();
    assert!(
        ["no newlinetroubleafter", "troubleno newlineafter"].contains(&&*rest),
        "{rest}"
    );
    assert_eq!(ran.output("second"), "out\nerr\nout\n");
}

#[test]
fn programs_have_no_input_but_what_they_are_given() {
    let code = "import subprocess\n\ndef f():\n    return [subprocess.check_output(['cat']).decode(), subprocess.run(['cat'], input=b'', stdout=-1).stdout.decode()]\n";
    let ran = Package::with(code).step("f", "").run(&[]).passed();
    assert_eq!(ran.attempt("f")["returned"], serde_json::json!(["", ""]));
}

#[test]
fn a_program_goes_on_until_a_later_step_stops_it() {
    let code = r#"
import subprocess
server = None

def start():
    global server
    server = subprocess.Popen(["cat"], stdin=subprocess.PIPE, stdout=subprocess.PIPE)

def talk():
    server.stdin.write(b"ping\n")
    server.stdin.flush()
    return [server.stdout.readline().decode(), server.poll()]

def stop():
    server.terminate()
    return server.wait()
"#;
    let ran = Package::with(code)
        .step("start", "")
        .step("talk", "")
        .cleanup("stop")
        .run(&[])
        .passed();
    assert_eq!(
        ran.attempt("talk")["returned"],
        serde_json::json!(["ping\n", null])
    );
    assert_eq!(ran.attempt("stop")["returned"], -15);
}

#[test]
fn programs_run_beside_a_simulated_bench_as_well() {
    let code = "import subprocess\n\ndef f():\n    return subprocess.run(['cat'], input='x', capture_output=True, text=True, timeout=60).stdout\n";
    let ran = Package::with(code)
        .step("f", "")
        .run(&["--simulate"])
        .passed();
    assert_eq!(ran.attempt("f")["returned"], "x");
}

#[test]
fn the_interpreter_starts_itself_as_another_python() {
    let code = r#"
import subprocess, sys

SCRIPT = "import subprocess, sys; print(sys.argv); sys.stdout.flush(); subprocess.run(['cat']); sys.exit(3)"

def f():
    done = subprocess.run([sys.executable, "-c", SCRIPT, "a", "-b"], input="one\ntwo\n", capture_output=True, text=True)
    formatted = subprocess.check_output([sys.executable, "-m", "json.tool", "--compact"], input='{"a": 1}', text=True)
    subprocess.run([sys.executable, "script.py"], check=True)
    return [done.returncode, done.stdout, done.stderr, formatted]
"#;
    let ran = Package::with(code)
        .file("script.py", "print('from a script')\n")
        .step("f", "")
        .run(&[])
        .passed();
    assert_eq!(ran.output("f"), "from a script\n");
    assert_eq!(
        ran.attempt("f")["returned"],
        serde_json::json!([3, "['-c', 'a', '-b']\none\ntwo\n", "", "{\"a\":1}\n"])
    );
}

/// The requests that a run's event file shows.
fn requests(package: &Package) -> (Ran, Vec<Json>, String) {
    let outside = tempfile::tempdir().expect("a temporary folder");
    let path = outside.path().join("events.jsonl");
    let ran = package.run(&[&format!("--events={}", path.display())]);
    let text = fs::read_to_string(path).expect("events");
    let requests = text
        .lines()
        .map(|line| serde_json::from_str::<Json>(line).expect("JSON"))
        .filter(|event| event["event"] == "host_request")
        .map(|event| event["request"].clone())
        .collect();
    (ran, requests, text)
}

#[test]
fn events_show_what_was_started_and_how_it_ended_without_the_whole_environment() {
    let code = r#"
import os, subprocess

def f():
    subprocess.run(["cat"], input=b"data", capture_output=True, timeout=60, env={**os.environ, "ADDED": "1"})
    with subprocess.Popen(["sleep", "600"]) as sleep:
        for _ in range(50):
            sleep.poll()
        sleep.kill()
"#;
    let (_, requests, text) = requests(&Package::with(code).step("f", ""));
    let of = |name: &str| -> Vec<&Json> {
        requests
            .iter()
            .filter_map(|request| request.get(name))
            .collect()
    };
    assert_eq!(of("spawn").len(), 2);
    assert_eq!(of("spawn")[0]["arguments"], serde_json::json!(["cat"]));
    assert_eq!(
        of("spawn")[0]["variables"],
        serde_json::json!({"inherit": true, "remove": [], "set": [["ADDED", "1"]]})
    );
    assert_eq!(of("spawn")[1]["variables"]["set"], serde_json::json!([]));
    assert_eq!(of("signal").len(), 1);
    // Polls that found the program running say nothing.
    assert!((2..=3).contains(&of("wait_program").len()), "{requests:?}");
    assert!(text.contains(r#"{"Ok":{"ended":{"signal":9}}}"#), "{text}");
    assert!(of("read").is_empty() && of("write").is_empty());
}

#[test]
fn processes_of_python_itself_are_refused_with_a_reason() {
    let code = r#"
import multiprocessing, os, subprocess

def said(work):
    try:
        work()
    except (OSError, ImportError, ValueError) as error:
        return f"{type(error).__name__}: {error}"

def f():
    return [hasattr(os, "fork"),
            said(multiprocessing.Process(target=print).start),
            said(lambda: subprocess.run(["true"], preexec_fn=print)),
            said(lambda: subprocess.run(["true"], pass_fds=[os.pipe()[0]]))]
"#;
    let ran = Package::with(code).step("f", "").run(&[]).passed();
    assert_eq!(
        ran.attempt("f")["returned"],
        serde_json::json!([
            false,
            "ModuleNotFoundError: No module named '_multiprocessing': the standard library's multiprocessing is not part of Rehearsal's Python: Python cannot be forked; subprocess starts programs, concurrent.futures.ThreadPoolExecutor runs threads",
            "ValueError: preexec_fn is not available to test code, but for os.setsid and os.setpgrp; the host starts the program",
            "OSError: [Errno 38] programs get no files but their standard streams (no pass_fds, no multiprocessing); subprocess.Popen has pipes to talk to them",
        ])
    );
}

/// A host that lets nothing be started.
struct Refusing(rehearsal::host::live::LiveHost);

impl rehearsal::host::Host for Refusing {
    fn call(
        &self,
        request: rehearsal::host::Request,
    ) -> Result<rehearsal::host::Reply, rehearsal::host::HostError> {
        use rehearsal::host::{ErrorKind, HostError, Request};
        match request {
            Request::Spawn(program) => Err(HostError::new(
                ErrorKind::Denied,
                format!("package.json does not allow {}", program.program),
            )),
            other => self.0.call(other),
        }
    }
}

#[test]
fn a_refused_program_is_a_permission_error_that_says_why() {
    use rehearsal::{
        flow::interruption::Interruption,
        host::live::{LiveHost, Streams},
        python::{Call, Interpreter, Native, Outcome},
    };
    use rehearsal_python::{interrupt::Interrupt, setup::Setup};

    let package =
        Package::with("import subprocess\n\ndef f():\n    subprocess.run(['ls', '-l'])\n");
    let root = package.path();
    let interrupt = Interrupt::default();
    let host = LiveHost::new(
        &root,
        Vec::new(),
        Streams::Captured(std::sync::Arc::new(|_, _| ())),
        interrupt.clone(),
    );
    let setup = Setup {
        root: root.to_string_lossy().into_owned(),
        path: vec![root.join("python_modules").to_string_lossy().into_owned()],
        pid: 1,
        cpus: 1,
        collect: true,
        ..Setup::default()
    };
    let mut python = Native::new(std::sync::Arc::new(Refusing(host)), interrupt, setup);
    let call = Call {
        module: "m".into(),
        function: "f".into(),
        arguments: Vec::new(),
    };
    let Outcome::Raised(error) = python.call(&call, &Interruption::new().stop_above(0)) else {
        panic!("it was let through");
    };
    assert_eq!(error.class, "PermissionError");
    assert_eq!(
        error.message,
        "[Errno 13] package.json does not allow ls: 'ls'"
    );
}
