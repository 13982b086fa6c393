//! One running guest: an instance of the image, told what to do by messages in its memory.

use std::{
    io::{self, Read},
    mem,
    sync::Arc,
    time::Duration,
};

use rehearsal_python::{
    call::{Call, Exception, Outcome, Script},
    setup::Setup,
};
use serde::{Serialize, de::DeserializeOwned};
use wasmtime::{
    Memory, Result, Store, StoreContextMut, StoreLimits, StoreLimitsBuilder, TypedFunc,
    UpdateDeadline, bail, error::Context as _,
};

use super::{
    ahead::Notes,
    control::{Control, Killed},
    history::{Heard, Traffic},
    image::Image,
    memory::{self, Saved},
    private::thread_time,
};
use crate::host::{Host, rations::Rations};

/// What one sandbox may use up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Memory in bytes.
    pub memory: usize,
    pub rations: Rations,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            memory: 256 << 20,
            rations: Rations::default(),
        }
    }
}

/// What belongs to one guest on this side of its border.
pub struct State {
    pub host: Arc<dyn Host>,
    pub control: Control,
    pub memory: Option<Memory>,
    /// The last answer, for as long as the guest may ask for it.
    pub reply: Vec<u8>,
    /// The last words of a guest that broke down.
    pub said: Vec<u8>,
    /// The request that an interruption ended, until the next one, and how often.
    pub interrupted: Option<(Vec<u8>, u32)>,
    /// The thread's processor time when the code was asked to stop, and how much more it may use.
    pub asked_at: Option<(Duration, Duration)>,
    pub traffic: Traffic,
    /// What an import before the first call has asked, and when that began in the thread's processor time.
    pub notes: Option<(Notes, Duration)>,
    limits: StoreLimits,
    /// Where it says whether the user's code runs.
    user_code: usize,
    /// Where to write what stops code that computes.
    pub asked: usize,
    pub breaker: usize,
}

/// Why a guest is no more.
#[derive(Debug)]
pub enum Broken {
    /// It was asked to stop and did not.
    Killed,
    /// It has used up its memory.
    Memory,
    /// A defect of the interpreter's; with what is known of it.
    Defect(String),
}

type Entry = TypedFunc<(), u64>;

pub struct Guest {
    store: Store<State>,
    memory: Memory,
    room: TypedFunc<u32, u32>,
    settle: Entry,
    import_ahead: Entry,
    resume: Entry,
    call: Entry,
    script: Entry,
    /// The processor time of the last exchange.
    took: Duration,
}

impl Guest {
    /// A guest as it is in the image. It has to be told of its run by [`Guest::settle`], or given another one's memory.
    pub fn new(
        image: &Image,
        host: Arc<dyn Host>,
        control: Control,
        limits: Limits,
    ) -> Result<Self> {
        let state = State {
            host,
            control,
            memory: None,
            reply: Vec::new(),
            said: Vec::new(),
            interrupted: None,
            asked_at: None,
            traffic: Traffic::Passing,
            notes: None,
            limits: StoreLimitsBuilder::new().memory_size(limits.memory).build(),
            user_code: 0,
            asked: 0,
            breaker: 0,
        };
        let mut store = Store::new(&image.engine, state);
        store.limiter(|state| &mut state.limits);
        store.set_epoch_deadline(1);
        store.epoch_deadline_callback(on_tick);
        let instance = image.instance.instantiate(&mut store)?;
        let memory = instance
            .get_memory(&mut store, "memory")
            .context("it has no memory")?;
        store.data_mut().memory = Some(memory);
        let asked: TypedFunc<(), u32> = instance.get_typed_func(&mut store, "asked")?;
        let breaker: TypedFunc<(), u32> = instance.get_typed_func(&mut store, "breaker")?;
        let user_code: TypedFunc<(), u32> = instance.get_typed_func(&mut store, "user_code")?;
        store.data_mut().user_code = user_code.call(&mut store, ())? as usize;
        store.data_mut().asked = asked.call(&mut store, ())? as usize;
        store.data_mut().breaker = breaker.call(&mut store, ())? as usize;
        Ok(Self {
            memory,
            room: instance.get_typed_func(&mut store, "room")?,
            settle: instance.get_typed_func(&mut store, "settle")?,
            import_ahead: instance.get_typed_func(&mut store, "import_ahead")?,
            resume: instance.get_typed_func(&mut store, "resume")?,
            call: instance.get_typed_func(&mut store, "call")?,
            script: instance.get_typed_func(&mut store, "script")?,
            took: Duration::ZERO,
            store,
        })
    }

    pub fn settle(&mut self, setup: &Setup) -> Result<Result<(), Exception>, Broken> {
        let entry = self.settle.clone();
        self.exchange(&entry, setup)
    }

    /// Imports a module before any call asks for it: whether the memory may be kept for other runs, and what that depends on.
    pub fn import_ahead(&mut self, module: &str) -> (bool, Notes) {
        let entry = self.import_ahead.clone();
        self.store.data_mut().notes = Some((Notes::default(), thread_time()));
        let imported: Result<Result<bool, Exception>, Broken> = self.exchange(&entry, &module);
        let notes = self.store.data_mut().notes.take();
        let notes = notes.map(|(notes, _)| notes).unwrap_or_default();
        (matches!(imported, Ok(Ok(true))), notes)
    }

    /// Begins the run in a memory in which a module was imported ahead.
    pub fn resume(&mut self, setup: &Setup) -> Result<Result<(), Exception>, Broken> {
        let entry = self.resume.clone();
        self.exchange(&entry, setup)
    }

    pub fn call(&mut self, call: &Call) -> Result<Outcome, Broken> {
        let entry = self.call.clone();
        self.exchange(&entry, call)
    }

    pub fn script(&mut self, script: &Script) -> Result<Result<u8, Exception>, Broken> {
        let entry = self.script.clone();
        self.exchange(&entry, script)
    }

    /// Keeps the memory as it is between two calls.
    pub fn save(&self, saved: &mut Saved) {
        saved.take(self.memory.data(&self.store));
    }

    /// Gives a fresh guest the memory of an earlier one.
    ///
    /// # Errors
    /// When the machine has not that much, or `bytes` ends early.
    pub fn restore(&mut self, size: usize, pages: &[u32], bytes: &mut dyn Read) -> io::Result<()> {
        let missing = size.saturating_sub(self.memory.data_size(&self.store));
        let missing = missing.div_ceil(64 << 10) as u64;
        self.memory
            .grow(&mut self.store, missing)
            .map_err(io::Error::other)?;
        memory::put(pages, bytes, self.memory.data_mut(&mut self.store))
    }

    /// From now on what the host says is noted, for [`Guest::noted`].
    pub fn note(&mut self) {
        self.store.data_mut().traffic = Traffic::Noted(Vec::new(), 0);
    }

    /// What the host has said in the last exchange, and what processor time that took. Nothing when it cannot be repeated.
    pub fn noted(&mut self) -> (Option<Vec<Heard>>, Duration) {
        let state = self.store.data_mut();
        let traffic = mem::replace(&mut state.traffic, Traffic::Noted(Vec::new(), 0));
        let heard = match traffic {
            Traffic::Noted(heard, _) if state.asked_at.is_none() => Some(heard),
            _ => None,
        };
        (heard, self.took)
    }

    /// In the next exchange the host is not asked, but what it has said before is told again.
    pub fn hear_again(&mut self, heard: Vec<Heard>) {
        self.store.data_mut().traffic = Traffic::Again(heard.into_iter());
    }

    /// Whether the last call had been asked to stop and did not notice before it had ended.
    pub fn unnoticed(&self) -> bool {
        self.memory.data(&self.store).get(self.store.data().asked) == Some(&1)
    }

    fn exchange<T: DeserializeOwned>(
        &mut self,
        entry: &Entry,
        message: &impl Serialize,
    ) -> Result<T, Broken> {
        let state = self.store.data_mut();
        state.said.clear();
        state.interrupted = None;
        state.asked_at = None;
        self.store.set_epoch_deadline(1);
        let start = thread_time();
        let answer = self.try_exchange(entry, message);
        self.took = thread_time().saturating_sub(start);
        answer.map_err(|error| self.broken(&error))
    }

    fn try_exchange<T: DeserializeOwned>(
        &mut self,
        entry: &Entry,
        message: &impl Serialize,
    ) -> Result<T> {
        let message = postcard::to_allocvec(message)?;
        let room = self
            .room
            .call(&mut self.store, u32::try_from(message.len())?)?;
        self.memory
            .write(&mut self.store, room as usize, &message)?;
        let answer = entry.call(&mut self.store, ())?;
        let (at, size) = ((answer & 0xffff_ffff) as usize, (answer >> 32) as usize);
        let memory = self.memory.data(&self.store);
        let Some(answer) = at.checked_add(size).and_then(|end| memory.get(at..end)) else {
            bail!("its answer lies outside of its memory");
        };
        match postcard::from_bytes(answer) {
            Ok(answer) => Ok(answer),
            Err(_) => bail!("its answer is none"),
        }
    }

    fn broken(&self, error: &wasmtime::Error) -> Broken {
        if error.is::<Killed>() {
            return Broken::Killed;
        }
        let said = String::from_utf8_lossy(&self.store.data().said).into_owned();
        if said.starts_with("memory allocation of") {
            return Broken::Memory;
        }
        let root = error.root_cause().to_string();
        let said = said.lines().find(|line| !line.trim().is_empty());
        Broken::Defect(said.map_or(root.clone(), |said| format!("{root}: {said}")))
    }
}

/// Called in the guest's thread whenever the engine has ticked: asks code that computes to stop, or ends it.
fn on_tick(mut context: StoreContextMut<'_, State>) -> Result<UpdateDeadline> {
    // What the interpreter does once the code has ended is not the code's to answer for.
    let (memory, at) = (context.data().memory, context.data().user_code);
    let ended = memory.is_some_and(|memory| memory.data(&context).get(at) == Some(&0));
    let state = context.data_mut();
    if state.control.killed() || state.has_had_its_time() && !ended || state.imports_too_long() {
        bail!(Killed);
    }
    let again = matches!(state.traffic, Traffic::Again(_));
    if !again && state.control.interrupt.take() {
        let own_time = state.control.own_time();
        state
            .asked_at
            .get_or_insert_with(|| (thread_time(), own_time));
        let (asked, breaker) = (state.asked, state.breaker);
        if let Some(memory) = state.memory {
            memory.write(&mut context, asked, &[1])?;
            memory.write(&mut context, breaker, &[1])?;
        }
    } else if !again && state.control.interrupt.take_pause() {
        let (asked, breaker) = (state.asked, state.breaker);
        if let Some(memory) = state.memory {
            memory.write(&mut context, asked, &[2])?;
            memory.write(&mut context, breaker, &[1])?;
        }
    }
    Ok(UpdateDeadline::Continue(1))
}
