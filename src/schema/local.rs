//! local.yaml.

use std::borrow::Cow;

use indexmap::IndexMap;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};

use super::value::{Flag, Scalar, Text};

/// What a station would inject, for local runs. The command line wins over it.
#[derive(JsonSchema)]
#[schemars(title = "local.yaml of Rehearsal", deny_unknown_fields)]
#[schemars(extend("type" = ["object", "null"]))]
pub struct Local {
    /// Configuration of the station, as {{cfg.NAME}}; on the command line --cfg NAME=VALUE.
    #[schemars(extend("examples" = [{"AGENT_HOST": "http://agent64.local:5000"}]))]
    pub cfg: Option<IndexMap<String, Scalar>>,
    /// The run, as {{exec.NAME}}.
    pub exec: Option<Exec>,
    /// Tags, as {{exec.tag.NAME}}; they win over those of the test. On the command line --tag NAME=VALUE.
    pub tags: Option<IndexMap<String, Scalar>>,
    /// What the MES would give, as {{mes.NAME}}; on the command line --mes NAME=VALUE.
    pub mes: Option<IndexMap<String, Scalar>>,
    /// What .NET steps would return: step name, then the values by their names.
    pub stubs: Option<IndexMap<String, Option<IndexMap<String, Scalar>>>>,
    /// What test code may reach.
    pub permissions: Option<Permissions>,
    /// Names of settings, parameters, headers and fields whose values are not written down, beside those that hold password, token, secret or apikey.
    pub secrets: Option<Vec<Text>>,
    /// Which tests may run for which unit: a file beside this one, or the routes themselves.
    pub routing: Option<Routing>,
}

/// What the package needs of the sandbox; --allow-declared gives it that.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Permissions {
    /// Run the Python in the sandbox unless told otherwise.
    pub sandbox: Option<Flag>,
    /// Hosts to connect to, each as HOST:PORT. cfg.AGENT_HOST is allowed by itself.
    pub net: Option<Vec<Text>>,
    /// Files and folders to read, relative to the package. The package itself is allowed.
    pub read: Option<Vec<Text>>,
    /// Folders to write below, relative to the package.
    pub write: Option<Vec<Text>>,
    /// Programs to start; they run outside of the sandbox.
    pub run: Option<Vec<Text>>,
    /// Variables of the environment to see.
    pub env: Option<Vec<Text>>,
    /// What is never to be reached, whatever allows it, with or without the sandbox.
    pub deny: Option<Denied>,
}

/// What the code is kept from. `*` stands for all of a kind.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Denied {
    /// Hosts, each as HOST:PORT, with `*` for any port.
    pub net: Option<Vec<Text>>,
    /// Files and folders, relative to the package.
    pub read: Option<Vec<Text>>,
    /// Files and folders, relative to the package.
    pub write: Option<Vec<Text>>,
    /// Programs.
    pub run: Option<Vec<Text>>,
    /// Variables of the environment.
    pub env: Option<Vec<Text>>,
}

/// The run. Further names are passed on.
#[derive(JsonSchema)]
#[schemars(extend("additionalProperties" = {"type": ["string", "number", "boolean", "null"]}))]
pub struct Exec {
    /// Serial number of the unit under test; on the command line --serial. Default: DEV-001.
    pub serial_number: Option<Scalar>,
    /// Who runs the test.
    pub operator: Option<Scalar>,
    /// Where the test runs.
    pub station_id: Option<Scalar>,
}

/// A path, or what the file would hold.
pub struct Routing;

impl JsonSchema for Routing {
    fn schema_name() -> Cow<'static, str> {
        "Routing".into()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({"type": ["string", "object"]})
    }
}
