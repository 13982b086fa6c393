//! The routing: what may stand in it, what is said about what may not, and what it decides.

use rehearsal::{
    diagnostic::Style,
    package::{
        load,
        model::Package,
        routing::{LastResults, Rule, Unit},
    },
};

use crate::package::{package, read};

const ROUTING: &str = r#"routes:
  - tests: [Incoming Check, Functional Test, Final Test]
    serials: ["SN-1*", "SN-2??"]
    products: [P1]
    revisions: [1, "2"]
  - tests: [Repair, Final Test]
    serials: ["R*"]
completed:
  SN-100: [Incoming Check]
  SN-101: [Incoming Check, Functional Test]
"#;

fn with(routing: &str) -> Package {
    let files = [
        ("local.yaml", "routing: routing.yaml\n"),
        ("routing.yaml", routing),
    ];
    let steps = "\n    - {name: Wait, type: delay, duration: 1}\n";
    read(package(steps, &files).path())
}

/// What loading a package says about its routing, with `ROOT` for its folder.
fn problems(local: &str, files: &[(&str, &str)]) -> String {
    let mut all = vec![("local.yaml", local)];
    all.extend(files);
    let folder = package("\n    - {name: Wait, type: delay, duration: 1}\n", &all);
    let shown = match load(folder.path()) {
        Ok((package, problems)) => problems.render(&package.sources, Style::PLAIN),
        Err(error) => error.diagnostics.render(&error.sources, Style::PLAIN),
    };
    shown.replace(&*folder.path().to_string_lossy(), "ROOT")
}

fn unit<'a>(serial: &'a str, test: &'a str) -> Unit<'a> {
    Unit {
        serial,
        product: Some("P1"),
        revision: Some("2"),
        test,
    }
}

/// The rule that forbids it, and what the user reads.
fn decided(package: &Package, unit: &Unit, last: &LastResults) -> Result<(), (Rule, String)> {
    let routing = package.local.routing.as_ref().expect("a routing");
    routing.decide(unit, last).map_err(|violation| {
        let shown = violation.diagnostic.render(&package.sources, Style::PLAIN);
        (violation.rule, shown)
    })
}

#[test]
fn the_first_test_of_a_route_may_always_run_and_the_next_ones_once_those_before_have_passed() {
    let package = with(ROUTING);
    let none = LastResults::new();
    for (serial, allowed) in [
        ("SN-1", &["Incoming Check"][..]),
        ("SN-100", &["Incoming Check", "Functional Test"]),
        (
            "SN-101",
            &["Incoming Check", "Functional Test", "Final Test"],
        ),
        ("SN-201", &["Incoming Check"]),
    ] {
        for test in ["Incoming Check", "Functional Test", "Final Test"] {
            let decided = decided(&package, &unit(serial, test), &none);
            assert_eq!(decided.is_ok(), allowed.contains(&test), "{serial} {test}");
            if let Err((rule, _)) = decided {
                assert_eq!(rule, Rule::Order, "{serial} {test}");
            }
        }
    }
}

#[test]
fn the_last_result_in_the_history_counts_more_than_completed() {
    let package = with(ROUTING);
    let last = |passed| LastResults::from([("Incoming Check".to_owned(), passed)]);
    for (serial, passed, allowed) in [
        ("SN-1", true, true),
        ("SN-1", false, false),
        ("SN-100", true, true),
        ("SN-100", false, false),
    ] {
        let decided = decided(&package, &unit(serial, "Functional Test"), &last(passed));
        assert_eq!(decided.is_ok(), allowed, "{serial} {passed}");
    }
}

#[test]
fn a_test_that_comes_too_early_is_told_what_comes_first() {
    let package = with(ROUTING);
    let (rule, shown) = decided(
        &package,
        &unit("SN-1", "Final Test"),
        &LastResults::from([("Functional Test".to_owned(), false)]),
    )
    .expect_err("too early");
    assert_eq!(rule, Rule::Order);
    assert_eq!(shown, TOO_EARLY);
}

const TOO_EARLY: &str = r#"error: test `Final Test` may not run yet: serial `SN-1` has not passed `Incoming Check`, `Functional Test`
 --> routing.yaml:2:13
  |
2 |   - tests: [Incoming Check, Functional Test, Final Test]
  |             ^^^^^^^^^^^^^^  ---------------  ---------- comes later
  |             |               |
  |             |               did not pass when it was run last
  |             has not passed
  |
  = help: run what comes first, or list it under `completed` if it passed elsewhere; --ignore-routing runs it all the same"#;

#[test]
fn a_test_that_is_on_no_route_of_the_unit_is_told_which_are() {
    let (rule, shown) = decided(
        &with(ROUTING),
        &unit("R7", "Functional Test"),
        &LastResults::new(),
    )
    .expect_err("not on the route");
    assert_eq!(rule, Rule::Test);
    assert_eq!(shown, NOT_ON_ROUTE);
}

const NOT_ON_ROUTE: &str = r#"error: test `Functional Test` is not on the route of serial `R7`
 --> routing.yaml:6:5
  |
6 |   - tests: [Repair, Final Test]
  |     ^^^^^ its tests are `Repair`, `Final Test`
  |
  = help: add the test to the route; --ignore-routing runs it all the same"#;

#[test]
fn a_unit_without_a_route_is_told_why_each_is_not_for_it() {
    let package = with(ROUTING);
    for (unit, expected) in [
        (unit("SN-3", "Final Test"), NO_SERIAL),
        (
            Unit {
                product: None,
                ..unit("SN-1", "Final Test")
            },
            NO_PRODUCT,
        ),
        (
            Unit {
                revision: Some("3"),
                ..unit("SN-1", "Final Test")
            },
            NO_REVISION,
        ),
    ] {
        let (rule, shown) = decided(&package, &unit, &LastResults::new()).expect_err("no route");
        assert_eq!(rule, Rule::Route);
        assert_eq!(shown, expected);
    }
}

const NO_SERIAL: &str = r#"error: no route is for the unit with serial `SN-3`
 --> routing.yaml:1:1
  |
1 | routes:
  | ^^^^^^
2 |   - tests: [Incoming Check, Functional Test, Final Test]
3 |     serials: ["SN-1*", "SN-2??"]
  |               ------- not `SN-3`
...
7 |     serials: ["R*"]
  |               ---- not `SN-3`
  |
  = help: correct the serial number or the tags ProductId and ProductRevision, or add a route; --ignore-routing runs it all the same"#;
const NO_PRODUCT: &str = r#"error: no route is for the unit with serial `SN-1`
 --> routing.yaml:1:1
  |
1 | routes:
  | ^^^^^^
...
4 |     products: [P1]
  |                -- the unit has no tag ProductId
...
7 |     serials: ["R*"]
  |               ---- not `SN-1`
  |
  = help: correct the serial number or the tags ProductId and ProductRevision, or add a route; --ignore-routing runs it all the same"#;
const NO_REVISION: &str = r#"error: no route is for the unit with serial `SN-1`
 --> routing.yaml:1:1
  |
1 | routes:
  | ^^^^^^
...
5 |     revisions: [1, "2"]
  |                 - not `3`
6 |   - tests: [Repair, Final Test]
7 |     serials: ["R*"]
  |               ---- not `SN-1`
  |
  = help: correct the serial number or the tags ProductId and ProductRevision, or add a route; --ignore-routing runs it all the same"#;

#[test]
fn one_of_several_routes_is_enough() {
    let package = with("routes: [{tests: [A, B]}, {tests: [B, C], serials: [\"X*\"]}]");
    let none = LastResults::new();
    assert!(decided(&package, &unit("X1", "B"), &none).is_ok());
    assert!(decided(&package, &unit("Y1", "B"), &none).is_err());
    // The route on which least is missing is the one to speak of.
    let (_, shown) = decided(&package, &unit("X1", "C"), &none).expect_err("too early");
    assert!(shown.contains("has not passed `B`\n"), "{shown}");
}

#[test]
fn a_routing_may_stand_in_local_yaml_itself() {
    let local = "routing:\n  routes:\n    - tests: [Demo]\n  history: runs.jsonl\n";
    let steps = "\n    - {name: Wait, type: delay, duration: 1}\n";
    let folder = package(steps, &[("local.yaml", local)]);
    let package = read(folder.path());
    let routing = package.local.routing.expect("a routing");
    assert_eq!(
        routing.history.expect("a history").value,
        folder.path().join("runs.jsonl")
    );
}

#[test]
fn the_history_lies_beside_the_file_that_names_it() {
    let files = [
        ("local.yaml", "routing: line/routing.yaml\n"),
        (
            "line/routing.yaml",
            "routes: [{tests: [Demo]}]\nhistory: runs.jsonl\n",
        ),
    ];
    let folder = package("\n    - {name: Wait, type: delay, duration: 1}\n", &files);
    let routing = read(folder.path()).local.routing.expect("a routing");
    assert_eq!(
        routing.history.expect("a history").value,
        folder.path().join("line/runs.jsonl")
    );
}

#[test]
fn a_routing_that_is_not_there_is_named_at_its_place() {
    assert_eq!(
        problems("routing: line.yaml\n", &[]),
        "error: no file `line.yaml`
 --> local.yaml:1:10
  |
1 | routing: line.yaml
  |          ^^^^^^^^^
  |
  = help: `routing` is a path from the package's folder, or the routing itself
"
    );
}

#[test]
fn every_problem_of_a_routing_is_shown_at_its_place() {
    let routing = r#"routs: []
routes:
  - tests: [A, B, A]
    serials: ["[x"]
    product: [P1]
  - serials: []
  - tests: Final
    revisions: [[1]]
  - tests: []
completed: {SN-1: A, SN-2: [{}]}
history: []
"#;
    let shown = problems("routing: line.yaml\n", &[("line.yaml", routing)]);
    assert_eq!(shown, PROBLEMS);
}

const PROBLEMS: &str = r#"error: unknown field `routs`, did you mean `routes`?
 --> line.yaml:1:1
  |
1 | routs: []
  | ^^^^^

error: test `A` stands twice on route 1
 --> line.yaml:3:19
  |
3 |   - tests: [A, B, A]
  |             -     ^
  |             |
  |             first here
  |
  = help: remove one; a test may be run again at any time once it may run

error: `[x` is no pattern: invalid range pattern
 --> line.yaml:4:15
  |
4 |     serials: ["[x"]
  |               ^^^^
  |
  = help: `*` stands for any text, `?` for one character, `[12]` for either

error: unknown field `product`, did you mean `products`?
 --> line.yaml:5:5
  |
5 |     product: [P1]
  |     ^^^^^^^

error: `serials` of route 2 is empty
 --> line.yaml:6:5
  |
6 |   - serials: []
  |     ^^^^^^^
  |
  = help: leave the field out where any will do

error: `tests` is missing in route 2
 --> line.yaml:6:5
  |
6 |   - serials: []
  |     ^^^^^^^

error: `tests` must be a list, found a text
 --> line.yaml:7:12
  |
7 |   - tests: Final
  |            ^^^^^

error: an item of `revisions` must be a text, found a list
 --> line.yaml:8:17
  |
8 |     revisions: [[1]]
  |                 ^^^

error: `tests` of route 4 is empty
 --> line.yaml:9:5
  |
9 |   - tests: []
  |     ^^^^^
  |
  = help: name at least one test

error: `SN-1` of `completed` must be a list, found a text
  --> line.yaml:10:19
   |
10 | completed: {SN-1: A, SN-2: [{}]}
   |                   ^
   |
   = help: write `SERIAL: [First Test, Second Test]`

error: a test of `SN-2` of `completed` must be a text, found a mapping
  --> line.yaml:10:29
   |
10 | completed: {SN-1: A, SN-2: [{}]}
   |                             ^^

error: `history` must be a text, found a list
  --> line.yaml:11:10
   |
11 | history: []
   |          ^^
"#;

#[test]
fn a_routing_needs_a_route() {
    let shown = |routing| problems("routing: line.yaml\n", &[("line.yaml", routing)]);
    assert_eq!(shown("routes: []\n"), NO_ROUTES);
    assert_eq!(shown("completed: {}\n"), MISSING_ROUTES);
    assert_eq!(shown("- tests: [A]\n"), A_LIST);
}

const NO_ROUTES: &str = r#"error: `routes` is empty
 --> line.yaml:1:1
  |
1 | routes: []
  | ^^^^^^
  |
  = help: add a route, such as `- tests: [First Test, Second Test]`
"#;
const MISSING_ROUTES: &str = r#"error: `routes` is missing in the routing
 --> line.yaml:1:1
  |
1 | completed: {}
  | ^^^^^^^^^
"#;
const A_LIST: &str = r#"error: the routing must be a mapping, found a list
 --> line.yaml:1:1
  |
1 | - tests: [A]
  | ^^^^^^^^^^^^
"#;
