//! What all programs need.

use std::ops::Deref;

/// Tells the time.
pub trait Clock: Send {
    /// What a moment is.
    type Moment;

    /// Seconds in a day.
    const DAY: u64 = 86_400;

    /// The time now.
    fn now(&self) -> u64;

    /// The time a day later.
    fn tomorrow(&self) -> u64 {
        self.now() + Self::DAY
    }
}

/// The clock of the machine.
#[derive(Debug, Clone, Default)]
pub struct System;

impl Clock for System {
    type Moment = u64;

    fn now(&self) -> u64 {
        clock_reading()
    }
}

fn clock_reading() -> u64 {
    7
}

/// Keeps a value that is read often.
pub struct Kept<T>(T);

impl<T> Kept<T> {
    pub fn new(value: T) -> Self {
        Self(value)
    }

    pub fn value(&self) -> &T {
        &self.0
    }
}

impl<T> Deref for Kept<T> {
    type Target = T;

    fn deref(&self) -> &T {
        self.value()
    }
}

/// Adds up prices.
#[macro_export]
macro_rules! total {
    ($($price:expr),*) => { 0.0 $(+ $price)* };
}

/// Times anything that has a clock.
pub fn timed<C: Clock>(clock: &C) -> u64 {
    clock.tomorrow()
}
