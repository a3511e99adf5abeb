//! A program that deploys, as a process of its own with the credentials that people have: profiles that assume roles, a file with a template for
//! all accounts, the token of an OpenID Connect provider, and IAM Identity Center. AWS is local AWS on a port; what it doesn't have, the tokens, a
//! stub in front of it answers. What was applied is read back by the AWS CLI.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::process::{Command, Output, Stdio};

use codepipeline_xacct::Topology;
use codepipeline_xacct::core::declaration::PipelineDeclaration;
use codepipeline_xacct::core::ids::PipelineArn;
use codepipeline_xacct::core::policy::{Document, Statement};
use codepipeline_xacct::local::{Local, Server};
use codepipeline_xacct_aws_tests::*;
use codepipeline_xacct_test_support::peers;
use serde_json::{Value, json};
use tempfile::TempDir;

const A: &str = "111111111111";
const B: &str = "222222222222";
const DEPLOYER: &str = "arn:aws:iam::222222222222:role/deployer";
/// What an OpenID Connect provider and IAM Identity Center gave.
const TOKEN: &str = "planted-token-1";

/// Local AWS on a port, and a folder with the files of its user.
struct World {
    local: Local,
    server: Server,
    folder: TempDir,
    stub: Option<SocketAddr>,
}

impl World {
    async fn new() -> Self {
        let local = as_the_console_left_it().unwrap();
        local.add_account(B).unwrap();
        let server = local.serve(([127, 0, 0, 1], 0).into()).await.unwrap();
        Self { local, server, folder: tempfile::tempdir().unwrap(), stub: None }
    }

    /// A role of account B with which everything may be done.
    fn role(&self, arn: &str, trust: &str) {
        let all = Document::new(vec![Statement::allow(&["*"], vec!["*".to_owned()])]);
        let trust = Document::from_json(&format!(r#"{{"Version":"2012-10-17","Statement":[{trust}]}}"#)).unwrap();
        self.local.put_role(&arn.parse().unwrap(), &trust, &[("all", &all)]).unwrap();
    }

    /// Writes a file of the user, and returns its path.
    fn file(&self, name: &str, text: &str) -> String {
        let path = self.folder.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, text).unwrap();
        path.display().to_string()
    }

    /// The AWS configuration file: the user of account A has the profile `tooling`.
    fn profiles(&self, others: &str) {
        let key = self.local.access_key(A).unwrap();
        let tooling = format!("[profile tooling]\naws_access_key_id = {key}\naws_secret_access_key = local\n");
        self.file("config", &(tooling + others));
    }

    async fn ran(&self, arguments: &[&str]) -> Output {
        self.run(Command::new(env!("CARGO_BIN_EXE_release")).args(arguments)).await
    }

    /// What the AWS CLI answers; an error is what it says.
    async fn aws(&self, profile: &str, arguments: &[&str]) -> Result<Value, String> {
        let mut command = Command::new(peers::aws_cli());
        command.args(["--profile", profile, "--region", "ap-northeast-1", "--output", "json"]).args(arguments);
        let output = self.run(&mut command).await;
        match output.status.success() {
            true => Ok(serde_json::from_slice(&output.stdout).unwrap()),
            false => Err(said(&output)),
        }
    }

    /// Runs a program to its end, with nothing in its environment but local AWS and the files of the user.
    async fn run(&self, command: &mut Command) -> Output {
        let file = |name: &str| self.folder.path().join(name);
        let endpoint = |address: SocketAddr| format!("http://{address}");
        command.env_clear().env("RELEASE", "first").env("HOME", self.folder.path());
        command.current_dir(self.folder.path()).env("AWS_EC2_METADATA_DISABLED", "true");
        command.env("AWS_CONFIG_FILE", file("config")).env("AWS_SHARED_CREDENTIALS_FILE", file("credentials"));
        command.env("AWS_ENDPOINT_URL", endpoint(self.server.address()));
        if let Some(stub) = self.stub {
            command.env("AWS_ENDPOINT_URL_STS", endpoint(stub)).env("AWS_ENDPOINT_URL_SSO", endpoint(stub));
        }
        let output = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        tokio::task::spawn_blocking(move || output.wait_with_output().unwrap()).await.unwrap()
    }

    /// Applies with these options, and looks at what was made.
    async fn applies(&self, options: &[&str]) {
        let arguments: Vec<&str> = ["apply", "--yes", "--no-journal"].iter().chain(options).copied().collect();
        let applied = self.ran(&arguments).await;
        assert!(applied.status.success(), "{}", said(&applied));
        assert!(!said(&applied).contains(TOKEN), "{}", said(&applied));
        let arguments: Vec<&str> = ["plan"].iter().chain(options).copied().collect();
        let plan = self.ran(&arguments).await;
        assert_eq!(plan.status.code(), Some(0), "{}", said(&plan));
        let held = held(&self.local).unwrap();
        assert!(held.contains_key(INVOKER) && held.contains_key(DEPLOY));
    }

    /// Account B can't be reached with these options, for a reason, and nothing is written anywhere.
    async fn is_refused(&self, options: &[&str], reason: &str) {
        let before = held(&self.local).unwrap();
        let arguments: Vec<&str> = ["apply", "--yes", "--no-journal"].iter().chain(options).copied().collect();
        let refused = self.ran(&arguments).await;
        let said = said(&refused);
        assert_eq!(refused.status.code(), Some(1), "{said}");
        assert!(said.contains("`Prod`") && !said.contains("`Tooling`"), "{said}");
        assert!(said.contains(reason) && !said.contains(TOKEN), "{said}");
        assert_eq!(held(&self.local).unwrap(), before);
    }

    /// How often a role was assumed.
    fn assumed(&self) -> usize {
        self.local.calls().iter().filter(|call| call.operation == "AssumeRole").count()
    }

    /// What answers for tokens: `AssumeRoleWithWebIdentity`, and GetRoleCredentials of IAM Identity Center, with a session of a role of account
    /// B. All else goes on to local AWS.
    async fn with_tokens(&mut self) {
        let admin = aws_sdk_sts::Client::new(&self.local.sdk_config(B, "us-east-1"));
        let session = admin.assume_role().role_arn(DEPLOYER).role_session_name("token").send().await.unwrap();
        let session = session.credentials.unwrap();
        let (listener, to) = (TcpListener::bind("127.0.0.1:0").unwrap(), self.server.address());
        self.stub = Some(listener.local_addr().unwrap());
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let session = session.clone();
                std::thread::spawn(move || answer(stream, &session, to));
            }
        });
    }
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&[output.stdout.clone(), output.stderr.clone()].concat()).into_owned()
}

/// Answers one request.
fn answer(mut stream: TcpStream, session: &aws_sdk_sts::types::Credentials, to: SocketAddr) {
    let (mut request, mut part) = (Vec::new(), [0; 4096]);
    let (head, body) = loop {
        let read = stream.read(&mut part).unwrap_or_default();
        if read == 0 {
            return;
        }
        request.extend_from_slice(&part[..read]);
        let text = String::from_utf8_lossy(&request).into_owned();
        let Some((head, body)) = text.split_once("\r\n\r\n") else { continue };
        let length =
            head.lines().find_map(|line| line.to_lowercase().strip_prefix("content-length:")?.trim().parse().ok());
        if body.len() >= length.unwrap_or(0) {
            break (head.to_owned(), body.to_owned());
        }
    };
    let (key, secret, token) = (session.access_key_id(), session.secret_access_key(), session.session_token());
    let (status, kind, text) = if body.contains("Action=AssumeRoleWithWebIdentity") {
        let role = DEPLOYER.replace(':', "%3A").replace('/', "%2F");
        match body.contains(&format!("WebIdentityToken={TOKEN}")) && body.contains(&format!("RoleArn={role}")) {
            true => (
                "200 OK",
                "text/xml",
                format!(
                    "<AssumeRoleWithWebIdentityResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><AssumeRoleWithWebIdentityResult>\
                 <AssumedRoleUser><Arn>{DEPLOYER}</Arn><AssumedRoleId>AROA:x</AssumedRoleId></AssumedRoleUser><Credentials>\
                 <AccessKeyId>{key}</AccessKeyId><SecretAccessKey>{secret}</SecretAccessKey><SessionToken>{token}</SessionToken>\
                 <Expiration>2099-01-01T00:00:00Z</Expiration></Credentials></AssumeRoleWithWebIdentityResult></AssumeRoleWithWebIdentityResponse>"
                ),
            ),
            false => (
                "400 Bad Request",
                "text/xml",
                "<ErrorResponse><Error><Type>Sender</Type><Code>InvalidIdentityToken</Code>\
                <Message>the token is not valid</Message></Error><RequestId>1</RequestId></ErrorResponse>"
                    .to_owned(),
            ),
        }
    } else if head.starts_with("GET /federation/credentials?") {
        let is_asked = ["role_name=Deployer", "account_id=222222222222"].iter().all(|part| head.contains(part));
        match is_asked && head.contains(TOKEN) {
            true => (
                "200 OK",
                "application/json",
                format!(
                    r#"{{"roleCredentials":{{"accessKeyId":"{key}","secretAccessKey":"{secret}","sessionToken":"{token}","expiration":4070908800000}}}}"#
                ),
            ),
            false => (
                "401 Unauthorized",
                "application/json",
                r#"{"message":"Session token not found or invalid"}"#.to_owned(),
            ),
        }
    } else {
        let mut on = TcpStream::connect(to).unwrap();
        on.write_all(format!("{head}\r\nConnection: close\r\n\r\n{body}").as_bytes()).unwrap();
        let mut answer = Vec::new();
        on.read_to_end(&mut answer).unwrap();
        stream.write_all(&answer).unwrap();
        return;
    };
    let error = if status.starts_with("401") { "x-amzn-ErrorType: UnauthorizedException\r\n" } else { "" };
    let length = text.len();
    let head = format!(
        "HTTP/1.1 {status}\r\nContent-Type: {kind}\r\n{error}Content-Length: {length}\r\nConnection: close\r\n\r\n"
    );
    stream.write_all((head + &text).as_bytes()).unwrap();
}

const PROFILES: [&str; 4] = ["--profile", "Tooling=tooling", "--profile", "Prod=prod"];

const ROOT_OF_A: &str =
    r#"{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::111111111111:root"},"Action":"sts:AssumeRole"}"#;
const ROOT_OF_B: &str =
    r#"{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::222222222222:root"},"Action":"sts:AssumeRole"}"#;

#[tokio::test(flavor = "multi_thread")]
async fn a_profile_assumes_its_role_with_the_keys_of_another() {
    let world = World::new().await;
    let only_release = r#","Action":"sts:AssumeRole","Condition":{"StringEquals":{"sts:ExternalId":"release"}}}"#;
    world.role(DEPLOYER, &ROOT_OF_A.replace(r#","Action":"sts:AssumeRole"}"#, only_release));
    let prod = format!("[profile prod]\nrole_arn = {DEPLOYER}\nsource_profile = tooling\n");
    world.profiles(&prod);
    world.is_refused(&PROFILES, "sts:AssumeRole").await;
    world.profiles(&(prod + "external_id = release\n"));
    world.applies(&PROFILES).await;
    assert!(world.assumed() > 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_has_one_role_for_all_accounts() {
    let world = World::new().await;
    world.profiles("");
    let config = world.file(
        "accounts.toml",
        "[default]\nfrom = \"Tooling\"\nrole = \"OrganizationAccountAccessRole\"\n\n[accounts.Tooling]\nprofile = \"tooling\"\n",
    );
    world.is_refused(&["--config", &config], "sts:AssumeRole").await;
    world.role("arn:aws:iam::222222222222:role/OrganizationAccountAccessRole", ROOT_OF_A);
    world.applies(&["--config", &config]).await;
    assert!(world.assumed() > 0);
    // For an account with a profile, the profile counts.
    let key = world.local.access_key(B).unwrap();
    world.profiles(&format!("[profile prod]\naws_access_key_id = {key}\naws_secret_access_key = local\n"));
    let before = world.assumed();
    world.applies(&["--config", &config, "--profile", "Prod=prod"]).await;
    assert_eq!(world.assumed(), before);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_token_of_a_ci_service_is_changed_for_a_role() {
    let mut world = World::new().await;
    world.role(DEPLOYER, ROOT_OF_B);
    world.with_tokens().await;
    world.profiles("");
    let token = world.file("token", "of somebody else");
    let config = world.file(
        "accounts.toml",
        &format!("[accounts.Tooling]\nprofile = \"tooling\"\n\n[accounts.Prod]\nweb_identity_token_file = \"{token}\"\nrole = \"deployer\"\n"),
    );
    world.is_refused(&["--config", &config], "the token is not valid").await;
    world.file("token", TOKEN);
    world.applies(&["--config", &config]).await;
    std::fs::remove_file(Path::new(&token)).unwrap();
    world.is_refused(&["--config", &config], &format!("token file `{token}` can't be read: No such file")).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_profile_signs_in_through_iam_identity_center() {
    let mut world = World::new().await;
    world.role(DEPLOYER, ROOT_OF_B);
    world.with_tokens().await;
    world.profiles(
        "[profile prod]\nsso_session = corp\nsso_account_id = 222222222222\nsso_role_name = Deployer\nregion = eu-west-1\n\
         [sso-session corp]\nsso_region = eu-west-1\nsso_start_url = https://corp.awsapps.com/start\n",
    );
    // Nobody has signed in, the session has ended, and then somebody has: a file with the SHA-1 of the name of the session.
    world.is_refused(&PROFILES, "token").await;
    let signed_in = |until: &str, token: &str| {
        let text = format!(
            r#"{{"accessToken":"{token}","expiresAt":"{until}","region":"eu-west-1","startUrl":"https://corp.awsapps.com/start"}}"#
        );
        world.file(".aws/sso/cache/ee0bfd2552fbd840c02cc48b6e823320543c450f.json", &text);
    };
    signed_in("2020-01-01T00:00:00Z", TOKEN);
    world.is_refused(&PROFILES, "expired").await;
    signed_in("2099-01-01T00:00:00Z", "of somebody else");
    world.is_refused(&PROFILES, "Session token not found or invalid").await;
    signed_in("2099-01-01T00:00:00Z", TOKEN);
    world.applies(&PROFILES).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_aws_cli_reads_back_what_was_applied() {
    let world = World::new().await;
    let key = world.local.access_key(B).unwrap();
    world.profiles(&format!("[profile prod]\naws_access_key_id = {key}\naws_secret_access_key = local\n"));
    world.applies(&PROFILES).await;

    let topology = Topology::builder("release").add(Release).build().unwrap();
    for (profile, arn) in [("tooling", RELEASE), ("prod", DEPLOY)] {
        let arn: PipelineArn = arn.parse().unwrap();
        let there = world.aws(profile, &["codepipeline", "get-pipeline", "--name", arn.name().as_str()]).await.unwrap();
        assert_eq!(there["metadata"]["pipelineArn"], json!(arn));
        let declared = &topology.pipelines().iter().find(|pipeline| pipeline.arn == arn).unwrap().declaration;
        let read: PipelineDeclaration = serde_json::from_value(there["pipeline"].clone()).unwrap();
        // Of an extended pipeline, the program declares a part.
        for (stage, action) in declared
            .stages
            .iter()
            .flatten()
            .flat_map(|stage| stage.actions.iter().flatten().map(|action| (&stage.name, action)))
        {
            let stages = read.stages.iter().flatten().filter(|there| there.name == *stage);
            let there = stages.flat_map(|stage| stage.actions.iter().flatten()).find(|there| there.name == action.name);
            let there = there.unwrap_or_else(|| panic!("{} is not in {stage}", action.name));
            assert_eq!(there.action_type_id, action.action_type_id);
            assert_eq!((&there.role_arn, &there.commands), (&action.role_arn, &action.commands));
            for (key, value) in action.configuration.iter().flatten() {
                assert_eq!(there.configuration.as_ref().and_then(|there| there.get(key)), Some(value), "{key}");
            }
        }
        let tags = ["codepipeline", "list-tags-for-resource", "--resource-arn", &arn.to_string()];
        let tags = world.aws(profile, &tags).await.unwrap()["tags"].to_string();
        assert_eq!(
            tags.contains(r#"{"key":"codepipeline-xacct:topology","value":"release"}"#),
            profile == "prod",
            "{tags}"
        );
    }
    let name = INVOKER.rsplit('/').next().unwrap();
    let role = world.aws("prod", &["iam", "get-role", "--role-name", name]).await.unwrap();
    let statement = &role["Role"]["AssumeRolePolicyDocument"]["Statement"][0];
    assert_eq!((&role["Role"]["Arn"], &statement["Principal"]["AWS"]), (&json!(INVOKER), &json!(SERVICE)), "{role}");
    let policy = ["iam", "get-role-policy", "--role-name", name, "--policy-name", "codepipeline-xacct-release"];
    let policy = world.aws("prod", &policy).await.unwrap();
    let statement = &policy["PolicyDocument"]["Statement"][0];
    let start = (&json!("codepipeline:StartPipelineExecution"), &json!(DEPLOY));
    assert_eq!((&statement["Action"], &statement["Resource"]), start, "{policy}");

    let arguments: Vec<&str> = ["destroy", "--yes", "--no-journal"].into_iter().chain(PROFILES).collect();
    let destroyed = world.ran(&arguments).await;
    assert!(destroyed.status.success(), "{}", said(&destroyed));
    let gone = world.aws("prod", &["iam", "get-role", "--role-name", name]).await.unwrap_err();
    assert!(gone.contains("(NoSuchEntity)"), "{gone}");
}
