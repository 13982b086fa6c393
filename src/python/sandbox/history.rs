//! How a guest came to be what it is, so that another one can be made the same: what its memory was at some time, and what it was told and has
//! heard since. Memory is copied only where doing the same again would take longer.

use std::{
    collections::hash_map::DefaultHasher,
    hash::{Hash, Hasher},
    io,
    time::Duration,
    vec,
};

use rehearsal_python::{call::Call, setup::Setup};
use wasmtime::{Result, bail};

use super::{
    ahead::Kept,
    guest::{Broken, Guest},
    memory::Saved,
};

/// What doing the same again may cost, in the thread's processor time.
const MOST_TIME: Duration = Duration::from_millis(20);

/// What may be kept of what the host has said, in bytes.
const MOST_HEARD: usize = 256 << 10;

/// What a guest's memory was at some time.
pub enum Base {
    /// The image.
    Image,
    /// What an import ahead has left.
    Ahead(Kept),
    Saved(Saved),
}

impl Base {
    /// Gives a guest that is as in the image this memory.
    ///
    /// # Errors
    /// When the machine has not that much, or the file ends early.
    pub fn restore(&self, guest: &mut Guest) -> io::Result<()> {
        match self {
            Self::Image => Ok(()),
            Self::Ahead(kept) => guest.restore(kept.size, &kept.pages, &mut kept.bytes()?),
            Self::Saved(saved) => guest.restore(saved.size, &saved.pages, &mut &*saved.bytes),
        }
    }
}

enum Told {
    Settle,
    Resume,
    Call(Call),
}

/// What the guest has done since its base.
pub struct History {
    base: Base,
    since: Vec<(Told, Vec<Heard>)>,
    heard: usize,
    time: Duration,
    /// Whether something happened that would not happen again.
    broken: bool,
}

impl History {
    pub fn from(base: Base) -> Self {
        Self {
            base,
            since: Vec::new(),
            heard: 0,
            time: Duration::ZERO,
            broken: false,
        }
    }

    /// The guest was told of its run, after what was there to begin with.
    pub fn begun(&mut self, guest: &mut Guest) {
        let told = match self.base {
            Base::Image => Told::Settle,
            Base::Ahead(_) | Base::Saved(_) => Told::Resume,
        };
        self.add(told, guest);
    }

    pub fn called(&mut self, call: Call, guest: &mut Guest) {
        self.add(Told::Call(call), guest);
    }

    fn add(&mut self, told: Told, guest: &mut Guest) {
        let (heard, time) = guest.noted();
        self.time += time;
        match heard {
            Some(heard) => {
                self.heard += heard.iter().map(Heard::size).sum::<usize>();
                self.since.push((told, heard));
            }
            None => self.broken = true,
        }
    }

    /// Between two calls: copies the memory where repeating all would be too much, or impossible.
    pub fn keep(&mut self, guest: &Guest) {
        if !self.broken && self.heard <= MOST_HEARD && self.time <= MOST_TIME {
            return;
        }
        let mut saved = match std::mem::replace(&mut self.base, Base::Image) {
            Base::Saved(saved) => saved,
            Base::Image | Base::Ahead(_) => Saved::default(),
        };
        guest.save(&mut saved);
        *self = Self::from(Base::Saved(saved));
    }

    /// Brings a guest that is as in the image to where this one's is.
    ///
    /// # Errors
    /// When the machine has not the memory, or the guest does otherwise than before, which is a defect of this program.
    pub fn repeat(&self, guest: &mut Guest, setup: &Setup) -> Result<(), Broken> {
        let restored = self.base.restore(guest);
        restored.map_err(|error| Broken::Defect(error.to_string()))?;
        for (told, heard) in &self.since {
            guest.hear_again(heard.clone());
            match told {
                Told::Settle => drop(guest.settle(setup)?),
                Told::Resume => drop(guest.resume(setup)?),
                Told::Call(call) => drop(guest.call(call)?),
            }
        }
        Ok(())
    }
}

/// An answer of the host's, encoded, and to what.
#[derive(Clone)]
pub struct Heard {
    asked: u64,
    answer: Vec<u8>,
}

impl Heard {
    fn size(&self) -> usize {
        self.answer.len() + size_of::<Self>()
    }
}

/// What becomes of the guest's requests beside being answered.
#[derive(Default)]
pub enum Traffic {
    #[default]
    Passing,
    Noted(Vec<Heard>, usize),
    /// They are answered as they were before, and nothing is asked of the host.
    Again(vec::IntoIter<Heard>),
}

impl Traffic {
    /// What was heard before, when this is to be answered once more.
    ///
    /// # Errors
    /// When something else was asked then.
    pub fn before(&mut self, question: &[u8]) -> Result<Option<Vec<u8>>> {
        let Self::Again(heard) = self else {
            return Ok(None);
        };
        match heard.next() {
            Some(heard) if heard.asked == digest(question) => Ok(Some(heard.answer)),
            _ => bail!("doing the same again, it asked for something else"),
        }
    }

    /// Notes an answer; too many are none.
    pub fn note(&mut self, question: &[u8], answer: &[u8]) {
        let Self::Noted(heard, size) = self else {
            return;
        };
        let new = Heard {
            asked: digest(question),
            answer: answer.to_vec(),
        };
        *size += new.size();
        if *size > MOST_HEARD {
            *self = Self::Passing;
        } else {
            heard.push(new);
        }
    }
}

fn digest(question: &[u8]) -> u64 {
    let mut hasher = DefaultHasher::new();
    question.hash(&mut hasher);
    hasher.finish()
}
