//! Libraries of the package index as a package brings them along: their wheels in `wheels/`, a module that uses them for real.
//!
//! The table in docs/python.md is the list below. After a change, `REHEARSAL_TESTS_UPDATE=1 cargo test --test wheels` writes it again.

#![expect(
    clippy::expect_used,
    clippy::panic,
    reason = "a test that cannot go on has failed"
)]

#[path = "../library/agree.rs"]
mod agree;
mod check;
mod native;
#[path = "../outside/mod.rs"]
mod outside;
#[path = "../run/package.rs"]
#[expect(dead_code, reason = "the other test program uses more of it")]
mod package;

use std::{fmt::Write as _, fs, path::Path, process::Command};

use package::Package;

struct Library {
    /// Of the module that uses it, in modules/.
    module: &'static str,
    wheels: &'static [&'static str],
    /// What is on the index as sources or compiled, and can be built without compiling.
    built: &'static [&'static str],
    tried: &'static str,
    note: &'static str,
}

const LIBRARIES: [Library; 10] = [
    Library {
        module: "requests",
        wheels: &[
            "requests==2.32.3",
            "urllib3==2.2.3",
            "idna==3.10",
            "certifi==2024.8.30",
        ],
        built: &["charset-normalizer==3.4.0"],
        tried: "a session with redirects, cookies, JSON, files, authentication and errors, over http on loopback",
        note: "works",
    },
    Library {
        module: "serial",
        wheels: &["pyserial==3.5"],
        built: &[],
        tried: "`loop://` and `socket://`; a device of the machine that is not there",
        note: "works; a serial port of the machine cannot be opened",
    },
    Library {
        module: "visa",
        wheels: &[
            "pyvisa==1.14.1",
            "pyvisa-py==0.7.2",
            "typing_extensions==4.12.2",
        ],
        built: &[],
        tried: "`TCPIP::…::SOCKET` to an instrument on loopback: query, write, values, time-out",
        note: "works, as `ResourceManager(\"@py\")`: there is no `ctypes` to look for another",
    },
    Library {
        module: "construct",
        wheels: &["construct==2.10.70"],
        built: &[],
        tried: "a frame with bits, arrays, strings and a checksum, both ways",
        note: "works",
    },
    Library {
        module: "yaml",
        wheels: &[],
        built: &["PyYAML==6.0.2"],
        tried: "load, dump, several documents, anchors, dates, the place of an error",
        note: "works, as a wheel built without libyaml",
    },
    Library {
        module: "jinja2",
        wheels: &["jinja2==3.1.4"],
        built: &["MarkupSafe==2.1.5"],
        tried: "inheritance, loops, filters, macros, escaping, undefined names",
        note: "works, with MarkupSafe built without its compiled half",
    },
    Library {
        module: "attrs",
        wheels: &["attrs==24.2.0"],
        built: &[],
        tried: "define, converters, validators, frozen and slotted classes, evolve",
        note: "works",
    },
    Library {
        module: "crcmod",
        wheels: &[],
        built: &["crcmod==1.7"],
        tried: "made and predefined sums, in one go and in parts",
        note: "works, as a wheel built without its compiled half",
    },
    Library {
        module: "bitstring",
        wheels: &["bitstring==3.1.9"],
        built: &[],
        tried: "pack, unpack, streams, searches, floats",
        note: "works",
    },
    Library {
        module: "test_pytest",
        wheels: &[
            "pytest==8.3.3",
            "iniconfig==2.0.0",
            "packaging==24.1",
            "pluggy==1.5.0",
        ],
        built: &[],
        tried: "`rehearse python -m pytest`: fixtures, parameters, captured output, a failing test",
        note: "works",
    },
];

impl Library {
    fn named(module: &str) -> &'static Self {
        LIBRARIES
            .iter()
            .find(|library| library.module == module)
            .expect("a library of the list")
    }

    fn package(&self, code: &str) -> Option<Package> {
        let mut package = Package::with(code);
        let folders = [
            (!self.wheels.is_empty()).then(|| outside::wheels(self.wheels)),
            (!self.built.is_empty()).then(|| outside::wheels_without_compiling(self.built)),
        ];
        for folder in folders.into_iter().flatten() {
            for entry in fs::read_dir(folder?).expect("the wheels") {
                let path = entry.expect("a wheel").path();
                let name = path.file_name().expect("a name").to_string_lossy();
                package =
                    package.file(&format!("wheels/{name}"), fs::read(&path).expect("a wheel"));
            }
        }
        Some(package)
    }
}

fn source(module: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/wheels/modules");
    fs::read_to_string(path.join(format!("{module}.py"))).expect("the module")
}

/// Runs the module's `work()` as a step; it returns the library's version.
#[track_caller]
fn works(module: &str) {
    let library = Library::named(module);
    let Some(package) = library.package(&source(module)) else {
        return;
    };
    let ran = package.step("work", "").run(&[]).passed();
    let version = ran.attempt("work")["returned"].as_str().expect("a version");
    let expected = library.wheels.first().or(library.built.first());
    let expected = expected.and_then(|first| first.split("==").nth(1));
    assert_eq!(Some(version), expected);
}

#[test]
fn requests_works() {
    works("requests");
}

#[test]
fn pyserial_works() {
    works("serial");
}

#[test]
fn pyvisa_works_over_tcp() {
    works("visa");
}

#[test]
fn construct_works() {
    works("construct");
}

#[test]
fn pyyaml_works() {
    works("yaml");
}

#[test]
fn jinja2_works() {
    works("jinja2");
}

#[test]
fn attrs_works() {
    works("attrs");
}

#[test]
fn crcmod_works() {
    works("crcmod");
}

#[test]
fn bitstring_works() {
    works("bitstring");
}

#[test]
fn pytest_works() {
    let failing =
        "\n\ndef test_fails():\n    found = {'volts': 3}\n    assert found['volts'] == 4\n";
    let code = source("test_pytest") + failing;
    let Some(package) = Library::named("test_pytest").package("") else {
        return;
    };
    let package = package.file("test_one.py", code);
    let output = Command::new(env!("CARGO_BIN_EXE_rehearse"))
        .args([
            "python",
            "-m",
            "pytest",
            "-q",
            "-p",
            "no:cacheprovider",
            "test_one.py",
        ])
        .current_dir(package.path())
        .output()
        .expect("rehearse starts");
    let printed = String::from_utf8_lossy(&output.stdout);
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    assert!(
        printed.contains("2 failed, 3 passed, 1 skipped"),
        "{printed}"
    );
    assert!(printed.contains("E       assert 3 == 4"), "{printed}");
}

#[test]
fn the_documentation_lists_these_libraries() {
    let mut text = String::from("| library | tried | |\n|---|---|---|\n");
    for library in &LIBRARIES {
        let all: Vec<_> = library
            .wheels
            .iter()
            .chain(library.built)
            .copied()
            .collect();
        let all = all.join(", ").replace("==", " ");
        let _ = writeln!(text, "| {all} | {} | {} |", library.tried, library.note);
    }
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/python.md");
    agree::agree(&page, "libraries", &text);
}
