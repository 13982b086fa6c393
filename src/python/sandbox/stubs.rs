//! What the guest's C library insists on (`wasm/IMPORTS.txt` has the list): clocks and randomness by the host, no files, no environment.

use wasmtime::{Caller, Engine, ExternType, Linker, Module, Result, Val, bail};

use super::{
    border,
    engine::{BAD_HANDLE, NO_SYSTEM_CALL},
    guest::State,
};
use crate::host::{Clock, Reply, Request};

const WASI: &str = "wasi_snapshot_preview1";

const IO_ERROR: i32 = 29;

/// What of a message on its standard error is kept.
const LONGEST: usize = 10_000;

/// Everything the guest may import.
pub fn linker(engine: &Engine, module: &Module) -> Result<Linker<State>> {
    let mut linker = Linker::new(engine);
    for import in module.imports() {
        let ExternType::Func(ty) = import.ty() else {
            bail!(
                "the guest imports `{}`, which is no function",
                import.name()
            );
        };
        let name = import.name();
        if import.module() != WASI {
            continue;
        }
        let code = if name.starts_with("fd_") {
            BAD_HANDLE
        } else {
            NO_SYSTEM_CALL
        };
        linker.func_new(WASI, name, ty, move |_, _, found| {
            found.fill(Val::I32(code));
            Ok(())
        })?;
    }
    // Those that get more of an answer.
    linker.allow_shadowing(true);
    linker
        .func_wrap("rehearsal", "host", border::host)?
        .func_wrap(WASI, "random_get", random_get)?
        .func_wrap(WASI, "clock_time_get", clock_time_get)?
        .func_wrap(
            WASI,
            "clock_res_get",
            |caller: Caller<'_, State>, _: i32, at: u32| write(caller, at, &1_u64.to_le_bytes()),
        )?
        .func_wrap(WASI, "fd_write", fd_write)?
        .func_wrap(WASI, "args_sizes_get", no_entries)?
        .func_wrap(WASI, "environ_sizes_get", no_entries)?
        .func_wrap(WASI, "args_get", |_: i32, _: i32| 0_i32)?
        .func_wrap(WASI, "environ_get", |_: i32, _: i32| 0_i32)?
        .func_wrap(WASI, "sched_yield", || 0_i32)?
        .func_wrap(WASI, "proc_exit", |code: i32| -> Result<()> {
            bail!("it ended itself with {code}")
        })?;
    Ok(linker)
}

fn write(mut caller: Caller<'_, State>, at: u32, bytes: &[u8]) -> i32 {
    let written = caller
        .data()
        .memory
        .map(|memory| memory.write(&mut caller, at as usize, bytes).is_ok());
    if written == Some(true) { 0 } else { IO_ERROR }
}

fn no_entries(mut caller: Caller<'_, State>, count: u32, size: u32) -> i32 {
    let Some(memory) = caller.data().memory else {
        return IO_ERROR;
    };
    let mut nothing = |at: u32| memory.write(&mut caller, at as usize, &[0; 4]).is_ok();
    if nothing(count) && nothing(size) {
        0
    } else {
        IO_ERROR
    }
}

fn random_get(mut caller: Caller<'_, State>, at: u32, size: u32) -> Result<i32> {
    let request = Request::Random { size: size.into() };
    Ok(match caller.data_mut().ask(&request)? {
        Ok(Reply::Bytes(bytes)) if bytes.len() == size as usize => write(caller, at, &bytes),
        _ => IO_ERROR,
    })
}

fn clock_time_get(
    mut caller: Caller<'_, State>,
    clock: i32,
    _precision: i64,
    at: u32,
) -> Result<i32> {
    let clock = if clock == 0 {
        Clock::Real
    } else {
        Clock::Monotonic
    };
    Ok(match caller.data_mut().ask(&Request::Now { clock })? {
        Ok(Reply::Time(time)) => write(caller, at, &time.to_le_bytes()),
        _ => IO_ERROR,
    })
}

/// Python's own output is a request; what comes here is the last word of a guest that breaks down.
fn fd_write(mut caller: Caller<'_, State>, _: i32, parts: u32, count: u32, written: u32) -> i32 {
    let Some(memory) = caller.data().memory else {
        return IO_ERROR;
    };
    let (data, state) = memory.data_and_store_mut(&mut caller);
    let number = |at: usize| {
        let bytes = data.get(at..at.checked_add(4)?)?.try_into().ok()?;
        usize::try_from(u32::from_le_bytes(bytes)).ok()
    };
    let mut total: u32 = 0;
    for part in 0..(count as usize).min(1024) {
        let entry = parts as usize + 8 * part;
        let (Some(at), Some(size)) = (number(entry), number(entry + 4)) else {
            return IO_ERROR;
        };
        let Some(bytes) = at.checked_add(size).and_then(|end| data.get(at..end)) else {
            return IO_ERROR;
        };
        let room = LONGEST.saturating_sub(state.said.len());
        state.said.extend(bytes.iter().take(room));
        total = total.saturating_add(u32::try_from(size).unwrap_or(u32::MAX));
    }
    write(caller, written, &total.to_le_bytes())
}
