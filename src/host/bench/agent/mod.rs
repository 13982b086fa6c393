//! The agent's web API: one HTTP request in, one response out, nothing but the bench in between.

mod application;
mod body;
mod boot;
mod boot_config;
mod calendar;
mod calibration;
mod channels;
mod clock;
mod comm;
mod events;
mod files;
mod firmware;
mod journal;
mod lease;
mod modules;
mod multipart;
mod numeric;
mod page;
mod problem;
mod reply;
mod resources;
mod roots;
mod routes;
mod schedule;
mod server;
mod subscriptions;
mod system;

pub use events::{Events, StreamId};
pub use problem::Problem;
pub use reply::{Delay, EVENT_STREAM};
pub use server::Agent;
