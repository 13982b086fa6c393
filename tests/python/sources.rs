//! Where modules come from, and what there is besides.

use std::io::{Cursor, Write};

use crate::program::{Folder, Ran};

fn zip(files: &[(&str, &str)]) -> Vec<u8> {
    let mut archive = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in files {
        archive
            .start_file(*name, zip::write::SimpleFileOptions::default())
            .expect("an entry");
        archive.write_all(content.as_bytes()).expect("its content");
    }
    archive.finish().expect("an archive").into_inner()
}

#[test]
fn the_wheels_of_the_package_around_a_script_are_found() {
    let wheel = zip(&[
        ("gauge/__init__.py", "UNIT = 'bar'\n"),
        (
            "gauge-1.0.dist-info/METADATA",
            "Metadata-Version: 2.1\nName: gauge\nVersion: 1.0\n",
        ),
    ]);
    let folder = Folder::new()
        .file("package.json", "{}")
        .file("wheels/gauge-1.0-py3-none-any.whl", wheel)
        .file(
            "tools/show.py",
            "import gauge, importlib.metadata\nprint(gauge.UNIT, importlib.metadata.version('gauge'))\n",
        );
    let ran = folder.run(&["tools/show.py"]);
    assert_eq!(
        (ran.stdout.as_str(), ran.code),
        ("bar 1.0\n", Some(0)),
        "{}",
        ran.stderr
    );
    let ran = folder.run(&["-c", "import gauge; print(gauge.UNIT)"]);
    assert_eq!(ran.stdout, "bar\n", "{}", ran.stderr);
}

#[test]
fn a_module_beside_the_script_wins_over_the_standard_library() {
    let folder = Folder::new()
        .file("calendar.py", "print('own')\n")
        .file("program.py", "import calendar\n");
    assert_eq!(folder.run(&["program.py"]).stdout, "own\n");
}

#[test]
fn pythonpath_is_searched() {
    let folder = Folder::new()
        .file("one/first.py", "NAME = 'first'\n")
        .file("two/second.py", "NAME = 'second'\n");
    let both = std::env::join_paths(["one", "two"]).expect("a path list");
    let output = folder
        .command(&["-c", "import first, second; print(first.NAME, second.NAME)"])
        .env("PYTHONPATH", both)
        .output()
        .expect("rehearse starts");
    assert_eq!(
        String::from_utf8_lossy(&output.stdout).trim(),
        "first second"
    );
}

#[test]
fn an_archive_with_a_main_module_is_run() {
    let archive = zip(&[
        (
            "__main__.py",
            "import helper, sys\nprint(helper.NAME, sys.argv[1:])\n",
        ),
        ("helper.py", "NAME = 'helper'\n"),
    ]);
    let folder = Folder::new().file("tool.pyz", archive);
    let ran = folder.run(&["tool.pyz", "x"]);
    assert_eq!(ran.stdout, "helper ['x']\n", "{}", ran.stderr);
}

#[test]
fn the_working_directory_is_the_users_and_nothing_is_written_there() {
    let folder = Folder::new()
        .file(
            "sub/program.py",
            "import os, other\nprint(os.getcwd(), open('data.txt').read())\n",
        )
        .file("sub/other.py", "")
        .file("data.txt", "data");
    let ran = folder.run(&["sub/program.py"]);
    let here = folder.path().to_string_lossy().replace('\\', "/");
    assert_eq!(ran.stdout, format!("{here} data\n"), "{}", ran.stderr);
    assert!(!folder.path().join("sub/__pycache__").exists());
}

#[test]
fn the_version_is_the_languages() {
    let ran = Folder::new().run(&["--version"]);
    assert_eq!(ran.stdout, "Python 3.14.0 (RustPython 0.6.0)\n");
    assert_eq!(Folder::new().run(&["-V"]), ran);
}

#[test]
fn the_examples_runner_meets_a_simulated_bench() {
    let example = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/examples/ESH10000121_FunctionalTest_v00"
    );
    let run = |arguments: &[&str]| {
        let mut command = Folder::new().command(arguments);
        Ran::of(
            command
                .current_dir(example)
                .output()
                .expect("rehearse starts"),
        )
    };
    let ran = run(&["--simulate", "run_local.py", "--serial", "SN-7"]);
    assert_eq!(ran.code, Some(0), "{}{}", ran.stdout, ran.stderr);
    assert!(ran.stdout.contains("serial number SN-7"), "{}", ran.stdout);
    assert_eq!(
        ran.stdout.matches("[PASS   ]").count(),
        5 + 12,
        "{}",
        ran.stdout
    );
    assert_eq!(
        ran.stderr,
        "note: the script meets a simulated bench, its result says nothing about hardware\n"
    );

    let ran = run(&["--simulate=nothing.yaml", "run_local.py"]);
    assert_eq!(ran.code, Some(2));
    assert!(
        ran.stderr
            .starts_with("error: failed to read `nothing.yaml`"),
        "{}",
        ran.stderr
    );
}

#[test]
fn a_simulated_bench_looks_no_names_up_for_sockets_of_the_machine() {
    let code = "import socket; socket.socketpair()[0].bind(('no-such-host.invalid', 80))";
    let ran = Folder::new().run(&["--simulate", "-c", code]);
    assert_eq!(
        ran.stderr.lines().last(),
        Some("OSError: [Errno 22] Invalid argument")
    );
}
