//! What is unpacked and kept for the next run, and who may change it.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Output,
};

use crate::package::Package;

fn run(package: &Package, cache: &Path) -> Output {
    let mut command = package.command(&["--sandbox"]);
    command.env("REHEARSAL_CACHE", cache);
    command.output().expect("rehearse starts")
}

#[track_caller]
fn prints(package: &Package, cache: &Path, text: &str) {
    let output = run(package, cache);
    let printed = String::from_utf8_lossy(&output.stdout);
    assert!(printed.contains(&format!("| {text}\n")), "{printed}");
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
}

fn with_ending(folder: &Path, ending: &str) -> Vec<PathBuf> {
    let mut found: Vec<_> = fs::read_dir(folder)
        .expect("the cache")
        .map(|entry| entry.expect("an entry").path())
        .filter(|path| path.extension().is_some_and(|its| its == ending))
        .collect();
    found.sort();
    found
}

fn only(folder: &Path, ending: &str) -> PathBuf {
    let found = with_ending(folder, ending);
    assert_eq!(found.len(), 1, "{found:?}");
    found.into_iter().next().expect("one")
}

fn package() -> Package {
    Package::with("import table\nimport json\ndef f():\n    print(json.dumps(table.ROWS))\n")
        .file("python_modules/table.py", "ROWS = [1, 2, 3]\n")
        .step("f", "")
}

#[test]
fn a_changed_image_is_refused_and_replaced() {
    let folder = tempfile::tempdir().expect("a folder");
    let cache = folder.path().join("cache");
    let package = package();
    prints(&package, &cache, "[1, 2, 3]");
    let image = only(&cache, "image");
    let original = fs::read(&image).expect("the image");
    let mut poisoned = original.clone();
    let middle = poisoned.len() / 2;
    poisoned[middle] ^= 1;
    fs::write(&image, &poisoned).expect("another image");
    let output = run(&package, &cache);
    assert_eq!(output.status.code(), Some(0));
    assert_eq!(
        String::from_utf8_lossy(&output.stderr),
        format!(
            "warning: {} was not what this program had put there, and was replaced\n",
            image.display()
        )
    );
    assert_eq!(fs::read(&image).expect("the image"), original);
    // A copy that is the same byte by byte is as good as the one before.
    fs::remove_file(&image).expect("removed");
    fs::write(&image, &original).expect("a copy");
    prints(&package, &cache, "[1, 2, 3]");
}

#[cfg(unix)]
#[test]
fn a_folder_that_others_may_write_to_is_not_used() {
    use std::os::unix::fs::PermissionsExt;

    let folder = tempfile::tempdir().expect("a folder");
    let cache = folder.path().join("cache");
    fs::create_dir(&cache).expect("a folder");
    fs::set_permissions(&cache, fs::Permissions::from_mode(0o777)).expect("open to all");
    let output = run(&package(), &cache);
    assert_eq!(output.status.code(), Some(0));
    assert_eq!(
        String::from_utf8_lossy(&output.stderr),
        format!(
            "warning: the sandbox is unpacked anew for every run: others may write to the cache folder {0}; make it your own and \
             `chmod go-w` it, or name another one in REHEARSAL_CACHE\n",
            cache.display()
        )
    );
    assert_eq!(fs::read_dir(&cache).expect("the folder").count(), 0);
}

#[test]
fn an_import_is_kept_for_the_next_run_until_one_of_its_files_changes() {
    let folder = tempfile::tempdir().expect("a folder");
    let cache = folder.path().join("cache");
    let package = package();
    prints(&package, &cache, "[1, 2, 3]");
    let kept = only(&cache, "package");
    let first = fs::read(&kept).expect("what is kept");
    let written = |file: &Path| {
        fs::metadata(file)
            .expect("the file")
            .modified()
            .expect("a time")
    };
    let at = written(&kept);
    prints(&package, &cache, "[1, 2, 3]");
    assert_eq!(written(&kept), at, "it was made anew");
    let package = package.file("python_modules/table.py", "ROWS = [4, 5]\n");
    prints(&package, &cache, "[4, 5]");
    assert_ne!(written(&kept), at);
    assert_ne!(fs::read(&kept).expect("what is kept"), first);
    // A new file may stand before a module that was found elsewhere.
    let package = package.file(
        "python_modules/json.py",
        "def dumps(value):\n    return 'own'\n",
    );
    prints(&package, &cache, "own");
    prints(&package, &cache, "own");
}

#[test]
fn what_is_kept_and_was_changed_is_not_used() {
    let folder = tempfile::tempdir().expect("a folder");
    let cache = folder.path().join("cache");
    let package = package();
    prints(&package, &cache, "[1, 2, 3]");
    let kept = only(&cache, "package");
    let original = fs::read(&kept).expect("what is kept");
    for poisoned in [Vec::new(), vec![0xff; 100], {
        let mut poisoned = original.clone();
        for byte in poisoned.iter_mut().rev().take(100_000) {
            *byte = 0xff;
        }
        poisoned
    }] {
        fs::write(&kept, &poisoned).expect("another file");
        prints(&package, &cache, "[1, 2, 3]");
        assert_eq!(fs::read(&kept).expect("what is kept").len(), original.len());
    }
}

#[test]
fn an_import_that_does_more_than_read_is_left_to_the_step() {
    let folder = tempfile::tempdir().expect("a folder");
    let cache = folder.path().join("cache");
    let package = Package::with("import time\nprint('imported')\ndef f():\n    print('called')\n")
        .step("f", "");
    for _ in 0..2 {
        let output = run(&package, &cache);
        let printed = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(
            printed.contains("    | imported\n    | called\n"),
            "{printed}"
        );
    }
    // That it cannot be kept is kept as well.
    assert!(
        fs::metadata(only(&cache, "package"))
            .expect("the file")
            .len()
            < 10_000
    );
}

#[test]
fn the_modules_of_later_steps_are_imported_when_their_turn_comes() {
    let folder = tempfile::tempdir().expect("a folder");
    let cache = folder.path().join("cache");
    let package = Package::with("state = 0\ndef f():\n    global state\n    state = 1\n")
        .file(
            "python_modules/later.py",
            "from m import state\ndef g():\n    print('found', state)\n",
        )
        .step("f", "");
    let mut command = package.command(&["--sandbox"]);
    let yaml = package.path().join("tests/main.yaml");
    let text = fs::read_to_string(&yaml).expect("the test");
    fs::write(
        &yaml,
        text + "    - {name: g, runner: python, module: later, function: g}\n",
    )
    .expect("the test");
    command.env("REHEARSAL_CACHE", &cache);
    for _ in 0..2 {
        let printed = command.output().expect("rehearse starts").stdout;
        let printed = String::from_utf8_lossy(&printed).into_owned();
        assert!(printed.contains("| found 1\n"), "{printed}");
    }
}

#[test]
fn without_a_folder_to_keep_it_in_it_works_as_well() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("file");
    fs::write(&file, "").expect("a file");
    let output = run(&package(), &file.join("cache"));
    assert_eq!(output.status.code(), Some(0));
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(
        said.starts_with("warning: the sandbox is unpacked anew for every run: "),
        "{said}"
    );
}
