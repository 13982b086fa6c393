//! One interpreter with one module state.

use std::{
    cell::RefCell,
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
};

use rustpython_vm::{
    AsObject, Interpreter, InterpreterBuilder, PyObjectRef, PyResult, Settings, VirtualMachine,
    builtins::{PyBaseExceptionRef, PyModuleDef, PyStr},
    convert::ToPyObject,
    function::{FuncArgs, IntoFuncArgs, KwArgs},
    signal::{UserSignalSender, user_signal_channel},
};

#[cfg(target_arch = "wasm32")]
use crate::errors;
use crate::{
    call::{Call, Exception, Outcome, Script, ScriptSource},
    convert::to_value,
    door,
    exception::{self, Roots},
    host::Host,
    interrupt::{Interrupt, Notice},
    lock, place,
    setup::Setup,
};

/// A Python interpreter that reaches the world through a host only.
pub struct Python {
    interpreter: Interpreter,
    notice: Notice,
    sender: UserSignalSender,
    roots: RefCell<Roots>,
    /// The debugger's side, where code can be made to stop.
    debugger: RefCell<Option<PyObjectRef>>,
}

/// Tells running test code to stop, from any thread.
#[derive(Clone)]
pub struct Stopper {
    notice: Notice,
    sender: UserSignalSender,
    patience: Arc<AtomicU32>,
}

impl Stopper {
    /// Asks for a KeyboardInterrupt in the main thread and wakes a blocked host request. To be followed by [`Stopper::remind`]
    /// until [`Stopper::taken`].
    pub fn stop(&self) {
        if self.taken() {
            self.patience.store(PATIENCE, Ordering::Relaxed);
        }
        self.notice.interrupt().raise();
        self.remind();
    }

    /// Repeats a request that has not been taken up: another interpreter of the process may have swallowed the note.
    pub fn remind(&self) {
        let notice = self.notice.clone();
        let patience = self.patience.clone();
        // A send fails only when the interpreter is gone, and then nothing is left to be stopped.
        let _ = self.sender.send(Box::new(move |vm| {
            let frame = vm.current_frame().map(|frame| frame.to_pyobject(vm));
            let waits = frame.is_some_and(|frame| is_between(&frame, vm));
            if waits && patience.load(Ordering::Relaxed) > 0 {
                patience.fetch_sub(1, Ordering::Relaxed);
            } else if notice.take() {
                return Err(vm.new_exception_empty(vm.ctx.exceptions.keyboard_interrupt.to_owned()));
            }
            Ok(())
        }));
    }

    /// Lets code that is debugged stand still where it is, unless it waits for the host.
    pub fn pause(&self) {
        let notice = self.notice.clone();
        let _ = self.sender.send(Box::new(move |vm| match notice.listens() {
            true => pause(vm),
            false => Ok(()),
        }));
    }

    /// Whether the exception has been raised.
    pub fn taken(&self) -> bool {
        !self.notice.interrupt().pending()
    }

    /// Leaves the interpreter alone from now on.
    pub fn give_up(&self) {
        self.notice.give_up();
    }
}

/// What the host asks of code that computes.
#[cfg(target_arch = "wasm32")]
pub enum Asked {
    Nothing,
    /// To end with a KeyboardInterrupt.
    Stop,
    /// To stand still for whoever debugs it.
    Pause,
}

/// Stands still where the code is, where it is debugged.
pub(crate) fn pause(vm: &VirtualMachine) -> PyResult<()> {
    let modules = vm.sys_module.get_attr("modules", vm)?;
    match modules.get_item("_rehearsal_debug", vm) {
        Ok(debugger) => vm.call_method(&debugger, "pause", ()).map(drop),
        Err(_) => Ok(()),
    }
}

/// What watches for a request to stop, as `sys.gettrace()` must not show it.
#[cfg(target_arch = "wasm32")]
const WATCH: &str = "_rehearsal_watch";

/// Builtin modules that would see the world past the host; pure-Python ones take their place.
const REPLACED: [&str; 3] = ["_datetime", "_socket", "_zoneinfo"];

/// Builtin modules that a Python one of the same name stands before, and what they are called then.
const RENAMED: [(&str, &str); 2] = [
    ("_random", "_rehearsal_random"),
    ("pyexpat", "_rehearsal_expat"),
];

/// Modules of the standard library that could only fail; `_rehearsal_absent` says why.
const WITHHELD: [&str; 2] = ["ensurepip", "venv"];

impl Python {
    /// Builds the interpreter on the calling thread, which becomes Python's main thread.
    ///
    /// # Errors
    /// When the operating system's Python side fails, which is a defect of this program; with what Python said.
    pub fn new(
        host: Arc<dyn Host>,
        interrupt: Interrupt,
        setup: &Setup,
    ) -> Result<Self, Exception> {
        let python = Self::prepare(host, interrupt)?;
        python.settle(setup)?;
        Ok(python)
    }

    /// Builds as much of the interpreter as is the same for every run. It runs no code of the user's before [`Python::settle`].
    ///
    /// # Errors
    /// As [`Python::new`].
    pub fn prepare(host: Arc<dyn Host>, interrupt: Interrupt) -> Result<Self, Exception> {
        let (sender, receiver) = user_signal_channel();
        let mut settings = Settings::default();
        settings.install_signal_handlers = false;
        settings.import_site = false;
        settings.write_bytecode = false;
        settings.utf8_mode = 1;
        settings.argv = vec![String::new()];
        settings.isolated = true;

        let builder = InterpreterBuilder::new().settings(settings);
        let mut modules = rustpython_stdlib::stdlib_module_defs(&builder.ctx);
        modules.retain(|def| !REPLACED.contains(&def.name.as_str()));
        for def in &mut modules {
            let Some((_, name)) = RENAMED.iter().find(|(old, _)| def.name.as_str() == *old) else {
                continue;
            };
            *def = Box::leak(Box::new(PyModuleDef {
                name: builder.ctx.intern_str(*name),
                doc: def.doc,
                methods: def.methods,
                slots: rustpython_vm::builtins::PyModuleSlots {
                    create: def.slots.create,
                    exec: def.slots.exec,
                },
            }));
        }
        let interpreter = builder
            .add_native_modules(&modules)
            .add_frozen_modules(
                rustpython_pylib::FROZEN_STDLIB
                    .into_iter()
                    .filter(|(name, _)| !WITHHELD.contains(name)),
            )
            .add_frozen_modules(rustpython_vm::py_freeze!(
                dir = "python",
                crate_name = "rustpython_vm"
            ))
            .init_hook(move |vm| {
                // Of what the start leaves behind nothing would be freed.
                vm.state.gc.disable();
                vm.set_user_signal_channel(receiver);
            })
            .build();
        let notice = Notice::new(interrupt);
        let python = Self {
            interpreter,
            notice,
            sender,
            roots: RefCell::default(),
            debugger: RefCell::default(),
        };
        python.enter(|vm| start(host, python.notice.clone(), vm))?;
        Ok(python)
    }

    /// Tells the interpreter what it has to know of its run.
    ///
    /// # Errors
    /// As [`Python::new`].
    pub fn settle(&self, setup: &Setup) -> Result<(), Exception> {
        self.roots.replace(Roots::of(setup));
        self.notice.tell_places(setup.places);
        self.enter(|vm| {
            settle(setup, vm)?;
            if setup.debug {
                let debugger = vm.import("_rehearsal_debug", 0)?;
                debugger.get_attr("begin", vm)?.call((), vm)?;
                self.debugger.replace(Some(debugger));
            } else {
                pass_breakpoints(vm)?;
            }
            if setup.collect {
                vm.state.gc.enable();
            }
            Ok(())
        })
    }

    /// Imports what most packages want of the standard library, and keeps it for the first import that asks for it.
    ///
    /// # Errors
    /// As [`Python::new`].
    #[cfg(target_arch = "wasm32")]
    pub fn preload(&self) -> Result<(), Exception> {
        self.enter(|vm| {
            vm.import("_rehearsal_kept", 0)?
                .get_attr("keep", vm)?
                .call((), vm)?;
            // None of it is ever garbage, so no collection has to look at it.
            let gc = vm.import("gc", 0)?;
            gc.get_attr("collect", vm)?.call((), vm)?;
            gc.get_attr("freeze", vm)?.call((), vm)?;
            Ok(())
        })
    }

    /// Imports a module before any call asks for it, and compiles the package's others. Says whether the import has left alone what is other
    /// in each run, so that this can stand for the import in other runs; [`Python::resume`] begins each of them.
    ///
    /// # Errors
    /// When the import fails, as it will for the call.
    #[cfg(target_arch = "wasm32")]
    pub fn import_ahead(&self, module: &str) -> Result<bool, Exception> {
        self.enter(|vm| {
            let ahead = vm.import("_rehearsal_ahead", 0)?;
            let ask = |name: &'static str| ahead.get_attr(name, vm)?.call((), vm);
            ask("begin")?;
            import(&module_name(module), vm)?;
            let untouched = ask("untouched")?.is_true(vm)?;
            ask("compile_others")?;
            Ok(untouched)
        })
    }

    /// Goes on from where [`Python::import_ahead`] ended, perhaps in another run than that one's.
    ///
    /// # Errors
    /// As [`Python::new`].
    #[cfg(target_arch = "wasm32")]
    pub fn resume(&self, setup: &Setup) -> Result<(), Exception> {
        self.notice.tell_places(setup.places);
        self.enter(|vm| {
            let modules = vm.sys_module.get_attr("modules", vm)?;
            door::tell(&modules.get_item("_rehearsal", vm)?, setup, vm)?;
            let kept = vm.import("_rehearsal_kept", 0)?;
            kept.get_attr("let_go", vm)?.call((), vm).map(drop)
        })
    }

    /// Lets code that computes ask what it is `asked` for whenever it enters a function while the byte at [`Python::breaker`] is 1, and do
    /// that. RustPython has no such question on wasm32; tracing has, and is off until somebody else writes that byte.
    #[cfg(target_arch = "wasm32")]
    pub fn watch(&self, asked: fn() -> Asked) {
        let notice = self.notice.clone();
        self.interpreter.enter(|vm| {
            if !vm.is_none(&vm.trace_func.borrow()) && !is_watch(&vm.trace_func.borrow(), vm) {
                // The user's code traces itself.
                return;
            }
            vm.use_tracing.set(!vm.is_none(&vm.profile_func.borrow()));
            let patience = AtomicU32::new(PATIENCE);
            let watch = vm.new_function(WATCH, move |event: FuncArgs, vm: &VirtualMachine| {
                let frame = event.args.first();
                let waits = patience.load(Ordering::Relaxed) > 0
                    && frame.is_some_and(|frame| is_between(frame, vm));
                if waits {
                    patience.fetch_sub(1, Ordering::Relaxed);
                } else if notice.listens() {
                    match asked() {
                        Asked::Nothing => {}
                        Asked::Stop => {
                            let class = vm.ctx.exceptions.keyboard_interrupt.to_owned();
                            return Err(vm.new_exception_empty(class));
                        }
                        Asked::Pause => pause(vm)?,
                    }
                }
                Ok(vm.ctx.none())
            });
            vm.trace_func.replace(watch.into());
        });
    }

    /// The address of the byte that says whether the user's code runs.
    #[cfg(target_arch = "wasm32")]
    pub fn user_code(&self) -> usize {
        self.notice.listening()
    }

    /// The address of the byte that the interpreter looks at before each instruction.
    #[cfg(target_arch = "wasm32")]
    pub fn breaker(&self) -> usize {
        self.interpreter
            .enter(|vm| vm.use_tracing.as_ptr().expose_provenance())
    }

    fn enter<T>(&self, work: impl FnOnce(&VirtualMachine) -> PyResult<T>) -> Result<T, Exception> {
        self.interpreter
            .enter(|vm| work(vm).map_err(|error| self.describe(&error, vm)))
    }

    pub fn stopper(&self) -> Stopper {
        Stopper {
            notice: self.notice.clone(),
            sender: self.sender.clone(),
            patience: Arc::default(),
        }
    }

    /// Imports the module when this is its first call, and calls the function with keyword arguments.
    pub fn call(&self, call: &Call) -> Outcome {
        self.interpreter.enter(|vm| {
            if let Err(error) = self.debugging("call_begins", (), vm) {
                return Outcome::Raised(self.describe(&error, vm));
            }
            let outcome = self.call_in(call, vm);
            drain(vm);
            // Whoever looks on has nothing to decide any more.
            let _ = self.debugging("call_ends", (), vm);
            outcome
        })
    }

    /// Runs a whole program, with its own standard input, and gives its exit code.
    ///
    /// # Errors
    /// When the machinery around the program fails, which is a defect of this program; with what Python said.
    pub fn script(&self, script: &Script) -> Result<u8, Exception> {
        self.enter(|vm| self.script_in(script, vm))
    }

    fn script_in(&self, script: &Script, vm: &VirtualMachine) -> PyResult<u8> {
        let (kind, target) = match &script.source {
            ScriptSource::File(path) => ("file", path.as_str()),
            ScriptSource::Code(code) => ("code", code.as_str()),
            ScriptSource::Module(name) => ("module", name.as_str()),
            ScriptSource::Input => ("input", ""),
        };
        // As CPython fills it; for a module runpy puts the file's name there.
        let first = match &script.source {
            ScriptSource::File(path) => path.as_str(),
            ScriptSource::Code(_) => "-c",
            ScriptSource::Module(_) => "-m",
            ScriptSource::Input => "",
        };
        let arguments: Vec<PyObjectRef> = std::iter::once(first)
            .chain(script.arguments.iter().map(String::as_str))
            .map(|argument| argument.to_pyobject(vm))
            .collect();
        let run = vm.import("_rehearsal_script", 0)?.get_attr("run", vm)?;
        // A program has a terminal of its own to be debugged in.
        let hook = vm.sys_module.get_attr("__breakpointhook__", vm)?;
        vm.sys_module.set_attr("breakpointhook", hook, vm)?;
        let warnings = script
            .warnings
            .iter()
            .map(|filter| filter.to_pyobject(vm))
            .collect();
        let arguments = (
            kind,
            target,
            vm.ctx.new_list(arguments),
            script.safe_path,
            script.ignore_environment,
            vm.ctx.new_list(warnings),
        );
        self.listening(|| run.call(arguments, vm))?
            .try_into_value(vm)
    }

    fn call_in(&self, call: &Call, vm: &VirtualMachine) -> Outcome {
        let name = module_name(&call.module);
        let imported = self.listening(|| import(&name, vm));
        let module = match imported {
            Ok(module) => module,
            Err(error) => {
                self.uncaught(&error, vm);
                return Outcome::ImportFailed(self.describe(&error, vm));
            }
        };
        let Ok(function) = module.get_attr(&*vm.ctx.new_str(&*call.function), vm) else {
            return Outcome::MissingFunction(missing(&name, &call.function, &module));
        };
        if !function.is_callable() {
            return Outcome::MissingFunction(format!(
                "`{}` of module `{name}` is of type `{}`, and no function",
                call.function,
                function.class().name()
            ));
        }
        let keywords: KwArgs = call
            .arguments
            .iter()
            .map(|(name, value)| (name.clone(), value.clone().to_pyobject(vm)))
            .collect();
        let arguments = FuncArgs::new(vec![], keywords);
        match self.listening(|| function.call_with_args(arguments, vm)) {
            Ok(result) => match to_value(&result, vm) {
                Ok(value) => Outcome::Returned(value),
                Err(message) => Outcome::BadReturn(message),
            },
            Err(error) => {
                self.uncaught(&error, vm);
                let unfit = error.fast_isinstance(vm.ctx.exceptions.type_error)
                    && error.__traceback__().is_none();
                let described = self.describe(&error, vm);
                if unfit {
                    Outcome::BadArguments(described.message)
                } else {
                    Outcome::Raised(described)
                }
            }
        }
    }

    /// Calls the debugger's side, where there is one.
    fn debugging(
        &self,
        function: &'static str,
        arguments: impl IntoFuncArgs,
        vm: &VirtualMachine,
    ) -> PyResult<()> {
        let Some(debugger) = self.debugger.borrow().clone() else {
            return Ok(());
        };
        let function = debugger.get_attr(function, vm)?;
        function.call(arguments, vm).map(drop)
    }

    /// An exception has left the step's function. While the debugger looks at it, an interruption may end the wait.
    fn uncaught(&self, error: &PyBaseExceptionRef, vm: &VirtualMachine) {
        if self.debugger.borrow().is_some() {
            let _ = self.listening(|| self.debugging("uncaught", (error.clone(),), vm));
        }
    }

    /// Runs the user's code, which an interruption may end.
    fn listening<T>(&self, work: impl FnOnce() -> T) -> T {
        self.notice.listen(true);
        let result = work();
        self.notice.listen(false);
        result
    }

    fn describe(&self, error: &PyBaseExceptionRef, vm: &VirtualMachine) -> Exception {
        exception::describe(error, &self.roots.borrow(), vm)
    }

    /// Leaves the interpreter as it is: at the end of a process nothing is gained by taking it apart.
    pub fn abandon(self) {
        std::mem::forget(self);
    }
}

/// `python_modules/pkg/module.py`, `pkg/module` and `pkg.module` all mean the same module.
pub fn module_name(path: &str) -> String {
    let path = path.replace('\\', "/");
    let path = path.strip_prefix("./").unwrap_or(&path);
    let path = path.strip_prefix("python_modules/").unwrap_or(path);
    path.strip_suffix(".py").unwrap_or(path).replace('/', ".")
}

fn import(name: &str, vm: &VirtualMachine) -> PyResult {
    vm.import(&*vm.ctx.new_str(name), 0)?;
    vm.sys_module.get_attr("modules", vm)?.get_item(name, vm)
}

fn missing(module: &str, function: &str, object: &PyObjectRef) -> String {
    let names = object
        .dict()
        .map(|dict| {
            dict.into_iter()
                .filter(|(_, value)| value.is_callable())
                .filter_map(|(name, _)| {
                    name.downcast_ref::<PyStr>()
                        .and_then(|name| name.to_str())
                        .map(str::to_owned)
                })
                .filter(|name| !name.starts_with('_'))
                .collect::<Vec<_>>()
        })
        .unwrap_or_default();
    if names.is_empty() {
        return format!("module `{module}` has no function `{function}`, nor any other");
    }
    format!(
        "module `{module}` has no function `{function}`; it has {}",
        names.join(", ")
    )
}

/// Hands over what was printed without a newline at its end.
fn drain(vm: &VirtualMachine) {
    for stream in ["__stdout__", "__stderr__"] {
        if let Ok(stream) = vm.sys_module.get_attr(stream, vm) {
            let _ = vm.call_method(&stream, "drain", ());
        }
    }
}

/// Gives the interpreter its operating system and its ways to import.
fn start(host: Arc<dyn Host>, notice: Notice, vm: &VirtualMachine) -> PyResult<()> {
    let modules = vm.sys_module.get_attr("modules", vm)?;
    #[cfg(target_arch = "wasm32")]
    {
        errors::install(vm)?;
        hide_watch(vm)?;
    }
    lock::install(host.clone(), notice.clone(), vm)?;
    let door = door::module(host, notice, vm)?;
    modules.set_item("_rehearsal", door.into(), vm)?;
    let main = vm.new_module("__main__", vm.ctx.new_dict(), None);
    modules.set_item("__main__", main.into(), vm)?;

    // os.py chooses its flavour by this list.
    let builtins = vm.sys_module.get_attr("builtin_module_names", vm)?;
    let mut names: Vec<PyObjectRef> = builtins
        .try_into_value::<rustpython_vm::builtins::PyTupleRef>(vm)?
        .as_slice()
        .to_vec();
    names.push("posix".to_pyobject(vm));
    vm.sys_module
        .set_attr("builtin_module_names", vm.ctx.new_tuple(names), vm)?;
    // Maestro's stations run Linux; a package behaves on every desk as it does there.
    vm.sys_module
        .set_attr("platform", "linux".to_pyobject(vm), vm)?;

    vm.import("_rehearsal_io", 0)?;
    #[cfg(feature = "threading")]
    vm.import("_rehearsal_locks", 0)?;
    let importlib = modules.get_item("_frozen_importlib", vm)?;
    importlib
        .get_attr("_install_external_importers", vm)?
        .call((), vm)?;
    let zipimporter = vm.import("zipimport", 0)?.get_attr("zipimporter", vm)?;
    let hooks = vm.sys_module.get_attr("path_hooks", vm)?;
    vm.call_method(&hooks, "insert", (0, zipimporter))?;
    vm.import("_rehearsal_import", 0)?;
    let path = vm.sys_module.get_attr("path", vm)?;
    vm.call_method(&path, "clear", ())?;
    Ok(())
}

/// How often an interruption is put off (natively when it is reminded of, in the sandbox when a function is entered) before it comes where it
/// may leave an event loop in pieces.
const PATIENCE: u32 = if cfg!(target_arch = "wasm32") {
    5000
} else {
    12
};

/// Whether this is a frame of the standard library under an event loop: what it does must be done whole, or the task at hand is forgotten.
fn is_between(frame: &PyObjectRef, vm: &VirtualMachine) -> bool {
    let file = |frame: &PyObjectRef| place::file(frame, vm).unwrap_or_default();
    // Files have a path, frozen modules have none.
    !file(frame).contains('/')
        && place::outwards(frame.clone(), vm).any(|frame| file(&frame) == "asyncio.base_events")
}

/// Whether this is what [`Python::watch`] has put in.
#[cfg(target_arch = "wasm32")]
fn is_watch(function: &PyObjectRef, vm: &VirtualMachine) -> bool {
    let name = function.get_attr("__name__", vm);
    name.is_ok_and(|name| {
        name.downcast_ref::<PyStr>()
            .is_some_and(|name| name.to_str() == Some(WATCH))
    })
}

/// Lets `sys.gettrace()` know of the user's functions only.
#[cfg(target_arch = "wasm32")]
fn hide_watch(vm: &VirtualMachine) -> PyResult<()> {
    let original = vm.sys_module.get_attr("gettrace", vm)?;
    let gettrace = vm.new_function("gettrace", move |vm: &VirtualMachine| -> PyResult {
        let function = original.call((), vm)?;
        Ok(if is_watch(&function, vm) {
            vm.ctx.none()
        } else {
            function
        })
    });
    vm.sys_module.set_attr("gettrace", gettrace, vm)
}

/// Without a debugger, `breakpoint()` tells the host where it was come to, and goes on.
fn pass_breakpoints(vm: &VirtualMachine) -> PyResult<()> {
    let hook = vm.new_function("breakpointhook", |_: FuncArgs, vm: &VirtualMachine| {
        let said = vm.ctx.new_dict();
        let (file, line) = place::of_test_code(vm).unwrap_or_default();
        said.set_item("event", "breakpoint".to_pyobject(vm), vm)?;
        said.set_item("file", file.to_pyobject(vm), vm)?;
        said.set_item("line", line.to_pyobject(vm), vm)?;
        let door = vm.import("_rehearsal", 0)?;
        vm.call_method(&door, "debug", (said,)).map(drop)
    });
    vm.sys_module.set_attr("breakpointhook", hook, vm)
}

/// Gives the interpreter what is the run's own: its folder, its environment, its import path.
fn settle(setup: &Setup, vm: &VirtualMachine) -> PyResult<()> {
    let modules = vm.sys_module.get_attr("modules", vm)?;
    door::tell(&modules.get_item("_rehearsal", vm)?, setup, vm)?;
    vm.import("posix", 0)?
        .get_attr("_settle", vm)?
        .call((), vm)?;
    vm.sys_module
        .set_attr("executable", setup.executable.clone().to_pyobject(vm), vm)?;
    if !setup.collect {
        // A collection asked for by name would wait for the one given up as well.
        let gc = vm.import("gc", 0)?;
        let nothing = vm.new_function("collect", |_: FuncArgs| 0);
        gc.set_attr("collect", nothing, vm)?;
        gc.set_attr("enable", vm.new_function("enable", || ()), vm)?;
    }
    if cfg!(target_arch = "wasm32") && setup.zone.is_some() {
        vm.import("time", 0)?.get_attr("tzset", vm)?.call((), vm)?;
    }
    let path = vm.sys_module.get_attr("path", vm)?;
    for entry in &setup.path {
        vm.call_method(&path, "append", (entry.clone(),))?;
    }
    Ok(())
}
