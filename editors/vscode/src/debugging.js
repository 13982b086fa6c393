"use strict";

// The debug type `rehearsal`: which program is the adapter, and what a configuration lacks.

const path = require("node:path");
const vscode = require("vscode");
const { package_of, test_path } = require("./packages");

/** The program `rehearse`, as the settings name it. */
function program(resource) {
  return vscode.workspace.getConfiguration("rehearsal", resource).get("path") || "rehearse";
}

const adapters = {
  createDebugAdapterDescriptor(session) {
    const folder = session.workspaceFolder;
    return new vscode.DebugAdapterExecutable(program(folder?.uri), ["dap"], { cwd: folder?.uri.fsPath });
  },
};

const configurations = {
  /** Without launch.json: the package and the test of the file at hand, on its simulated bench. */
  resolveDebugConfiguration(_folder, configuration) {
    if (configuration.type) {
      return configuration;
    }
    const file = vscode.window.activeTextEditor?.document.uri.fsPath;
    const folder = file && package_of(file);
    if (!folder) {
      return configuration;
    }
    const test = test_path(folder, file);
    return {
      type: "rehearsal",
      request: "launch",
      name: path.basename(folder),
      package: folder,
      ...(test ? { test } : {}),
      simulate: true,
    };
  },

  resolveDebugConfigurationWithSubstitutedVariables(_folder, configuration) {
    const lacks = configuration.request === "attach" ? !configuration.port && "port" : !configuration.package && "package";
    if (lacks) {
      vscode.window.showErrorMessage(`Rehearsal: the configuration "${configuration.name}" has no "${lacks}".`);
      return undefined;
    }
    return configuration;
  },
};

module.exports = { adapters, configurations, program };
