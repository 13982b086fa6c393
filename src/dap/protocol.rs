//! The parts of the protocol that are used, by the names and shapes of its specification
//! (<https://microsoft.github.io/debug-adapter-protocol/debugAdapterProtocol.json>).

use std::{collections::BTreeMap, path::PathBuf};

use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::{Value as Json, json};

/// What a client may ask; what is left out or unknown is passed over.
#[derive(Debug, Default, Deserialize)]
pub struct Request {
    #[serde(default)]
    pub seq: i64,
    #[serde(default)]
    pub command: String,
    #[serde(default)]
    pub arguments: Json,
}

impl Request {
    /// # Errors
    /// What does not fit.
    pub fn arguments<T: DeserializeOwned + Default>(&self) -> Result<T, String> {
        match &self.arguments {
            Json::Null => Ok(T::default()),
            arguments => serde_json::from_value(arguments.clone())
                .map_err(|error| format!("the arguments of `{}`: {error}", self.command)),
        }
    }
}

/// The arguments of `launch`; docs/editors.md describes them.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Launch {
    pub package: Option<PathBuf>,
    pub test: Option<String>,
    pub args: Vec<String>,
    /// true, or a bench file.
    pub simulate: Option<Json>,
    pub sandbox: bool,
    pub stop_on_entry: bool,
    pub cwd: Option<PathBuf>,
    pub env: BTreeMap<String, Option<String>>,
}

/// The arguments of `attach`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Attach {
    pub host: Option<String>,
    pub port: Option<u16>,
    pub stop_on_entry: bool,
}

#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(default)]
pub struct Source {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct SetBreakpoints {
    pub source: Source,
    pub breakpoints: Vec<SourceBreakpoint>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct SourceBreakpoint {
    pub line: i64,
    pub condition: Option<String>,
    pub hit_condition: Option<String>,
    pub log_message: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct SetFunctionBreakpoints {
    pub breakpoints: Vec<FunctionBreakpoint>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct FunctionBreakpoint {
    pub name: String,
    pub condition: Option<String>,
    pub hit_condition: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct SetExceptionBreakpoints {
    pub filters: Vec<String>,
    pub filter_options: Vec<FilterOptions>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct FilterOptions {
    pub filter_id: String,
    pub condition: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct StackTrace {
    pub start_frame: Option<usize>,
    pub levels: Option<usize>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct OfFrame {
    pub frame_id: Option<i64>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct OfVariables {
    pub variables_reference: i64,
    pub start: Option<usize>,
    pub count: Option<usize>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Evaluate {
    pub expression: String,
    pub frame_id: Option<i64>,
    pub context: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct SetVariable {
    pub variables_reference: i64,
    pub name: String,
    pub value: String,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct SetExpression {
    pub expression: String,
    pub value: String,
    pub frame_id: Option<i64>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Completions {
    pub frame_id: Option<i64>,
    pub text: String,
    pub column: i64,
    pub line: Option<i64>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Disconnect {
    pub terminate_debuggee: Option<bool>,
    pub restart: bool,
}

#[derive(Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct StackFrame {
    pub id: i64,
    pub name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source: Option<Source>,
    pub line: i64,
    pub column: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub presentation_hint: Option<&'static str>,
    pub can_restart: bool,
}

#[derive(Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Scope {
    pub name: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub presentation_hint: Option<&'static str>,
    pub variables_reference: i64,
    pub expensive: bool,
}

#[derive(Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Variable {
    pub name: String,
    pub value: String,
    #[serde(rename = "type", skip_serializing_if = "String::is_empty")]
    pub kind: String,
    pub variables_reference: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub evaluate_name: Option<String>,
}

#[derive(Debug, Default, Serialize)]
pub struct SetBreakpoint {
    pub id: u32,
    pub verified: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub line: Option<i64>,
}

/// What the adapter can do; whether it can go back is told once the bench is known.
pub fn capabilities() -> Json {
    let filter = |id: &str, label: &str, description: &str, default: bool| json!({"filter": id, "label": label, "description": description, "default": default});
    let mut bench = filter(
        "bench",
        "Bench request",
        "Stops in the code when a request of the bench fails, or one that the condition describes",
        false,
    );
    bench["supportsCondition"] = true.into();
    bench["conditionDescription"] =
        "words that the request has to have, such as POST /api/comm/i2c 0x50".into();
    json!({
        "supportsConfigurationDoneRequest": true,
        "supportsConditionalBreakpoints": true,
        "supportsHitConditionalBreakpoints": true,
        "supportsLogPoints": true,
        "supportsFunctionBreakpoints": true,
        "supportsEvaluateForHovers": true,
        "supportsSetVariable": true,
        "supportsSetExpression": true,
        "supportsCompletionsRequest": true,
        "completionTriggerCharacters": ["."],
        "supportsExceptionInfoRequest": true,
        "supportsExceptionFilterOptions": true,
        "supportsTerminateRequest": true,
        "supportTerminateDebuggee": true,
        "supportsRestartFrame": true,
        "exceptionBreakpointFilters": [
            filter("raised", "Raised exceptions", "Stops where an exception is raised", false),
            filter("uncaught", "Uncaught exceptions", "Stops where an exception leaves a step's function", true),
            filter("failed", "Step failed", "Stops after a step that does not pass", false),
            filter("limits", "Measurement out of limits", "Stops after a step whose measurement is out of its limits", false),
            bench,
        ],
    })
}

pub fn response(request: &Request, body: Json) -> Json {
    answer(request.seq, &request.command, true, body)
}

/// A response that says what went wrong.
pub fn failure(request: &Request, message: &str) -> Json {
    let format = message.replace('{', "(").replace('}', ")");
    let error = json!({"error": {"id": 1, "format": format, "showUser": true}});
    let mut answer = answer(request.seq, &request.command, false, error);
    answer["message"] = message.into();
    answer
}

fn answer(request_seq: i64, command: &str, success: bool, body: Json) -> Json {
    let mut answer = json!({
        "type": "response", "request_seq": request_seq, "success": success, "command": command,
    });
    if !body.is_null() {
        answer["body"] = body;
    }
    answer
}

pub fn event(name: &str, body: Json) -> Json {
    let mut event = json!({"type": "event", "event": name});
    if !body.is_null() {
        event["body"] = body;
    }
    event
}
