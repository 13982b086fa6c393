"use strict";

const { execFile } = require("node:child_process");
const vscode = require("vscode");
const debugging = require("./debugging");
const { package_of } = require("./packages");
const testing = require("./testing");

/** `rehearse schema --vscode` for the package of the file at hand, or of the first folder that is open. */
function write_schemas() {
  const file = vscode.window.activeTextEditor?.document.uri.fsPath;
  const root = vscode.workspace.workspaceFolders?.[0]?.uri.fsPath;
  const folder = (file && package_of(file)) ?? root;
  if (!folder) {
    vscode.window.showErrorMessage("Rehearsal: open a file of the package first.");
    return;
  }
  execFile(debugging.program(), ["schema", "--vscode", folder], (error, stdout, stderr) => {
    if (error) {
      vscode.window.showErrorMessage(`Rehearsal: ${stderr.trim() || error.message}`);
    } else {
      vscode.window.showInformationMessage(`Rehearsal: ${(stdout + stderr).trim() || "the schemas are written"}`);
    }
  });
}

function activate(context) {
  context.subscriptions.push(
    vscode.debug.registerDebugAdapterDescriptorFactory("rehearsal", debugging.adapters),
    vscode.debug.registerDebugConfigurationProvider("rehearsal", debugging.configurations),
    vscode.commands.registerCommand("rehearsal.writeSchemas", write_schemas),
  );
  testing.register(context);
}

module.exports = { activate };
