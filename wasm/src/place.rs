//! Where the code is that runs now.

use rustpython_vm::{PyObjectRef, PyResult, VirtualMachine, convert::ToPyObject};

/// The file of a frame's code: a path, or the bare name of a frozen module.
pub fn file(frame: &PyObjectRef, vm: &VirtualMachine) -> PyResult<String> {
    let code = frame.get_attr("f_code", vm)?;
    let file = code.get_attr("co_filename", vm)?.str(vm)?;
    Ok(file.to_str().unwrap_or_default().to_owned())
}

/// The frames from the innermost one outwards, starting with this one.
pub fn outwards(frame: PyObjectRef, vm: &VirtualMachine) -> impl Iterator<Item = PyObjectRef> + '_ {
    std::iter::successors(Some(frame), |frame| {
        let next = frame.get_attr("f_back", vm).ok()?;
        (!vm.is_none(&next)).then_some(next)
    })
}

/// The innermost line in the file that the step's function is in: clients of a bench are often files of the package as well, and it is of more interest who
/// calls them. Files of the standard library and of wheels do not count.
pub fn of_test_code(vm: &VirtualMachine) -> Option<(String, u32)> {
    let innermost = vm.current_frame()?.to_pyobject(vm);
    let own = |frame: PyObjectRef| {
        let file = file(&frame, vm).ok()?;
        let counts = file.contains('/') && !file.contains(".whl/");
        counts.then_some((file, frame))
    };
    let frames: Vec<_> = outwards(innermost, vm).filter_map(own).collect();
    let (test, _) = frames.last()?;
    let (file, frame) = frames.iter().find(|(file, _)| file == test)?;
    let line = frame.get_attr("f_lineno", vm).ok()?;
    Some((file.clone(), line.try_into_value(vm).ok()?))
}
