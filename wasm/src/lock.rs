//! `_thread.lock` and `_thread.RLock`, where a main thread that waits hears of an interruption.
//!
//! RustPython's own wait where nothing reaches them. Conditions, events, queues and futures all wait on a lock.

#[cfg(feature = "threading")]
use std::sync::Condvar;
use std::{
    cell::RefCell,
    fmt,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    thread::{self, ThreadId},
    time::{Duration, Instant},
};

use rustpython_vm::{
    AsObject, FromArgs, Py, PyObjectRef, PyPayload, PyRef, PyResult, VirtualMachine,
    builtins::{PyTupleRef, PyType, PyTypeRef},
    class::PyClassImpl,
    function::{FuncArgs, TimeoutSeconds},
    pyclass,
    types::{Constructor, Representable},
};

#[cfg(not(feature = "threading"))]
use crate::host::{ErrorKind, Request};
use crate::{host::Host, interrupt::Notice};

/// The longest wait `_thread` admits, in seconds.
const TIMEOUT_MAX: f64 = 9_223_372_036.0;

/// So long is waited for a lock that nothing will free, before looking again.
#[cfg(not(feature = "threading"))]
const LONG: Duration = Duration::from_secs(3600);

thread_local! {
    /// What tells an interpreter's main thread of an interruption; nothing on the others.
    static NOTICE: RefCell<Option<Notice>> = const { RefCell::new(None) };
    /// Who wakes a thread that waits where there is no other one to do it.
    #[cfg(not(feature = "threading"))]
    static HOST: RefCell<Option<Arc<dyn Host>>> = const { RefCell::new(None) };
}

/// Makes the calling thread the main thread of an interpreter, and puts the locks in the place of its own.
///
/// # Errors
/// When the module `_thread` cannot be changed.
pub fn install(host: Arc<dyn Host>, notice: Notice, vm: &VirtualMachine) -> PyResult<()> {
    NOTICE.set(Some(notice));
    #[cfg(feature = "threading")]
    drop(host);
    #[cfg(not(feature = "threading"))]
    HOST.set(Some(host));
    let module = module(vm)?;
    let lock = Lock::make_static_type();
    for name in ["lock", "LockType", "allocate_lock", "allocate"] {
        module.set_attr(name, lock.clone(), vm)?;
    }
    module.set_attr("RLock", RLock::make_static_type(), vm)
}

#[cfg(feature = "threading")]
fn module(vm: &VirtualMachine) -> PyResult<PyObjectRef> {
    vm.import("_thread", 0)
}

/// RustPython has `_thread` only where it has threads.
#[cfg(not(feature = "threading"))]
fn module(vm: &VirtualMachine) -> PyResult<PyObjectRef> {
    let module = vm.import("_rehearsal_thread", 0)?;
    let modules = vm.sys_module.get_attr("modules", vm)?;
    modules.set_item("_thread", module.clone(), vm)?;
    Ok(module)
}

/// Who holds it, and how often; shared with what wakes the waiting.
#[derive(Default)]
struct Gate {
    held: Mutex<Held>,
    #[cfg(feature = "threading")]
    free: Condvar,
}

#[derive(Default)]
struct Held {
    /// Known of an `RLock` only.
    by: Option<ThreadId>,
    count: usize,
    /// How many threads are to be woken when it is left, at most.
    #[cfg(feature = "threading")]
    waiting: usize,
}

enum Entered {
    Yes,
    TimeUp,
    Interrupted,
}

impl Gate {
    /// Held only for moments and never while the interpreter may stop the thread.
    fn held(&self) -> MutexGuard<'_, Held> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn try_enter(&self) -> bool {
        self.held().take()
    }

    /// Waits until it is free, which it will never be, as nobody else is there to leave it: until the time is up, or there is an interruption.
    #[cfg(not(feature = "threading"))]
    fn wait(self: &Arc<Self>, until: Option<Instant>, notice: Option<&Notice>) -> Entered {
        loop {
            if self.try_enter() {
                return Entered::Yes;
            }
            let left = until.map(|until| until.saturating_duration_since(Instant::now()));
            if left == Some(Duration::ZERO) {
                return Entered::TimeUp;
            }
            let duration = left.unwrap_or(LONG).min(LONG).as_nanos();
            let duration = u64::try_from(duration).unwrap_or(u64::MAX);
            let waited = HOST.with_borrow(|host| {
                host.as_ref()
                    .map(|host| host.call(Request::Idle { duration }))
            });
            let interrupted = match waited {
                Some(Err(error)) => error.kind == ErrorKind::Interrupted,
                _ => false,
            };
            if let (true, Some(notice)) = (interrupted, notice) {
                notice.take();
                return Entered::Interrupted;
            }
        }
    }

    /// Waits until it is free, the time is up, or `notice` has an interruption, which it takes up.
    #[cfg(feature = "threading")]
    fn wait(self: &Arc<Self>, until: Option<Instant>, notice: Option<&Notice>) -> Entered {
        let waking = notice.map(|notice| {
            let gate = self.clone();
            notice.interrupt().on_raise(move || {
                drop(gate.held());
                gate.free.notify_all();
            })
        });
        let mut held = self.held();
        held.waiting += 1;
        let entered = loop {
            if held.take() {
                break Entered::Yes;
            }
            if notice.is_some_and(|notice| notice.interrupt().pending() && notice.take()) {
                break Entered::Interrupted;
            }
            held = match until.map(|until| until.saturating_duration_since(Instant::now())) {
                Some(Duration::ZERO) => break Entered::TimeUp,
                Some(left) => {
                    let waited = self.free.wait_timeout(held, left);
                    waited.unwrap_or_else(PoisonError::into_inner).0
                }
                None => {
                    let waited = self.free.wait(held);
                    waited.unwrap_or_else(PoisonError::into_inner)
                }
            };
        };
        held.waiting -= 1;
        drop(held);
        // What wakes the waiting may itself wait for `held`.
        drop(waking);
        entered
    }

    fn acquire(self: &Arc<Self>, arguments: &AcquireArgs, vm: &VirtualMachine) -> PyResult<bool> {
        let timeout = arguments.timeout.to_secs_f64();
        let endless = timeout == -1.0;
        if !arguments.blocking && !endless {
            return Err(vm.new_value_error("can't specify a timeout for a non-blocking call"));
        }
        if timeout < 0.0 && !endless {
            return Err(vm.new_value_error("timeout value must be a non-negative number"));
        }
        if timeout > TIMEOUT_MAX {
            return Err(vm.new_overflow_error("timeout value is too large"));
        }
        if self.try_enter() {
            return Ok(true);
        }
        if !arguments.blocking {
            return Ok(false);
        }
        let until = (!endless)
            .then(|| Instant::now().checked_add(Duration::from_secs_f64(timeout)))
            .flatten();
        let notice = NOTICE.with_borrow(Clone::clone);
        match vm.allow_threads(|| self.wait(until, notice.as_ref())) {
            Entered::Yes => Ok(true),
            Entered::TimeUp => Ok(false),
            Entered::Interrupted => {
                Err(vm.new_exception_empty(vm.ctx.exceptions.keyboard_interrupt.to_owned()))
            }
        }
    }

    /// Leaves it altogether; gives how often it was held.
    fn leave(&self) -> usize {
        let mut held = self.held();
        held.by = None;
        let count = std::mem::take(&mut held.count);
        #[cfg(feature = "threading")]
        if held.waiting > 0 {
            drop(held);
            self.free.notify_one();
        }
        count
    }
}

impl Held {
    /// True when it was free, and is the calling thread's now.
    fn take(&mut self) -> bool {
        if self.count > 0 {
            return false;
        }
        self.count = 1;
        true
    }

    fn is_mine(&self) -> bool {
        self.by == Some(thread::current().id())
    }
}

#[derive(FromArgs)]
struct AcquireArgs {
    #[pyarg(any, default = true)]
    blocking: bool,
    #[pyarg(any, default = TimeoutSeconds::new(-1.0), py_default = "-1")]
    timeout: TimeoutSeconds,
}

impl AcquireArgs {
    const ENDLESS: Self = Self {
        blocking: true,
        timeout: TimeoutSeconds::new(-1.0),
    };
}

#[pyclass(module = "_thread", name = "lock")]
#[derive(Default, PyPayload)]
struct Lock(Arc<Gate>);

impl fmt::Debug for Lock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Lock")
    }
}

#[pyclass(with(Constructor, Representable), flags(HAS_WEAKREF, IMMUTABLETYPE))]
impl Lock {
    #[pymethod]
    #[pymethod(name = "acquire_lock")]
    fn acquire(zelf: &Py<Self>, arguments: AcquireArgs, vm: &VirtualMachine) -> PyResult<bool> {
        zelf.0.acquire(&arguments, vm)
    }

    #[pymethod]
    fn __enter__(zelf: &Py<Self>, vm: &VirtualMachine) -> PyResult<bool> {
        zelf.0.acquire(&AcquireArgs::ENDLESS, vm)
    }

    #[pymethod]
    #[pymethod(name = "release_lock")]
    fn release(zelf: &Py<Self>, vm: &VirtualMachine) -> PyResult<()> {
        match zelf.0.leave() {
            0 => Err(vm.new_runtime_error("release unlocked lock")),
            _ => Ok(()),
        }
    }

    #[pymethod]
    fn __exit__(zelf: &Py<Self>, _: FuncArgs, vm: &VirtualMachine) -> PyResult<()> {
        Self::release(zelf, vm)
    }

    #[pymethod]
    #[pymethod(name = "locked_lock")]
    fn locked(zelf: &Py<Self>) -> bool {
        zelf.0.held().count > 0
    }

    #[pymethod]
    fn _at_fork_reinit(zelf: &Py<Self>) {
        zelf.0.leave();
    }
}

impl Constructor for Lock {
    type Args = ();

    fn py_new(_: &Py<PyType>, (): Self::Args, _: &VirtualMachine) -> PyResult<Self> {
        Ok(Self::default())
    }
}

impl Representable for Lock {
    fn repr_str(zelf: &Py<Self>, _: &VirtualMachine) -> PyResult<String> {
        let state = if Self::locked(zelf) {
            "locked"
        } else {
            "unlocked"
        };
        Ok(format!(
            "<{state} _thread.lock object at {:#x}>",
            zelf.get_id()
        ))
    }
}

#[pyclass(module = "_thread", name = "RLock")]
#[derive(Default, PyPayload)]
struct RLock(Arc<Gate>);

impl fmt::Debug for RLock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RLock")
    }
}

#[pyclass(with(Representable), flags(BASETYPE, HAS_WEAKREF, IMMUTABLETYPE))]
impl RLock {
    #[pyslot]
    fn slot_new(class: PyTypeRef, _: FuncArgs, vm: &VirtualMachine) -> PyResult {
        let made: PyRef<Self> = Self::default().into_ref_with_type(vm, class)?;
        Ok(made.into())
    }

    #[pymethod]
    #[pymethod(name = "acquire_lock")]
    fn acquire(zelf: &Py<Self>, arguments: AcquireArgs, vm: &VirtualMachine) -> PyResult<bool> {
        {
            let mut held = zelf.0.held();
            if held.is_mine() {
                held.count += 1;
                return Ok(true);
            }
        }
        let entered = zelf.0.acquire(&arguments, vm)?;
        if entered {
            zelf.0.held().by = Some(thread::current().id());
        }
        Ok(entered)
    }

    #[pymethod]
    fn __enter__(zelf: &Py<Self>, vm: &VirtualMachine) -> PyResult<bool> {
        Self::acquire(zelf, AcquireArgs::ENDLESS, vm)
    }

    #[pymethod]
    #[pymethod(name = "release_lock")]
    fn release(zelf: &Py<Self>, vm: &VirtualMachine) -> PyResult<()> {
        {
            let mut held = zelf.0.held();
            if !held.is_mine() {
                return Err(not_mine(vm));
            }
            if held.count > 1 {
                held.count -= 1;
                return Ok(());
            }
        }
        zelf.0.leave();
        Ok(())
    }

    #[pymethod]
    fn __exit__(zelf: &Py<Self>, _: FuncArgs, vm: &VirtualMachine) -> PyResult<()> {
        Self::release(zelf, vm)
    }

    #[pymethod]
    fn locked(zelf: &Py<Self>) -> bool {
        zelf.0.held().count > 0
    }

    #[pymethod]
    fn _at_fork_reinit(zelf: &Py<Self>) {
        zelf.0.leave();
    }

    #[pymethod]
    fn _is_owned(zelf: &Py<Self>) -> bool {
        zelf.0.held().is_mine()
    }

    #[pymethod]
    fn _recursion_count(zelf: &Py<Self>) -> usize {
        let held = zelf.0.held();
        if held.is_mine() { held.count } else { 0 }
    }

    /// Leaves it altogether; gives what [`RLock::_acquire_restore`] wants.
    #[pymethod]
    fn _release_save(zelf: &Py<Self>, vm: &VirtualMachine) -> PyResult<(usize, u64)> {
        let count = Self::_recursion_count(zelf);
        if count == 0 {
            return Err(not_mine(vm));
        }
        zelf.0.leave();
        Ok((count, 0))
    }

    /// Enters as often as before. Not interrupted: whoever called relies on having it.
    #[pymethod]
    fn _acquire_restore(zelf: &Py<Self>, state: PyTupleRef, vm: &VirtualMachine) -> PyResult<()> {
        let [count, _] = state.as_slice() else {
            return Err(vm.new_type_error("_acquire_restore() argument 1 must be a 2-item tuple"));
        };
        let count: usize = PyObjectRef::clone(count).try_into_value(vm)?;
        if count > 0 {
            vm.allow_threads(|| zelf.0.wait(None, None));
            let mut held = zelf.0.held();
            held.by = Some(thread::current().id());
            held.count = count;
        }
        Ok(())
    }
}

impl Representable for RLock {
    fn repr_str(zelf: &Py<Self>, _: &VirtualMachine) -> PyResult<String> {
        let count = zelf.0.held().count;
        let state = if count > 0 { "locked" } else { "unlocked" };
        Ok(format!(
            "<{state} {} object count={count} at {:#x}>",
            zelf.class().name(),
            zelf.get_id()
        ))
    }
}

fn not_mine(vm: &VirtualMachine) -> rustpython_vm::builtins::PyBaseExceptionRef {
    vm.new_runtime_error("cannot release un-acquired lock")
}
