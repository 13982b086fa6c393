//! CPython's own tests of its standard library, of the release that the frozen one follows.

use std::{
    fs, io,
    path::{Path, PathBuf},
    process::Command,
    sync::Mutex,
};

use super::{settle, skip};

/// Debian's packages that hold them, the second one for `test.support`.
const PACKAGES: [&str; 2] = ["libpython3.14-testsuite", "libpython3.14-stdlib"];

/// Where the packages put them.
const PLACE: &str = "usr/lib/python3.14/test";

/// Debian's releases to look in: the first with Python 3.14, and the one that is never finished.
const RELEASES: [&str; 2] = ["forky", "sid"];

/// The folder that holds CPython 3.14's package `test`: the one that `REHEARSAL_CPYTHON_TESTS` names (`Lib` of a source tree
/// will do), else one filled from Debian's archive and kept in the target folder.
#[track_caller]
pub fn standard_tests() -> Option<PathBuf> {
    static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());
    let _guard = ONE_AT_A_TIME.lock();
    if let Some(folder) = std::env::var_os("REHEARSAL_CPYTHON_TESTS").map(PathBuf::from) {
        let support = folder.join("test/support");
        assert!(
            support.is_dir(),
            "REHEARSAL_CPYTHON_TESTS: there is no {}",
            support.display()
        );
        return fs::canonicalize(folder).ok();
    }
    let parent = Path::new(env!("CARGO_TARGET_TMPDIR"));
    let folder = parent.join("cpython-3.14");
    if folder.is_dir() {
        return Some(folder);
    }
    match fetch(parent, &folder) {
        Ok(()) => Some(folder),
        Err(error) => {
            skip(&format!(
                "CPython's tests cannot be fetched: {error}; REHEARSAL_CPYTHON_TESTS may name a folder that holds them"
            ));
            None
        }
    }
}

fn fetch(parent: &Path, folder: &Path) -> Result<(), String> {
    let archive = archive()?;
    let fresh = tempfile::tempdir_in(parent).map_err(|error| error.to_string())?;
    let mut last = String::new();
    for release in RELEASES {
        let place = fresh.path().join(release);
        match download(&archive, release, &place).and_then(|()| unpack(&place)) {
            Ok(tests) => {
                let holder = place.join("lib");
                let moved =
                    fs::create_dir(&holder).and_then(|()| fs::rename(tests, holder.join("test")));
                return moved
                    .and_then(|()| settle(&holder, folder))
                    .map_err(|error| format!("{}: {error}", folder.display()));
            }
            Err(error) => last = error,
        }
    }
    Err(last)
}

/// The address of the archive that this machine's own packages come from.
fn archive() -> Result<String, String> {
    let about = fs::read_to_string("/etc/os-release").unwrap_or_default();
    let field = |name: &str| {
        about
            .lines()
            .find_map(|line| line.strip_prefix(name)?.strip_prefix('='))
            .map(|value| value.trim_matches('"').to_owned())
    };
    if field("ID").as_deref() != Some("debian") {
        return Err("this machine does not run Debian".into());
    }
    let codename = field("VERSION_CODENAME").unwrap_or_default();
    let mut command = Command::new("apt-get");
    command.args([
        "indextargets",
        "--format",
        "$(RELEASE) $(COMPONENT) $(REPO_URI)",
        "Created-By: Packages",
    ]);
    let targets = output(&mut command)?;
    let wanted = format!("{codename} main ");
    targets
        .lines()
        .find_map(|line| line.strip_prefix(&*wanted))
        .map(str::to_owned)
        .ok_or_else(|| format!("apt has no source for {codename}"))
}

/// Downloads the packages of another release than the machine's, past its own lists.
fn download(archive: &str, release: &str, place: &Path) -> Result<(), String> {
    let list = place.join("sources.list");
    let prepared = ["lists/partial", "archives/partial", "debs"]
        .iter()
        .try_for_each(|folder| fs::create_dir_all(place.join(folder)))
        .and_then(|()| fs::write(&list, format!("deb {archive} {release} main\n")));
    prepared.map_err(|error| error.to_string())?;
    let apt = || {
        let mut command = Command::new("apt-get");
        command.current_dir(place.join("debs")).arg("--quiet");
        let settings = [
            ("Dir::Etc::SourceList", list.display().to_string()),
            ("Dir::Etc::SourceParts", "/dev/null".into()),
            (
                "Dir::State::Lists",
                place.join("lists").display().to_string(),
            ),
            ("Dir::Cache", place.display().to_string()),
            ("Acquire::Languages", "none".into()),
            (
                "Acquire::IndexTargets::deb::DEP-11::DefaultEnabled",
                "false".into(),
            ),
            ("APT::Update::Error-Mode", "any".into()),
            // Its own user cannot write into a folder of ours.
            ("APT::Sandbox::User", "root".into()),
        ];
        for (name, value) in settings {
            command.arg("-o").arg(format!("{name}={value}"));
        }
        command
    };
    output(apt().arg("update"))?;
    output(apt().arg("download").args(PACKAGES)).map(drop)
}

/// Unpacks what was downloaded and gives the folder `test` in it.
fn unpack(place: &Path) -> Result<PathBuf, String> {
    let whole = place.join("whole");
    let packages = fs::read_dir(place.join("debs"))
        .and_then(Iterator::collect::<io::Result<Vec<_>>>)
        .map_err(|error| error.to_string())?;
    for package in packages {
        output(
            Command::new("dpkg-deb")
                .arg("--extract")
                .arg(package.path())
                .arg(&whole),
        )?;
    }
    Ok(whole.join(PLACE))
}

fn output(command: &mut Command) -> Result<String, String> {
    let program = command.get_program().to_string_lossy().into_owned();
    let output = command
        .env("LC_ALL", "C")
        .output()
        .map_err(|error| format!("{program}: {error}"))?;
    if output.status.success() {
        return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
    }
    let said = String::from_utf8_lossy(&output.stderr);
    let last = said.lines().last().unwrap_or("no word why");
    Err(format!("{program}: {last}"))
}
