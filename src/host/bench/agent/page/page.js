"use strict";
const INTERVAL = 1000, RENEWAL = 20000, RETRY = 2000, LOG = 5000, SHOWN = 20;
// Their values are not to be had by a subscription.
const VALUELESS = ["UART", "SPI", "I2C", "ByteStream", "NumericResult", "NumericResults",
  "Socket", "Instrument", "Calibration"];
const byId = (id) => document.getElementById(id);
const rows = new Map();
let stream = null, streamId = null, subscription = null, leaseEnds = null, loading = null;
let renewing = null, waiting = null;

function element(name, className, text) {
  const made = document.createElement(name);
  if (className) made.className = className;
  if (text !== undefined) made.textContent = text;
  return made;
}

async function ask(method, path, body, signal) {
  const options = { method, cache: "no-store", signal };
  if (body !== undefined) {
    options.headers = { "Content-Type": "application/json" };
    options.body = JSON.stringify(body);
  }
  const reply = await fetch("api/" + path, options);
  const text = await reply.text();
  let json = null;
  try { json = text === "" ? null : JSON.parse(text); } catch { /* no JSON, so no more to say */ }
  if (!reply.ok) throw new Error((json && json.error) || "status " + reply.status);
  return json;
}

function complain(text) {
  byId("message").textContent = text;
  byId("message").hidden = text === "";
}

function state(id, text, good) {
  const field = byId(id);
  if (field.textContent !== text) field.textContent = text;
  field.className = good === undefined ? "" : good ? "good" : "bad";
}

function showConnection(data) {
  state("hardware", data.isConnected ? "connected" : data.lastError || "not connected", data.isConnected);
}

function showLease(data) {
  leaseEnds = data.held ? Date.now() + data.expiresInMs : null;
  state("lease", data.held ? "held by " + data.owner : "free");
}

function setter(channel) {
  const form = element("form");
  const input = element("input");
  input.autocomplete = "off";
  input.required = true;
  input.setAttribute("aria-label", "New value of " + channel.netName);
  const button = element("button", "", "Set");
  button.append(element("span", "unseen", " " + channel.netName));
  form.append(input, button);
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    try {
      await ask("POST", "resources/value/set", { Name: channel.netName, Value: input.value });
      complain("");
      input.value = "";
      const reply = await ask("POST", "resources/value/get", { Name: channel.netName });
      showValue(channel.netName, reply.value);
    } catch (error) {
      complain(channel.netName + ": " + error.message);
    }
  });
  return form;
}

function showValue(name, value) {
  const row = rows.get(name);
  if (!row) return;
  const known = row.value.textContent;
  row.value.textContent = value;
  row.error.textContent = "";
  row.line.classList.toggle("changed", known !== "–" && known !== value);
}

function showError(name, text) {
  const row = rows.get(name);
  if (!row) return;
  row.value.textContent = "–";
  row.error.textContent = text;
  row.line.classList.remove("changed");
}

function newRow() {
  const row = {
    line: element("tr"), name: element("th"), kind: element("td", "kind"), shown: element("td", "shown"),
    setting: element("td", "setting"), value: element("span", "value"), error: element("span", "detail"),
    served: null, words: "",
  };
  row.name.scope = "row";
  row.line.append(row.name, row.kind, row.shown, row.setting);
  return row;
}

function describe(row, channel) {
  row.name.replaceChildren(channel.netName);
  if (channel.alias !== channel.netName) row.name.append(element("span", "alias", channel.alias));
  if (channel.description) row.name.append(element("span", "detail", channel.description));
  row.kind.textContent = channel.channelType + (channel.enabled ? "" : ", disabled");
  const served = !VALUELESS.includes(channel.channelType);
  if (served !== row.served) {
    row.served = served;
    row.value.textContent = served ? "–" : "";
    row.error.textContent = "";
    row.line.classList.remove("changed");
  }
  const unit = channel.unit ? [" ", element("span", "unit", channel.unit)] : [];
  row.shown.replaceChildren(row.value, ...unit, row.error);
  // What somebody is typing stays.
  if (!(served && channel.enabled && channel.direction.includes("OUT"))) row.setting.replaceChildren();
  else if (!row.setting.firstChild) row.setting.append(setter(channel));
  const words = [channel.netName, channel.alias, channel.description, channel.channelType];
  row.words = words.join(" ").toLowerCase();
}

function showChannels(channels) {
  const body = byId("channels").tBodies[0];
  const names = new Set(channels.map((channel) => channel.netName));
  for (const [name, row] of [...rows]) {
    if (names.has(name)) continue;
    row.line.remove();
    rows.delete(name);
  }
  let place = body.firstElementChild;
  for (const channel of channels) {
    let row = rows.get(channel.netName);
    if (!row) rows.set(channel.netName, row = newRow());
    describe(row, channel);
    // A row that is moved loses the focus.
    if (row.line === place) place = place.nextElementSibling;
    else body.insertBefore(row.line, place);
  }
  filter();
}

function filter() {
  const wanted = byId("filter").value.trim().toLowerCase();
  let count = 0;
  for (const row of rows.values()) {
    row.line.hidden = !row.words.includes(wanted);
    if (!row.line.hidden) count += 1;
  }
  byId("channel-count").textContent = count === rows.size ? count : count + " of " + rows.size;
  byId("no-channels").hidden = count > 0;
}

function showModules(modules, loaded) {
  const names = new Set(loaded.map((module) => module.name));
  byId("modules").replaceChildren(...modules.map((module) => {
    const item = element("li", "", module.name + " ");
    item.append(element("span", names.has(module.name) ? "good" : "detail",
      names.has(module.name) ? "loaded" : "not loaded"));
    return item;
  }));
  if (modules.length === 0) byId("modules").append(element("li", "", "none"));
}

// What was under way for an older state of the station counts no more.
async function load() {
  const mine = loading = {};
  try {
    showConnection(await ask("GET", "connection/status"));
    showLease(await ask("GET", "lease"));
    const [name, identification, channels, modules, loaded] = await Promise.all([
      ask("GET", "application/name"), ask("GET", "application/identification"), ask("GET", "channels"),
      ask("GET", "modules"), ask("GET", "modules/loaded"),
    ]);
    if (mine !== loading) return;
    byId("name").textContent = document.title = name;
    byId("identification").textContent = identification;
    showChannels(channels);
    showModules(modules, loaded);
    complain("");
    await subscribe();
  } catch (error) {
    if (mine === loading) complain(error.message);
  }
}

// One at a time, since two would make two subscriptions; who comes meanwhile shares the next.
function subscribe() {
  if (renewing === null) return renewing = renew().finally(() => { renewing = null; });
  waiting ??= renewing.catch(() => {}).then(() => {
    waiting = null;
    return subscribe();
  });
  return waiting;
}

async function renew() {
  const names = [...rows].filter(([, row]) => row.served).map(([name]) => name);
  if (streamId === null || names.length === 0) return;
  const wanted = { Channels: names, IntervalMs: INTERVAL };
  const path = subscription === null ? "subscriptions" : "subscriptions/" + subscription;
  const method = subscription === null ? "POST" : "PUT";
  if (subscription === null) wanted.StreamId = streamId;
  const mine = streamId;
  try {
    const reply = await ask(method, path, wanted, AbortSignal.timeout(RENEWAL));
    if (mine === streamId) subscription = reply.id;
  } catch (error) {
    // It has ended; the next renewal makes another.
    if (mine === streamId) subscription = null;
    throw error;
  }
}

function open() {
  stream = new EventSource("api/events");
  const on = (name, act) => stream.addEventListener(name, (event) => act(JSON.parse(event.data)));
  on("hello", (data) => {
    streamId = data.streamId;
    subscription = null;
    state("stream", "live", true);
    load();
  });
  on("connection", (data) => { showConnection(data); load(); });
  on("configuration", load);
  on("lease", showLease);
  on("values", (data) => {
    for (const [name, value] of Object.entries(data.values)) showValue(name, value);
    for (const [name, text] of Object.entries(data.errors || {})) showError(name, text);
  });
  stream.addEventListener("error", () => {
    stream.close();
    streamId = subscription = null;
    state("stream", "not connected, trying again", false);
    setTimeout(open, RETRY);
  });
}

async function showRequests() {
  try {
    const ours = /^\S+ \S+ \S+ (\/|\/api\/(audit\/log|events|subscriptions\S*)) /;
    const lines = await ask("GET", "audit/log?tail=200");
    const others = lines.filter((line) => !ours.test(line)).slice(-SHOWN).reverse();
    byId("requests").replaceChildren(...others.map((line) => element("li", "", line)));
  } catch { /* the state of the stream says so */ }
}

byId("filter").addEventListener("input", filter);
setInterval(() => { subscribe().catch(() => {}); }, RENEWAL);
setInterval(showRequests, LOG);
setInterval(() => {
  if (leaseEnds === null) return;
  const left = Math.max(0, Math.ceil((leaseEnds - Date.now()) / 1000));
  byId("lease").title = "for another " + left + " s";
}, 1000);
open();
showRequests();
