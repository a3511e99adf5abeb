//! `cargo xacct local`: local AWS on a port.

use std::error::Error;
use std::fmt::Write as _;
use std::io::Write;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::cli::stop_signal::stop_signal;
use crate::cli::terminal::{CLEAN, Output, UNUSABLE};
use crate::core::ids::AccountId;
use crate::local::Local;

/// The accounts that are opened where none are named.
const OPENED: [&str; 2] = ["111111111111", "222222222222"];

/// Serve local IAM, STS and CodePipeline until Ctrl-C, for the AWS CLI, boto3, Terraform and other SDKs
#[derive(clap::Args)]
pub(super) struct LocalArgs {
    /// Port; 0 is any free one
    #[arg(long, default_value_t = 4599)]
    port: u16,
    /// Address; anybody who can reach it can do everything
    #[arg(long, default_value_t = IpAddr::V4(Ipv4Addr::LOCALHOST))]
    address: IpAddr,
    /// Account to open, beside those in the state; can be given several times. Without any, 111111111111 and 222222222222
    #[arg(long, value_name = "ID")]
    account: Vec<AccountId>,
    /// File with what the accounts hold: read at the start if it is there, and written every second in which something changed, and at
    /// the end. It has the secrets that pipelines hold
    #[arg(long, value_name = "FILE")]
    state: Option<PathBuf>,
    /// Manual approvals and custom actions succeed by themselves, instead of waiting for PutApprovalResult and PutJobSuccessResult
    #[arg(long)]
    unattended: bool,
    /// Verify the signatures of requests
    #[arg(long)]
    check_signatures: bool,
}

/// How often a changed state is saved.
const SAVE: Duration = Duration::from_secs(1);
/// How often the clock moves.
const TICK: Duration = Duration::from_millis(200);

impl LocalArgs {
    pub(super) fn run(self, stdout: &mut dyn Write, stderr: &mut dyn Write) -> Output {
        match self.serve(stdout, stderr) {
            Ok(()) => Output { code: CLEAN, ..Output::default() },
            Err(error) => Output::error(UNUSABLE, error),
        }
    }

    fn serve(self, stdout: &mut dyn Write, stderr: &mut dyn Write) -> Result<(), Box<dyn Error>> {
        let local = match &self.state {
            Some(path) if path.try_exists()? => Local::load(path)?,
            _ => Local::new(),
        };
        let mut accounts = local.accounts();
        accounts.extend(self.account);
        if accounts.is_empty() {
            accounts = OPENED.iter().map(|id| id.parse()).collect::<Result<_, _>>()?;
        }
        local.catch_up();
        local.set_request_time(Duration::ZERO);
        local.await_answers(!self.unattended);
        local.check_signatures(self.check_signatures);
        let mut keys = Vec::new();
        for account in accounts {
            local.add_account(account.as_str())?;
            keys.push((account.to_string(), local.access_key(account.as_str())?));
        }
        if let Some(path) = &self.state {
            // A file that can't be written is an error now and not when there is something to lose.
            local.save(path)?;
        }
        if !self.address.is_loopback() {
            writeln!(stderr, "warning: anybody who can reach {} can do everything here", self.address)?;
        }
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        runtime.block_on(async {
            let server = local.serve(SocketAddr::new(self.address, self.port)).await?;
            stdout.write_all(greeting(server.address(), &keys, self.unattended).as_bytes())?;
            stdout.flush()?;
            tokio::select! {
                stopped = stop_signal() => stopped?,
                () = keep_time(&local) => {}
                () = keep_saved(&local, self.state.as_deref(), stderr) => {}
            }
            server.shutdown().await;
            Ok(self.state.iter().try_for_each(|path| local.save(path))?)
        })
    }
}

/// Lets time pass as it does in reality, until it is dropped. The clock is never behind the real one: clients compare the end of their
/// sessions with their own.
async fn keep_time(local: &Local) {
    let mut ticks = tokio::time::interval(TICK);
    let mut before = ticks.tick().await;
    loop {
        let now = ticks.tick().await;
        local.keep_up(now.duration_since(before)).await;
        before = now;
    }
}

/// Saves what changed, until it is dropped. After an error it tries again, and says so once.
async fn keep_saved(local: &Local, path: Option<&Path>, stderr: &mut dyn Write) {
    let Some(path) = path else { return std::future::pending().await };
    let mut changes = local.changes();
    let mut complained = false;
    while changes.changed().await.is_ok() {
        tokio::time::sleep(SAVE).await;
        changes.borrow_and_update();
        let (saving, to) = (local.clone(), path.to_owned());
        let saved = tokio::task::spawn_blocking(move || saving.save(to)).await;
        let error = match saved {
            Ok(Ok(())) => None,
            Ok(Err(error)) => Some(error.to_string()),
            Err(error) => Some(error.to_string()),
        };
        if let (Some(error), false) = (&error, complained) {
            let _ = writeln!(stderr, "warning: the state could not be saved; retrying: {error}");
        }
        complained = error.is_some();
        if complained {
            changes.mark_changed();
        }
    }
}

/// How to reach the accounts, ready to paste.
fn greeting(address: SocketAddr, keys: &[(String, String)], unattended: bool) -> String {
    let mut text = format!("export AWS_ENDPOINT_URL=http://{address} AWS_REGION=us-east-1\n");
    for (account, key) in keys {
        let _ = write!(text, "\n# account {account}\nexport AWS_ACCESS_KEY_ID={key} AWS_SECRET_ACCESS_KEY=local\n");
    }
    text.push_str("\n# or, in ~/.aws/config\n");
    for (account, key) in keys {
        let _ = write!(
            text,
            "[profile local-{account}]\nregion = us-east-1\nendpoint_url = http://{address}\naws_access_key_id = {key}\naws_secret_access_key = local\n"
        );
    }
    if !unattended {
        text.push_str(
            "\n# manual approvals and custom actions wait, as on AWS: get-pipeline-state shows the token for put-approval-result;\n# with --unattended they succeed by themselves\n",
        );
    }
    let _ = write!(text, "\n# in a browser: http://{address}/\n");
    text
}

#[cfg(test)]
mod tests {
    use super::greeting;

    #[test]
    fn the_greeting_is_ready_to_paste() {
        let text = |unattended: bool| {
            greeting(([127, 0, 0, 1], 4599).into(), &[("111111111111".to_owned(), "KEY".to_owned())], unattended)
        };
        let expected = "export AWS_ENDPOINT_URL=http://127.0.0.1:4599 AWS_REGION=us-east-1\n\n\
            # account 111111111111\nexport AWS_ACCESS_KEY_ID=KEY AWS_SECRET_ACCESS_KEY=local\n\n\
            # or, in ~/.aws/config\n[profile local-111111111111]\nregion = us-east-1\n\
            endpoint_url = http://127.0.0.1:4599\naws_access_key_id = KEY\naws_secret_access_key = local\n\n\
            # in a browser: http://127.0.0.1:4599/\n";
        assert_eq!(text(true), expected);
        let waits = "\n# manual approvals and custom actions wait, as on AWS: get-pipeline-state shows the token for put-approval-result;\n\
            # with --unattended they succeed by themselves\n";
        assert_eq!(text(false), expected.replace("\n# in a browser", &format!("{waits}\n# in a browser")));
    }
}
