//! The agent's web API: one HTTP request in, one response out, nothing but the bench in between.

mod application;
mod body;
mod calendar;
mod calibration;
mod channels;
mod comm;
mod files;
mod journal;
mod lease;
mod modules;
mod multipart;
mod numeric;
mod problem;
mod reply;
mod resources;
mod routes;
mod server;

pub use problem::Problem;
pub use reply::Delay;
pub use server::Agent;
