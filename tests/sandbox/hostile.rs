//! A guest gone wild: what it asks, answers and computes must hurt nobody but itself. `hostile/` has it, compiled along with the real one.

use std::sync::Arc;

use rehearsal::{
    flow::{
        clock::{Clock, RealClock},
        interruption::{Deadline, Interruption, Limit, Stop},
    },
    host::live::{LiveHost, Streams},
    python::{
        Call, Interpreter, Outcome, Sandbox,
        sandbox::{Image, Limits},
    },
};
use rehearsal_python::{interrupt::Interrupt, setup::Setup, value::Value};

static GUEST: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/guest.cwasm"));
static IMPORT: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/import.cwasm"));

fn sandbox() -> Sandbox {
    let interrupt = Interrupt::default();
    let folder = std::env::temp_dir();
    let host = LiveHost::new(&folder, Vec::new(), Streams::Inherited, interrupt.clone());
    let image = Image::of_compiled(GUEST).expect("an image");
    Sandbox::new(
        image,
        Arc::new(host),
        interrupt,
        Setup::default(),
        Limits::default(),
        None,
    )
}

fn call(sandbox: &mut Sandbox, function: &str) -> Outcome {
    let clock: Arc<dyn Clock> = Arc::new(RealClock::new());
    let allowed = std::time::Duration::from_millis(500);
    let deadline = Deadline {
        at: clock.elapsed() + allowed,
        allowed,
        limit: Limit::Attempt {
            step: function.into(),
        },
    };
    let stop: Stop = Interruption::new().stop_above(0).by(deadline, &clock);
    let call = Call {
        module: "m".into(),
        function: function.into(),
        arguments: Vec::new(),
    };
    sandbox.call(&call, &stop)
}

/// What the guest did, as the step's exception tells it; another one must be callable afterwards.
#[track_caller]
fn defect(function: &str) -> String {
    let mut sandbox = sandbox();
    let outcome = call(&mut sandbox, function);
    assert_eq!(call(&mut sandbox, "z"), Outcome::Returned(Value::None));
    match outcome {
        Outcome::Raised(exception) => {
            assert_eq!(exception.class, "SystemError");
            let message = exception
                .message
                .strip_prefix("the Python interpreter broke down (")
                .and_then(|rest| {
                    rest.strip_suffix("); the next step goes on from where this one began")
                });
            message.unwrap_or(&exception.message).into()
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_request_outside_of_the_guests_memory_is_its_end() {
    assert_eq!(
        defect("a"),
        "the guest's request lies outside of its memory"
    );
}

#[test]
fn so_is_one_whose_length_wraps_around() {
    assert_eq!(
        defect("b"),
        "the guest's request lies outside of its memory"
    );
}

#[test]
fn so_is_one_that_is_none() {
    assert_eq!(defect("c"), "the guest's request is none");
}

#[test]
fn no_answer_is_written_outside_of_its_memory() {
    assert_eq!(
        defect("d"),
        "the guest's room for a reply lies outside of its memory"
    );
}

#[test]
fn no_outcome_is_read_from_outside_of_its_memory() {
    assert_eq!(defect("e"), "its answer lies outside of its memory");
}

#[test]
fn an_outcome_that_is_none_is_refused() {
    assert_eq!(defect("f"), "its answer is none");
}

#[test]
fn lists_within_lists_do_not_use_up_the_readers_stack() {
    assert_eq!(defect("g"), "its answer is none");
}

#[test]
fn one_that_cannot_even_be_interrupted_is_ended() {
    let mut sandbox = sandbox();
    assert_eq!(call(&mut sandbox, "h"), Outcome::Lost);
    assert_eq!(call(&mut sandbox, "z"), Outcome::Returned(Value::None));
}

#[test]
fn its_stack_is_its_own() {
    assert_eq!(defect("i"), "wasm trap: call stack exhausted");
}

#[test]
fn memory_and_tables_end_at_their_limits() {
    assert_eq!(
        defect("j"),
        "wasm trap: wasm `unreachable` instruction executed"
    );
}

#[test]
fn what_the_processor_would_trap_at_ends_the_guest_alone() {
    assert_eq!(defect("k"), "wasm trap: integer divide by zero");
    assert_eq!(defect("l"), "wasm trap: uninitialized element");
}

#[test]
fn a_guest_that_imports_more_does_not_start() {
    let error = Image::of_compiled(IMPORT).err().expect("a refusal");
    assert_eq!(
        error.to_string(),
        "the sandbox does not start: unknown import: `env::system` has not been defined"
    );
}
