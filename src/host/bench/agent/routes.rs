//! Every path the agent knows.

use http::{Method, StatusCode};

use super::{
    problem::Problem,
    reply::Answer,
    server::{Agent, Call, decode},
};

type Handler = fn(&mut Agent, &Call) -> Answer;

/// What a request does to the station, which decides whether somebody else's lease stands in its way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// Nothing, or its handler decides.
    Open,
    Change,
    /// A read that the hardware has to answer.
    ForcedRead,
}

#[derive(Debug)]
pub struct Route {
    /// Below `/api/`; `{}` stands for one part of any text.
    pub path: &'static str,
    pub method: Method,
    pub access: Access,
    /// Whether it is refused while the agent has no hardware.
    pub needs_hardware: bool,
    pub handler: Handler,
}

/// A route of a path, and what stands there for `{}`.
#[derive(Debug)]
pub struct Found {
    pub route: &'static Route,
    pub parameter: String,
}

const fn route(method: Method, path: &'static str, access: Access, handler: Handler) -> Route {
    Route {
        path,
        method,
        access,
        needs_hardware: true,
        handler,
    }
}

const fn get(path: &'static str, handler: Handler) -> Route {
    route(Method::GET, path, Access::Open, handler)
}

/// A POST that only looks something up.
const fn look_up(path: &'static str, handler: Handler) -> Route {
    route(Method::POST, path, Access::Open, handler)
}

const fn read(path: &'static str, handler: Handler) -> Route {
    route(Method::POST, path, Access::ForcedRead, handler)
}

const fn change(path: &'static str, handler: Handler) -> Route {
    route(Method::POST, path, Access::Change, handler)
}

const fn delete(path: &'static str, handler: Handler) -> Route {
    route(Method::DELETE, path, Access::Change, handler)
}

/// What the web API answers by itself.
const fn always(mut route: Route) -> Route {
    route.needs_hardware = false;
    route
}

/// Of two that fit a path, the first is taken.
static ROUTES: [Route; 58] = [
    always(get("connection/status", Agent::connection_status)),
    always(get("capabilities", Agent::capabilities)),
    get("application/name", Agent::application_name),
    get(
        "application/identification",
        Agent::application_identification,
    ),
    get("application/status", Agent::application_status),
    change("application/reset", Agent::application_reset),
    get("application/log", Agent::system_log),
    get("application/config/list", Agent::list_configs),
    get("application/config/loaded", Agent::list_loaded_configs),
    change("application/config/load", Agent::load_config),
    change("application/config/save", Agent::save_config),
    change("application/config/upload", Agent::upload_config),
    get("application/config/download/{}", Agent::download_config),
    delete("application/config/{}", Agent::delete_config),
    always(get("audit/log", Agent::audit_log)),
    get("media", Agent::list_media),
    change("media/upload", Agent::upload_media),
    get("media/{}", Agent::download_media),
    delete("media/{}", Agent::delete_media),
    get("resources/names", Agent::resource_names),
    read("resources/value/get", Agent::get_value),
    change("resources/value/set", Agent::set_value),
    // Forced or not by what is in its body.
    look_up("resources/values/get", Agent::get_values),
    change("resources/values/set", Agent::set_values),
    change("resources/transact", Agent::transact),
    get("channels", Agent::list_channels),
    look_up("channels/channel", Agent::find_channel),
    change("channels/channel/configure", Agent::configure_channel),
    change("channels/configure", Agent::configure_channels),
    get("instruments", Agent::list_instruments),
    get("calibration/channels", Agent::list_calibrations),
    get("calibration/table", Agent::show_calibration),
    change("calibration/table", Agent::set_calibration),
    get("modules", Agent::list_modules),
    get("modules/loaded", Agent::list_loaded_modules),
    change("modules/load", Agent::load_module),
    change("modules/unload", Agent::unload_module),
    change("modules/configure", Agent::configure_module),
    get("modules/physical-system", Agent::physical_system),
    get("modules/apps", Agent::list_apps),
    get("modules/apps/licensed", Agent::list_licensed_apps),
    change("comm/i2c", Agent::i2c),
    change("comm/spi", Agent::spi),
    change("comm/uart", Agent::uart),
    change("comm/socket", Agent::socket),
    get("numeric-results/channels", Agent::list_samplers),
    get("numeric-results/targets", Agent::list_targets),
    change("numeric-results/measure", Agent::measure),
    get("numeric-results/result/mean", Agent::result_mean),
    get("numeric-results/result/min", Agent::result_min),
    get("numeric-results/result/max", Agent::result_max),
    get("numeric-results/result/stdev", Agent::result_stdev),
    get("numeric-results/result/samples", Agent::result_samples),
    change("numeric-results/acquire", Agent::acquire),
    always(get("lease", Agent::show_lease)),
    always(look_up("lease", Agent::acquire_lease)),
    always(route(
        Method::PUT,
        "lease/{}",
        Access::Open,
        Agent::renew_lease,
    )),
    always(route(
        Method::DELETE,
        "lease/{}",
        Access::Open,
        Agent::release_lease,
    )),
];

/// What a real station has and the simulated one has not: first part of the path, status, text.
const ABSENT: [(&str, StatusCode, &str); 5] = [
    (
        "system",
        StatusCode::NOT_IMPLEMENTED,
        "the simulated bench is no station: it has no services, no clock and no start-up configuration",
    ),
    (
        "firmware",
        StatusCode::NOT_IMPLEMENTED,
        "the simulated bench is no station: it has no firmware",
    ),
    (
        "files",
        StatusCode::NOT_FOUND,
        "the simulated bench has no folders: its files are those of media and application/config",
    ),
    (
        "events",
        StatusCode::NOT_FOUND,
        "the simulated bench sends no events: read values by resources/values/get instead",
    ),
    (
        "subscriptions",
        StatusCode::NOT_FOUND,
        "the simulated bench sends no events: read values by resources/values/get instead",
    ),
];

/// The routes of a path, in any letter case.
pub fn find(path: &str) -> Result<Vec<Found>, Problem> {
    let below = path
        .get(..5)
        .filter(|api| api.eq_ignore_ascii_case("/api/"))
        .and_then(|_| path.get(5..));
    let below = below.map(|below| below.strip_suffix('/').unwrap_or(below));
    let parts: Vec<&str> = below
        .map(|below| below.split('/').collect())
        .unwrap_or_default();
    let mut found = Vec::new();
    for route in &ROUTES {
        if let Some(parameter) = parameter(route.path, &parts) {
            found.push(Found {
                route,
                parameter: decode(parameter)?.into_owned(),
            });
        }
    }
    if !found.is_empty() {
        return Ok(found);
    }
    // The firmware is part of what the station's system is asked for.
    let of_firmware = parts.get(1).filter(|part| {
        parts.len() > 1 && part.eq_ignore_ascii_case("firmware") && is(parts.first(), "system")
    });
    let group = of_firmware.or(parts.first());
    let absent = ABSENT.iter().find(|(name, ..)| is(group, name));
    Err(match absent {
        Some((_, status, text)) => Problem::new(*status, *text),
        None => Problem::new(
            StatusCode::NOT_FOUND,
            format!("path {path} not found on the simulated bench"),
        ),
    })
}

fn is(part: Option<&&str>, name: &str) -> bool {
    part.is_some_and(|part| part.eq_ignore_ascii_case(name))
}

/// What stands for `{}`, empty when the route has none; none when it does not fit.
fn parameter<'p>(route: &str, parts: &[&'p str]) -> Option<&'p str> {
    let wanted: Vec<_> = route.split('/').collect();
    if wanted.len() != parts.len() {
        return None;
    }
    let mut parameter = "";
    for (wanted, part) in wanted.iter().zip(parts) {
        match *wanted {
            "{}" if !part.is_empty() => parameter = part,
            wanted if wanted.eq_ignore_ascii_case(part) => {}
            _ => return None,
        }
    }
    Some(parameter)
}
