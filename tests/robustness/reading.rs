//! Reading one file of a package whose other files are right.

use std::{fs, path::Path, thread};

use rehearsal::{
    diagnostic::{Diagnostics, Style},
    host::bench,
    package::{load, text_file},
    source::Sources,
};
use tempfile::TempDir;

/// That of a main thread under Windows.
const STACK: usize = 1 << 20;

/// What messages may come to: so much for each byte of the file, and so much besides.
const SHOWN_PER_BYTE: usize = 600;
const SHOWN_ANYWAY: usize = 20_000;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Test,
    Manifest,
    Local,
    Bench,
}

pub const KINDS: [Kind; 4] = [Kind::Test, Kind::Manifest, Kind::Local, Kind::Bench];

impl Kind {
    pub fn path(self) -> &'static str {
        match self {
            Self::Test => "tests/main.yaml",
            Self::Manifest => "package.json",
            Self::Local => "local.yaml",
            Self::Bench => "bench.yaml",
        }
    }
}

const MANIFEST: &str =
    r#"{"name": "Odd_v01", "version": "1.0.0", "author": "Jo", "description": "odd files"}"#;
const TEST: &str = "test: {name: Odd, version: \"1.0.0\", steps: [{name: a, type: mock}]}";

/// A package that is right.
pub fn package() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("tests")).unwrap();
    fs::write(folder.path().join("package.json"), MANIFEST).unwrap();
    fs::write(folder.path().join("tests/main.yaml"), TEST).unwrap();
    folder
}

/// Does some work on a small stack.
pub fn on_a_small_stack<T: Send>(work: impl FnOnce() -> T + Send) -> T {
    thread::scope(|scope| {
        thread::Builder::new()
            .stack_size(STACK)
            .spawn_scoped(scope, work)
            .unwrap()
            .join()
            .unwrap_or_else(|panic| std::panic::resume_unwind(panic))
    })
}

/// Reads the file as a command does; all it has to say, as it is shown.
pub fn read(folder: &Path, kind: Kind, content: &[u8]) -> String {
    let path = folder.join(kind.path());
    fs::write(&path, content).unwrap();
    let (sources, mut problems, fine) = match kind {
        Kind::Bench => {
            let (mut sources, mut problems) = (Sources::default(), Diagnostics::default());
            let station = text_file::read(&path, "bench.yaml", &mut sources, &mut problems)
                .and_then(|id| {
                    bench::read_beside(folder, &sources.get(id).text, id, &mut problems)
                });
            (sources, problems, station.is_some())
        }
        _ => match load(folder) {
            Ok((package, warnings)) => (package.sources, warnings, true),
            Err(error) => (error.sources, error.diagnostics, false),
        },
    };
    assert_eq!(fine, !problems.has_errors(), "an error, or something read");
    problems.sort();
    let shown = problems.render(&sources, Style::PLAIN);
    let most = SHOWN_ANYWAY + SHOWN_PER_BYTE * content.len();
    assert!(
        shown.len() <= most,
        "{} bytes of messages about {} bytes",
        shown.len(),
        content.len()
    );
    let control = shown.find(|c: char| c.is_control() && c != '\n');
    if let Some(at) = control {
        panic!("a control character is shown: {:?}", &shown[at..]);
    }
    shown
}
