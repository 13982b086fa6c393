//! All of these tests once more, with the Python in the sandbox.

use std::{env, process::Command};

use crate::package::SANDBOXED;

const THREADS: &str = "starts a thread, and there is none";
const PERMISSIONS: &str = "is about what no sandbox, or only one with more permissions, may reach";
const SOFTLY: &str = "a loop that calls nothing is ended without being asked";
const COMPUTES: &str = "may compute for longer than it has once it is asked to stop";
const LOSS: &str =
    "what a lost interpreter has changed is undone, what was before is kept: tests/sandbox/kill.rs";

/// Tests of what is other in the sandbox, and what that is.
const OTHERWISE: &[(&str, &str)] = &[
    ("agent::an_unknown_host_fails_the_step", PERMISSIONS),
    ("agent::test_code_can_listen_and_select", THREADS),
    (
        "asyncio::a_server_without_a_host_listens_on_every_family_there_is",
        PERMISSIONS,
    ),
    ("asyncio::threads_wake_the_event_loop", THREADS),
    (
        "orphans::ctrl_c_interrupts_whoever_waits_for_a_program_or_a_pipe",
        COMPUTES,
    ),
    ("programs::programs_run_as_under_cpython", THREADS),
    (
        "python::a_server_within_the_test_code_gets_a_free_port",
        THREADS,
    ),
    (
        "python::an_interpreter_that_breaks_down_fails_its_step_and_the_next_gets_a_fresh_one",
        LOSS,
    ),
    ("python::the_environment_is_the_users", PERMISSIONS),
    ("python::threads_queues_and_locks_work", THREADS),
    ("python::threads_that_print_lose_and_mix_nothing", THREADS),
    (
        "signals::ctrl_c_stops_an_endless_loop_and_cleanup_runs",
        SOFTLY,
    ),
    (
        "signals::waiting_for_another_thread_is_interrupted_like_anything_else",
        THREADS,
    ),
    (
        "recording::a_time_out_beside_a_thread_is_repeated_too",
        THREADS,
    ),
    ("sockets::a_multicast_group_is_joined_and_left", PERMISSIONS),
    (
        "sockets::a_socket_has_its_address_from_bind_on",
        PERMISSIONS,
    ),
    ("threads::locks_behave_as_cpythons", THREADS),
    ("threads::threads_are_joined_as_under_cpython", THREADS),
    ("threads::what_stands_on_locks_works", THREADS),
    (
        "timeouts::a_late_attempt_is_repeated_with_the_modules_as_they_were",
        LOSS,
    ),
    (
        "timeouts::a_loop_and_everything_that_waits_is_stopped_softly_and_the_state_is_kept",
        SOFTLY,
    ),
    (
        "timeouts::code_that_will_not_stop_loses_its_interpreter_and_the_report_says_so",
        LOSS,
    ),
    ("tls::test_code_can_be_both_sides_and_move_much", THREADS),
    (
        "virtual_time::beside_a_thread_time_goes_on_as_it_does",
        THREADS,
    ),
];

#[test]
fn everything_here_holds_in_the_sandbox_as_well() {
    if env::var_os(SANDBOXED).is_some() {
        return;
    }
    let mut command = Command::new(env::current_exe().expect("this program"));
    command.arg("--exact").env(SANDBOXED, "1");
    for (name, _) in OTHERWISE {
        command.args(["--skip", name]);
    }
    let output = command.output().expect("this program starts");
    let printed = String::from_utf8_lossy(&output.stdout);
    let failures = printed
        .split_once("\nfailures:\n")
        .map_or("", |(_, failures)| failures);
    assert!(output.status.success(), "in the sandbox:\n{failures}");
}
