//! Every path the agent knows.

use http::Method;

use super::server::{Agent, Answer, Call};

pub struct Route {
    /// Below `/api/`.
    pub path: &'static str,
    pub method: Method,
    pub handler: fn(&mut Agent, &Call) -> Answer,
}

const fn get(path: &'static str, handler: fn(&mut Agent, &Call) -> Answer) -> Route {
    Route {
        path,
        method: Method::GET,
        handler,
    }
}

const fn post(path: &'static str, handler: fn(&mut Agent, &Call) -> Answer) -> Route {
    Route {
        path,
        method: Method::POST,
        handler,
    }
}

pub static ROUTES: [Route; 24] = [
    get("connection/status", Agent::connection_status),
    get("application/name", Agent::application_name),
    get(
        "application/identification",
        Agent::application_identification,
    ),
    get("application/status", Agent::application_status),
    post("application/reset", Agent::application_reset),
    get("resources/names", Agent::resource_names),
    post("resources/value/get", Agent::get_value),
    post("resources/value/set", Agent::set_value),
    post("resources/values/get", Agent::get_values),
    post("resources/values/set", Agent::set_values),
    post("resources/transact", Agent::transact),
    get("channels", Agent::list_channels),
    post("channels/channel", Agent::find_channel),
    post("channels/channel/configure", Agent::configure_channel),
    post("channels/configure", Agent::configure_channels),
    get("modules", Agent::list_modules),
    get("modules/loaded", Agent::list_loaded_modules),
    post("modules/load", Agent::load_module),
    post("modules/unload", Agent::unload_module),
    post("modules/configure", Agent::configure_module),
    get("modules/physical-system", Agent::physical_system),
    get("modules/apps", Agent::list_apps),
    get("modules/apps/licensed", Agent::list_apps),
    post("comm/i2c", Agent::i2c),
];
