//! Starting programs and talking to them.

use std::sync::Arc;

use rustpython_vm::{
    PyRef, PyResult, VirtualMachine,
    builtins::{PyModule, PyStrRef},
};

use super::{Door, text, unexpected};
use crate::host::{Ended, Handle, Program, Reply, Request, Standard, Stream, Variables};

pub fn add(module: &PyRef<PyModule>, door: &Arc<Door>, vm: &VirtualMachine) -> PyResult<()> {
    function!(module, door, vm, "pipe", (), Request::Pipe,
        Reply::Pair(reads, writes) => vm.new_tuple((reads.0, writes.0)).into());
    function!(module, door, vm, "spawn",
        (names: Vec<PyStrRef>, inherit: bool, remove: Vec<PyStrRef>, set: Vec<PyStrRef>, streams: Vec<i64>, session: bool),
        Request::Spawn(Box::new(program(&names, inherit, &remove, &set, &streams, session, vm)?)),
        Reply::Spawned { handle, pid } => vm.new_tuple((handle.0, pid)).into());
    function!(module, door, vm, "wait_program", (handle: u64, timeout: Option<u64>),
    Request::WaitProgram { handle: Handle(handle), timeout },
    Reply::Ended(ended) => match ended {
        Ended::Code(code) => vm.new_tuple((code, 0)).into(),
        Ended::Signal(signal) => vm.new_tuple((0, signal)).into(),
    });
    function!(module, door, vm, "signal", (handle: u64, signal: u32, group: bool),
        Request::Signal { handle: Handle(handle), signal, group }, Reply::Done => vm.ctx.none());
    Ok(())
}

/// `names` are the program, its folder and its arguments; `set` are names and values in turn; `streams` the three standard ones.
fn program(
    names: &[PyStrRef],
    inherit: bool,
    remove: &[PyStrRef],
    set: &[PyStrRef],
    streams: &[i64],
    session: bool,
    vm: &VirtualMachine,
) -> PyResult<Program> {
    let texts = |all: &[PyStrRef]| -> PyResult<Vec<String>> {
        all.iter().map(|one| text(one, vm)).collect()
    };
    let ([program, folder, arguments @ ..], [stdin, stdout, stderr]) = (names, streams) else {
        return Err(vm.new_type_error("spawn() takes a program, a folder and three streams"));
    };
    Ok(Program {
        program: text(program, vm)?,
        arguments: texts(arguments)?,
        variables: Variables {
            inherit,
            remove: texts(remove)?,
            set: texts(set)?
                .chunks_exact(2)
                .map(|pair| (pair[0].clone(), pair[1].clone()))
                .collect(),
        },
        folder: text(folder, vm)?,
        stdin: standard(*stdin, Standard::Input),
        stdout: standard(*stdout, Standard::Output(Stream::Stdout)),
        stderr: standard(*stderr, Standard::Output(Stream::Stderr)),
        session,
    })
}

/// By the file descriptor that the test code gives the program; -1 is what it has itself.
fn standard(number: i64, own: Standard) -> Standard {
    match number {
        0 => Standard::Input,
        1 => Standard::Output(Stream::Stdout),
        2 => Standard::Output(Stream::Stderr),
        _ => u64::try_from(number).map_or(own, |number| Standard::Handle(Handle(number))),
    }
}
