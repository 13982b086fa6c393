//! One of CPython's test modules, run by `rehearse python` in processes of their own.

use std::{
    collections::BTreeMap,
    fs::{self, File},
    io::Write as _,
    path::Path,
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use crate::Home;

/// A process that tells of no test for so long hangs.
const PATIENCE: Duration = Duration::from_secs(240);

/// How often a process is looked after.
const LOOK: Duration = Duration::from_millis(50);

/// So many processes may die before the rest of a module is left.
const LIVES: usize = 20;

#[derive(Clone, Debug, PartialEq)]
pub enum Verdict {
    Passed,
    Skipped,
    /// With what there is to say about it.
    Failed(String),
}

/// What a module's tests came to.
#[derive(Debug, Default)]
pub struct Outcome {
    /// A digest of the test files.
    pub sources: String,
    pub tests: BTreeMap<String, Verdict>,
}

impl Outcome {
    pub fn count(&self, wanted: fn(&Verdict) -> bool) -> usize {
        self.tests
            .values()
            .filter(|verdict| wanted(verdict))
            .count()
    }

    pub fn passed(&self) -> usize {
        self.count(|verdict| *verdict == Verdict::Passed)
    }

    pub fn skipped(&self) -> usize {
        self.count(|verdict| *verdict == Verdict::Skipped)
    }

    /// Failed tests and the last line of what they say.
    pub fn failures(&self) -> impl Iterator<Item = (&str, &str)> {
        self.tests
            .iter()
            .filter_map(|(name, verdict)| match verdict {
                Verdict::Failed(text) => Some((
                    &**name,
                    text.trim_end().lines().last().unwrap_or_default().trim(),
                )),
                _ => None,
            })
    }
}

/// Runs the module out of `folder/test`. A test that its process dies or hangs in has failed, and the next process goes on behind it. What
/// was found and printed is left in the folder `records`.
pub fn run(home: Home, folder: &Path, module: &str, records: &Path) -> Outcome {
    let records = records.join(module);
    if records.exists() {
        fs::remove_dir_all(&records).expect("the last run's records can be removed");
    }
    fs::create_dir_all(&records).expect("a folder for records");
    let results = records.join("results.jsonl");
    for life in 0..LIVES {
        let log = records.join(format!("output-{life}.txt"));
        let Some(death) = run_process(home, folder, module, &results, &log) else {
            return read(&results);
        };
        let Some(test) = open_test(&results) else {
            // It died between tests, and would again.
            break;
        };
        let fact = serde_json::json!(["end", test, "failed", death]);
        File::options()
            .append(true)
            .open(&results)
            // The line before may have been cut off.
            .and_then(|mut file| write!(file, "\n{fact}\n"))
            .expect("the results can be added to");
    }
    let mut outcome = read(&results);
    outcome.tests.insert(
        format!("{module}: the whole module"),
        Verdict::Failed(format!("its processes died, see {}", records.display())),
    );
    outcome
}

/// Gives what ended the process before it was done.
fn run_process(
    home: Home,
    folder: &Path,
    module: &str,
    results: &Path,
    log: &Path,
) -> Option<String> {
    let here = tempfile::tempdir().expect("a temporary folder");
    let log = File::create(log).expect("a file for the output");
    let runner = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cpython/runner.py");
    let mut command = Command::new(env!("CARGO_BIN_EXE_rehearse"));
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("PYTHON") {
            command.env_remove(name);
        }
    }
    command.arg("python");
    if let Home::Sandbox = home {
        let records = results.parent().expect("a folder");
        command
            .args([
                "--sandbox",
                "--allow-read=/",
                "--allow-run=*",
                "--memory-limit=1G",
            ])
            .args([
                "--allow-net=127.0.0.1:*",
                "--allow-net=localhost:*",
                "--allow-net=0.0.0.0:*",
            ])
            .arg(format!("--allow-write={}", here.path().display()))
            .arg(format!("--allow-write={}", records.display()));
    }
    let mut child = command
        .arg(runner)
        .arg(folder)
        .arg(module)
        .arg(results)
        .current_dir(here.path())
        .env("TZ", "UTC")
        .stdin(Stdio::null())
        .stdout(log.try_clone().expect("a second handle"))
        .stderr(log)
        .spawn()
        .expect("rehearse starts");
    let end = wait(&mut child, results);
    let done = facts(results).last().is_some_and(|fact| fact == &["done"]);
    (!done).then_some(end)
}

fn wait(child: &mut Child, results: &Path) -> String {
    let size = || fs::metadata(results).map_or(0, |data| data.len());
    let (mut last, mut since) = (size(), Instant::now());
    loop {
        if let Some(status) = child.try_wait().expect("the process can be waited for") {
            return format!("the process ended ({status})");
        }
        let now = size();
        if now != last {
            (last, since) = (now, Instant::now());
        } else if since.elapsed() > PATIENCE {
            child.kill().expect("the process can be ended");
            child.wait().expect("the process can be waited for");
            return format!("nothing happened for {} s", PATIENCE.as_secs());
        }
        thread::sleep(LOOK);
    }
}

/// The runner's facts; of a line that a dying process cut off nothing remains.
fn facts(results: &Path) -> Vec<Vec<String>> {
    fs::read_to_string(results)
        .unwrap_or_default()
        .lines()
        .filter_map(|line| serde_json::from_str(line).ok())
        .collect()
}

/// The test that was begun last, if it did not end.
fn open_test(results: &Path) -> Option<String> {
    let facts = facts(results);
    let last = facts.last()?;
    (last[0] == "start").then(|| last[1].clone())
}

fn read(results: &Path) -> Outcome {
    let mut outcome = Outcome::default();
    for fact in facts(results) {
        let [kind, rest @ ..] = &*fact else { continue };
        match (&**kind, rest) {
            ("sources", [sources]) => outcome.sources.clone_from(sources),
            ("end", [name, verdict, text]) => {
                let verdict = match &**verdict {
                    "passed" => Verdict::Passed,
                    "skipped" => Verdict::Skipped,
                    _ => Verdict::Failed(text.clone()),
                };
                outcome.tests.insert(name.clone(), verdict);
            }
            _ => {}
        }
    }
    outcome
}
