//! Local time in the builtin module `time`: in the zone of this process, until `time.tzset()` finds another one in TZ.

use rustpython_vm::{
    PyObjectRef, PyResult, VirtualMachine,
    common::{lock::PyMutex, rc::PyRc},
    function::FuncArgs,
};

/// The `LocalTime` of `python/_rehearsal_zone.py` that `time.tzset()` chose; none for the zone of this process.
type Chosen = PyRc<PyMutex<Option<PyObjectRef>>>;

/// Makes `tzset`, and lets `localtime`, `mktime` and `ctime` follow it.
///
/// # Errors
/// When the module lacks one of them.
pub fn add(time: &PyObjectRef, vm: &VirtualMachine) -> PyResult<()> {
    let chosen = Chosen::default();
    let its = chosen.clone();
    let tzset = vm.new_function("tzset", move |vm: &VirtualMachine| -> PyResult<()> {
        let choose = vm.import("_rehearsal_zone", 0)?.get_attr("chosen", vm)?;
        let local = choose.call((), vm)?;
        *its.lock() = (!vm.is_none(&local)).then_some(local);
        Ok(())
    });
    time.set_attr("tzset", tzset, vm)?;
    for name in ["localtime", "mktime", "ctime"] {
        let original = time.get_attr(name, vm)?;
        let its = chosen.clone();
        let module = time.clone();
        let function = vm.new_function(name, move |arguments: FuncArgs, vm: &VirtualMachine| {
            let local = its.lock().clone();
            match local {
                None => original.call(arguments, vm),
                Some(local) => elsewhere(name, &local, &module, arguments, vm),
            }
        });
        time.set_attr(name, function, vm)?;
    }
    Ok(())
}

fn elsewhere(
    name: &'static str,
    local: &PyObjectRef,
    time: &PyObjectRef,
    mut arguments: FuncArgs,
    vm: &VirtualMachine,
) -> PyResult {
    let no_time = arguments
        .args
        .first()
        .is_none_or(|seconds| vm.is_none(seconds));
    if name != "mktime" && no_time {
        arguments.args = vec![vm.call_method(time, "time", ())?];
    }
    if name != "ctime" {
        return local.get_attr(name, vm)?.call(arguments, vm);
    }
    let at = local.get_attr("localtime", vm)?.call(arguments, vm)?;
    vm.call_method(time, "asctime", (at,))
}
