//! Python objects to values that may cross.

use rustpython_vm::{
    AsObject, Py, PyObject, PyResult, VirtualMachine,
    builtins::{PyDict, PyFloat, PyInt, PyList, PyStr, PyTuple},
    convert::ToPyObject,
};

use crate::value::{BigInt, Value};

/// Nesting beyond this is taken for a container that holds itself.
const MAX_DEPTH: usize = 100;

/// Turns a returned object into a value.
///
/// # Errors
/// A sentence that names the place within the object and the type that may not cross (docs/decisions.md 27).
pub fn to_value(object: &PyObject, vm: &VirtualMachine) -> Result<Value, String> {
    convert(object, "the function's result", 0, vm)
}

/// The other way round.
///
/// # Errors
/// When the interpreter has no memory left.
pub fn from_value(value: Value, vm: &VirtualMachine) -> PyResult {
    Ok(match value {
        Value::None => vm.ctx.none(),
        Value::Bool(truth) => truth.to_pyobject(vm),
        Value::Int(number) => number.to_pyobject(vm),
        Value::Big(number) => number.as_str().to_pyobject(vm),
        Value::Float(number) => number.to_pyobject(vm),
        Value::Str(text) => text.to_pyobject(vm),
        Value::List(items) => {
            let items: PyResult<Vec<_>> =
                items.into_iter().map(|item| from_value(item, vm)).collect();
            vm.ctx.new_list(items?).into()
        }
        Value::Dict(items) => {
            let dict = vm.ctx.new_dict();
            for (name, item) in items {
                dict.set_item(&*name, from_value(item, vm)?, vm)?;
            }
            dict.into()
        }
    })
}

fn convert(
    object: &PyObject,
    place: &str,
    depth: usize,
    vm: &VirtualMachine,
) -> Result<Value, String> {
    if depth > MAX_DEPTH {
        return Err(format!(
            "the function's result is nested more than {MAX_DEPTH} levels deep, or contains itself"
        ));
    }
    if vm.is_none(object) {
        return Ok(Value::None);
    }
    if object.fast_isinstance(vm.ctx.types.bool_type) {
        return Ok(Value::Bool(object.is(&vm.ctx.true_value)));
    }
    if let Some(int) = object.downcast_ref::<PyInt>() {
        let int = int.as_bigint();
        return Ok(match i64::try_from(int) {
            Ok(small) => Value::Int(small),
            Err(_) => BigInt::parse(&int.to_string()).map_or(Value::None, Value::Big),
        });
    }
    if let Some(float) = object.downcast_ref::<PyFloat>() {
        return Ok(Value::Float(float.to_f64()));
    }
    if let Some(text) = object.downcast_ref::<PyStr>() {
        return match text.to_str() {
            Some(text) => Ok(Value::Str(text.into())),
            None => Err(format!(
                "{place} is text with a lone surrogate, which no report can hold"
            )),
        };
    }
    if let Some(list) = object.downcast_ref::<PyList>() {
        let items = list.borrow_vec().to_vec();
        return sequence(items.iter().map(|item| &**item), place, depth, vm);
    }
    if let Some(tuple) = object.downcast_ref::<PyTuple>() {
        return sequence(
            tuple.as_slice().iter().map(|item| &**item),
            place,
            depth,
            vm,
        );
    }
    if let Some(dict) = object.downcast_ref::<PyDict>() {
        return dictionary(dict, place, depth, vm);
    }
    if *object.class().name() == *"coroutine" {
        return Err(format!(
            "{place} is a coroutine; a test function is a plain `def`, not `async def`"
        ));
    }
    Err(format!(
        "{place} is of type `{}`; return None, bool, int, float, str, list, tuple or dict",
        object.class().name()
    ))
}

fn sequence<'a>(
    items: impl Iterator<Item = &'a PyObject>,
    place: &str,
    depth: usize,
    vm: &VirtualMachine,
) -> Result<Value, String> {
    items
        .enumerate()
        .map(|(index, item)| convert(item, &format!("item {index} of {place}"), depth + 1, vm))
        .collect::<Result<_, _>>()
        .map(Value::List)
}

fn dictionary(
    dict: &Py<PyDict>,
    place: &str,
    depth: usize,
    vm: &VirtualMachine,
) -> Result<Value, String> {
    dict.into_iter()
        .map(|(key, item)| {
            let name = key
                .downcast_ref::<PyStr>()
                .and_then(|key| key.to_str())
                .map(str::to_owned);
            let Some(name) = name else {
                return Err(format!(
                    "a key of {place} is of type `{}`; keys are str",
                    key.class().name()
                ));
            };
            let value = convert(&item, &format!("key `{name}` of {place}"), depth + 1, vm)?;
            Ok((name, value))
        })
        .collect::<Result<_, _>>()
        .map(Value::Dict)
}
