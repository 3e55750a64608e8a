//! A nash-llm of this app's own, with nothing but the standard library: `src-tauri/src/nash_llm.rs`.

use std::io::{BufRead, BufReader, Error, Result};
use std::path::Path;
use std::process::{Child, Command, Stdio};

pub struct NashLlm {
    pub url: String,
    child: Child,
}

impl NashLlm {
    /// Starts it on a free port. It ends with this process, however that ends.
    /// `token` is what each request has to carry; make a new one for each start.
    pub fn start(program: &Path, token: &str) -> Result<NashLlm> {
        let mut child = Command::new(program)
            .args(["serve", "--port", "0", "--quiet", "--ready-json"])
            .args(["--exit-with-parent", "--log-level", "warn"])
            // In a variable: arguments are there for every user of the machine to read.
            .env("NASH_LLM_TOKEN", token)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()?;
        let mut line = String::new();
        if let Some(stdout) = child.stdout.take() {
            BufReader::new(stdout).read_line(&mut line)?;
        }
        let url = line.split("\"url\":\"").nth(1).and_then(|rest| rest.split('"').next());
        match url {
            Some(url) => Ok(NashLlm { url: url.to_string(), child }),
            None => Err(Error::other(format!("nash-llm ended: {}", child.wait()?))),
        }
    }
}

impl Drop for NashLlm {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
