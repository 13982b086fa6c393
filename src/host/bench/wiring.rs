//! Which pins are wired together, with the opens and shorts of a bad board.

use indexmap::IndexMap;

/// The wires between pins, by net name.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Wiring {
    pub nets: Vec<Vec<String>>,
    /// Pins cut off from everything; what they were wired to stays joined.
    pub opens: Vec<String>,
    pub shorts: Vec<Vec<String>>,
}

/// Pins that are at one level.
#[derive(Clone, Debug, Default)]
pub struct Islands {
    of: IndexMap<String, usize>,
    members: Vec<Vec<String>>,
}

impl Wiring {
    /// Joins what is wired, then cuts off the open pins.
    pub fn islands(&self) -> Islands {
        let mut islands = Islands::default();
        for net in self.nets.iter().chain(&self.shorts) {
            islands.join(net);
        }
        for open in &self.opens {
            if let Some(island) = islands.of.shift_remove(open) {
                islands.members[island].retain(|member| member != open);
            }
        }
        islands
    }
}

impl Islands {
    fn join(&mut self, net: &[String]) {
        let island = self.members.len();
        self.members.push(Vec::new());
        for name in net {
            let joining = match self.of.get(name) {
                Some(other) => std::mem::take(&mut self.members[*other]),
                None => vec![name.clone()],
            };
            for member in joining {
                self.of.insert(member.clone(), island);
                self.members[island].push(member);
            }
        }
    }

    /// The pins at one level with this one, itself included.
    pub fn around<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        let island = self
            .of
            .get(name)
            .and_then(|island| self.members.get(*island));
        let alone = island.is_none().then_some(name);
        island
            .into_iter()
            .flatten()
            .map(String::as_str)
            .chain(alone)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(list: &[&str]) -> Vec<String> {
        list.iter().map(ToString::to_string).collect()
    }

    fn around(wiring: &Wiring, name: &str) -> Vec<String> {
        let islands = wiring.islands();
        let mut around: Vec<_> = islands.around(name).map(String::from).collect();
        around.sort();
        around
    }

    #[test]
    fn nets_that_share_a_pin_are_one() {
        let wiring = Wiring {
            nets: vec![
                names(&["a", "b"]),
                names(&["c", "d"]),
                names(&["d", "b", "b"]),
            ],
            ..Wiring::default()
        };
        assert_eq!(around(&wiring, "a"), ["a", "b", "c", "d"]);
        assert_eq!(around(&wiring, "x"), ["x"]);
    }

    #[test]
    fn an_open_pin_leaves_the_others_joined() {
        let nets = vec![names(&["a", "b"]), names(&["b", "c"])];
        let wiring = Wiring {
            nets,
            opens: names(&["b"]),
            shorts: vec![names(&["b", "d"])],
        };
        assert_eq!(around(&wiring, "a"), ["a", "c", "d"]);
        assert_eq!(around(&wiring, "b"), ["b"]);
    }
}
