//! What the code and the bench said to each other in an attempt, and which reply a value came with.

use serde_json::Value as Json;

use super::{
    chain::{Link, cut, cut_around},
    told::Exchange,
};
use crate::event::Said;

/// Earlier exchanges are only counted.
const SHOWN: usize = 4;

/// A question and its answer.
#[derive(Debug, Default)]
struct Turn {
    asked: String,
    reply: Option<String>,
    /// What came of it, before the reply: the status.
    outcome: String,
    line: Option<String>,
}

/// The last exchanges of an attempt, the one before them where the value came from included.
pub(super) fn links(exchanges: &[Exchange], value: Option<&Json>) -> Vec<Link> {
    let turns = turns(exchanges);
    let origin = value.and_then(|value| origin(&turns, value));
    let first = turns.len().saturating_sub(SHOWN);
    let is_origin = |at: usize| origin.is_some_and(|(origin, _)| origin == at);
    let shown = |at: &usize| *at >= first || is_origin(*at);
    let mut links: Vec<_> = (0..turns.len())
        .filter(shown)
        .filter_map(|at| Some((at, turns.get(at)?)))
        .map(|(at, turn)| {
            let around = value.filter(|_| is_origin(at));
            let mut link = Link::new("bench", turn.text(around)).at(turn.line.clone());
            link.marked = origin.filter(|_| is_origin(at)).map(|(_, others)| others);
            link
        })
        .collect();
    let hidden = turns.len() - links.len();
    if hidden > 0 {
        let plural = if hidden == 1 { "" } else { "s" };
        let text = format!("and {hidden} exchange{plural} before");
        links.push(Link::new("bench", text));
    }
    links
}

/// Requests with their replies; on other connections, what was sent with what came after it.
fn turns(exchanges: &[Exchange]) -> Vec<Turn> {
    let mut turns: Vec<Turn> = Vec::new();
    // Whether the last turn is of a connection that is not HTTP.
    let mut talking = false;
    for exchange in exchanges {
        let line = exchange.line.clone();
        match &exchange.said {
            Said::Http(http) => {
                talking = false;
                let body = http.body.as_deref().map(|body| format!(" {}", cut(body)));
                let outcome = match (&exchange.error, http.status) {
                    (None, Some(status)) => status.to_string(),
                    (error, _) => error.clone().unwrap_or_else(|| "no answer".into()),
                };
                turns.push(Turn {
                    asked: format!("{} {}{}", http.method, http.path, body.unwrap_or_default()),
                    reply: http.reply.clone(),
                    outcome,
                    line,
                });
            }
            Said::Connect { host, port } => {
                // That there is one says nothing.
                if let Some(error) = &exchange.error {
                    talking = false;
                    turns.push(Turn {
                        asked: format!("connect to {host}:{port}"),
                        outcome: error.clone(),
                        line,
                        ..Turn::default()
                    });
                }
            }
            Said::Sent(text) => match turns.last_mut() {
                Some(turn) if talking && turn.reply.is_none() => turn.asked.push_str(text),
                _ => {
                    talking = true;
                    turns.push(Turn {
                        asked: text.clone(),
                        line,
                        ..Turn::default()
                    });
                }
            },
            Said::Received(text) => match turns.last_mut() {
                Some(turn) if talking => turn.reply.get_or_insert_default().push_str(text),
                _ => {
                    talking = true;
                    turns.push(Turn {
                        asked: "(unasked)".into(),
                        reply: Some(text.clone()),
                        line,
                        ..Turn::default()
                    });
                }
            },
            Said::Ended(how) => {
                if talking && let Some(turn) = turns.last_mut() {
                    turn.outcome = format!("the connection was {how}");
                }
                talking = false;
            }
        }
    }
    turns
}

impl Turn {
    /// On one line; a long reply is cut so that the value can still be seen.
    fn text(&self, value: Option<&Json>) -> String {
        let reply = self.reply.as_deref().map(|reply| match value {
            Some(value) => cut_around(reply, &plain(value)),
            None => cut(reply),
        });
        let answer: Vec<_> = [Some(self.outcome.clone()), reply]
            .into_iter()
            .flatten()
            .filter(|part| !part.is_empty())
            .collect();
        match answer.is_empty() {
            true => cut(&self.asked),
            false => format!("{} → {}", cut(&self.asked), answer.join(" ")),
        }
    }
}

/// The last reply that holds the value, and how many others do. Of true, 0 and their like that says nothing.
fn origin(turns: &[Turn], value: &Json) -> Option<(usize, usize)> {
    let holds = |(_, turn): &(usize, &Turn)| {
        let reply = turn.reply.as_deref();
        reply.is_some_and(|reply| holds(reply, value))
    };
    let mut found = turns.iter().enumerate().filter(holds);
    let (last, _) = found.next_back()?;
    let common = matches!(plain(value).as_str(), "true" | "false" | "0" | "1");
    let others = found.count();
    (!common || others == 0).then_some((last, others))
}

fn holds(reply: &str, value: &Json) -> bool {
    match serde_json::from_str::<Json>(reply) {
        Ok(json) => is_within(&json, value),
        Err(_) => reply
            .split(|c: char| c.is_whitespace() || matches!(c, ',' | ';' | '"' | ':' | '='))
            .any(|word| is_same(word, value)),
    }
}

fn is_within(json: &Json, value: &Json) -> bool {
    match json {
        _ if json == value => true,
        Json::Object(fields) => fields.values().any(|field| is_within(field, value)),
        Json::Array(items) => items.iter().any(|item| is_within(item, value)),
        Json::Null => false,
        leaf => is_same(&plain(leaf), value),
    }
}

/// Whether a text stands for the value: `5.420` for the number 5.42, `True` for true.
fn is_same(text: &str, value: &Json) -> bool {
    let text = text.trim();
    match value {
        Json::Number(number) => match (text.parse::<f64>(), number.as_f64()) {
            (Ok(text), Some(number)) => text == number,
            _ => false,
        },
        Json::Bool(value) => text.eq_ignore_ascii_case(&value.to_string()),
        Json::String(value) => !value.is_empty() && text == value.trim(),
        Json::Null | Json::Array(_) | Json::Object(_) => false,
    }
}

fn plain(json: &Json) -> String {
    match json {
        Json::String(text) => text.clone(),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::event::HttpExchange;

    fn http(path: &str, reply: &str) -> Exchange {
        Exchange {
            line: None,
            said: Said::Http(Box::new(HttpExchange {
                method: "GET".into(),
                path: path.into(),
                body: None,
                status: Some(200),
                reply: Some(reply.into()),
            })),
            error: None,
        }
    }

    fn marked(exchanges: &[Exchange], value: &Json) -> Vec<String> {
        let links = links(exchanges, Some(value));
        let marked = links.into_iter().filter(|link| link.marked.is_some());
        marked.map(|link| link.text).collect()
    }

    #[test]
    fn the_reply_that_holds_the_value_is_found_in_any_spelling() {
        let exchanges = [
            http("/a", r#"{"value":"5.420"}"#),
            http("/b", r#"{"list":[{"on":"True"}]}"#),
            http("/c", "VOLT=3.3;CURR=0.5"),
        ];
        for (value, text) in [
            (json!(5.42), r#"GET /a → 200 {"value":"5.420"}"#),
            (json!(true), r#"GET /b → 200 {"list":[{"on":"True"}]}"#),
            (json!(0.5), "GET /c → 200 VOLT=3.3;CURR=0.5"),
        ] {
            assert_eq!(marked(&exchanges, &value), [text], "{value}");
        }
        assert!(marked(&exchanges, &json!(7)).is_empty());
    }

    #[test]
    fn a_value_that_many_replies_hold_marks_none_of_them() {
        let exchanges = [http("/a", r#"{"ok":true}"#), http("/b", r#"{"ok":true}"#)];
        assert!(marked(&exchanges, &json!(true)).is_empty());
        assert_eq!(marked(&exchanges[..1], &json!(true)).len(), 1);
    }

    #[test]
    fn the_value_is_shown_though_its_reply_is_long_and_long_ago() {
        let long = format!("{{\"filler\":\"{}\",\"v\":5.42}}", "x".repeat(300));
        let mut exchanges = vec![http("/early", &long)];
        exchanges.extend((0..6).map(|_| http("/later", "{}")));
        let found = marked(&exchanges, &json!(5.42));
        assert!(found[0].ends_with("\"v\":5.42}"), "{found:?}");
        let links = links(&exchanges, Some(&json!(5.42)));
        assert_eq!(links.len(), 1 + SHOWN + 1);
        assert_eq!(links[5].text, "and 2 exchanges before");
    }

    #[test]
    fn what_is_sent_and_received_in_pieces_is_one_turn() {
        let talk = |said| Exchange {
            line: Some("a.py:1".into()),
            said,
            error: None,
        };
        let exchanges = [
            talk(Said::Sent("MEAS:".into())),
            talk(Said::Sent("VOLT?\n".into())),
            talk(Said::Received("5.".into())),
            talk(Said::Received("42\n".into())),
            talk(Said::Sent("OUTP OFF\n".into())),
        ];
        let links = links(&exchanges, Some(&json!(5.42)));
        let texts: Vec<_> = links
            .iter()
            .map(|link| (&*link.text, link.marked.is_some()))
            .collect();
        assert_eq!(texts, [("MEAS:VOLT? → 5.42", true), ("OUTP OFF", false)]);
    }
}
