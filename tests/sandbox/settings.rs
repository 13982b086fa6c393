//! Where the sandbox is asked for, and how the run says what it may reach.

use std::process::Output;

use crate::package::Package;

fn run(package: &Package, switches: &[&str], variables: &[(&str, &str)]) -> Output {
    let mut command = package.command(switches);
    command
        .env_remove("REHEARSAL_SANDBOX")
        .envs(variables.iter().copied());
    command.output().expect("rehearse starts")
}

fn head(output: &Output) -> String {
    let printed = String::from_utf8_lossy(&output.stdout);
    printed.split("\n\n").next().unwrap_or_default().into()
}

fn package() -> Package {
    Package::with("def f():\n    print('here')\n").step("f", "")
}

#[test]
fn the_first_line_says_which_interpreter_runs() {
    let package = package();
    let native = head(&run(&package, &[], &[]));
    assert_eq!(
        native,
        "Demo 1.0.0  (tests/main.yaml of Demo_v00 1.0.0; Python native)\nserial number DEV-001"
    );
    let sandboxed = head(&run(&package, &["--sandbox"], &[]));
    assert_eq!(
        sandboxed,
        "Demo 1.0.0  (tests/main.yaml of Demo_v00 1.0.0; Python in the sandbox)\n\
         serial number DEV-001\n\
         the sandbox may read the package, connect to agent64.local:5000"
    );
}

#[test]
fn the_environment_and_the_package_can_make_it_the_default() {
    let plain = package();
    let is_sandboxed = |output: Output| head(&output).contains("Python in the sandbox");
    assert!(is_sandboxed(run(
        &plain,
        &[],
        &[("REHEARSAL_SANDBOX", "1")]
    )));
    assert!(!is_sandboxed(run(
        &plain,
        &[],
        &[("REHEARSAL_SANDBOX", "0")]
    )));
    assert!(!is_sandboxed(run(
        &plain,
        &[],
        &[("REHEARSAL_SANDBOX", "")]
    )));
    assert!(!is_sandboxed(run(
        &plain,
        &["--no-sandbox"],
        &[("REHEARSAL_SANDBOX", "1")]
    )));
    let own = package().file("local.yaml", "permissions:\n  sandbox: true\n");
    assert!(is_sandboxed(run(&own, &[], &[])));
    assert!(!is_sandboxed(run(&own, &["--no-sandbox"], &[])));
}

#[test]
fn it_may_reach_the_agent_and_what_the_switches_name() {
    let package = package().file(
        "local.yaml",
        "cfg:\n  AGENT_HOST: http://agent64.local:5000\n",
    );
    let out = package.path().join("out");
    let output = run(
        &package,
        &[
            "--sandbox",
            "--allow-net=[::1]:80",
            &format!("--allow-write={}", out.display()),
            "--allow-run=openocd",
            "--allow-read=/usr/share/zoneinfo",
            "--allow-env=LANG",
        ],
        &[],
    );
    assert_eq!(
        head(&output).lines().last().unwrap_or_default(),
        format!(
            "the sandbox may read the package, read /usr/share/zoneinfo, connect to agent64.local:5000, [::1]:80, write below {}, start openocd, see LANG",
            out.display()
        )
    );
    assert!(out.is_dir());
}

#[test]
fn what_a_package_declares_is_given_when_the_user_says_so() {
    let package = package().file(
        "local.yaml",
        "permissions:\n  net: [\"psu.local:5025\"]\n  env: [LICENCE]\n",
    );
    let output = run(&package, &["--sandbox"], &[]);
    assert_eq!(
        String::from_utf8_lossy(&output.stderr),
        "warning: local.yaml declares permissions that the sandbox does not give by itself: --allow-declared gives all of them, \
         --allow-net=psu.local:5025 --allow-env=LICENCE these\n"
    );
    assert!(!head(&output).contains("psu.local"));
    let output = run(&package, &["--sandbox", "--allow-declared"], &[]);
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
    assert!(head(&output).ends_with(
        "the sandbox may read the package, connect to agent64.local:5000, psu.local:5025, see LICENCE"
    ));
}

#[test]
fn what_a_package_declares_has_a_form() {
    let package = package().file("local.yaml", "permissions:\n  net: [psu.local]\n");
    let output = run(&package, &[], &[]);
    assert_eq!(output.status.code(), Some(2));
    assert_eq!(
        String::from_utf8_lossy(&output.stderr),
        "error: `psu.local` is no HOST:PORT\n --> local.yaml:2:9\n  |\n2 |   net: [psu.local]\n  |         ^^^^^^^^^\n  |\n  = help: write for example agent64.local:5000, or agent64.local:* for any port\n"
    );
}

#[test]
fn switches_without_a_meaning_are_named() {
    let package = package();
    let said =
        |switches: &[&str]| String::from_utf8(run(&package, switches, &[]).stderr).expect("UTF-8");
    assert_eq!(
        said(&["--memory-limit=1G"]),
        "warning: --memory-limit means nothing without --sandbox\n"
    );
    assert_eq!(
        said(&["--sandbox", "--allow-write"]),
        "error: --allow-write: in the sandbox name the folder to write below; with all of them the code could change what runs next\n"
    );
    assert!(
        said(&["--sandbox", "--allow-net=agent64.local"])
            .contains("`agent64.local` is no HOST:PORT; write for example agent64.local:5000")
    );
    assert!(
        said(&["--sandbox", "--memory-limit=1X"])
            .contains("`1X` is no size; write for example 256M or 1G")
    );
    assert!(
        said(&["--sandbox", "--memory-limit=1M"])
            .contains("a sandbox has from 64M to 4G of memory")
    );
}

#[test]
fn the_code_itself_is_never_writable() {
    let package = package();
    for folder in ["", "python_modules", "python_modules/data"] {
        let folder = package.path().join(folder);
        let output = run(
            &package,
            &["--sandbox", &format!("--allow-write={}", folder.display())],
            &[],
        );
        let said = String::from_utf8_lossy(&output.stderr);
        assert_eq!(
            said.trim_end(),
            format!(
                "error: --allow-write={}: the package's python_modules/ would be writable; name a folder beside it",
                folder.display()
            )
        );
        assert_eq!(output.status.code(), Some(2));
    }
}

#[test]
fn nor_is_the_cache() {
    let package = package();
    let cache = tempfile::tempdir().expect("a folder");
    let path = cache.path().canonicalize().expect("the folder");
    let output = run(
        &package,
        &["--sandbox", &format!("--allow-write={}", path.display())],
        &[("REHEARSAL_CACHE", &path.join("rehearsal").to_string_lossy())],
    );
    assert_eq!(
        String::from_utf8_lossy(&output.stderr),
        format!(
            "error: --allow-write={0}: the sandbox's cache {0}/rehearsal would be writable; name another folder\n",
            path.display()
        )
    );
}
