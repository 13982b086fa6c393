//! The sandbox's side of its border: what the guest exports, and the host behind its one import of ours.
//!
//! The only file of the guest with unsafe code. Messages are postcard; `IMPORTS.txt` lists all that the guest may call. The host works on the
//! guest in this order: [`prepare`] once, when the image is made, where nothing may be asked of the host; then, for each run, [`room`] and
//! a message in it, followed by [`settle`], [`import_ahead`], [`resume`], [`call`] or [`script`].
#![expect(
    unsafe_code,
    reason = "the border itself: functions that are found by their names, and memory that the other side writes"
)]

use std::{
    cell::{Cell, RefCell},
    ptr,
    sync::{
        Arc,
        atomic::{AtomicU8, Ordering},
    },
};

use serde::{Serialize, de::DeserializeOwned};

use crate::{
    host::{ErrorKind, Host, HostError, Reply, Request},
    interpreter::{Asked, Python},
    interrupt::Interrupt,
};

#[link(wasm_import_module = "rehearsal")]
unsafe extern "C" {
    /// Answers the request at `request`, as a `Result<Reply, HostError>`, and gives the length of the answer. What is longer than
    /// `capacity` is kept, and written by a second call with a request of no length.
    fn host(request: *const u8, length: usize, reply: *mut u8, capacity: usize) -> usize;
}

/// 1 when the code is to be told to stop. The host writes here, see [`asked`].
static ASKED: AtomicU8 = AtomicU8::new(0);

thread_local! {
    /// What the other side has written, or is to read.
    static MESSAGE: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
    static PYTHON: RefCell<Option<Python>> = const { RefCell::new(None) };
    static REPLY: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
    /// Whether the image is still being made, which must come out the same each time and knows no outside.
    static SEALED: Cell<bool> = const { Cell::new(true) };
}

/// The host on the other side of the border.
struct Outside;

impl Host for Outside {
    fn call(&self, request: Request) -> Result<Reply, HostError> {
        if SEALED.get() {
            return sealed(&request);
        }
        let trouble = |error: postcard::Error| {
            HostError::new(
                ErrorKind::Other,
                format!("the sandbox's border is broken: {error}"),
            )
        };
        let request = postcard::to_allocvec(&request).map_err(trouble)?;
        REPLY.with_borrow_mut(|reply| {
            if reply.len() < SMALL {
                reply.resize(SMALL, 0);
            }
            // SAFETY: both areas are valid for the lengths that go with them, and the host writes no more than that.
            let mut length = unsafe {
                host(
                    request.as_ptr(),
                    request.len(),
                    reply.as_mut_ptr(),
                    reply.len(),
                )
            };
            if length > reply.len() {
                reply.resize(length, 0);
                // SAFETY: as above; a request of no length is not read.
                length = unsafe { host(ptr::null(), 0, reply.as_mut_ptr(), reply.len()) };
            }
            let answer = reply.get(..length).unwrap_or_default();
            let answer: Result<Reply, HostError> = postcard::from_bytes(answer).map_err(trouble)?;
            if reply.len() > LARGE {
                *reply = Vec::new();
            }
            answer
        })
    }
}

/// What code hears while the image is made. What it was told here is told again in `python/_rehearsal_kept.py`.
fn sealed(request: &Request) -> Result<Reply, HostError> {
    match request {
        Request::Random { size } => Ok(Reply::Bytes(vec![0; usize::try_from(*size).unwrap_or(0)])),
        Request::Now { .. } => Ok(Reply::Time(0)),
        // `selectors` tries whether there is something to wait with.
        Request::Wait { .. } => Ok(Reply::Ready {
            reads: Vec::new(),
            writes: Vec::new(),
        }),
        _ => Err(HostError::new(
            ErrorKind::Unsupported,
            "there is no outside yet",
        )),
    }
}

/// How much room replies have without being asked for a second time.
const SMALL: usize = 16 << 10;

/// Room that is not kept for the next reply.
const LARGE: usize = 1 << 20;

/// Makes room for a message of this length, and says where it is.
#[unsafe(no_mangle)]
extern "C" fn room(length: usize) -> *mut u8 {
    MESSAGE.with_borrow_mut(|message| {
        message.clear();
        message.resize(length, 0);
        message.as_mut_ptr()
    })
}

fn received<T: DeserializeOwned>() -> Option<T> {
    MESSAGE.with_borrow(|message| postcard::from_bytes(message).ok())
}

/// Leaves a message for the host: its length, and in the lower half its address.
fn sent(message: &impl Serialize) -> u64 {
    let bytes = postcard::to_allocvec(message).unwrap_or_default();
    MESSAGE.with_borrow_mut(|message| {
        *message = bytes;
        (message.len() as u64) << 32 | message.as_ptr().addr() as u64
    })
}

fn with<T: DeserializeOwned, R: Serialize>(work: impl FnOnce(&Python, T) -> R) -> u64 {
    let Some(argument) = received() else {
        return 0;
    };
    ASKED.store(0, Ordering::Relaxed);
    PYTHON.with_borrow(|python| {
        python.as_ref().map_or(0, |python| {
            python.watch(asked_for);
            sent(&work(python, argument))
        })
    })
}

/// Makes the interpreter, with as much of the standard library as most packages want. Gives 0 when that has failed.
#[unsafe(no_mangle)]
extern "C" fn prepare() -> u64 {
    let made = Python::prepare(Arc::new(Outside), Interrupt::default());
    let made = made.and_then(|python| python.preload().map(|()| python));
    match made {
        Ok(python) => {
            PYTHON.set(Some(python));
            SEALED.set(false);
            0
        }
        Err(error) => sent(&error),
    }
}

/// Takes a `Setup`, gives a `Result<(), Exception>`.
#[unsafe(no_mangle)]
extern "C" fn settle() -> u64 {
    with(|python, setup| python.settle(&setup))
}

/// Takes a module's name, gives a `Result<bool, Exception>`.
#[unsafe(no_mangle)]
extern "C" fn import_ahead() -> u64 {
    with(|python, module: String| python.import_ahead(&module))
}

/// Takes a `Setup`, gives a `Result<(), Exception>`.
#[unsafe(no_mangle)]
extern "C" fn resume() -> u64 {
    with(|python, setup| python.resume(&setup))
}

/// Takes a `Call`, gives an `Outcome`.
#[unsafe(no_mangle)]
extern "C" fn call() -> u64 {
    with(|python, call| python.call(&call))
}

/// Takes a `Script`, gives a `Result<u8, Exception>`.
#[unsafe(no_mangle)]
extern "C" fn script() -> u64 {
    with(|python, script| python.script(&script))
}

/// Where the host writes 1 to interrupt code that computes, 2 to make it stand still for a debugger, and then 1 to the address that [`breaker`] gives.
#[unsafe(no_mangle)]
extern "C" fn asked() -> *const u8 {
    ASKED.as_ptr()
}

/// The byte that the interpreter looks at before each of its instructions; 0 when there is none.
#[unsafe(no_mangle)]
extern "C" fn breaker() -> usize {
    PYTHON.with_borrow(|python| python.as_ref().map_or(0, Python::breaker))
}

/// The address of a byte that is 1 while the user's code runs.
#[unsafe(no_mangle)]
extern "C" fn user_code() -> usize {
    PYTHON.with_borrow(|python| python.as_ref().map_or(0, Python::user_code))
}

/// What code is to do, which is said once.
fn asked_for() -> Asked {
    match ASKED.swap(0, Ordering::Relaxed) {
        0 => Asked::Nothing,
        2 => Asked::Pause,
        _ => Asked::Stop,
    }
}
