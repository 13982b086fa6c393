//! Makes the sandbox's image: runs the guest up to the point where a test could begin, takes its memory as it is then, compiles that for this
//! system and packs it. So neither a compiler nor Python's start is part of a run.
#![expect(clippy::panic, reason = "a build that cannot go on has failed")]

use std::{
    env, fs,
    future::Future,
    path::{Path, PathBuf},
    pin::pin,
    task::{Context, Poll, Waker},
};

use sha2::{Digest, Sha256};
use wasmtime::{
    Caller, Engine, Extern, ExternType, Instance, Linker, Module, OptLevel, Store, Val, bail,
    error::Context as _,
};
use wasmtime_wizer::{InstanceState, SnapshotVal, Wizer};

#[path = "src/python/sandbox/engine.rs"]
mod engine;

const GUEST: &str = "wasm/guest.wasm.zst";
const IMPORTS: &str = "wasm/IMPORTS.txt";

/// Modules that test what a guest gone wild can do; the tests find them beside the image.
const HOSTILE: &str = "tests/sandbox/hostile";

fn main() -> wasmtime::Result<()> {
    for file in [
        "build.rs",
        "src/python/sandbox/engine.rs",
        GUEST,
        IMPORTS,
        HOSTILE,
    ] {
        println!("cargo::rerun-if-changed={file}");
    }
    let out = PathBuf::from(env::var("OUT_DIR")?);
    let release = env::var("PROFILE").is_ok_and(|profile| profile == "release");

    let guest = zstd::decode_all(&*fs::read(GUEST).context(GUEST)?)?;
    let prepared = prepared(&guest)?;
    let mut config = engine::config();
    config.target(&env::var("TARGET")?)?;
    let engine = Engine::new(&config)?;
    let image = engine.precompile_module(&prepared)?;
    let packed = zstd::encode_all(&*image, if release { 17 } else { 1 })?;
    fs::write(out.join("image.zst"), packed)?;
    let sha256: String = Sha256::digest(&image)
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    let facts = format!(
        "/// The SHA-256 of the unpacked image.\npub const SHA256: &str = \"{sha256}\";\n/// Its size in bytes.\npub const SIZE: u64 = {};\n",
        image.len()
    );
    fs::write(out.join("image.rs"), facts)?;

    compile_hostile(&engine, &out)
}

/// The guest with its interpreter made.
fn prepared(guest: &[u8]) -> wasmtime::Result<Vec<u8>> {
    let wizer = Wizer::new();
    let (context, instrumented) = wizer.instrument(guest)?;
    let mut config = engine::with_stack();
    config.cranelift_opt_level(OptLevel::None);
    let engine = Engine::new(&config)?;
    let module = Module::new(&engine, instrumented)?;
    let imports = fs::read_to_string(IMPORTS).context(IMPORTS)?;
    let mut linker = Linker::new(&engine);
    for import in module.imports() {
        let ExternType::Func(ty) = import.ty() else {
            bail!(
                "the guest imports `{}`, which is no function",
                import.name()
            );
        };
        let name = format!("{}.{}", import.module(), import.name());
        if !imports
            .lines()
            .any(|line| line.split_whitespace().next() == Some(&*name))
        {
            bail!("the guest imports `{name}`, which {IMPORTS} does not have");
        }
        let own = name.clone();
        linker.func_new(
            import.module(),
            import.name(),
            ty,
            move |mut caller, arguments, found| {
                let code = answer(&own, &mut caller, arguments)?;
                found.fill(Val::I32(code));
                Ok(())
            },
        )?;
    }
    let mut store = Store::new(&engine, ());
    let instance = linker.instantiate(&mut store, &module)?;
    if let Ok(initialise) = instance.get_typed_func::<(), ()>(&mut store, "_initialize") {
        initialise.call(&mut store, ())?;
    }
    let failed = instance
        .get_typed_func::<(), u64>(&mut store, "prepare")?
        .call(&mut store, ())?;
    if failed != 0 {
        let memory = instance
            .get_memory(&mut store, "memory")
            .context("the guest has no memory")?;
        let (at, size) = ((failed & 0xffff_ffff) as usize, (failed >> 32) as usize);
        let text = String::from_utf8_lossy(&memory.data(&store)[at..at + size]).into_owned();
        bail!("the guest's interpreter did not start: {text}");
    }
    let breaker = instance
        .get_typed_func::<(), u32>(&mut store, "breaker")?
        .call(&mut store, ())?;
    if breaker == 0 {
        bail!("the guest has not found the byte that interrupts its interpreter");
    }
    at_once(wizer.snapshot(&context, &mut Prepared { store, instance }))
}

/// What the guest is told while its image is made, which has to come out the same each time: no arguments, no environment, no time, no chance.
fn answer(import: &str, caller: &mut Caller<'_, ()>, arguments: &[Val]) -> wasmtime::Result<i32> {
    let memory = caller.get_export("memory").and_then(Extern::into_memory);
    let memory = memory.context("the guest has no memory")?;
    let name = import.strip_prefix("wasi_snapshot_preview1.");
    match (name, arguments) {
        (Some("random_get"), [Val::I32(at), Val::I32(size)]) => {
            memory.write(caller, *at as usize, &vec![0; *size as usize])?;
        }
        (Some("args_sizes_get" | "environ_sizes_get"), [Val::I32(count), Val::I32(size)]) => {
            memory.write(&mut *caller, *count as usize, &[0; 4])?;
            memory.write(caller, *size as usize, &[0; 4])?;
        }
        (Some("clock_time_get" | "clock_res_get"), [.., Val::I32(at)]) => {
            memory.write(caller, *at as usize, &[0; 8])?;
        }
        (Some("fd_write"), [_, Val::I32(parts), Val::I32(count), Val::I32(written)]) => {
            let text = said(memory.data(&caller), *parts as usize, *count as usize);
            let length = u32::try_from(text.len())?.to_le_bytes();
            memory.write(caller, *written as usize, &length)?;
            eprint!("{}", String::from_utf8_lossy(&text));
        }
        (Some("args_get" | "environ_get" | "sched_yield"), _) => {}
        (Some(name), _) if name != "proc_exit" => {
            return Ok(if name.starts_with("fd_") {
                engine::BAD_HANDLE
            } else {
                engine::NO_SYSTEM_CALL
            });
        }
        _ => bail!("the guest calls `{import}` while its image is made"),
    }
    Ok(0)
}

/// What a panic says, from the parts that it is written in.
fn said(memory: &[u8], parts: usize, count: usize) -> Vec<u8> {
    let number = |at: usize| -> usize {
        let bytes = memory
            .get(at..at + 4)
            .and_then(|bytes| bytes.try_into().ok());
        u32::from_le_bytes(bytes.unwrap_or_default()) as usize
    };
    (0..count)
        .map(|part| parts + 8 * part)
        .map(|part| (number(part), number(part + 4)))
        .filter_map(|(at, size)| memory.get(at..at + size))
        .flatten()
        .copied()
        .collect()
}

/// The state that the snapshot is taken of.
struct Prepared {
    store: Store<()>,
    instance: Instance,
}

impl InstanceState for Prepared {
    async fn global_get(&mut self, name: &str, _: wasmtime_wizer::ValType) -> SnapshotVal {
        let global = self.instance.get_global(&mut self.store, name);
        match global.map(|global| global.get(&mut self.store)) {
            Some(Val::I32(value)) => SnapshotVal::I32(value),
            Some(Val::I64(value)) => SnapshotVal::I64(value),
            Some(Val::F32(value)) => SnapshotVal::F32(value),
            Some(Val::F64(value)) => SnapshotVal::F64(value),
            other => panic!("the guest's global `{name}` is {other:?}"),
        }
    }

    async fn memory_contents(&mut self, name: &str, contents: impl FnOnce(&[u8]) + Send) {
        match self.instance.get_memory(&mut self.store, name) {
            Some(memory) => contents(memory.data(&self.store)),
            None => panic!("the guest has no memory `{name}`"),
        }
    }
}

/// The outcome of a future that never waits.
fn at_once<T>(future: impl Future<Output = T>) -> T {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(outcome) => outcome,
        Poll::Pending => panic!("nothing here waits"),
    }
}

fn compile_hostile(engine: &Engine, out: &Path) -> wasmtime::Result<()> {
    let Ok(files) = fs::read_dir(HOSTILE) else {
        return Ok(());
    };
    for file in files {
        let path = file?.path();
        let module = fs::read(&path)?;
        let name = path.with_extension("cwasm");
        let name = name.file_name().context("a file without a name")?;
        fs::write(out.join(name), engine.precompile_module(&module)?)?;
    }
    Ok(())
}
