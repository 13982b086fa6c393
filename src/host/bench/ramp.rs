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
        }
    }

    /// Begins anew; one that is heated waits for its heater.
    pub fn start(&mut self, now: Duration) {
        let target = if self.heated_by.is_some() {
            self.from
        } else {
            self.to
        };
        self.motion = Motion {
            since: now,
            start: self.from,
            target,
        };
    }

    /// The heater is on or off from now on.
    pub fn heat(&mut self, on: bool, now: Duration) {
        let target = if on { self.to } else { self.from };
        if target != self.motion.target {
            self.motion = Motion {
                since: now,
                start: self.at(now),
                target,
            };
        }
    }

    /// Its value now.
    pub fn at(&self, now: Duration) -> f64 {
        let Motion {
            since,
            start,
            target,
        } = self.motion;
        let passed = now.saturating_sub(since).saturating_sub(self.after);
        let passed = passed.as_secs_f64();
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
        assert_eq!(ramp.at(at(255)), 35.0);
        assert_eq!(ramp.at(at(999)), 20.0);
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
            let mut level = Ramp::new(1.0, 1.0, pace);
            level.start(at(7));
            assert_eq!(level.at(at(8)), 1.0, "{pace:?}");
        }
    }
}
