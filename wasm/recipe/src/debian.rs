//! A compiler for the guest's target from Debian's packages, which are unpacked and not installed, with the linker of the installed toolchain.

use std::{
    ffi::OsString,
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use super::{Result, TARGET, Toolchain, version};

const PACKAGES: [&str; 6] = [
    "libllvm22",
    "libstd-rust-web-1.96",
    "libstd-rust-web-dev",
    "rust-web-src",
    "rustc-web",
    "wasi-libc",
];

/// Unpacks the packages below `folder` where they are not there yet.
///
/// # Errors
/// Where apt-get, dpkg or one of the packages is out of reach.
pub fn toolchain(folder: &Path) -> Result<Toolchain> {
    let root = std::path::absolute(folder.join("debian-rust"))?;
    let usr = root.join("usr");
    let library = usr
        .join("lib/rustlib")
        .join(TARGET)
        .join("lib/self-contained");
    if !library.is_dir() {
        fs::create_dir_all(&root)?;
        run(Command::new("apt-get")
            .arg("download")
            .args(PACKAGES)
            .current_dir(&root))?;
        for entry in fs::read_dir(&root)? {
            let path = entry?.path();
            if path.extension().is_some_and(|extension| extension == "deb") {
                run(Command::new("dpkg").arg("-x").arg(&path).arg(&root))?;
            }
        }
        fs::create_dir_all(&library)?;
        for entry in fs::read_dir(usr.join("lib/wasm32-wasi"))? {
            let path = entry?.path();
            fs::copy(&path, library.join(path.file_name().unwrap_or_default()))?;
        }
    }
    let compiler = wrapper(&root, &usr)?;
    let sysroot = Command::new("rustc")
        .args(["--print", "sysroot"])
        .output()?;
    let sysroot = PathBuf::from(String::from_utf8(sysroot.stdout)?.trim());
    let linker = sysroot.join("lib/rustlib/x86_64-unknown-linux-gnu/bin/rust-lld");
    Ok(Toolchain {
        arguments: vec!["-Zbuild-std=std,panic_abort".into()],
        version: version(&compiler)?,
        variables: vec![
            ("RUSTC", compiler),
            ("RUSTC_BOOTSTRAP", "1".into()),
            ("CARGO_TARGET_WASM32_WASIP1_LINKER", linker.into()),
        ],
    })
}

/// A script that runs the unpacked compiler with its own libraries.
fn wrapper(root: &Path, usr: &Path) -> Result<OsString> {
    let wrapper = root.join("rustc");
    let (library, rustc) = (usr.join("lib/x86_64-linux-gnu"), usr.join("bin/rustc"));
    let text = format!(
        "#!/bin/sh\nLD_LIBRARY_PATH='{}' exec '{}' \"$@\"\n",
        library.display(),
        rustc.display()
    );
    fs::write(&wrapper, text)?;
    executable(&wrapper)?;
    Ok(wrapper.into())
}

#[cfg(unix)]
fn executable(file: &Path) -> Result<()> {
    use std::os::unix::fs::PermissionsExt;
    Ok(fs::set_permissions(
        file,
        fs::Permissions::from_mode(0o755),
    )?)
}

#[cfg(not(unix))]
fn executable(_: &Path) -> Result<()> {
    Err("Debian's packages are of no use on this system; add the target with rustup".into())
}

fn run(command: &mut Command) -> Result<()> {
    let status = command.status()?;
    if status.success() {
        Ok(())
    } else {
        let program = command.get_program().to_string_lossy().into_owned();
        Err(format!("{program} ended with {status}").into())
    }
}
