//! package.json. Fields beyond these are warned of, so no mapping here is closed.

use schemars::JsonSchema;

use super::{
    value::{JsonName, JsonText},
    word::LifecycleStatus,
};

/// Who a Maestro package is.
#[derive(JsonSchema)]
#[schemars(title = "Maestro package", rename_all = "camelCase")]
pub struct Package {
    /// Its name, the same as its folder's, as <ProductId>_<TestName>_v<NN>: 1 to 64 letters, digits, _ and -, the first a letter or digit.
    #[schemars(extend("examples" = ["ESH10000121_FunctionalTest_v00"]))]
    pub name: JsonName,
    /// MAJOR.MINOR.PATCH; a station takes no notice of changed files while this is the same.
    #[schemars(extend("examples" = ["1.0.0"]))]
    pub version: JsonName,
    /// Who wrote it.
    pub author: JsonName,
    /// Where to ask.
    pub author_email: Option<JsonText>,
    /// What it is for, in a sentence or two.
    pub description: JsonName,
    /// How far it may be used.
    pub lifecycle_status: Option<LifecycleStatus>,
    /// Products it can test.
    pub supported_product_ids: Option<Vec<JsonText>>,
    /// Day it was published, in ISO 8601.
    #[schemars(extend("examples" = ["2026-01-31", "2026-01-31T12:00:00Z"]))]
    pub published_date: Option<JsonText>,
    /// What a station must have.
    pub requirements: Option<Requirements>,
}

/// What a station must have.
#[derive(JsonSchema)]
#[schemars(rename_all = "camelCase")]
pub struct Requirements {
    /// Oldest .NET.
    #[schemars(extend("examples" = ["10.0"]))]
    pub min_dot_net_version: Option<JsonText>,
    /// Oldest Python.
    #[schemars(extend("examples" = ["3.11"]))]
    pub min_python_version: Option<JsonText>,
    /// Libraries, as pip requirements; wheels/ holds them for local runs.
    #[schemars(extend("examples" = [["requests>=2.32.0"]]))]
    pub pip_packages: Option<Vec<JsonText>>,
}
