//! The agent's web API: one HTTP request in, one response out, nothing but the bench in between.

mod application;
mod body;
mod channels;
mod comm;
mod modules;
mod problem;
mod resources;
mod routes;
mod server;

pub use problem::Problem;
pub use server::Agent;
