//! A throw-away package with Python in it.

use std::{
    fs,
    io::Write as _,
    path::{Path, PathBuf},
};

use rehearsal::{
    code::{Code, Function, Lookup},
    diagnostic::{Diagnostics, Style},
    lint::code::lint,
    package::{Neighbours, load, wheels},
    source::Sources,
};
use tempfile::TempDir;

pub struct Package {
    /// The package lies in a folder of its own, so that others can lie beside it.
    folder: TempDir,
}

/// What was read of a package, with the texts to show messages in.
pub struct Read {
    pub code: Code,
    pub sources: Sources,
    pub found: Diagnostics,
}

impl Package {
    pub fn new() -> Self {
        Self {
            folder: tempfile::tempdir().expect("a temporary folder"),
        }
        .requiring("")
        .step("name: a\ntype: mock")
    }

    /// With a module `m` of this text.
    pub fn python(text: &str) -> Self {
        Self::new().file("python_modules/m.py", text)
    }

    /// With one step, of which these are the lines.
    pub fn step(self, lines: &str) -> Self {
        let mut yaml = String::from("test:\n  name: Demo\n  version: \"1.0.0\"\n  steps:\n");
        for (index, line) in lines.trim().lines().enumerate() {
            yaml += &format!("    {} {line}\n", if index == 0 { "-" } else { " " });
        }
        self.file("tests/main.yaml", yaml)
    }

    /// With a step that calls `m.f` without parameters.
    pub fn calling(self) -> Self {
        self.step("name: a\nrunner: python\nmodule: m\nfunction: f")
    }

    /// With these libraries in requirements.pipPackages, as JSON.
    pub fn requiring(self, libraries: &str) -> Self {
        self.file(
            "package.json",
            format!(
                r#"{{"name": "Demo_v01", "version": "1.0.0", "author": "Jo", "description": "a demo", "requirements": {{"pipPackages": [{libraries}]}}}}"#
            ),
        )
    }

    pub fn file(self, name: &str, text: impl AsRef<[u8]>) -> Self {
        let path = self.path().join(name);
        fs::create_dir_all(path.parent().expect("a folder")).expect("a folder made");
        fs::write(path, text).expect("a file written");
        self
    }

    /// A wheel of a library with these files, and `Requires-Dist` lines.
    pub fn wheel(self, name: &str, files: &[&str], needs: &[&str]) -> Self {
        let mut archive = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
        let metadata: String = std::iter::once(format!("Name: {name}\n"))
            .chain(needs.iter().map(|need| format!("Requires-Dist: {need}\n")))
            .collect();
        let about = format!("{name}-1.0.dist-info/METADATA");
        for (file, text) in files
            .iter()
            .map(|file| (*file, ""))
            .chain([(about.as_str(), metadata.as_str())])
        {
            archive
                .start_file(file, zip::write::SimpleFileOptions::default())
                .expect("a file in the wheel");
            archive.write_all(text.as_bytes()).expect("its text");
        }
        let bytes = archive.finish().expect("a wheel").into_inner();
        self.file(&format!("wheels/{name}-1.0-py3-none-any.whl"), bytes)
    }

    pub fn path(&self) -> PathBuf {
        self.folder.path().join("Demo_v01")
    }

    #[track_caller]
    pub fn read(&self) -> Read {
        read(&self.path())
    }

    /// What the rules find, one line each.
    #[track_caller]
    pub fn lines(&self) -> Vec<String> {
        let read = self.read();
        read.found
            .iter()
            .map(|one| one.line(&read.sources))
            .collect()
    }

    /// What the rules find, as a terminal without colours shows it.
    #[track_caller]
    pub fn shown(&self) -> String {
        let read = self.read();
        read.found.render(&read.sources, Style::PLAIN)
    }

    /// What is wrong with the Python files themselves.
    #[track_caller]
    pub fn problems(&self) -> String {
        let read = self.read();
        read.code.problems().render(&read.sources, Style::PLAIN)
    }
}

/// Reads a package that is right.
#[track_caller]
pub fn read(root: &Path) -> Read {
    let (mut package, _) = load(root).unwrap_or_else(|error| {
        panic!("{}", error.diagnostics.render(&error.sources, Style::PLAIN))
    });
    let neighbours = Neighbours::load(&package, &[]).expect("packages beside it that are right");
    let mut sources = std::mem::take(&mut package.sources);
    let code = Code::read(&package.root, &mut sources);
    let found = lint(&package, &code, &wheels(root), &neighbours, &sources);
    Read {
        code,
        sources,
        found,
    }
}

impl Read {
    /// What a name of module `m` stands for.
    pub fn lookup(&self, name: &str) -> Lookup {
        self.code
            .lookup(self.code.module("m").expect("a module"), name)
    }

    #[track_caller]
    pub fn function(&self, name: &str) -> Function {
        match self.lookup(name) {
            Lookup::Function(function) => *function,
            other => panic!("{name}: {other:?}"),
        }
    }
}
