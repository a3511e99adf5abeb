//! `cargo xacct local`: local AWS on a port.

use std::fmt::Write as _;
use std::io::{self, Write};
use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use crate::cli::terminal::{CLEAN, Output, UNUSABLE};
use crate::core::ids::AccountId;
use crate::local::Local;

/// Serve local IAM, STS and CodePipeline until Ctrl-C, for the AWS CLI, boto3, Terraform and other SDKs
#[derive(clap::Args)]
pub(super) struct LocalArgs {
    /// Port; 0 is any free one
    #[arg(long, default_value_t = 4599)]
    port: u16,
    /// Address; anybody who can reach it can do everything
    #[arg(long, default_value_t = IpAddr::V4(Ipv4Addr::LOCALHOST))]
    address: IpAddr,
    /// Account to open; can be given several times
    #[arg(long, value_name = "ID", default_values = ["111111111111", "222222222222"])]
    account: Vec<AccountId>,
}

impl LocalArgs {
    pub(super) fn run(self, stdout: &mut dyn Write, stderr: &mut dyn Write) -> Output {
        match self.serve(stdout, stderr) {
            Ok(()) => Output { code: CLEAN, ..Output::default() },
            Err(error) => Output { code: UNUSABLE, stderr: format!("error: {error}\n"), ..Output::default() },
        }
    }

    fn serve(self, stdout: &mut dyn Write, stderr: &mut dyn Write) -> io::Result<()> {
        let local = Local::new();
        let mut keys = Vec::new();
        for account in &self.account {
            let opened = local.add_account(account.as_str()).and_then(|()| local.access_key(account.as_str()));
            keys.push((account.to_string(), opened.map_err(io::Error::other)?));
        }
        if !self.address.is_loopback() {
            writeln!(stderr, "warning: anybody who can reach {} can do everything here", self.address)?;
        }
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        runtime.block_on(async {
            let server = local.serve(SocketAddr::new(self.address, self.port)).await?;
            stdout.write_all(greeting(server.address(), &keys).as_bytes())?;
            stdout.flush()?;
            tokio::signal::ctrl_c().await?;
            server.shutdown().await;
            Ok(())
        })
    }
}

/// How to reach the accounts, ready to paste.
fn greeting(address: SocketAddr, keys: &[(String, String)]) -> String {
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
    text
}

#[cfg(test)]
mod tests {
    use super::greeting;

    #[test]
    fn the_greeting_is_ready_to_paste() {
        let text = greeting(([127, 0, 0, 1], 4599).into(), &[("111111111111".to_owned(), "KEY".to_owned())]);
        let expected = "export AWS_ENDPOINT_URL=http://127.0.0.1:4599 AWS_REGION=us-east-1\n\n\
            # account 111111111111\nexport AWS_ACCESS_KEY_ID=KEY AWS_SECRET_ACCESS_KEY=local\n\n\
            # or, in ~/.aws/config\n[profile local-111111111111]\nregion = us-east-1\n\
            endpoint_url = http://127.0.0.1:4599\naws_access_key_id = KEY\naws_secret_access_key = local\n";
        assert_eq!(text, expected);
    }
}
