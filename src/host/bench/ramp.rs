//! A value that moves with time, such as a temperature: on its own, or while a heater is on.

use std::time::Duration;

#[derive(Clone, Debug, PartialEq)]
pub struct Ramp {
    pub from: f64,
    pub to: f64,
    pub pace: Pace,
    /// How long it takes until a change begins to show.
    pub after: Duration,
    /// The channel that has it move towards `to` while it is on, and back towards `from` while it is off.
    pub heated_by: Option<String>,
    motion: Motion,
    /// What is to show later, in that order.
    ahead: Vec<Turn>,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Pace {
    /// In a straight line, all the way in this time.
    Over(Duration),
    /// The difference that is left falls to 37 % (1/e) in this time.
    TimeConstant(Duration),
}

/// Where it came from, and where it goes.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Motion {
    since: Duration,
    start: f64,
    target: f64,
}

/// When it goes elsewhere, and where.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Turn {
    at: Duration,
    target: f64,
}

impl Ramp {
    pub fn new(from: f64, to: f64, pace: Pace) -> Self {
        Self {
            from,
            to,
            pace,
            after: Duration::ZERO,
            heated_by: None,
            motion: Motion {
                since: Duration::ZERO,
                start: from,
                target: from,
            },
            ahead: Vec::new(),
        }
    }

    /// Begins anew; one that is heated waits for its heater.
    pub fn start(&mut self, now: Duration) {
        self.motion = Motion {
            since: now,
            start: self.from,
            target: self.from,
        };
        self.ahead.clear();
        if self.heated_by.is_none() {
            self.turn(self.to, now);
        }
    }

    /// The heater is on or off from now on.
    pub fn heat(&mut self, on: bool, now: Duration) {
        self.turn(if on { self.to } else { self.from }, now);
    }

    fn turn(&mut self, target: f64, now: Duration) {
        self.motion = self.motion_at(now);
        let at = now.saturating_add(self.after);
        // What is taken back at once never was.
        self.ahead.retain(|turn| turn.at > now && turn.at != at);
        let last = self.ahead.last();
        if target != last.map_or(self.motion.target, |turn| turn.target) {
            self.ahead.push(Turn { at, target });
        }
    }

    fn motion_at(&self, now: Duration) -> Motion {
        let turns = self.ahead.iter().take_while(|turn| turn.at <= now);
        turns.fold(self.motion, |motion, turn| Motion {
            since: turn.at,
            start: self.along(motion, turn.at),
            target: turn.target,
        })
    }

    /// Its value now.
    pub fn at(&self, now: Duration) -> f64 {
        self.along(self.motion_at(now), now)
    }

    fn along(&self, motion: Motion, now: Duration) -> f64 {
        let Motion {
            since,
            start,
            target,
        } = motion;
        let passed = now.saturating_sub(since).as_secs_f64();
        match self.pace {
            Pace::Over(over) => {
                let whole = (self.to - self.from).abs();
                let way = whole * passed / over.as_secs_f64();
                // Nothing divided by nothing has no way to go either.
                if way < (target - start).abs() {
                    start + way * (target - start).signum()
                } else if passed > 0.0 || over.is_zero() {
                    target
                } else {
                    start
                }
            }
            Pace::TimeConstant(constant) if !constant.is_zero() => {
                target + (start - target) * (-passed / constant.as_secs_f64()).exp()
            }
            Pace::TimeConstant(_) => target,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn at(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    #[test]
    fn a_straight_line_ends_at_its_end_and_turns_where_it_is() {
        let mut ramp = Ramp::new(20.0, 80.0, Pace::Over(at(60)));
        ramp.after = at(5);
        ramp.heated_by = Some("H".into());
        ramp.start(at(100));
        assert_eq!(ramp.at(at(200)), 20.0);
        ramp.heat(true, at(200));
        assert_eq!(ramp.at(at(205)), 20.0);
        assert_eq!(ramp.at(at(235)), 50.0);
        assert_eq!(ramp.at(at(265)), 80.0);
        assert_eq!(ramp.at(at(999)), 80.0);
        ramp.heat(true, at(235));
        assert_eq!(ramp.at(at(265)), 80.0);
        ramp.heat(false, at(235));
        assert_eq!(ramp.at(at(240)), 55.0);
        assert_eq!(ramp.at(at(255)), 40.0);
        assert_eq!(ramp.at(at(999)), 20.0);
    }

    #[test]
    fn each_change_shows_after_its_time() {
        let mut ramp = Ramp::new(0.0, 100.0, Pace::Over(at(100)));
        ramp.after = at(10);
        ramp.heated_by = Some("H".into());
        ramp.start(at(0));
        let expected = [
            (10, 0.0),
            (13, 3.0),
            (14, 2.0),
            (17, 5.0),
            (50, 20.0),
            (60, 10.0),
        ];
        for second in 0..=60 {
            match second % 4 {
                0 if second < 40 => ramp.heat(true, at(second)),
                3 if second < 40 => ramp.heat(false, at(second)),
                _ => {}
            }
            if let Some((_, value)) = expected.iter().find(|(its, _)| *its == second) {
                assert_eq!(ramp.at(at(second)), *value, "{second}");
            }
        }
    }

    #[test]
    fn what_is_taken_back_at_once_never_was() {
        for after in [at(0), at(10)] {
            let mut ramp = Ramp::new(0.0, 100.0, Pace::Over(at(100)));
            ramp.after = after;
            ramp.heated_by = Some("H".into());
            ramp.start(at(0));
            ramp.heat(true, at(5));
            ramp.heat(false, at(5));
            assert_eq!(ramp.at(at(20)), 0.0);
            assert!(ramp.ahead.len() <= 1);
        }
    }

    #[test]
    fn a_time_constant_leaves_37_percent() {
        let mut ramp = Ramp::new(0.0, 100.0, Pace::TimeConstant(at(10)));
        ramp.start(at(0));
        assert!((ramp.at(at(10)) - 63.212).abs() < 0.001);
        assert!((ramp.at(at(1000)) - 100.0).abs() < 1e-9);
    }

    #[test]
    fn what_takes_no_time_is_there_at_once() {
        for pace in [Pace::Over(at(0)), Pace::TimeConstant(at(0))] {
            let mut ramp = Ramp::new(1.0, 2.0, pace);
            ramp.start(at(7));
            assert_eq!(ramp.at(at(7)), 2.0, "{pace:?}");
            ramp.after = at(3);
            ramp.start(at(7));
            assert_eq!([9, 10].map(|second| ramp.at(at(second))), [1.0, 2.0]);
            let mut level = Ramp::new(1.0, 1.0, pace);
            level.start(at(7));
            assert_eq!(level.at(at(8)), 1.0, "{pace:?}");
        }
    }
}
