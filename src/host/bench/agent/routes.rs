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
    /// Below `/api/`; `{}` stands for one part of any text, twice at most.
    pub path: &'static str,
    pub method: Method,
    pub access: Access,
    /// Whether it is refused while the agent has no hardware.
    pub needs_hardware: bool,
    pub handler: Handler,
}

/// A route of a path, and what stands there for each `{}`.
#[derive(Debug)]
pub struct Found {
    pub route: &'static Route,
    pub parameters: [String; 2],
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

const fn put(path: &'static str, handler: Handler) -> Route {
    route(Method::PUT, path, Access::Change, handler)
}

const fn delete(path: &'static str, handler: Handler) -> Route {
    route(Method::DELETE, path, Access::Change, handler)
}

/// A change of something that is the client's own.
const fn open(method: Method, path: &'static str, handler: Handler) -> Route {
    route(method, path, Access::Open, handler)
}

/// What the web API answers by itself.
const fn always(mut route: Route) -> Route {
    route.needs_hardware = false;
    route
}

/// Of two that fit a path, the first is taken.
static ROUTES: [Route; 85] = [
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
    always(open(Method::PUT, "lease/{}", Agent::renew_lease)),
    always(open(Method::DELETE, "lease/{}", Agent::release_lease)),
    always(get("events", Agent::open_events)),
    always(look_up("subscriptions", Agent::subscribe)),
    always(open(
        Method::PUT,
        "subscriptions/{}",
        Agent::update_subscription,
    )),
    always(open(Method::DELETE, "subscriptions/{}", Agent::unsubscribe)),
    always(get("files", Agent::list_roots)),
    always(get("files/{}", Agent::list_files)),
    always(delete("files/{}", Agent::delete_file)),
    always(get("files/{}/content", Agent::download_content)),
    always(put("files/{}/content", Agent::upload_content)),
    always(change("files/{}/folder", Agent::create_folder)),
    always(change("files/{}/move", Agent::move_file)),
    always(get("system/services", Agent::list_services)),
    always(change("system/services/{}/{}", Agent::act_on_service)),
    always(change("system/reboot", Agent::reboot)),
    always(get("system/clock", Agent::show_clock)),
    always(put("system/clock", Agent::set_clock)),
    always(get("system/boot", Agent::show_boot)),
    always(put("system/boot", Agent::set_boot)),
    always(put("system/boot/startup", Agent::set_startup)),
    always(get("system/firmware", Agent::show_firmware)),
    always(get("system/firmware/releases", Agent::list_releases)),
    always(put("system/firmware/source", Agent::set_firmware_source)),
    always(get("system/firmware/update", Agent::show_update)),
    always(change("system/firmware/update", Agent::start_update)),
    always(get("system/firmware/update/log", Agent::show_update_log)),
    always(change("system/firmware/packages", Agent::upload_package)),
    always(delete("system/firmware/packages/{}", Agent::delete_package)),
];

/// The routes of a path, in any letter case.
pub fn find(path: &str) -> Result<Vec<Found>, Problem> {
    let unknown = || {
        Problem::new(
            StatusCode::NOT_FOUND,
            format!("path {path} not found on the simulated bench"),
        )
    };
    let below = path
        .get(..5)
        .filter(|api| api.eq_ignore_ascii_case("/api/"))
        .and_then(|_| path.get(5..))
        .ok_or_else(unknown)?;
    let below = below.strip_suffix('/').unwrap_or(below);
    let mut found = Vec::new();
    for route in &ROUTES {
        if let Some([first, second]) = parameters(route.path, below) {
            let parameters = [decode(first)?.into_owned(), decode(second)?.into_owned()];
            found.push(Found { route, parameters });
        }
    }
    if found.is_empty() {
        return Err(unknown());
    }
    Ok(found)
}

/// What stands for each `{}`, empty where the route has none; none when the path does not fit.
fn parameters<'p>(route: &str, path: &'p str) -> Option<[&'p str; 2]> {
    let mut parameters = [""; 2];
    let mut free = parameters.iter_mut();
    let (mut wanted, mut parts) = (route.split('/'), path.split('/'));
    loop {
        match (wanted.next(), parts.next()) {
            (None, None) => return Some(parameters),
            (Some("{}"), Some(part)) if !part.is_empty() => *free.next()? = part,
            (Some(wanted), Some(part)) if wanted.eq_ignore_ascii_case(part) => {}
            _ => return None,
        }
    }
}
