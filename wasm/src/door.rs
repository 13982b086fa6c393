//! The builtin module `_rehearsal`: host requests as plain functions, for the Python side of the operating system in `python/`.

use std::{
    sync::Arc,
    thread,
    time::{Duration, Instant},
};

use rustpython_vm::{
    PyObjectRef, PyRef, PyResult, VirtualMachine,
    builtins::{PyBaseExceptionRef, PyModule, PyStrRef, PyTypeRef},
    convert::ToPyObject,
    function::{ArgBytesLike, Either},
};

use crate::{
    convert::{from_value, to_value},
    host::{
        Address, Clock, ErrorKind, Family, FileKind, Handle, Host, HostError, OpenHow, Reply,
        Request, SeekFrom, Shutdown, SocketKind, SocketOption, SocketState, Stat, Stream,
    },
    interpreter::pause,
    interrupt::Notice,
    place,
    setup::Setup,
    time_zones, xml_error,
};

/// How a thread that is not the main one waits while the main one has to take up an interruption.
const YIELD: Duration = Duration::from_millis(1);

/// Asks the host, with Python's other threads running meanwhile.
struct Door {
    host: Arc<dyn Host>,
    notice: Notice,
    main: thread::ThreadId,
    gaierror: PyTypeRef,
    tls_error: PyTypeRef,
}

impl Door {
    fn ask(&self, request: Request, vm: &VirtualMachine) -> PyResult<Reply> {
        let paths = paths_of(&request);
        if self.notice.tells_places() {
            self.tell_place(&request, vm);
        }
        #[cfg(feature = "threading")]
        self.notice
            .interrupt()
            .tell_threads(vm.state.thread_count.load());
        if thread::current().id() == self.main {
            let interruption =
                || vm.new_exception_empty(vm.ctx.exceptions.keyboard_interrupt.to_owned());
            // An event loop that always has something to do asks for events, too, and is not left in pieces here.
            if self.notice.take() {
                return Err(interruption());
            }
            let result = vm.allow_threads(|| self.host.call(request));
            if self.notice.interrupt().take_pause() {
                pause(vm)?;
            }
            return match result {
                Ok(reply) => Ok(reply),
                Err(error) if error.kind == ErrorKind::Interrupted => {
                    self.notice.take();
                    Err(interruption())
                }
                Err(error) => Err(self.os_error(&error, paths, vm)),
            };
        }
        // Other threads leave an interruption to the main one, and ask again for what is left of their time.
        let start = Instant::now();
        let mut next = request.clone();
        loop {
            match vm.allow_threads(|| self.host.call(next)) {
                Ok(reply) => return Ok(reply),
                Err(error) if error.kind == ErrorKind::Interrupted => {
                    vm.allow_threads(|| thread::sleep(YIELD));
                    let passed = u64::try_from(start.elapsed().as_nanos()).unwrap_or(u64::MAX);
                    next = request.clone().after(passed);
                }
                Err(error) => return Err(self.os_error(&error, paths, vm)),
            }
        }
    }

    fn tell_place(&self, request: &Request, vm: &VirtualMachine) {
        let of_network = matches!(
            request,
            Request::Connect { .. } | Request::Send { .. } | Request::SendTo { .. }
        );
        if let (true, Some((file, line))) = (of_network, place::of_test_code(vm)) {
            // Whoever does not want to know refuses nothing.
            let _ = self.host.call(Request::At { file, line });
        }
    }

    fn os_error(
        &self,
        error: &HostError,
        (path, second): (Option<String>, Option<String>),
        vm: &VirtualMachine,
    ) -> PyBaseExceptionRef {
        let message = error.message.as_str().to_pyobject(vm);
        if error.kind == ErrorKind::UnknownHost {
            return vm.new_exception(self.gaierror.clone(), vec![(-2).to_pyobject(vm), message]);
        }
        if let ErrorKind::Tls(trouble) = error.kind {
            return tls::error(&self.tls_error, trouble, message, vm);
        }
        if error.kind == ErrorKind::TimedOut {
            let class = vm.ctx.exceptions.timeout_error.to_owned();
            return vm.new_exception(class, vec!["timed out".to_pyobject(vm)]);
        }
        let number = vm
            .import("errno", 0)
            .and_then(|errno| errno.get_attr(errno_name(error.kind), vm))
            .unwrap_or_else(|_| 5.to_pyobject(vm));
        let mut arguments = vec![number, message];
        arguments.extend(path.map(|path| path.to_pyobject(vm)));
        if let Some(second) = second {
            // The fourth argument of OSError is Windows' own error number.
            arguments.extend([vm.ctx.none(), second.to_pyobject(vm)]);
        }
        vm.new_exception(vm.ctx.exceptions.os_error.to_owned(), arguments)
    }

    fn nanoseconds(&self, clock: Clock, vm: &VirtualMachine) -> PyResult<u64> {
        match self.ask(Request::Now { clock }, vm)? {
            Reply::Time(time) => Ok(time),
            other => Err(unexpected(&other, vm)),
        }
    }
}

/// The paths that an error about this request is about.
fn paths_of(request: &Request) -> (Option<String>, Option<String>) {
    match request {
        Request::Stat { path, .. }
        | Request::ListFolder { path }
        | Request::Open { path, .. }
        | Request::MakeFolder { path, .. }
        | Request::SetTimes { path, .. }
        | Request::SetMode { path, .. }
        | Request::RemoveFile { path }
        | Request::RemoveFolder { path } => (Some(path.clone()), None),
        Request::Rename { from, to, .. } => (Some(from.clone()), Some(to.clone())),
        _ => (None, None),
    }
}

fn errno_name(kind: ErrorKind) -> &'static str {
    match kind {
        ErrorKind::NotFound => "ENOENT",
        ErrorKind::Denied => "EACCES",
        ErrorKind::Exists => "EEXIST",
        ErrorKind::IsFolder => "EISDIR",
        ErrorKind::NotFolder => "ENOTDIR",
        ErrorKind::NotEmpty => "ENOTEMPTY",
        ErrorKind::NoSpace => "ENOSPC",
        ErrorKind::NameTooLong => "ENAMETOOLONG",
        ErrorKind::CrossDevice => "EXDEV",
        ErrorKind::ReadOnlySystem => "EROFS",
        ErrorKind::TooLarge => "EFBIG",
        ErrorKind::Busy => "EBUSY",
        ErrorKind::Invalid => "EINVAL",
        ErrorKind::BadHandle => "EBADF",
        ErrorKind::TooManyHandles => "EMFILE",
        ErrorKind::NotProgram => "ENOEXEC",
        ErrorKind::ArgumentsTooLong => "E2BIG",
        ErrorKind::NoProcess => "ESRCH",
        ErrorKind::TimedOut => "ETIMEDOUT",
        ErrorKind::Refused => "ECONNREFUSED",
        ErrorKind::Reset => "ECONNRESET",
        ErrorKind::BrokenPipe => "EPIPE",
        ErrorKind::NotConnected => "ENOTCONN",
        ErrorKind::AddressInUse => "EADDRINUSE",
        ErrorKind::AddressNotAvailable | ErrorKind::UnknownHost => "EADDRNOTAVAIL",
        ErrorKind::Unreachable => "EHOSTUNREACH",
        ErrorKind::ConnectionTimedOut => "ETIMEDOUT",
        ErrorKind::InProgress => "EINPROGRESS",
        ErrorKind::AlreadyInProgress => "EALREADY",
        ErrorKind::AlreadyConnected => "EISCONN",
        ErrorKind::MessageTooLong => "EMSGSIZE",
        ErrorKind::NoDestination => "EDESTADDRREQ",
        ErrorKind::Interrupted => "EINTR",
        ErrorKind::Unsupported => "ENOSYS",
        ErrorKind::Tls(_) | ErrorKind::Other => "EIO",
    }
}

fn kind_name(kind: FileKind) -> &'static str {
    match kind {
        FileKind::File => "file",
        FileKind::Folder => "folder",
        FileKind::Link => "link",
        FileKind::Pipe => "pipe",
        FileKind::Other => "other",
    }
}

fn text(text: &PyStrRef, vm: &VirtualMachine) -> PyResult<String> {
    match text.to_str() {
        Some(text) => Ok(text.to_owned()),
        None => Err(
            vm.new_value_error("the text has a lone surrogate, which cannot leave the interpreter")
        ),
    }
}

fn address(address: Address, vm: &VirtualMachine) -> PyObjectRef {
    vm.new_tuple((address.ip, address.port)).into()
}

fn stat_tuple(stat: Stat, vm: &VirtualMachine) -> PyObjectRef {
    let kind = kind_name(stat.kind);
    let fields = (
        kind,
        stat.size,
        stat.modified,
        stat.mode,
        stat.device,
        stat.inode,
    );
    vm.new_tuple(fields).into()
}

/// The flags of `os.open`, with the values `python/posix.py` gives them.
fn open_how(flags: u32, mode: u32) -> OpenHow {
    let access = flags & 3;
    let has = |bit: u32| flags & bit != 0;
    OpenHow {
        read: access != 1,
        write: access != 0,
        create: has(0o100),
        exclusive: has(0o200),
        truncate: has(0o1000),
        append: has(0o2000),
        mode,
    }
}

fn handles(numbers: Vec<u64>) -> Vec<Handle> {
    numbers.into_iter().map(Handle).collect()
}

fn numbers(handles: Vec<Handle>, vm: &VirtualMachine) -> PyObjectRef {
    vm.ctx
        .new_list(
            handles
                .into_iter()
                .map(|handle| handle.0.to_pyobject(vm))
                .collect(),
        )
        .into()
}

fn unexpected(reply: &Reply, vm: &VirtualMachine) -> PyBaseExceptionRef {
    vm.new_system_error(format!(
        "the host answered a request with something else: {reply:?}"
    ))
}

/// Adds one function: its name, its arguments, the request it makes, the reply it takes and what it makes of it.
macro_rules! function {
    ($module:ident, $door:ident, $vm:ident, $name:literal, ($($argument:ident: $type:ty),*),
     $request:expr, $reply:pat => $result:expr) => {{
        let door = $door.clone();
        let function = $vm.new_function($name, move |$($argument: $type,)* $vm: &VirtualMachine| -> PyResult {
            match door.ask($request, $vm)? {
                $reply => Ok($result),
                other => Err(unexpected(&other, $vm)),
            }
        });
        $module.set_attr($name, function, $vm)?;
    }};
}

// After the macro it uses.
mod clocks;
mod programs;
mod tls;

/// Makes the module, with the host behind every function of it. [`tell`] puts in what is the run's own.
///
/// # Errors
/// When the interpreter cannot hold another module.
pub fn module(
    host: Arc<dyn Host>,
    notice: Notice,
    vm: &VirtualMachine,
) -> PyResult<PyRef<PyModule>> {
    let gaierror = vm.ctx.new_exception_type(
        "socket",
        "gaierror",
        Some(vec![vm.ctx.exceptions.os_error.to_owned()]),
    );
    let module = vm.new_module("_rehearsal", vm.ctx.new_dict(), None);
    let tls_error = tls::error_class(vm);
    module.set_attr("threads", cfg!(feature = "threading").to_pyobject(vm), vm)?;
    module.set_attr("gaierror", gaierror.clone(), vm)?;
    module.set_attr("tls_error", tls_error.clone(), vm)?;
    let door = Arc::new(Door {
        host,
        notice,
        main: thread::current().id(),
        gaierror,
        tls_error,
    });
    add_files(&module, &door, vm)?;
    add_network(&module, &door, vm)?;
    programs::add(&module, &door, vm)?;
    tls::add(&module, &door, vm)?;
    add_world(&module, &door, vm)?;
    time_zones::add(&module, vm)?;
    xml_error::add(&module, vm)?;
    let told: PyObjectRef = module.clone().into();
    tell(&told, &Setup::default(), vm)?;
    Ok(module)
}

/// Puts into the module what is the run's own.
///
/// # Errors
/// When the module takes no more names.
pub fn tell(module: &PyObjectRef, setup: &Setup, vm: &VirtualMachine) -> PyResult<()> {
    let terminals: Vec<PyObjectRef> = setup
        .terminals
        .iter()
        .map(|terminal| terminal.to_pyobject(vm))
        .collect();
    let compiled_wheels = setup
        .compiled_wheels
        .iter()
        .map(|path| path.to_pyobject(vm));
    // Elsewhere the process has a zone.
    let zone = setup.zone.as_ref().filter(|_| cfg!(target_arch = "wasm32"));
    let constants: [(&'static str, PyObjectRef); 7] = [
        (
            "zone",
            zone.map_or_else(|| vm.ctx.none(), |zone| zone.to_pyobject(vm)),
        ),
        (
            "compiled_wheels",
            vm.ctx.new_list(compiled_wheels.collect()).into(),
        ),
        ("terminals", vm.ctx.new_tuple(terminals).into()),
        (
            "path_separator",
            setup.path_separator.clone().to_pyobject(vm),
        ),
        ("cwd", setup.root.clone().to_pyobject(vm)),
        ("pid", setup.pid.to_pyobject(vm)),
        ("cpus", setup.cpus.to_pyobject(vm)),
    ];
    for (name, value) in constants {
        module.set_attr(name, value, vm)?;
    }
    Ok(())
}

fn add_files(module: &PyRef<PyModule>, door: &Arc<Door>, vm: &VirtualMachine) -> PyResult<()> {
    function!(module, door, vm, "stat", (path: PyStrRef, follow: bool),
        Request::Stat { path: text(&path, vm)?, follow }, Reply::Stat(stat) => stat_tuple(stat, vm));
    function!(module, door, vm, "handle_stat", (handle: u64),
        Request::HandleStat { handle: Handle(handle) }, Reply::Stat(stat) => stat_tuple(stat, vm));
    function!(module, door, vm, "list_folder", (path: PyStrRef),
        Request::ListFolder { path: text(&path, vm)? },
        Reply::Names(entries) => vm.ctx.new_list(
            entries.into_iter().map(|entry| vm.new_tuple((entry.name, kind_name(entry.kind))).into()).collect()
        ).into());
    function!(module, door, vm, "open",
        (path: PyStrRef, flags: u32, mode: u32),
        Request::Open { path: text(&path, vm)?, how: open_how(flags, mode) },
        Reply::Handle(handle) => handle.0.to_pyobject(vm));
    function!(module, door, vm, "read", (handle: u64, max: u64, timeout: Option<u64>),
        Request::Read { handle: Handle(handle), max, timeout }, Reply::Bytes(data) => vm.ctx.new_bytes(data).into());
    function!(module, door, vm, "write", (handle: u64, data: ArgBytesLike, timeout: Option<u64>),
        Request::Write { handle: Handle(handle), data: data.borrow_buf().to_vec(), timeout },
        Reply::Count(count) => count.to_pyobject(vm));
    function!(module, door, vm, "seek", (handle: u64, offset: i64, whence: u32),
        Request::Seek {
            handle: Handle(handle),
            offset,
            from: match whence {
                0 => SeekFrom::Start,
                1 => SeekFrom::Current,
                2 => SeekFrom::End,
                _ => return Err(vm.new_value_error("whence must be 0, 1 or 2")),
            },
        },
        Reply::Count(position) => position.to_pyobject(vm));
    function!(module, door, vm, "truncate", (handle: u64, size: u64),
        Request::Truncate { handle: Handle(handle), size }, Reply::Done => vm.ctx.none());
    function!(module, door, vm, "make_folder", (path: PyStrRef, mode: u32),
        Request::MakeFolder { path: text(&path, vm)?, mode }, Reply::Done => vm.ctx.none());
    function!(module, door, vm, "set_times", (path: PyStrRef, accessed: u64, modified: u64),
        Request::SetTimes { path: text(&path, vm)?, accessed, modified }, Reply::Done => vm.ctx.none());
    function!(module, door, vm, "set_mode", (path: PyStrRef, mode: u32),
        Request::SetMode { path: text(&path, vm)?, mode }, Reply::Done => vm.ctx.none());
    function!(module, door, vm, "remove_file", (path: PyStrRef),
        Request::RemoveFile { path: text(&path, vm)? }, Reply::Done => vm.ctx.none());
    function!(module, door, vm, "remove_folder", (path: PyStrRef),
        Request::RemoveFolder { path: text(&path, vm)? }, Reply::Done => vm.ctx.none());
    function!(module, door, vm, "rename", (from: PyStrRef, to: PyStrRef, replace: bool),
        Request::Rename { from: text(&from, vm)?, to: text(&to, vm)?, replace }, Reply::Done => vm.ctx.none());
    function!(module, door, vm, "close", (handle: u64),
        Request::Close { handle: Handle(handle) }, Reply::Done => vm.ctx.none());
    Ok(())
}

fn add_network(module: &PyRef<PyModule>, door: &Arc<Door>, vm: &VirtualMachine) -> PyResult<()> {
    function!(module, door, vm, "resolve", (host: PyStrRef, port: u16),
        Request::Resolve { host: text(&host, vm)?, port },
        Reply::Addresses(found) =>
            vm.ctx.new_list(found.into_iter().map(|ip| ip.to_pyobject(vm)).collect()).into());
    function!(module, door, vm, "socket", (family: u32, kind: u32),
        Request::Socket {
            family: if family == 10 { Family::V6 } else { Family::V4 },
            kind: if kind == 2 { SocketKind::Datagram } else { SocketKind::Stream },
        },
        Reply::Handle(handle) => handle.0.to_pyobject(vm));
    function!(module, door, vm, "socket_pair", (), Request::SocketPair,
        Reply::Pair(first, second) => vm.new_tuple((first.0, second.0)).into());
    function!(module, door, vm, "bind", (handle: u64, host: PyStrRef, port: u16),
        Request::Bind { handle: Handle(handle), host: text(&host, vm)?, port },
        Reply::Address(_) => vm.ctx.none());
    function!(module, door, vm, "connect", (handle: u64, host: PyStrRef, port: u16, timeout: Option<u64>),
        Request::Connect { handle: Handle(handle), host: text(&host, vm)?, port, timeout },
        Reply::Connected { .. } => vm.ctx.none());
    function!(module, door, vm, "listen", (handle: u64, backlog: u32),
        Request::Listen { handle: Handle(handle), backlog }, Reply::Address(_) => vm.ctx.none());
    function!(module, door, vm, "accept", (handle: u64, timeout: Option<u64>),
        Request::Accept { handle: Handle(handle), timeout },
        Reply::Connected { handle, peer, .. } => vm.new_tuple((handle.0, address(peer, vm))).into());
    function!(module, door, vm, "send", (handle: u64, data: ArgBytesLike, timeout: Option<u64>),
        Request::Send { handle: Handle(handle), data: data.borrow_buf().to_vec(), timeout },
        Reply::Count(count) => count.to_pyobject(vm));
    function!(module, door, vm, "receive", (handle: u64, max: u64, peek: bool, timeout: Option<u64>),
        Request::Receive { handle: Handle(handle), max, peek, timeout },
        Reply::Bytes(data) => vm.ctx.new_bytes(data).into());
    function!(module, door, vm, "send_to",
        (handle: u64, host: PyStrRef, port: u16, data: ArgBytesLike, timeout: Option<u64>),
        Request::SendTo {
            handle: Handle(handle), host: text(&host, vm)?, port, data: data.borrow_buf().to_vec(), timeout,
        },
        Reply::Count(count) => count.to_pyobject(vm));
    function!(module, door, vm, "receive_from", (handle: u64, max: u64, peek: bool, timeout: Option<u64>),
        Request::ReceiveFrom { handle: Handle(handle), max, peek, timeout },
        Reply::Datagram { data, from } => vm.new_tuple((vm.ctx.new_bytes(data), address(from, vm))).into());
    function!(module, door, vm, "socket_state", (handle: u64),
        Request::SocketState { handle: Handle(handle) }, Reply::Socket(state) => state_tuple(state, vm));
    function!(module, door, vm, "take_error", (handle: u64),
        Request::TakeError { handle: Handle(handle) }, Reply::Done => vm.ctx.none());
    function!(module, door, vm, "set_option", (handle: u64, option: PyStrRef, value: i64),
        Request::SetOption { handle: Handle(handle), option: socket_option(&option, vm)?, value },
        Reply::Done => vm.ctx.none());
    function!(module, door, vm, "get_option", (handle: u64, option: PyStrRef),
        Request::GetOption { handle: Handle(handle), option: socket_option(&option, vm)? },
        Reply::Value(value) => value.to_pyobject(vm));
    function!(module, door, vm, "group", (handle: u64, group: PyStrRef, interface: PyStrRef, join: bool),
        Request::Group {
            handle: Handle(handle), group: text(&group, vm)?, interface: text(&interface, vm)?, join,
        },
        Reply::Done => vm.ctx.none());
    function!(module, door, vm, "duplicate", (handle: u64),
        Request::Duplicate { handle: Handle(handle) }, Reply::Handle(handle) => handle.0.to_pyobject(vm));
    function!(module, door, vm, "shutdown", (handle: u64, how: u32),
        Request::Shutdown {
            handle: Handle(handle),
            how: match how {
                0 => Shutdown::Read,
                1 => Shutdown::Write,
                _ => Shutdown::Both,
            },
        },
        Reply::Done => vm.ctx.none());
    function!(module, door, vm, "wait", (reads: Vec<u64>, writes: Vec<u64>, timeout: Option<u64>),
        Request::Wait { reads: handles(reads), writes: handles(writes), timeout },
        Reply::Ready { reads, writes } => vm.new_tuple((numbers(reads, vm), numbers(writes, vm))).into());
    Ok(())
}

/// Family, kind, own address, peer (or None) and whether it listens, with the numbers of `python/_socket.py`.
fn state_tuple(state: SocketState, vm: &VirtualMachine) -> PyObjectRef {
    let family = match state.family {
        Family::Local => 1,
        Family::V4 => 2,
        Family::V6 => 10,
    };
    let kind = match state.kind {
        SocketKind::Stream => 1,
        SocketKind::Datagram => 2,
    };
    let peer = match state.peer {
        Some(peer) => address(peer, vm),
        None => vm.ctx.none(),
    };
    let local = address(state.local, vm);
    vm.new_tuple((family, kind, local, peer, state.listening))
        .into()
}

/// An option by the name it has in requests.
fn socket_option(name: &PyStrRef, vm: &VirtualMachine) -> PyResult<SocketOption> {
    let name = serde_json::Value::String(text(name, vm)?);
    serde_json::from_value(name).map_err(|error| vm.new_value_error(error.to_string()))
}

fn add_world(module: &PyRef<PyModule>, door: &Arc<Door>, vm: &VirtualMachine) -> PyResult<()> {
    function!(module, door, vm, "now", (clock: u32),
        Request::Now {
            clock: match clock {
                0 => Clock::Real,
                1 => Clock::Monotonic,
                _ => Clock::Process,
            },
        },
        Reply::Time(time) => time.to_pyobject(vm));
    function!(module, door, vm, "sleep", (duration: u64),
        Request::Sleep { duration }, Reply::Done => vm.ctx.none());
    function!(module, door, vm, "random", (size: u64),
        Request::Random { size }, Reply::Bytes(data) => vm.ctx.new_bytes(data).into());
    function!(module, door, vm, "environment", (), Request::Environment,
        Reply::Environment(variables) => vm.ctx.new_list(
            variables.into_iter().map(|(name, value)| vm.new_tuple((name, value)).into()).collect()
        ).into());
    function!(module, door, vm, "input", (max: u64),
        Request::Input { max }, Reply::Bytes(data) => vm.ctx.new_bytes(data).into());
    function!(module, door, vm, "output", (stream: u32, written: Either<PyStrRef, ArgBytesLike>),
        Request::Output {
            stream: if stream == 2 { Stream::Stderr } else { Stream::Stdout },
            data: match written {
                Either::A(text) => text.as_wtf8().to_string().into_bytes(),
                Either::B(data) => data.borrow_buf().to_vec(),
            },
        },
        Reply::Done => vm.ctx.none());
    let asked = door.clone();
    let debug = vm.new_function("debug", move |said: PyObjectRef, vm: &VirtualMachine| {
        let said = to_value(&said, vm).map_err(|message| vm.new_type_error(message))?;
        match asked.ask(Request::Debug { said }, vm)? {
            Reply::Debug(command) => from_value(command, vm),
            other => Err(unexpected(&other, vm)),
        }
    });
    module.set_attr("debug", debug, vm)?;
    clocks::add(door, vm)
}
