//! The compiled guest: packed into this program, unpacked into the cache on first use, and mapped from there.
#![expect(
    unsafe_code,
    reason = "wasmtime trusts compiled code; it comes from this program, or from a file that is checked to be the same"
)]

use std::{
    fs::{self, File},
    io::{self, Read, Write},
    path::{Path, PathBuf},
};

use sha2::{Digest, Sha256};
use wasmtime::{Engine, InstancePre, Module};

use super::{cache, engine, guest::State, stubs};

include!(concat!(env!("OUT_DIR"), "/image.rs"));

/// The image, as the build script made and packed it.
static PACKED: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/image.zst"));

#[derive(Debug, thiserror::Error)]
pub enum ImageError {
    #[error("the sandbox does not start: {0}")]
    Wasmtime(#[from] wasmtime::Error),
    #[error("the sandbox cannot be unpacked: {0}")]
    Unpack(#[from] io::Error),
}

/// The guest, ready to be started any number of times.
#[derive(Clone)]
pub struct Image {
    pub(super) engine: Engine,
    pub(super) instance: InstancePre<State>,
}

impl Image {
    /// Takes the image from `cache`, where it is put when it is not there. Whatever is there and is not the image is replaced; without a
    /// folder, or in one that others may write to, nothing is kept. What had to be replaced, or why nothing is kept, is said.
    ///
    /// # Errors
    /// When this processor cannot run what was compiled, or there is not enough memory.
    pub fn load(cache: Option<&Path>) -> Result<(Self, Option<String>), ImageError> {
        let engine = Engine::new(&engine::config())?;
        let (module, said) = match cache.map(kept) {
            // SAFETY: the file is what the build script compiled, by its mark or its hash, and only this user can change it.
            Some(Ok((file, said))) => (unsafe { Module::deserialize_file(&engine, file)? }, said),
            refused => {
                let said = refused
                    .and_then(Result::err)
                    .map(|error| format!("the sandbox is unpacked anew for every run: {error}"));
                // SAFETY: this program's own bytes.
                (unsafe { Module::deserialize(&engine, unpacked()?)? }, said)
            }
        };
        Self::of(engine, &module).map(|image| (image, said))
    }

    fn of(engine: Engine, module: &Module) -> Result<Self, ImageError> {
        let instance = stubs::linker(&engine, module)?.instantiate_pre(module)?;
        Ok(Self { engine, instance })
    }

    /// Another module in the place of the guest, compiled by the build script; for tests.
    ///
    /// # Errors
    /// As [`Image::load`].
    #[doc(hidden)]
    pub fn of_compiled(compiled: &'static [u8]) -> Result<Self, ImageError> {
        let engine = Engine::new(&engine::config())?;
        // SAFETY: the caller has it from the build script.
        let module = unsafe { Module::deserialize(&engine, compiled)? };
        Self::of(engine, &module)
    }
}

/// The image in the cache, and what was wrong with the one before.
fn kept(folder: &Path) -> io::Result<(PathBuf, Option<String>)> {
    cache::folder(folder)?;
    let short = SHA256.get(..16).unwrap_or(SHA256);
    let file = folder.join(format!("sandbox-{short}.image"));
    if cache::is_ours(&file) {
        return Ok((file, None));
    }
    let size = fs::symlink_metadata(&file).map(|found| found.len());
    if size.as_ref().is_ok_and(|size| *size == SIZE) && hash(&file)? == SHA256 {
        cache::mark(&file)?;
        return Ok((file, None));
    }
    cache::put(&file, |made| made.write_all(&unpacked()?))?;
    let said = size.is_ok().then(|| {
        format!(
            "{} was not what this program had put there, and was replaced",
            file.display()
        )
    });
    Ok((file, said))
}

fn unpacked() -> io::Result<Vec<u8>> {
    let mut image = Vec::with_capacity(usize::try_from(SIZE).unwrap_or(0));
    zstd::Decoder::new(PACKED)?.read_to_end(&mut image)?;
    Ok(image)
}

fn hash(file: &Path) -> io::Result<String> {
    let mut hash = Sha256::new();
    io::copy(&mut File::open(file)?, &mut hash)?;
    Ok(hash
        .finalize()
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect())
}
