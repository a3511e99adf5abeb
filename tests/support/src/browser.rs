//! Headless Chromium, over the pipe of its DevTools protocol.

use std::io::{BufRead as _, BufReader, Write as _};
use std::path::PathBuf;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

/// A browser with one page. It reaches loopback only, and is stopped when this is dropped.
pub struct Browser {
    process: Child,
    to: ChildStdin,
    from: BufReader<ChildStdout>,
    profile: PathBuf,
    session: Option<String>,
    commands: u64,
    /// What the page logged as an error: exceptions, what its policy refused, what did not load.
    pub errors: Vec<String>,
}

impl Browser {
    /// Starts Chromium; `None` where there is none, which is noted on standard error even if the test passes.
    pub fn start(name: &str) -> Option<Self> {
        let version = Command::new("chromium").arg("--version").stdout(Stdio::null()).stderr(Stdio::null()).status();
        if !version.is_ok_and(|status| status.success()) {
            crate::not_run(name, "there is no Chromium (apt-get install chromium)");
            return None;
        }
        let profile = std::env::temp_dir().join(format!("codepipeline-xacct-{name}-{}", std::process::id()));
        std::fs::create_dir_all(&profile).unwrap();
        // Chromium reads the pipe on descriptor 3, and writes on 4.
        let mut process = Command::new("sh")
            .args(["-c", r#"exec chromium "$@" 3<&0 4>&1 0</dev/null 1>/dev/null 2>/dev/null"#, "chromium"])
            .arg(format!("--user-data-dir={}", profile.display()))
            .args([
                "--headless=new",
                "--no-sandbox",
                "--remote-debugging-pipe",
                "--disable-gpu",
                "--disable-dev-shm-usage",
                "--no-first-run",
                "--disable-background-networking",
                "--disable-component-update",
                "--disable-default-apps",
                "--disable-extensions",
                "--disable-sync",
                "--no-proxy-server",
                "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
                "about:blank",
            ])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let to = process.stdin.take().unwrap();
        let from = BufReader::new(process.stdout.take().unwrap());
        let mut browser = Self { process, to, from, profile, session: None, commands: 0, errors: Vec::new() };
        let target = browser.command("Target.createTarget", json!({ "url": "about:blank" }));
        let attached =
            browser.command("Target.attachToTarget", json!({ "targetId": target["targetId"], "flatten": true }));
        browser.session = attached["sessionId"].as_str().map(str::to_owned);
        for domain in ["Page.enable", "Runtime.enable", "Log.enable"] {
            browser.command(domain, json!({}));
        }
        browser.size(1400, 900);
        Some(browser)
    }

    /// The size of the window.
    pub fn size(&mut self, width: u32, height: u32) {
        let size = json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": false });
        self.command("Emulation.setDeviceMetricsOverride", size);
    }

    /// Light or dark.
    pub fn scheme(&mut self, scheme: &str) {
        let features = json!({ "features": [{ "name": "prefers-color-scheme", "value": scheme }] });
        self.command("Emulation.setEmulatedMedia", features);
    }

    /// Opens an address.
    pub fn open(&mut self, address: &str) {
        let opened = self.command("Page.navigate", json!({ "url": address }));
        assert!(opened["errorText"].is_null(), "{address}: {opened}");
    }

    /// The value of an expression.
    pub fn value(&mut self, expression: &str) -> Value {
        let arguments = json!({ "expression": expression, "returnByValue": true, "awaitPromise": true });
        let answer = self.command("Runtime.evaluate", arguments);
        assert!(answer["exceptionDetails"].is_null(), "{expression}: {answer}");
        answer["result"]["value"].clone()
    }

    /// Waits until an expression is true.
    pub fn wait_for(&mut self, expression: &str) {
        let begun = Instant::now();
        while self.value(&format!("Boolean({expression})")) != true {
            if begun.elapsed() > Duration::from_secs(30) {
                let text = self.value("document.body.innerText");
                panic!("{expression} is not true; errors: {:?}; the page says:\n{text}", self.errors);
            }
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    /// A picture of the window, as PNG in base64.
    pub fn picture(&mut self) -> String {
        self.command("Page.captureScreenshot", json!({ "format": "png" }))["data"].as_str().unwrap().to_owned()
    }

    /// The share of pixels that differ visibly between two pictures (PNG in base64) after both are made coarser and of one size, so that
    /// the edges of letters don't count; 1 where their sizes are more than a twentieth apart.
    pub fn difference(&mut self, one: &str, other: &str) -> f64 {
        self.open("about:blank");
        let script = format!(
            r#"(async () => {{
                const load = (data) => new Promise((done, fail) => {{
                    const image = new Image();
                    image.onload = () => done(image);
                    image.onerror = fail;
                    image.src = 'data:image/png;base64,' + data;
                }});
                const [one, other] = [await load({one}), await load({other})];
                const apart = (a, b) => Math.abs(a - b) > b / 20;
                    if (apart(one.width, other.width) || apart(one.height, other.height)) return 1;
                const [width, height] = [Math.ceil(one.width / 4), Math.ceil(one.height / 4)];
                const pixels = (image) => {{
                    const canvas = new OffscreenCanvas(width, height);
                    const context = canvas.getContext('2d');
                    context.drawImage(image, 0, 0, width, height);
                    return context.getImageData(0, 0, width, height).data;
                }};
                const [a, b] = [pixels(one), pixels(other)];
                let different = 0;
                for (let i = 0; i < a.length; i += 4) {{
                    const by = Math.abs(a[i] - b[i]) + Math.abs(a[i + 1] - b[i + 1]) + Math.abs(a[i + 2] - b[i + 2]);
                    if (by > 90) different += 1;
                }}
                return different / (width * height);
            }})()"#,
            one = json!(one),
            other = json!(other),
        );
        self.value(&script).as_f64().unwrap()
    }

    fn command(&mut self, method: &str, parameters: Value) -> Value {
        self.commands += 1;
        let id = self.commands;
        let mut message = json!({ "id": id, "method": method, "params": parameters });
        if let Some(session) = &self.session {
            message["sessionId"] = json!(session);
        }
        self.to.write_all(format!("{message}\0").as_bytes()).unwrap();
        loop {
            let mut text = Vec::new();
            self.from.read_until(0, &mut text).unwrap();
            assert_eq!(text.pop(), Some(0), "Chromium ended");
            let answer: Value = serde_json::from_slice(&text).unwrap();
            match answer["method"].as_str() {
                Some("Runtime.exceptionThrown") => self.errors.push(answer["params"].to_string()),
                Some("Log.entryAdded") if answer["params"]["entry"]["level"] == "error" => {
                    self.errors.push(answer["params"]["entry"].to_string());
                }
                _ => {}
            }
            if answer["id"] == id {
                assert!(answer["error"].is_null(), "{method}: {answer}");
                return answer["result"].clone();
            }
        }
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        let _ = self.to.write_all(b"{\"id\":0,\"method\":\"Browser.close\"}\0");
        let _ = self.to.flush();
        let begun = Instant::now();
        while begun.elapsed() < Duration::from_secs(5) && matches!(self.process.try_wait(), Ok(None)) {
            std::thread::sleep(Duration::from_millis(50));
        }
        let _ = self.process.kill();
        let _ = self.process.wait();
        let _ = std::fs::remove_dir_all(&self.profile);
    }
}
