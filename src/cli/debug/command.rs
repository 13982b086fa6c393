//! What can be said while a run stands still.

use crate::package::model::Force;

/// A line that was understood.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Command {
    Continue,
    /// Over the line, or to the next step.
    Next,
    /// Into a function.
    Step,
    /// Out of a function.
    Out,
    /// To the line before, or the step before.
    Back,
    /// The step once more, with the code as it is in the files now.
    Restart,
    /// To the start of a step, by its name.
    Goto(String),
    /// The step that comes next so many times, with statistics.
    Loop(u32),
    Where,
    Up,
    Down,
    /// From 0, the innermost first.
    Frame(usize),
    Print(String),
    /// A name, an item or an attribute, and the expression it is set to.
    Set(String, String),
    Locals,
    Globals,
    Variables,
    /// Lines around a place, or around where it stands.
    List(Option<u32>),
    Steps,
    /// What the bench was asked last.
    Bench,
    Break {
        place: String,
        condition: Option<String>,
    },
    Breakpoints,
    Delete(u32),
    Watch(String),
    Unwatch,
    Force(Force),
    Help,
    Quit,
}

/// What a line is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Parsed {
    Command(Command),
    /// Nothing: the last command once more.
    Again,
    /// What is wrong with it.
    Wrong(String),
}

/// What `help` says.
pub const HELP: &str = "\
go on:  c continue     n next (over)     s step (into)     o out     q quit, teardown still runs
        back           restart (this step, with the code as it is in its files now)
        goto \"STEP\"  loop N (the step that comes next, with statistics)
look:   w where        u up, d down      p EXPR            l list [LINE]
        locals         globals           vars (of the run) steps     bench (its last requests)
change: set NAME = EXPR                  force pass|fail|skip (before a step)
stop:   b FILE:LINE | FUNCTION | \"STEP\" [if CONDITION]     breakpoints     delete N
        watch EXPR (shown at every stop) unwatch
An empty line does the last command again; anything else is taken for Python.";

/// Reads a line.
pub fn parse(line: &str) -> Parsed {
    let line = line.trim();
    if line.is_empty() {
        return Parsed::Again;
    }
    let (word, rest) = line.split_once(char::is_whitespace).unwrap_or((line, ""));
    let rest = rest.trim();
    let wrong = |text: &str| Parsed::Wrong(text.into());
    let plain = match word {
        "c" | "continue" | "run" => Some(Command::Continue),
        "n" | "next" => Some(Command::Next),
        "s" | "step" => Some(Command::Step),
        "o" | "out" | "finish" => Some(Command::Out),
        "w" | "where" | "bt" => Some(Command::Where),
        "u" | "up" => Some(Command::Up),
        "d" | "down" => Some(Command::Down),
        "locals" => Some(Command::Locals),
        "globals" => Some(Command::Globals),
        "vars" => Some(Command::Variables),
        "steps" => Some(Command::Steps),
        "bench" => Some(Command::Bench),
        "back" => Some(Command::Back),
        "restart" => Some(Command::Restart),
        "breakpoints" => Some(Command::Breakpoints),
        "unwatch" => Some(Command::Unwatch),
        "h" | "help" | "?" => Some(Command::Help),
        "q" | "quit" | "exit" => Some(Command::Quit),
        _ => None,
    };
    if let (Some(command), true) = (plain, rest.is_empty()) {
        return Parsed::Command(command);
    }
    Parsed::Command(match (word, rest) {
        ("p" | "print", "") => return wrong("print what? For example: p value"),
        ("p" | "print", expression) => Command::Print(expression.into()),
        ("l" | "list", "") => Command::List(None),
        ("l" | "list", line) if line.parse::<u32>().is_ok() => Command::List(line.parse().ok()),
        ("frame", number) if number.parse::<usize>().is_ok() => {
            Command::Frame(number.parse().unwrap_or_default())
        }
        ("delete", number) => match number.parse() {
            Ok(number) => Command::Delete(number),
            Err(_) => return wrong("delete which? `breakpoints` lists their numbers"),
        },
        ("watch", "") => return wrong("watch what? For example: watch len(values)"),
        ("watch", expression) => Command::Watch(expression.into()),
        ("goto", "") => return wrong("go to which step? `steps` lists their names"),
        ("goto", name) => Command::Goto(name.trim_matches(['"', '\'']).into()),
        ("loop", count) => match count.parse() {
            Ok(count) if count > 0 => Command::Loop(count),
            _ => return wrong("how often? For example: loop 10"),
        },
        ("force", "pass") => Command::Force(Force::Pass),
        ("force", "fail") => Command::Force(Force::Fail),
        ("force", "skip") => Command::Force(Force::Skip),
        ("force", _) => return wrong("force what? pass, fail or skip"),
        ("b" | "break", "") => {
            return wrong("break where? FILE:LINE, a function, or a step's name in quotes");
        }
        ("b" | "break", rest) => {
            let (place, condition) = match rest.split_once(" if ") {
                Some((place, condition)) => (place.trim(), Some(condition.trim().to_owned())),
                None => (rest, None),
            };
            Command::Break {
                place: place.into(),
                condition,
            }
        }
        ("set", rest) if rest.contains('=') => {
            let (name, value) = rest.split_once('=').unwrap_or((rest, ""));
            Command::Set(name.trim().into(), value.trim().into())
        }
        ("set", _) => return wrong("set what? For example: set value = 3.3"),
        _ => Command::Print(line.into()),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_commands_or_python() {
        let command = |line: &str| match parse(line) {
            Parsed::Command(command) => command,
            other => panic!("{line}: {other:?}"),
        };
        assert_eq!(command("n"), Command::Next);
        assert_eq!(command("  continue "), Command::Continue);
        assert_eq!(command("p a + 1"), Command::Print("a + 1".into()));
        assert_eq!(command("n + 1"), Command::Print("n + 1".into()));
        assert_eq!(command("total"), Command::Print("total".into()));
        assert_eq!(
            command("set a.b = 3"),
            Command::Set("a.b".into(), "3".into())
        );
        assert_eq!(
            command("b m.py:12 if n > 3"),
            Command::Break {
                place: "m.py:12".into(),
                condition: Some("n > 3".into())
            }
        );
        assert_eq!(command("goto 'Scan I2C'"), Command::Goto("Scan I2C".into()));
        assert_eq!(command("loop 10"), Command::Loop(10));
        assert_eq!(command("list 7"), Command::List(Some(7)));
        assert_eq!(command("force skip"), Command::Force(Force::Skip));
        assert_eq!(parse(""), Parsed::Again);
        assert!(matches!(parse("delete x"), Parsed::Wrong(_)));
    }
}
