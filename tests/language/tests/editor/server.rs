//! rust-analyzer as an editor drives it.

use std::io::BufReader;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use lsp_server::{Message, Notification, Request, RequestId, Response};
use serde_json::{Value, json};

/// Longer than it takes to build the macro.
const PATIENCE: Duration = Duration::from_secs(300);

/// A running server with one package.
pub struct Server {
    process: Child,
    stdin: ChildStdin,
    messages: Receiver<Message>,
    folder: PathBuf,
    requests: i32,
    version: i32,
}

/// The program, if there is one that runs.
pub fn program() -> Option<PathBuf> {
    let named = std::env::var_os("RUST_ANALYZER").map(PathBuf::from);
    let program = named.unwrap_or_else(|| "rust-analyzer".into());
    let runs = Command::new(&program).arg("--version").stdin(Stdio::null()).output();
    runs.is_ok_and(|output| output.status.success()).then_some(program)
}

/// Line and column of an offset, both from 0, in bytes as agreed with the server.
pub fn line_and_column(text: &str, offset: usize) -> (u64, u64) {
    let before = &text[..offset];
    let column = offset - before.rfind('\n').map_or(0, |at| at + 1);
    (before.matches('\n').count() as u64, column as u64)
}

fn position(text: &str, offset: usize) -> Value {
    let (line, character) = line_and_column(text, offset);
    json!({ "line": line, "character": character })
}

/// A span of a file.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// The name of the file.
    pub file: String,
    /// From 0.
    pub line: u64,
    /// From 0.
    pub column: u64,
}

impl Server {
    /// Starts the server for a package with this program.
    pub fn start(program: &Path, text: &str) -> Self {
        let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().unwrap();
        let folder = workspace.join("target/tests/editor");
        std::fs::create_dir_all(folder.join("src")).unwrap();
        let manifest = format!(
            "[package]\nname = \"editor\"\nversion = \"0.0.0\"\nedition = \"2024\"\npublish = false\n\n[workspace]\n\n\
             [dependencies]\ncodepipeline-xacct = {{ path = {:?}, default-features = false }}\n",
            workspace.join("codepipeline-xacct")
        );
        std::fs::write(folder.join("Cargo.toml"), manifest).unwrap();
        std::fs::copy(workspace.join("Cargo.lock"), folder.join("Cargo.lock")).unwrap();
        std::fs::write(folder.join("src/main.rs"), text).unwrap();
        // Those that some of the right programs name.
        let contracts = folder.join("tests/contracts");
        std::fs::create_dir_all(&contracts).unwrap();
        for contract in std::fs::read_dir(workspace.join("codepipeline-xacct-macros/tests/contracts")).unwrap() {
            let contract = contract.unwrap();
            std::fs::copy(contract.path(), contracts.join(contract.file_name())).unwrap();
        }
        let mut process = Command::new(program)
            .current_dir(&folder)
            .env("CARGO_TARGET_DIR", workspace.join("target/tests/trybuild"))
            .env("CARGO_NET_OFFLINE", "true")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let stdin = process.stdin.take().unwrap();
        let mut stdout = BufReader::new(process.stdout.take().unwrap());
        let (sender, messages) = channel();
        std::thread::spawn(move || {
            while let Ok(Some(message)) = Message::read(&mut stdout) {
                if sender.send(message).is_err() {
                    break;
                }
            }
        });
        let mut server = Self { process, stdin, messages, folder, requests: 0, version: 1 };
        server.initialize(text);
        server
    }

    fn initialize(&mut self, text: &str) {
        let root = format!("file://{}", self.folder.display());
        let options = json!({
            "cachePriming": { "enable": false },
            "checkOnSave": false,
            "completion": { "autoimport": { "enable": false }, "postfix": { "enable": false } },
        });
        self.request(
            "initialize",
            json!({
                "processId": std::process::id(),
                "rootUri": root,
                "workspaceFolders": [{ "uri": root, "name": "editor" }],
                "capabilities": {
                    "experimental": { "serverStatusNotification": true },
                    "general": { "positionEncodings": ["utf-8"] },
                    "textDocument": {
                        "hover": { "contentFormat": ["markdown"] },
                        "completion": { "completionItem": { "snippetSupport": false } },
                        "rename": { "prepareSupport": true },
                        "diagnostic": { "dynamicRegistration": false },
                    },
                    "workspace": { "workspaceEdit": { "documentChanges": true } },
                },
                "initializationOptions": options,
            }),
        );
        self.notify("initialized", json!({}));
        let document = json!({ "uri": self.uri(), "languageId": "rust", "version": 1, "text": text });
        self.notify("textDocument/didOpen", json!({ "textDocument": document }));
        let begun = Instant::now();
        loop {
            let left = PATIENCE.saturating_sub(begun.elapsed());
            let message = self.messages.recv_timeout(left).expect("rust-analyzer did not get ready");
            match message {
                Message::Notification(Notification { method, params })
                    if method == "experimental/serverStatus" && params["quiescent"] == true =>
                {
                    assert_ne!(params["health"], "error", "{params}");
                    return;
                }
                other => self.answer(other),
            }
        }
    }

    fn uri(&self) -> String {
        format!("file://{}/src/main.rs", self.folder.display())
    }

    fn send(&mut self, message: &Message) {
        message.clone().write(&mut self.stdin).unwrap();
    }

    fn notify(&mut self, method: &str, params: Value) {
        self.send(&Message::Notification(Notification { method: method.to_owned(), params }));
    }

    /// Requests of the server get empty answers: it continues with its defaults.
    fn answer(&mut self, message: Message) {
        if let Message::Request(Request { id, method, params }) = message {
            let result = match method.as_str() {
                "workspace/configuration" => {
                    let items = params["items"].as_array().map_or(1, Vec::len);
                    Value::Array(vec![Value::Null; items])
                }
                _ => Value::Null,
            };
            self.send(&Message::Response(Response::new_ok(id, result)));
        }
    }

    fn request(&mut self, method: &str, params: Value) -> Value {
        self.requests += 1;
        let wanted = RequestId::from(self.requests);
        self.send(&Message::Request(Request { id: wanted.clone(), method: method.to_owned(), params }));
        let begun = Instant::now();
        loop {
            let left = PATIENCE.saturating_sub(begun.elapsed());
            let message = self.messages.recv_timeout(left).expect("rust-analyzer does not answer");
            match message {
                Message::Response(response) if response.id == wanted => {
                    return response.response_result.unwrap_or_else(|error| json!({ "error": error.message }));
                }
                other => self.answer(other),
            }
        }
    }

    /// Shows the server another text.
    pub fn edit(&mut self, text: &str) {
        self.version += 1;
        let document = json!({ "uri": self.uri(), "version": self.version });
        let changes = json!([{ "text": text }]);
        self.notify("textDocument/didChange", json!({ "textDocument": document, "contentChanges": changes }));
    }

    fn at(&self, text: &str, offset: usize) -> Value {
        json!({ "textDocument": { "uri": self.uri() }, "position": position(text, offset) })
    }

    /// What is offered at an offset of the text that the server has.
    pub fn completion(&mut self, text: &str, offset: usize) -> Vec<String> {
        let at = self.at(text, offset);
        let answer = self.request("textDocument/completion", at);
        let items = answer.as_array().or_else(|| answer["items"].as_array()).cloned().unwrap_or_default();
        items.iter().filter_map(|item| item["label"].as_str()).map(str::to_owned).collect()
    }

    /// The hover text at an offset.
    pub fn hover(&mut self, text: &str, offset: usize) -> String {
        let at = self.at(text, offset);
        let answer = self.request("textDocument/hover", at);
        answer["contents"]["value"].as_str().unwrap_or_default().to_owned()
    }

    /// Where the definition is.
    pub fn definition(&mut self, text: &str, offset: usize) -> Vec<Place> {
        let at = self.at(text, offset);
        let answer = self.request("textDocument/definition", at);
        let places = answer.as_array().cloned().unwrap_or_else(|| vec![answer]);
        let place = |found: &Value| {
            let (uri, range) = match found.get("targetUri") {
                Some(uri) => (uri, &found["targetSelectionRange"]),
                None => (&found["uri"], &found["range"]),
            };
            let file = uri.as_str()?.rsplit('/').next()?.to_owned();
            let start = &range["start"];
            Some(Place { file, line: start["line"].as_u64()?, column: start["character"].as_u64()? })
        };
        places.iter().filter_map(place).collect()
    }

    /// Where the items of this name are, as the search for symbols finds them.
    pub fn symbols(&mut self, name: &str) -> Vec<Place> {
        let answer = self.request("workspace/symbol", json!({ "query": name }));
        let found = answer.as_array().cloned().unwrap_or_default();
        let place = |symbol: &Value| {
            let file = symbol["location"]["uri"].as_str()?.rsplit('/').next()?.to_owned();
            let start = &symbol["location"]["range"]["start"];
            Some(Place { file, line: start["line"].as_u64()?, column: start["character"].as_u64()? })
        };
        found.iter().filter(|symbol| symbol["name"] == name).filter_map(place).collect()
    }

    /// The text with the item at an offset renamed, or the error.
    pub fn rename(&mut self, text: &str, offset: usize, name: &str) -> Result<String, String> {
        let mut params = self.at(text, offset);
        params["newName"] = json!(name);
        let answer = self.request("textDocument/rename", params);
        let Some(changes) = answer["documentChanges"].as_array() else { return Err(answer.to_string()) };
        let mut edits: Vec<(usize, usize, String)> = Vec::new();
        for change in changes {
            assert_eq!(change["textDocument"]["uri"], self.uri(), "{change}");
            for edit in change["edits"].as_array().unwrap() {
                let offset = |end: &str| {
                    let (line, column) = (&edit["range"][end]["line"], &edit["range"][end]["character"]);
                    let line = usize::try_from(line.as_u64().unwrap()).unwrap();
                    let before: usize = text.split_inclusive('\n').take(line).map(str::len).sum();
                    before + usize::try_from(column.as_u64().unwrap()).unwrap()
                };
                edits.push((offset("start"), offset("end"), edit["newText"].as_str().unwrap().to_owned()));
            }
        }
        edits.sort();
        let mut renamed = text.to_owned();
        for (start, end, new) in edits.into_iter().rev() {
            renamed.replace_range(start..end, &new);
        }
        Ok(renamed)
    }

    /// Errors that the server itself finds: the line where each starts, and its message.
    pub fn diagnostics(&mut self) -> Vec<(u64, String)> {
        let answer = self.request("textDocument/diagnostic", json!({ "textDocument": { "uri": self.uri() } }));
        let items = answer["items"].as_array().cloned().unwrap_or_default();
        items
            .iter()
            .map(|item| {
                let line = item["range"]["start"]["line"].as_u64().unwrap_or_default();
                (line, item["message"].as_str().unwrap_or_default().to_owned())
            })
            .collect()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
