//! Python exceptions to what a report needs of them.

use rustpython_vm::{
    AsObject, PyObjectRef, VirtualMachine,
    builtins::{PyBaseExceptionRef, PyStr},
};

use crate::{
    call::{Exception, Frame},
    setup::Setup,
};

/// A runaway recursion's traceback is cut in the middle to twice as many frames.
const KEPT_FRAMES: usize = 50;

/// Where packages lie, for the names of their files.
#[derive(Clone, Debug, Default)]
pub struct Roots {
    /// Files below it are named relative to it.
    own: String,
    /// Files below one of these are named relative to the folder it lies in.
    neighbours: Vec<String>,
}

impl Roots {
    pub fn of(setup: &Setup) -> Self {
        Self {
            own: setup.root.clone(),
            neighbours: setup.neighbours.clone(),
        }
    }

    fn relative(&self, file: &str) -> String {
        let file = file.replace('\\', "/");
        // Modules of the standard library are compiled under their bare names.
        if !file.contains('/') && !file.ends_with(".py") && !file.starts_with('<') {
            return format!("<frozen {file}>");
        }
        let below = |root: &str| Some(file.strip_prefix(root)?.strip_prefix('/')?.to_owned());
        let beside = || {
            self.neighbours.iter().find_map(|root| {
                let (_, folder) = root.rsplit_once('/')?;
                Some(format!("{folder}/{}", below(root)?))
            })
        };
        below(&self.own)
            .or_else(beside)
            .or_else(|| file.strip_prefix("./").map(str::to_owned))
            .unwrap_or(file)
    }
}

/// Describes an exception; frames of packages are named as `roots` says.
pub fn describe(exception: &PyBaseExceptionRef, roots: &Roots, vm: &VirtualMachine) -> Exception {
    let mut traceback = frames(exception, roots);
    if exception.fast_isinstance(vm.ctx.exceptions.syntax_error) {
        traceback.extend(syntax_frame(exception, roots, vm));
    }
    if traceback.len() > 2 * KEPT_FRAMES {
        traceback.drain(KEPT_FRAMES..traceback.len() - KEPT_FRAMES);
    }
    let message = text_of(&exception.clone().into(), vm);
    let ends_process = exception.fast_isinstance(vm.ctx.exceptions.system_exit);
    Exception {
        class: class_name(exception, vm),
        message: if ends_process {
            format!(
                "the code tried to end the whole process (exit status `{message}`); return from the function instead"
            )
        } else {
            message
        },
        traceback,
    }
}

fn frames(exception: &PyBaseExceptionRef, roots: &Roots) -> Vec<Frame> {
    let mut frames = Vec::new();
    let mut next = exception.__traceback__();
    while let Some(entry) = next {
        let code = entry.frame.iframe().code();
        let file = code.source_path().as_str();
        if !is_machinery(file) {
            frames.push(Frame {
                file: roots.relative(file),
                line: u32::try_from(entry.lineno.get()).unwrap_or(u32::MAX),
                function: code.qualname.as_str().to_owned(),
            });
        }
        next = entry.next.lock().clone();
    }
    frames
}

/// Python hides the frames of its own import system from a traceback; so do we, and those of the operating system's Python side.
fn is_machinery(file: &str) -> bool {
    const OURS: [&str; 4] = ["posix", "_socket", "select", "_posixsubprocess"];
    OURS.contains(&file)
        || file.starts_with("_rehearsal_")
        || file.contains("_frozen_importlib")
        || file.contains("importlib._bootstrap")
}

fn syntax_frame(
    exception: &PyBaseExceptionRef,
    roots: &Roots,
    vm: &VirtualMachine,
) -> Option<Frame> {
    let object: PyObjectRef = exception.clone().into();
    let file = object.get_attr("filename", vm).ok()?;
    let line = object
        .get_attr("lineno", vm)
        .ok()?
        .try_into_value::<u32>(vm)
        .ok()?;
    Some(Frame {
        file: roots.relative(file.downcast_ref::<PyStr>()?.to_str()?),
        line,
        function: "<module>".into(),
    })
}

fn class_name(exception: &PyBaseExceptionRef, vm: &VirtualMachine) -> String {
    let class = exception.class().to_owned();
    let name = class.name().to_owned();
    let module = class
        .as_object()
        .get_attr("__module__", vm)
        .ok()
        .map(|module| text_of(&module, vm))
        .unwrap_or_default();
    match module.as_str() {
        "" | "builtins" => name.to_string(),
        module => format!("{module}.{name}"),
    }
}

/// `str(object)`, or a substitute where that fails in turn.
fn text_of(object: &PyObjectRef, vm: &VirtualMachine) -> String {
    match object.str(vm) {
        Ok(text) => text.as_wtf8().to_string(),
        Err(_) => format!("<{} without a text>", object.class().name()),
    }
}
