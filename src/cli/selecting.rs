//! The switches of `run` that choose steps, force their verdicts or loop them.

use std::{num::NonZeroU32, path::PathBuf, str::FromStr};

use clap::Args;

use crate::{flow::Selection, package::model::Force};

/// What part of a test to run, and how; every one of these marks the report.
#[derive(Args, Clone, Debug)]
#[command(next_help_heading = "Development")]
pub struct Selecting {
    /// Run only these steps, with setup, teardown and the steps whose outputs they need
    #[arg(long, value_name = "STEP", num_args = 1..)]
    only: Vec<String>,
    /// Start at this step; setup and teardown run as well
    #[arg(long, value_name = "STEP")]
    from: Option<String>,
    /// Stop after this step; setup and teardown run as well
    #[arg(long, value_name = "STEP")]
    until: Option<String>,
    /// Force the verdict of a step: pass, fail, skip or run (despite its precondition); may be repeated
    #[arg(long, value_name = "STEP=VERDICT")]
    force: Vec<Forced>,
    /// Run a step N times and show mean, sigma and Cpk of its measurements
    #[arg(long = "loop", num_args = 2, value_names = ["N", "STEP"])]
    looped: Vec<String>,
    /// Leave out steps with `runner: dotnet` that have no stub in local.yaml
    #[arg(long)]
    skip_dotnet: bool,
    /// Where else to look for the packages of sequences, beside the package's own neighbours; may be repeated
    #[arg(long, value_name = "DIR")]
    pub packages: Vec<PathBuf>,
}

impl Selecting {
    /// # Errors
    /// What is wrong with `--loop`, whose values clap cannot check one by one.
    pub fn selection(&self) -> Result<Selection, String> {
        let looped = match &self.looped[..] {
            [] => None,
            [.., count, step] => {
                let count: NonZeroU32 = count.parse().map_err(|_| {
                    format!("--loop {count} {step:?}: {count:?} is no number of times; write --loop N STEP, with N from 1")
                })?;
                Some((count.get(), step.clone()))
            }
            [one] => return Err(format!("--loop {one:?}: write --loop N STEP")),
        };
        Ok(Selection {
            only: self.only.clone(),
            from: self.from.clone(),
            until: self.until.clone(),
            forced: self
                .force
                .iter()
                .map(|forced| (forced.step.clone(), forced.force))
                .collect(),
            looped,
            skip_dotnet: self.skip_dotnet,
        })
    }
}

/// `STEP=pass|fail|skip|run`.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Forced {
    step: String,
    force: Force,
}

impl FromStr for Forced {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let Some((step, verdict)) = text.rsplit_once('=') else {
            return Err(
                "there is no `=`; write STEP=pass, STEP=fail, STEP=skip or STEP=run".into(),
            );
        };
        let force = match verdict.trim().to_ascii_lowercase().as_str() {
            "pass" => Force::Pass,
            "fail" => Force::Fail,
            "skip" => Force::Skip,
            "run" => Force::Run,
            _ => {
                return Err(format!(
                    "`{verdict}` cannot be forced; write STEP=pass, STEP=fail, STEP=skip or STEP=run"
                ));
            }
        };
        match step.trim() {
            "" => Err("the step before `=` is missing".into()),
            step => Ok(Self {
                step: step.to_owned(),
                force,
            }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_equals_sign_ends_the_steps_name() {
        let forced: Forced = "Check a=b = Pass".parse().unwrap();
        assert_eq!(
            (forced.step.as_str(), forced.force),
            ("Check a=b", Force::Pass)
        );
        assert!("Scan".parse::<Forced>().is_err());
        assert!("Scan=maybe".parse::<Forced>().is_err());
        assert!("=pass".parse::<Forced>().is_err());
    }
}
