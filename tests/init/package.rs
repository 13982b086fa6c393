//! The new package.

use std::{path::Path, process::Command};

use rehearsal::package::load;
use serde_json::Value as Json;

use super::{
    made::{Made, everything, rehearse, said},
    outside,
    serving::Serving,
};

/// Names of all kinds, each with what is to be said of product and test.
const NAMES: [(&str, &str); 5] = [
    (
        "ESH10000121_FunctionalTest_v00",
        "ESH10000121 Functional Test",
    ),
    ("P1_RF_burn-in_v12", "P1 RF Burn In"),
    ("121_SelfTest_v01", "121 Self Test"),
    ("Demo", "Demo Demo"),
    ("true-class_v2", "true-class_v2 True Class V2"),
];

#[test]
fn a_new_package_has_nothing_to_find_fault_with_and_passes() {
    for (name, title) in NAMES {
        let made = Made::with(name, &[]);
        let (package, problems) = load(&made.package).expect("it loads");
        assert!(problems.is_empty(), "{name}: {problems:?}");
        assert_eq!(package.manifest.name.value, name);
        assert_eq!(package.tests[0].name.value, title);
        let checked = rehearse(made.around.path(), &["check", name]);
        assert!(
            said(&checked).contains("no errors, 0 warnings"),
            "{}",
            said(&checked)
        );
        let ran = rehearse(made.around.path(), &["run", name, "--simulate"]);
        assert_eq!(ran.status.code(), Some(0), "{}", said(&ran));
        assert!(said(&ran).contains("6 passed"), "{}", said(&ran));
    }
}

#[test]
fn a_new_package_notices_a_bad_product() {
    let made = Made::with("P_Test_v00", &[]);
    let bench = made.read("bench.yaml").replace("\"5.02\"", "\"5.42\"");
    std::fs::write(made.package.join("bench.yaml"), bench).expect("written");
    let ran = rehearse(made.around.path(), &["run", "P_Test_v00", "--simulate"]);
    assert_eq!(ran.status.code(), Some(1), "{}", said(&ran));
    assert!(said(&ran).contains("FAIL  SUPPLY_5V"), "{}", said(&ran));
}

#[test]
fn a_new_package_has_these_files() {
    let made = Made::with("below/another/P_Test_v00", &[]);
    let files = [
        ".gitignore",
        ".vscode",
        ".vscode/bench.schema.json",
        ".vscode/extensions.json",
        ".vscode/launch.json",
        ".vscode/local.schema.json",
        ".vscode/package.schema.json",
        ".vscode/settings.json",
        ".vscode/test.schema.json",
        "README.md",
        "bench.yaml",
        "local.yaml",
        "package.json",
        "python_modules",
        "python_modules/p_test_v00_tests.py",
        "tests",
        "tests/main.yaml",
    ];
    assert_eq!(everything(&made.package), files);
    for file in files
        .iter()
        .filter(|file| made.package.join(file).is_file())
    {
        let text = made.read(file);
        assert!(!text.contains("<<") && text.ends_with('\n'), "{file}");
    }
}

#[test]
fn product_and_author_are_those_that_were_named() {
    let author = "Tests \"of\" {{cfg.X}} \\ <<name>>";
    let made = Made::with("P_Test_v00", &["--product", "Q-7", "--author", author]);
    let manifest: Json = serde_json::from_str(&made.read("package.json")).expect("JSON");
    assert_eq!(manifest["author"], author);
    assert_eq!(manifest["supportedProductIds"][0], "Q-7");
    assert!(made.read("tests/main.yaml").contains("ProductId: \"Q-7\""));
}

#[test]
fn the_author_is_the_user_unless_named() {
    let made = Made::with("P_Test_v00", &[]);
    assert!(made.read("package.json").contains("\"author\": \"tester\""));
}

#[test]
fn its_code_runs_live_here_and_under_cpython() {
    let made = Made::with("P_Test_v00", &[]);
    let agent = Serving::start(made.around.path(), ["P_Test_v00"]);
    let host = ["run", "P_Test_v00", "--host", agent.url()];
    let ran = rehearse(made.around.path(), &host);
    assert_eq!(ran.status.code(), Some(0), "{}", said(&ran));
    let Some(python) = outside::cpython() else {
        return;
    };
    assert_eq!(
        under_cpython(&python, &made, agent.url()),
        "(5.02, 3.301) True\n"
    );
}

fn under_cpython(python: &Path, made: &Made, host: &str) -> String {
    let code = "\
import contextlib, io, sys
import p_test_v00_tests as tests
with contextlib.redirect_stdout(io.StringIO()):
    tests.connect(sys.argv[1], timeout_s='10')
    tests.switch_on_supply()
    supplies = tests.measure_supplies()
    ok = tests.check_self_test()
    tests.switch_off_supply()
    tests.disconnect()
    tests.disconnect()
    tests.switch_off_supply()
print((supplies['supply_5v'], supplies['supply_3v3']), ok['self_test_ok'])
";
    let output = Command::new(python)
        .args(["-B", "-W", "error", "-c", code, host])
        .current_dir(made.package.join("python_modules"))
        .output()
        .expect("CPython starts");
    assert!(output.status.success(), "{}", said(&output));
    String::from_utf8(output.stdout)
        .expect("UTF-8")
        .replace('\r', "")
}
