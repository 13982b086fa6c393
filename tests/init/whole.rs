//! Whole or not at all, and never over what is there.

use std::fs;

use rehearsal::scaffold::{FolderError, NewFolder, SkeletonFile};

use super::made::{everything, rehearse, said};

fn file(path: &str) -> SkeletonFile {
    SkeletonFile {
        path: path.into(),
        text: "text\n".into(),
    }
}

#[test]
fn what_is_there_stays_as_it_is() {
    let around = tempfile::tempdir().expect("a temporary folder");
    fs::create_dir(around.path().join("Empty_Test_v00")).expect("a folder");
    fs::write(around.path().join("File_Test_v00"), "mine").expect("a file");
    for name in ["Empty_Test_v00", "File_Test_v00"] {
        let output = rehearse(around.path(), &["init", name]);
        assert_eq!(output.status.code(), Some(2));
        let expected = format!("error: `{name}` exists already, and nothing of it was touched");
        assert!(said(&output).starts_with(&expected), "{}", said(&output));
    }
    assert_eq!(
        everything(around.path()),
        ["Empty_Test_v00", "File_Test_v00"]
    );
    let text = fs::read_to_string(around.path().join("File_Test_v00"));
    assert_eq!(text.expect("a file"), "mine");
}

#[test]
fn a_failure_leaves_nothing_behind() {
    let around = tempfile::tempdir().expect("a temporary folder");
    let folder = NewFolder::at(&around.path().join("a/b/New")).expect("room for it");
    let failed = folder.write(&[file("one"), file("one/two")]);
    assert!(matches!(failed, Err(FolderError::Io(_))), "{failed:?}");
    assert_eq!(everything(around.path()), [""; 0]);
    folder
        .write(&[file("one"), file("two/three")])
        .expect("written");
    let all = [
        "a",
        "a/b",
        "a/b/New",
        "a/b/New/one",
        "a/b/New/two",
        "a/b/New/two/three",
    ];
    assert_eq!(everything(around.path()), all);
}

#[test]
fn what_came_into_being_meanwhile_stays() {
    let around = tempfile::tempdir().expect("a temporary folder");
    let folder = NewFolder::at(&around.path().join("New")).expect("room for it");
    fs::create_dir(around.path().join("New")).expect("a folder");
    let refused = folder.write(&[file("one")]);
    assert!(matches!(refused, Err(FolderError::Exists)), "{refused:?}");
    assert_eq!(everything(around.path()), ["New"]);
}

/// A temporary folder is closed to others; what is made in one must not be.
#[cfg(unix)]
#[test]
fn a_new_folder_is_as_open_as_any_other() {
    use std::os::unix::fs::PermissionsExt as _;

    let around = tempfile::tempdir().expect("a temporary folder");
    let folder = NewFolder::at(&around.path().join("New")).expect("room for it");
    folder.write(&[file("one")]).expect("written");
    fs::create_dir(around.path().join("Other")).expect("a folder");
    let mode = |name: &str| {
        let metadata = fs::metadata(around.path().join(name)).expect("a folder");
        metadata.permissions().mode()
    };
    assert_eq!(mode("New"), mode("Other"));
}
