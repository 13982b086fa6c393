//! The host's clocks in the builtin module `time`.

use std::sync::Arc;

use rustpython_vm::{
    PyObjectRef, PyResult, VirtualMachine,
    builtins::{PyBaseExceptionRef, PyFloat, PyStr},
    convert::ToPyObject,
    function::{FuncArgs, OptionalOption},
};

use super::Door;
use crate::{
    host::{Clock, Request},
    zone,
};

/// Puts the host's clocks into the builtin module `time`.
pub fn add(door: &Arc<Door>, vm: &VirtualMachine) -> PyResult<()> {
    let time = vm.import("time", 0)?;
    #[cfg(target_arch = "wasm32")]
    complete(&time, vm)?;
    let clocks = [
        ("time", "time_ns", Clock::Real),
        ("monotonic", "monotonic_ns", Clock::Monotonic),
        ("perf_counter", "perf_counter_ns", Clock::Monotonic),
        ("process_time", "process_time_ns", Clock::Process),
        ("thread_time", "thread_time_ns", Clock::Process),
    ];
    for (seconds, nanoseconds, clock) in clocks {
        let its = door.clone();
        let function = vm.new_function(seconds, move |vm: &VirtualMachine| -> PyResult<f64> {
            Ok(its.nanoseconds(clock, vm)? as f64 / 1e9)
        });
        time.set_attr(seconds, function, vm)?;
        let its = door.clone();
        let function = vm.new_function(nanoseconds, move |vm: &VirtualMachine| {
            its.nanoseconds(clock, vm)
        });
        time.set_attr(nanoseconds, function, vm)?;
    }
    add_by_number(&time, door, vm)?;
    let its = door.clone();
    let sleep = vm.new_function(
        "sleep",
        move |length: PyObjectRef, vm: &VirtualMachine| -> PyResult<()> {
            let too_large =
                || vm.new_overflow_error("timestamp too large to convert to C PyTime_t");
            let seconds = match length.downcast_ref::<PyFloat>() {
                Some(seconds) => seconds.to_f64(),
                None => length
                    .try_index(vm)?
                    .try_to_primitive::<i64>(vm)
                    .map_err(|_| too_large())? as f64,
            };
            if seconds.is_nan() {
                return Err(vm.new_value_error("Invalid value NaN (not a number)"));
            }
            if seconds.abs() * 1e9 >= i64::MAX as f64 {
                return Err(too_large());
            }
            if seconds < 0.0 {
                return Err(vm.new_value_error("sleep length must be non-negative"));
            }
            its.ask(
                Request::Sleep {
                    duration: (seconds * 1e9) as u64,
                },
                vm,
            )
            .map(drop)
        },
    );
    time.set_attr("sleep", sleep, vm)?;
    for name in ["localtime", "gmtime", "ctime"] {
        let original = time.get_attr(name, vm)?;
        let its = door.clone();
        let function = vm.new_function(
            name,
            move |seconds: OptionalOption<PyObjectRef>, vm: &VirtualMachine| {
                let seconds = match seconds.flatten() {
                    Some(seconds) => seconds,
                    None => (its.nanoseconds(Clock::Real, vm)? as f64 / 1e9).to_pyobject(vm),
                };
                original.call((seconds,), vm)
            },
        );
        time.set_attr(name, function, vm)?;
    }
    zone::add(&time, vm)?;
    for (name, position) in [("strftime", 1), ("asctime", 0)] {
        let original = time.get_attr(name, vm)?;
        let localtime = time.get_attr("localtime", vm)?;
        let function =
            vm.new_function(name, move |mut arguments: FuncArgs, vm: &VirtualMachine| {
                if arguments.args.len() == position {
                    arguments.args.push(localtime.call((), vm)?);
                }
                if let [format, time, ..] = arguments.args.as_mut_slice() {
                    *format = with_zone(format, time, vm)?;
                }
                original.call(arguments, vm)
            });
        time.set_attr(name, function, vm)?;
    }
    let no_summer: bool = !time.get_attr("daylight", vm)?.is_true(vm)?;
    if no_summer {
        let timezone = time.get_attr("timezone", vm)?;
        time.set_attr("altzone", timezone, vm)?;
    }
    Ok(())
}

/// What the target's C library would have, as it is in UTC; `time.tzset()` chooses another zone.
#[cfg(target_arch = "wasm32")]
fn complete(time: &PyObjectRef, vm: &VirtualMachine) -> PyResult<()> {
    let zone = vm.ctx.new_str("UTC");
    let names = vm.ctx.new_tuple(vec![zone.clone().into(), zone.into()]);
    time.set_attr("tzname", names, vm)?;
    for name in ["timezone", "altzone", "daylight"] {
        time.set_attr(name, 0.to_pyobject(vm), vm)?;
    }
    let calendar = vm.import("_rehearsal_calendar", 0)?;
    for name in [
        "gmtime",
        "localtime",
        "mktime",
        "ctime",
        "asctime",
        "strftime",
    ] {
        time.set_attr(name, calendar.get_attr(name, vm)?, vm)?;
    }
    Ok(())
}

/// The clocks by their numbers on Linux.
fn add_by_number(time: &PyObjectRef, door: &Arc<Door>, vm: &VirtualMachine) -> PyResult<()> {
    let numbers = [
        ("CLOCK_REALTIME", Clock::Real),
        ("CLOCK_MONOTONIC", Clock::Monotonic),
        ("CLOCK_PROCESS_CPUTIME_ID", Clock::Process),
        ("CLOCK_THREAD_CPUTIME_ID", Clock::Process),
    ];
    for (number, (name, _)) in numbers.iter().enumerate() {
        time.set_attr(*name, number.to_pyobject(vm), vm)?;
    }
    let find = move |number: i32, vm: &VirtualMachine| {
        let found = usize::try_from(number)
            .ok()
            .and_then(|number| numbers.get(number));
        found.map(|(_, clock)| *clock).ok_or_else(|| {
            let arguments = vec![22.to_pyobject(vm), "Invalid argument".to_pyobject(vm)];
            vm.new_exception(vm.ctx.exceptions.os_error.to_owned(), arguments)
        })
    };
    let its = door.clone();
    let seconds = vm.new_function("clock_gettime", move |number: i32, vm: &VirtualMachine| {
        Ok::<_, PyBaseExceptionRef>(its.nanoseconds(find(number, vm)?, vm)? as f64 / 1e9)
    });
    time.set_attr("clock_gettime", seconds, vm)?;
    let its = door.clone();
    let nanoseconds = vm.new_function(
        "clock_gettime_ns",
        move |number: i32, vm: &VirtualMachine| its.nanoseconds(find(number, vm)?, vm),
    );
    time.set_attr("clock_gettime_ns", nanoseconds, vm)?;
    let resolution = vm.new_function("clock_getres", move |number: i32, vm: &VirtualMachine| {
        find(number, vm).map(|_| 1e-9)
    });
    time.set_attr("clock_getres", resolution, vm)?;
    for name in ["clock_settime", "clock_settime_ns"] {
        // Where there is none there is nothing to take away.
        let _ = time.del_attr(name, vm);
    }
    Ok(())
}

/// The format of `strftime` with `%z` and `%Z` filled in from the time itself: RustPython leaves the one at zero and takes the other from the
/// process.
fn with_zone(
    format: &PyObjectRef,
    time: &PyObjectRef,
    vm: &VirtualMachine,
) -> PyResult<PyObjectRef> {
    let Some(text) = format
        .downcast_ref::<PyStr>()
        .and_then(|text| text.to_str())
        .filter(|text| text.contains("%z") || text.contains("%Z"))
    else {
        return Ok(format.clone());
    };
    let offset = time.get_attr("tm_gmtoff", vm);
    let offset = offset.and_then(|offset| offset.try_into_value::<i64>(vm));
    let name = time.get_attr("tm_zone", vm);
    let name = name.and_then(|name| name.try_into_value::<String>(vm));
    let (Ok(offset), Ok(name)) = (offset, name) else {
        return Ok(format.clone());
    };
    let minutes = offset.abs() / 60;
    let sign = if offset < 0 { '-' } else { '+' };
    let shown = format!("{sign}{:02}{:02}", minutes / 60, minutes % 60);
    // A doubled percent sign stands for itself and hides what follows.
    let parts: Vec<_> = text
        .split("%%")
        .map(|part| part.replace("%z", &shown).replace("%Z", &name))
        .collect();
    Ok(parts.join("%%").to_pyobject(vm))
}
