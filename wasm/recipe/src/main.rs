//! `just guest`: builds the sandbox's guest and keeps it, packed, in wasm/guest.wasm.zst; wasm/GUEST.txt says what it came from.
//!
//! `guest-recipe` builds it. `guest-recipe check` compares hashes only, and builds where the sources are other than those the guest came from, to say
//! whether the guest would be another one. `guest-recipe sources` prints the hash of the sources.

mod debian;

use std::{
    env,
    error::Error,
    ffi::OsString,
    fs,
    path::{Path, PathBuf},
    process::{Command, ExitCode},
};

use sha2::{Digest, Sha256};

type Result<T> = std::result::Result<T, Box<dyn Error>>;

const TARGET: &str = "wasm32-wasip1";
const GUEST: &str = "wasm/guest.wasm.zst";
const FACTS: &str = "wasm/GUEST.txt";

/// What the guest is made of, beside its dependencies.
const SOURCES: [&str; 4] = [
    "wasm/src",
    "wasm/Cargo.toml",
    "wasm/build.rs",
    "wasm/recipe/src",
];

/// How hard the guest is packed.
const LEVEL: i32 = 19;

/// The guest's own stack, in bytes; beside the machine's, which its calls are on.
const STACK: usize = 8 << 20;

/// How to call the compiler.
struct Toolchain {
    /// Further arguments of cargo.
    arguments: Vec<OsString>,
    variables: Vec<(&'static str, OsString)>,
    version: String,
}

/// What GUEST.txt says.
#[derive(PartialEq, Eq)]
struct Facts {
    sha256: String,
    packed: String,
    sources: String,
    compiler: String,
}

fn main() -> ExitCode {
    let arguments: Vec<_> = env::args().skip(1).collect();
    let done = match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        [] => build_and_keep(),
        ["check"] => check(),
        ["sources"] => sources().map(|hash| println!("{hash}")),
        _ => Err("usage: guest-recipe [check | sources]".into()),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

fn build_and_keep() -> Result<()> {
    let toolchain = toolchain()?;
    let guest = build(&toolchain)?;
    let packed = zstd::encode_all(&*guest, LEVEL)?;
    let facts = Facts {
        sha256: hash(&guest),
        packed: hash(&packed),
        sources: sources()?,
        compiler: toolchain.version,
    };
    fs::write(GUEST, &packed)?;
    fs::write(FACTS, facts.text())?;
    println!("{GUEST}: {} bytes, {} unpacked", packed.len(), guest.len());
    Ok(())
}

fn check() -> Result<()> {
    let facts = Facts::read()?;
    let packed = fs::read(GUEST)?;
    if hash(&packed) != facts.packed || hash(&zstd::decode_all(&*packed)?) != facts.sha256 {
        return Err(
            format!("{GUEST} is not the one that {FACTS} speaks of; run `just guest`").into(),
        );
    }
    if sources()? == facts.sources {
        println!("{GUEST} comes from the sources as they are");
        return Ok(());
    }
    println!("the sources have changed since {GUEST} was built; building it again to compare");
    let toolchain = toolchain()?;
    let guest = build(&toolchain)?;
    if hash(&guest) == facts.sha256 {
        println!("they make the same guest; run `just guest` to have {FACTS} say so");
        return Ok(());
    }
    let compiler = if toolchain.version == facts.compiler {
        String::new()
    } else {
        format!(
            " (the compiler is another one, too: {} instead of {})",
            toolchain.version, facts.compiler
        )
    };
    Err(format!("the sources make another guest than {GUEST}{compiler}; run `just guest` and commit what it writes").into())
}

/// The wasm file, as the compiler made it.
fn build(toolchain: &Toolchain) -> Result<Vec<u8>> {
    let root = env::current_dir()?;
    let target = target_folder();
    let mut flags = vec![format!("-Clink-arg=-zstack-size={STACK}")];
    // Messages of panics name files; what they are called must not depend on where this is built.
    for (folder, name) in [
        (home_of_cargo().as_deref(), "/cargo"),
        (Some(&*root), "/rehearsal"),
    ] {
        if let Some(folder) = folder {
            flags.push(format!("--remap-path-prefix={}={name}", folder.display()));
        }
    }
    let status = cargo()
        .args([
            "rustc",
            "--locked",
            "--ignore-rust-version",
            "--package",
            "rehearsal-python",
            "--lib",
        ])
        .args([
            "--crate-type",
            "cdylib",
            "--target",
            TARGET,
            "--profile",
            "guest",
        ])
        .args(&toolchain.arguments)
        .env("CARGO_TARGET_DIR", &target)
        .env("CARGO_TARGET_WASM32_WASIP1_RUSTFLAGS", flags.join(" "))
        .env_remove("RUSTFLAGS")
        .env_remove("CARGO_ENCODED_RUSTFLAGS")
        .envs(
            toolchain
                .variables
                .iter()
                .map(|(name, value)| (name, value)),
        )
        .status()?;
    if !status.success() {
        return Err(format!("cargo ended with {status}").into());
    }
    Ok(fs::read(
        target.join(TARGET).join("guest/rehearsal_python.wasm"),
    )?)
}

/// rustup's own, where there is one; else Debian's compiler, whose sources of the standard library are built along.
fn toolchain() -> Result<Toolchain> {
    if has_target() || adds_target() {
        return Ok(Toolchain {
            arguments: Vec::new(),
            variables: Vec::new(),
            version: version(&OsString::from("rustc"))?,
        });
    }
    println!("rustup has no {TARGET} here; taking Debian's compiler");
    debian::toolchain(&target_folder())
}

fn has_target() -> bool {
    let sysroot = Command::new("rustc").args(["--print", "sysroot"]).output();
    sysroot.is_ok_and(|output| {
        let sysroot = String::from_utf8_lossy(&output.stdout).trim().to_owned();
        Path::new(&sysroot)
            .join("lib/rustlib")
            .join(TARGET)
            .is_dir()
    })
}

fn adds_target() -> bool {
    let added = Command::new("rustup")
        .args(["target", "add", TARGET])
        .status();
    added.is_ok_and(|status| status.success()) && has_target()
}

fn version(compiler: &OsString) -> Result<String> {
    let output = Command::new(compiler).arg("--version").output()?;
    Ok(String::from_utf8(output.stdout)?.trim().to_owned())
}

fn cargo() -> Command {
    Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
}

fn home_of_cargo() -> Option<PathBuf> {
    let named = env::var_os("CARGO_HOME").map(PathBuf::from);
    named.or_else(|| env::home_dir().map(|home| home.join(".cargo")))
}

fn target_folder() -> PathBuf {
    env::var_os("CARGO_TARGET_DIR").map_or_else(|| "target".into(), PathBuf::from)
}

/// The hash of the guest's own files, and of the names and versions of all crates in it.
fn sources() -> Result<String> {
    let mut files = Vec::new();
    for source in SOURCES {
        collect(Path::new(source), &mut files)?;
    }
    files.sort();
    let mut all = Sha256::new();
    for file in files {
        // The same on every system, whatever its line ends are.
        let text = String::from_utf8(fs::read(&file)?)?.replace("\r\n", "\n");
        let name = file.to_string_lossy().replace('\\', "/");
        all.update(format!("{name} {}\n{text}\n", text.len()));
    }
    let crates = cargo()
        .args([
            "tree",
            "--locked",
            "--package",
            "rehearsal-python",
            "--target",
            TARGET,
        ])
        .args([
            "--edges",
            "normal,build",
            "--prefix",
            "none",
            "--format",
            "{p} {f}",
        ])
        .output()?;
    if !crates.status.success() {
        return Err(String::from_utf8_lossy(&crates.stderr).into_owned().into());
    }
    let crates = String::from_utf8(crates.stdout)?;
    let mut crates: Vec<&str> = crates
        .lines()
        .filter(|line| !line.starts_with("rehearsal-python "))
        .map(|line| line.trim_end_matches(" (*)"))
        .collect();
    crates.sort_unstable();
    crates.dedup();
    all.update(crates.join("\n"));
    Ok(hex(&all.finalize()))
}

fn collect(path: &Path, files: &mut Vec<PathBuf>) -> Result<()> {
    if path.is_dir() {
        for entry in fs::read_dir(path)? {
            collect(&entry?.path(), files)?;
        }
    } else {
        files.push(path.to_owned());
    }
    Ok(())
}

fn hash(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

impl Facts {
    fn text(&self) -> String {
        let Self {
            sha256,
            packed,
            sources,
            compiler,
        } = self;
        format!(
            "guest.wasm, SHA-256: {sha256}\nguest.wasm.zst, SHA-256: {packed}\nsources and crates, SHA-256: {sources}\ncompiler: {compiler}\n"
        )
    }

    fn read() -> Result<Self> {
        let text = fs::read_to_string(FACTS)?;
        let value = |line: usize| {
            let value = text
                .lines()
                .nth(line)
                .and_then(|line| line.split_once(": "));
            value
                .map(|(_, value)| value.to_owned())
                .ok_or(format!("{FACTS} lacks line {}", line + 1))
        };
        Ok(Self {
            sha256: value(0)?,
            packed: value(1)?,
            sources: value(2)?,
            compiler: value(3)?,
        })
    }
}
