//! Errors with Linux' numbers, where the target has others: which number makes which class, and what `errno` calls them.

use std::cell::Cell;

use rustpython_vm::{
    AsObject, Py, PyObjectRef, PyResult, VirtualMachine,
    builtins::{PyInt, PyType, PyTypeRef},
    convert::ToPyObject,
    function::FuncArgs,
};

/// How RustPython's types make their objects.
type NewFunc = fn(PyTypeRef, FuncArgs, &VirtualMachine) -> PyResult;

thread_local! {
    /// RustPython's own way to make an OSError, which goes by the target's numbers.
    static ORIGINAL: Cell<Option<NewFunc>> = const { Cell::new(None) };
}

/// Beyond all that RustPython takes for a number of an error.
const NO_NUMBER: i64 = 1 << 40;

/// Puts the numbers in the place of the target's.
///
/// # Errors
/// When the interpreter cannot be changed.
pub fn install(vm: &VirtualMachine) -> PyResult<()> {
    let class = vm.ctx.exceptions.os_error;
    ORIGINAL.set(class.slots.new.swap(Some(new)));
    let inherit = vm.new_function(
        "__init_subclass__",
        |arguments: FuncArgs, vm: &VirtualMachine| {
            if let Some(class) = arguments
                .args
                .first()
                .and_then(|class| class.downcast_ref::<PyType>())
            {
                inherit(class);
            }
            vm.ctx.none()
        },
    );
    let classmethod: PyObjectRef = vm.ctx.types.classmethod_type.to_owned().into();
    let inherit = classmethod.call((inherit,), vm)?;
    class.set_attr(vm.ctx.intern_str("__init_subclass__"), inherit);
    vm.import("_rehearsal_errno", 0).map(drop)
}

/// Classes of the user's are made in RustPython's own way, which looks whether it is that.
fn inherit(class: &Py<PyType>) {
    let its = class.slots.new.load();
    if its.is_some_and(|its| std::ptr::fn_addr_eq(its, new as NewFunc)) {
        class.slots.new.store(ORIGINAL.get());
    }
}

fn new(class: PyTypeRef, mut arguments: FuncArgs, vm: &VirtualMachine) -> PyResult {
    let Some(original) = ORIGINAL.get() else {
        return Err(vm.new_runtime_error("OSError is made before its numbers are known"));
    };
    let number = match arguments.args.as_slice() {
        [number, _, ..] if class.is(vm.ctx.exceptions.os_error) => number
            .downcast_ref::<PyInt>()
            .and_then(|number| number.try_to_primitive::<i32>(vm).ok()),
        _ => None,
    };
    let Some(number) = number else {
        return original(class, arguments, vm);
    };
    if let Some(class) = class_of(number, vm) {
        return original(class.to_owned(), arguments, vm);
    }
    let all = arguments.args.clone();
    if let Some(first) = arguments.args.first_mut() {
        *first = NO_NUMBER.to_pyobject(vm);
    }
    let error = original(class, arguments, vm)?;
    error.set_attr(
        "args",
        vm.ctx.new_tuple(all.iter().take(2).cloned().collect()),
        vm,
    )?;
    error.set_attr("errno", number.to_pyobject(vm), vm)?;
    Ok(error)
}

fn class_of(number: i32, vm: &VirtualMachine) -> Option<&'static Py<PyType>> {
    let classes = &vm.ctx.exceptions;
    Some(match number {
        1 | 13 => classes.permission_error,
        2 => classes.file_not_found_error,
        3 => classes.process_lookup_error,
        4 => classes.interrupted_error,
        10 => classes.child_process_error,
        11 | 114 | 115 => classes.blocking_io_error,
        17 => classes.file_exists_error,
        20 => classes.not_a_directory_error,
        21 => classes.is_a_directory_error,
        32 | 108 => classes.broken_pipe_error,
        103 => classes.connection_aborted_error,
        104 => classes.connection_reset_error,
        110 => classes.timeout_error,
        111 => classes.connection_refused_error,
        _ => return None,
    })
}
