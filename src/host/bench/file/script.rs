//! `script`: what a device says by itself and to what it hears.

use super::{
    super::{
        pattern::Pattern,
        script::{FIRST_STATE, Heard, Reaction, Rule, Script, Speech, When},
    },
    Reader, entries,
    motion::milliseconds,
    peers::{HEX, bytes},
    references::Wanted,
};
use crate::{
    diagnostic::{Diagnostic, Diagnostics, quoted},
    package::{
        fields::{self, Fields, nearest},
        model::Text,
    },
};

/// Fields that only a rule with `hear` has.
const OF_HEARING: [&str; 4] = ["in", "delay_ms", "set", "restart"];

impl Reader<'_> {
    /// `timed`: it may say something by itself.
    pub(super) fn script(&mut self, f: &mut Fields, timed: bool) -> Option<Script> {
        let items = f.list("script")?;
        let mut states: Vec<String> = vec![FIRST_STATE.into()];
        let mut within: Vec<Text> = Vec::new();
        let mut rules = Vec::new();
        for item in items {
            let Some(mut rule) = Fields::of(item, "a rule of `script`", f.problems) else {
                continue;
            };
            within.extend(rule.text("in"));
            let to = rule.text("to").map(|to| to.value);
            states.extend(to.clone());
            let (hear, at) = (rule.text("hear"), milliseconds(&mut rule, "at_ms"));
            if rule.has("hear") == rule.has("at_ms") {
                let message = "a rule of `script` needs one of `hear` and `at_ms`";
                let place = rule.at();
                rule.problems.push(Diagnostic::error(message).at(place));
            }
            let at_entry = rule.entry("at_ms");
            if let (false, Some(entry)) = (timed, at_entry) {
                let message = "`at_ms` is for serial ports: at a TCP connection nobody listens yet";
                let problem = Diagnostic::error(message).at(entry.key.at);
                rule.problems.push(problem);
            }
            let when = match at {
                Some(at) => {
                    self.check_timed(&mut rule);
                    When::At(at)
                }
                None => When::Heard(self.reaction(hear, &mut rule)),
            };
            let places = match &when {
                When::At(_) => Vec::new(),
                When::Heard(reaction) => reaction.hear.places(),
            };
            let said = rule.text("say");
            let say =
                said.and_then(|text| self.speech(&text, &places, at.is_some(), rule.problems));
            rule.finish();
            rules.push(Rule { when, say, to });
        }
        for state in within {
            if states.contains(&state.value) {
                continue;
            }
            let message = format!("no rule leads to the state {}", quoted(&state.value));
            let near = nearest(&state.value, states.iter().map(String::as_str));
            let hint = match near {
                Some(near) => format!("did you mean {}?", quoted(near)),
                None => format!("a script begins in `{FIRST_STATE}`; `to` leads on"),
            };
            f.problems
                .push(Diagnostic::error(message).at(state.at).hint(hint));
        }
        Some(Script::new(rules))
    }

    /// Reports what a rule cannot have that waits for its time.
    fn check_timed(&self, rule: &mut Fields) {
        for key in OF_HEARING {
            if let Some(entry) = rule.entry(key) {
                let message = format!("{} is for rules with `hear` only", quoted(key));
                rule.problems
                    .push(Diagnostic::error(message).at(entry.key.at));
            }
        }
    }

    fn reaction(&mut self, hear: Option<Text>, rule: &mut Fields) -> Reaction {
        let hear = hear.and_then(|text| {
            if text.value.starts_with(HEX) {
                return bytes(&text, "`hear`", rule.problems).map(Heard::Bytes);
            }
            let message = Pattern::parse_message(&text.value);
            let pattern = checked(message, &text, "`hear`", rule.problems);
            // Where that failed, its places are still known to what is said.
            let known = || Pattern::parse(&text.value).ok();
            pattern.or_else(known).map(Heard::Text)
        });
        let hear = hear.unwrap_or(Heard::Text(Pattern::default()));
        let places = hear.places();
        let mut set = Vec::new();
        let channels = entries(rule, "set");
        for entry in channels.into_iter().flat_map(|channels| &channels.entries) {
            self.refer(&entry.key, "`set`", Wanted::Driven);
            let what = format!("what {} is set to", quoted(&entry.key.value));
            let text = fields::text(&entry.value, &what, rule.problems);
            let text = text.and_then(|text| {
                let pattern = pattern(&text, &what, rule.problems)?;
                self.refer_places(&pattern, &text, &what, &places);
                Some(pattern)
            });
            set.extend(text.map(|text| (entry.key.value.clone(), text)));
        }
        Reaction {
            hear,
            within: rule.text("in").map(|state| state.value),
            delay: milliseconds(rule, "delay_ms").unwrap_or_default(),
            set,
            restart: rule.boolean("restart").is_some_and(|restart| restart.value),
        }
    }

    fn speech(
        &mut self,
        text: &Text,
        places: &[String],
        timed: bool,
        problems: &mut Diagnostics,
    ) -> Option<Speech> {
        if text.value.starts_with(HEX) {
            return bytes(text, "`say`", problems).map(Speech::Bytes);
        }
        let pattern = pattern(text, "`say`", problems)?;
        if timed {
            if let Some(place) = pattern.places().next() {
                let message = format!(
                    "`say` of a rule with `at_ms` cannot fill in {}",
                    quoted(place)
                );
                problems.push(Diagnostic::error(message).at(text.at));
            }
        } else {
            self.refer_places(&pattern, text, "`say`", places);
        }
        Some(Speech::Text(pattern))
    }

    /// What is no part of what was heard is a channel.
    fn refer_places(&mut self, pattern: &Pattern, text: &Text, what: &str, places: &[String]) {
        let channels = pattern
            .places()
            .filter(|name| !places.iter().any(|place| place == name));
        for name in channels {
            let name = Text {
                value: name.into(),
                at: text.at,
            };
            self.refer(&name, what, Wanted::Value);
        }
    }
}

fn pattern(text: &Text, what: &str, problems: &mut Diagnostics) -> Option<Pattern> {
    checked(Pattern::parse(&text.value), text, what, problems)
}

/// Reports what is wrong with a pattern.
fn checked(
    pattern: Result<Pattern, String>,
    text: &Text,
    what: &str,
    problems: &mut Diagnostics,
) -> Option<Pattern> {
    match pattern {
        Ok(pattern) => Some(pattern),
        Err(problem) => {
            let hint = "write {name} for a part that varies, {{ and }} for braces that stand for themselves";
            let problem = Diagnostic::error(format!("{what} {problem}"));
            problems.push(problem.at(text.at).hint(hint));
            None
        }
    }
}
