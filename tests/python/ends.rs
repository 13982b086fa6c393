//! Programs that cannot begin, or whose readers go away.

use std::process::Stdio;

use crate::program::{Folder, Ran};

#[test]
fn a_script_that_is_not_there() {
    let ran = Folder::new().run(&["nothing.py"]);
    let expected = Ran {
        stdout: String::new(),
        stderr: "error: nothing.py cannot be read: No such file or directory\n".into(),
        code: Some(2),
    };
    assert_eq!(ran, expected);
}

#[test]
fn a_module_that_is_not_there() {
    let ran = Folder::new().run(&["-m", "nothing"]);
    assert!(
        ran.stderr.ends_with(": No module named nothing\n"),
        "{}",
        ran.stderr
    );
    assert_eq!(ran.code, Some(1));
}

#[test]
fn an_output_that_nobody_reads_any_more() {
    let mut child = Folder::new()
        .command(&["-c", "while True: print('x' * 1000)"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("rehearse starts");
    drop(child.stdout.take());
    let ran = Ran::of(child.wait_with_output().expect("its end"));
    assert_eq!(ran.code, Some(1));
    assert!(ran.stderr.contains("BrokenPipeError"), "{}", ran.stderr);
}

#[test]
fn a_program_that_ends_at_once_by_os_exit() {
    let ran = Folder::new().run(&[
        "-c",
        "import atexit, os; atexit.register(print, 'never'); print('x', flush=True); os._exit(5)",
    ]);
    assert_eq!(
        (ran.stdout.as_str(), ran.code),
        ("x\n", Some(5)),
        "{}",
        ran.stderr
    );
}

#[test]
fn an_interpreter_that_breaks_down_ends_the_script() {
    // A defect of the compiler that RustPython 0.6 has; another one has to be found once it is gone.
    let ran = Folder::new().run(&[
        "-c",
        "print('before', flush=True); compile('x=\"é', 'x', 'exec')",
    ]);
    assert_eq!((ran.stdout.as_str(), ran.code), ("before\n", Some(1)));
    assert!(
        ran.stderr
            .starts_with("error: SystemError: the Python interpreter broke down ("),
        "{}",
        ran.stderr
    );
    assert_eq!(ran.stderr.lines().count(), 1, "{}", ran.stderr);
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_has_its_own_error_number() {
    let full = std::fs::File::options()
        .write(true)
        .open("/dev/full")
        .expect("the device");
    let output = Folder::new()
        .command(&["-c", "print('x')"])
        .stdout(full)
        .output()
        .expect("rehearse starts");
    let ran = Ran::of(output);
    assert_eq!(
        ran.stderr.lines().last(),
        Some("OSError: [Errno 28] No space left on device")
    );
}

#[cfg(unix)]
#[test]
fn input_that_is_not_read_is_left_for_programs() {
    let code = "import os, subprocess; print(os.read(0, 5), flush=True); subprocess.run(['cat'])";
    let ran = Folder::new().run_with_input(&["-c", code], "hello world");
    assert_eq!(ran.stdout, "b'hello'\n world", "{}", ran.stderr);
}
