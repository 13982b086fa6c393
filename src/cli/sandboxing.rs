//! The switches that put Python into the sandbox.

use std::path::PathBuf;

use clap::Args;
use etcetera::BaseStrategy;

use super::{
    Surroundings,
    output::{Refused, say},
};
use crate::{
    package::model::Declared,
    python::sandbox::{Image, Limits, MOST_MEMORY},
};

/// Makes the sandbox the default where it is set.
const SANDBOX: &str = "REHEARSAL_SANDBOX";

/// Where the unpacked sandbox is kept instead of this system's folder for caches.
const CACHE: &str = "REHEARSAL_CACHE";

#[derive(Args, Clone, Debug, Default)]
#[command(next_help_heading = "Sandbox")]
pub struct Sandboxing {
    /// Run the Python in a sandbox that reaches the package's files and the agent, and nothing else; REHEARSAL_SANDBOX=1 makes it the default
    #[arg(long, overrides_with = "no_sandbox")]
    sandbox: bool,
    /// Run it with your own rights, whatever the default is
    #[arg(long, overrides_with = "sandbox")]
    no_sandbox: bool,
    /// The memory it may use in the sandbox [default: 256M]
    #[arg(long, value_name = "SIZE", value_parser = memory)]
    memory_limit: Option<usize>,
}

fn memory(text: &str) -> Result<usize, String> {
    let (digits, unit) = match text.char_indices().next_back() {
        Some((at, 'K' | 'k')) => (&text[..at], 1 << 10),
        Some((at, 'M' | 'm')) => (&text[..at], 1 << 20),
        Some((at, 'G' | 'g')) => (&text[..at], 1 << 30),
        _ => (text, 1),
    };
    let size = digits
        .parse::<usize>()
        .ok()
        .and_then(|number| number.checked_mul(unit))
        .ok_or_else(|| format!("`{text}` is no size; write for example 256M or 1G"))?;
    if (LEAST..=MOST_MEMORY).contains(&size) {
        Ok(size)
    } else {
        Err("a sandbox has from 64M to 4G of memory".into())
    }
}

const LEAST: usize = 64 << 20;

/// What a sandbox is made of.
pub struct Sandboxed {
    pub image: Image,
    pub limits: Limits,
    /// The folder for what can be made again; none where this system has none.
    pub cache: Option<PathBuf>,
}

impl Sandboxing {
    /// Whether these switches, the environment or local.yaml ask for the sandbox.
    pub fn is_wanted(&self, declared: &Declared, surroundings: &Surroundings) -> bool {
        let by_default = || {
            surroundings.is_set(SANDBOX) && surroundings.value(SANDBOX) != Some("0")
                || declared.sandbox
        };
        self.sandbox || !self.no_sandbox && by_default()
    }

    /// The sandbox, where it is wanted.
    ///
    /// # Errors
    /// When it is not to be had; the user has been told.
    pub fn sandboxed(
        &self,
        wanted: bool,
        surroundings: &Surroundings,
    ) -> Result<Option<Sandboxed>, Refused> {
        if !wanted {
            if self.memory_limit.is_some() {
                say("warning: --memory-limit means nothing without --sandbox");
            }
            return Ok(None);
        }
        let cache = cache(surroundings);
        let (image, said) = Image::load(cache.as_deref()).map_err(|error| {
            say(format_args!("error: {error}"));
            Refused
        })?;
        if let Some(said) = said {
            say(format_args!("warning: {said}"));
        }
        let limits = Limits {
            memory: self.memory_limit.unwrap_or(Limits::default().memory),
            ..Limits::default()
        };
        Ok(Some(Sandboxed {
            image,
            limits,
            cache,
        }))
    }
}

/// The folder for what can be made again.
pub fn cache(surroundings: &Surroundings) -> Option<PathBuf> {
    if let Some(folder) = surroundings
        .value(CACHE)
        .filter(|folder| !folder.is_empty())
    {
        return Some(surroundings.current.join(folder));
    }
    let strategy = etcetera::choose_base_strategy().ok()?;
    Some(strategy.cache_dir().join("rehearsal"))
}
