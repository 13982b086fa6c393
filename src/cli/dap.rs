//! `rehearse dap`: the adapter that an editor starts. It starts `rehearse run --dap`, and stands between the two.

use std::{
    io::{self, BufRead, BufReader, Read, Write},
    net::{SocketAddr, TcpListener, TcpStream},
    path::PathBuf,
    process::{Child, Command, Stdio},
    thread::{self, JoinHandle},
};

use clap::Args;
use serde_json::{Value as Json, json};

use super::{Surroundings, output::say};
use crate::{
    dap::{Attach, Client, Launch, Request, capabilities, event, failure, read, response, write},
    exit::Exit,
};

/// What `run --dap` says before the address that it listens at.
const WAITING: &str = "waiting for a debugger on ";

/// Debug tests from an editor that speaks the Debug Adapter Protocol
///
/// The editor starts it; docs/editors.md has settings for some.
#[derive(Args, Debug)]
pub struct Dap {
    /// Listen at ADDRESS:PORT for one editor, instead of talking on standard input and output; port 0 takes a free one
    #[arg(long, value_name = "ADDRESS:PORT")]
    listen: Option<SocketAddr>,
}

impl Dap {
    pub fn execute(&self, surroundings: &Surroundings) -> Exit {
        let Some(address) = self.listen else {
            let relay = Relay::new(Box::new(io::stdout()), surroundings);
            relay.serve(BufReader::new(io::stdin()));
            return Exit::Pass;
        };
        let served = TcpListener::bind(address).and_then(|listener| {
            say(format_args!("listening on {}", listener.local_addr()?));
            let (stream, _) = listener.accept()?;
            stream.set_nodelay(true)?;
            let input = BufReader::new(stream.try_clone()?);
            Relay::new(Box::new(stream), surroundings).serve(input);
            Ok(())
        });
        match served {
            Ok(()) => Exit::Pass,
            Err(error) => {
                say(format_args!(
                    "error: --listen {address}: no editor can be served there: {error}; port 0 takes a free one"
                ));
                Exit::NothingRan
            }
        }
    }
}

/// Stands between an editor and a run.
struct Relay {
    editor: Client,
    executable: PathBuf,
    current: PathBuf,
    /// What `initialize` has said, for the run.
    initialize: Json,
    run: Option<Run>,
}

/// The run that is debugged.
struct Run {
    stream: TcpStream,
    /// Ends once the run has.
    waiter: JoinHandle<()>,
    /// Whether it was started here.
    owned: bool,
}

impl Relay {
    fn new(output: Box<dyn Write + Send>, surroundings: &Surroundings) -> Self {
        Self {
            editor: Client::new(output),
            executable: surroundings.executable.clone(),
            current: surroundings.current.clone(),
            initialize: Json::Null,
            run: None,
        }
    }

    /// Talks until the editor leaves; a run that was started here ends with it, after its teardown.
    fn serve(mut self, mut input: impl BufRead) {
        loop {
            let message = match read(&mut input) {
                Ok(Some(message)) => message,
                Ok(None) => break,
                Err(error) => {
                    let passable = error.is_passable();
                    self.editor.say("important", &format!("{error}\n"));
                    match passable {
                        true => continue,
                        false => break,
                    }
                }
            };
            let request: Request = serde_json::from_value(message.clone()).unwrap_or_default();
            match request.command.as_str() {
                "initialize" => {
                    self.initialize = message;
                    self.editor.send(response(&request, capabilities()));
                }
                "launch" | "attach" if self.run.is_some() => {
                    let text = "there is a run already";
                    self.editor.send(failure(&request, text));
                }
                "launch" => self.begin(&request, &message, |its| its.launch(&request)),
                "attach" => self.begin(&request, &message, |its| its.attach(&request)),
                "disconnect" => {
                    if let Some(run) = self.run.take() {
                        run.leave(message);
                    }
                    self.editor.send(response(&request, Json::Null));
                    return;
                }
                _ => match &mut self.run {
                    Some(run) => run.pass(&message),
                    None => {
                        let text = "there is no run yet; `launch` or `attach` begins one";
                        self.editor.send(failure(&request, text));
                    }
                },
            }
        }
        if let Some(run) = self.run.take() {
            run.leave(json!({"seq": 0, "type": "request", "command": "disconnect"}));
        }
    }

    fn begin(
        &mut self,
        request: &Request,
        message: &Json,
        begin: impl FnOnce(&Self) -> Result<Run, String>,
    ) {
        match begin(self) {
            Ok(mut run) => {
                run.pass(message);
                self.run = Some(run);
            }
            Err(text) => {
                self.editor.send(failure(request, &text));
                self.editor.send(event("terminated", Json::Null));
            }
        }
    }

    /// Starts a run, and gives what it says to the editor.
    fn launch(&self, request: &Request) -> Result<Run, String> {
        let launch: Launch = request.arguments()?;
        let package = launch
            .package
            .clone()
            .ok_or("`package` is missing: the folder with the package's package.json")?;
        let mut command = Command::new(&self.executable);
        command.arg("run").arg(package).args(&launch.test);
        match &launch.simulate {
            None | Some(Json::Null | Json::Bool(false)) => {}
            Some(Json::Bool(true)) => {
                command.arg("--simulate");
            }
            Some(Json::String(file)) => {
                command.arg(format!("--simulate={file}"));
            }
            Some(other) => {
                return Err(format!(
                    "`simulate` is {other}; write true, or the path of a bench file"
                ));
            }
        }
        if launch.sandbox {
            command.arg("--sandbox");
        }
        command.args(&launch.args).arg("--dap=0");
        command.current_dir(launch.cwd.as_ref().unwrap_or(&self.current));
        for (name, value) in &launch.env {
            match value {
                Some(value) => command.env(name, value),
                None => command.env_remove(name),
            };
        }
        command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let mut child = command
            .spawn()
            .map_err(|error| format!("{} does not start: {error}", self.executable.display()))?;
        let output = child
            .stdout
            .take()
            .map(|stream| self.show(stream, "stdout"));
        let mut errors = BufReader::new(child.stderr.take().ok_or("it has no standard error")?);
        let address = match self.address(&mut errors) {
            Ok(address) => address,
            Err(said) => {
                let ended = child.wait();
                if let Some(thread) = output.transpose().map_err(|error| error.to_string())? {
                    // What it showed is shown.
                    let _ = thread.join();
                }
                let code = ended.ok().and_then(|status| status.code());
                return Err(match (said.is_empty(), code) {
                    (false, _) => format!("the test did not begin: {said}"),
                    (true, Some(code)) => format!("the test did not begin (exit code {code})"),
                    (true, None) => "the test did not begin".into(),
                });
            }
        };
        let errors = self
            .show(errors, "stderr")
            .map_err(|error| error.to_string())?;
        let output = output.transpose().map_err(|error| error.to_string())?;
        let streams = output.into_iter().chain([errors]).collect();
        self.connect(address, Some((child, streams)))
            .map_err(|error| format!("the run at {address} cannot be reached: {error}"))
    }

    fn attach(&self, request: &Request) -> Result<Run, String> {
        let attach: Attach = request.arguments()?;
        let port = attach.port.ok_or(
            "`port` is missing: the one that `rehearse run PACKAGE --dap PORT` listens at",
        )?;
        let host = attach.host.as_deref().unwrap_or("127.0.0.1");
        let address = std::net::ToSocketAddrs::to_socket_addrs(&(host, port))
            .map_err(|error| format!("{host}: {error}"))?
            .next()
            .ok_or_else(|| format!("{host} has no address"))?;
        self.connect(address, None).map_err(|error| {
            format!("nobody waits for a debugger at {address} ({error}); `rehearse run PACKAGE --dap {port}` does")
        })
    }

    /// Where the run listens, once it says so; what it says before is shown.
    ///
    /// # Errors
    /// The first error that it has told, when it ends before.
    fn address(&self, errors: &mut impl BufRead) -> Result<SocketAddr, String> {
        let mut said = String::new();
        loop {
            let mut line = Vec::new();
            let size = errors.read_until(b'\n', &mut line).unwrap_or(0);
            if size == 0 {
                return Err(said);
            }
            let text = String::from_utf8_lossy(&line);
            if let Some(address) = text.trim_end().strip_prefix(WAITING) {
                return address.parse().map_err(|_| said);
            }
            self.editor.say("stderr", &text);
            if said.is_empty() && text.starts_with("error") {
                said = text.trim_end().into();
            }
        }
    }

    /// Shows what a stream brings, until its end.
    fn show(
        &self,
        mut stream: impl Read + Send + 'static,
        category: &'static str,
    ) -> io::Result<JoinHandle<()>> {
        let editor = self.editor.clone();
        thread::Builder::new().name(category.into()).spawn(move || {
            let mut text = Vec::new();
            let mut piece = [0; 8 << 10];
            loop {
                let size = match stream.read(&mut piece) {
                    Ok(0) => break,
                    Ok(size) => size,
                    Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                    Err(_) => break,
                };
                text.extend_from_slice(&piece[..size]);
                // A character may be cut in two.
                let whole = match std::str::from_utf8(&text) {
                    Err(error) if error.error_len().is_none() => error.valid_up_to(),
                    _ => text.len(),
                };
                let rest = text.split_off(whole);
                if !text.is_empty() {
                    editor.say(category, &String::from_utf8_lossy(&text));
                }
                text = rest;
            }
            if !text.is_empty() {
                editor.say(category, &String::from_utf8_lossy(&text));
            }
        })
    }

    /// Connects with a run, and passes on what it says.
    fn connect(
        &self,
        address: SocketAddr,
        started: Option<(Child, Vec<JoinHandle<()>>)>,
    ) -> io::Result<Run> {
        let mut stream = TcpStream::connect(address)?;
        stream.set_nodelay(true)?;
        write(&mut stream, &self.initialize)?;
        let mut input = BufReader::new(stream.try_clone()?);
        let editor = self.editor.clone();
        let owned = started.is_some();
        let waiter = thread::Builder::new().name("relay".into()).spawn(move || {
            let mut ended = false;
            while let Ok(Some(message)) = read(&mut input) {
                // They were answered here, or are once the run has ended.
                let answered = message["type"] == "response"
                    && matches!(
                        message["command"].as_str(),
                        Some("initialize" | "disconnect")
                    );
                let ends = matches!(message["event"].as_str(), Some("exited" | "terminated"));
                ended |= ends;
                if !(answered || ends && owned) {
                    editor.send(message);
                }
            }
            if let Some((mut child, streams)) = started {
                for thread in streams {
                    // A panic of it has been told already.
                    let _ = thread.join();
                }
                let code = child.wait().ok().and_then(|status| status.code());
                editor.send(event("exited", json!({"exitCode": code.unwrap_or(-1)})));
                editor.send(event("terminated", Json::Null));
            } else if !ended {
                editor.send(event("terminated", Json::Null));
            }
        })?;
        Ok(Run {
            stream,
            waiter,
            owned,
        })
    }
}

impl Run {
    fn pass(&mut self, message: &Json) {
        // A run that has ended is told by whoever reads from it.
        let _ = write(&mut self.stream, message);
    }

    /// Ends the conversation; a run that was started here ends with it unless the editor says otherwise, and is waited for.
    fn leave(mut self, mut message: Json) {
        let ends = &mut message["arguments"]["terminateDebuggee"];
        if ends.is_null() && self.owned {
            *ends = true.into();
        }
        self.pass(&message);
        if self.owned {
            // A panic of it has been told already.
            let _ = self.waiter.join();
        }
    }
}
