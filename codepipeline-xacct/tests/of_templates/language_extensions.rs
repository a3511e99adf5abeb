//! `AWS::LanguageExtensions`: functions and loops whose values are known are worked out, and what is not known is no finding.

use crate::{findings, tooling, xacct};

const BUILD: &str = "        - Name: Deploy\n";

/// The template with a stage before the last one.
fn with_stage(actions: &str) -> String {
    let stage = format!("        - Name: Build\n          Actions:\n{actions}");
    tooling(&[
        ("Description: Builds", "Transform: AWS::LanguageExtensions\nDescription: Builds"),
        (BUILD, &format!("{stage}{BUILD}")),
    ])
}

fn codebuild(configuration: &str, more: &str) -> String {
    format!(
        "            - Name: build\n              ActionTypeId: {{ Category: Build, Owner: AWS, Provider: CodeBuild, Version: '1' }}\n              InputArtifacts: [{{ Name: Code }}]\n              Configuration: {{ ProjectName: shop{configuration} }}\n{more}"
    )
}

fn imported(template: &str) -> (String, String) {
    let options =
        ["import", "-", "--account", "111111111111", "--region", "eu-west-1", "--parameter=ProdAccount=222222222222"];
    let (_, source, said) = xacct(&options, template);
    assert!(source.contains("pub pipeline Release") && !said.contains("error["), "{said}");
    (source, said)
}

#[test]
fn a_value_as_json_is_the_text_of_it() {
    let variables = |members: &str| {
        let list = format!("[{{ name: STAGE, value: !Ref Repository{members} }}]");
        with_stage(&codebuild(&format!(", EnvironmentVariables: !ToJsonString {list}"), ""))
    };
    assert_eq!(findings(&["-"], &variables(", type: PLAINTEXT")), [] as [&str; 0]);
    let found = findings(&["-"], &variables(", type: PLAIN"));
    assert!(found.len() == 1 && found[0].contains("PLAIN"), "{found:?}");
    let (source, _) = imported(&variables(", type: PLAINTEXT"));
    let text = r##"(format!(r#"[{{"name":"STAGE","value":"{repository}","type":"PLAINTEXT"}}]"#))"##;
    assert!(source.contains(text), "{source}");
    let parameters = |json: &str| {
        let action = "            - Name: tell\n              ActionTypeId: { Category: Invoke, Owner: AWS, Provider: Lambda, Version: '1' }\n";
        with_stage(&format!(
            "{action}              Configuration: {{ FunctionName: tell, UserParameters: {{ Fn::ToJsonString: {json} }} }}\n"
        ))
    };
    let known = parameters("{ a: 1, b: [true, null, !Ref AWS::NoValue], c: !Ref AWS::NoValue, d: 'x\"y' }");
    assert!(imported(&known).0.contains(r##"r#"{"a":1,"b":[true,null],"d":"x\"y"}"#"##), "{}", imported(&known).0);
    for open in [
        "!Ref Repository",
        "{ a: !Split [',', !Ref Repository] }",
        "{ a: { Fn::Transform: { Name: Shop } } }",
        "{ a: !FindInMap [M, !Ref Repository, x] }",
    ] {
        let template = parameters(open);
        let certain: Vec<_> =
            findings(&["-"], &template).into_iter().filter(|row| !row.starts_with("XA0006")).collect();
        assert_eq!(certain, [] as [&str; 0], "{open}");
        let (source, _) = imported(&template);
        assert!(source.contains("user_parameters: (") && !source.contains('\u{e000}'), "{open}: {source}");
    }
}

#[test]
fn the_length_of_a_list_is_a_number_where_the_list_is_known() {
    let ordered =
        |list: &str| with_stage(&codebuild("", &format!("              RunOrder: {{ Fn::Length: {list} }}\n")));
    assert!(imported(&ordered("[a, b]")).0.contains("run_order: 2"));
    let many = format!("[{}]", vec!["a"; 1000].join(", "));
    assert!(findings(&["-"], &ordered(&many))[0].starts_with("XA0109 "));
    assert_eq!(findings(&["-"], &ordered("[]"))[0].get(..7), Some("XA0109 "));
    for open in ["!Ref Repository", "[!Ref Repository, b]", "!Split [',', !Ref Repository]"] {
        assert_eq!(findings(&["-"], &ordered(open)), [] as [&str; 0], "{open}");
    }
}

#[test]
fn a_map_without_an_entry_gives_the_default() {
    let branch = |keys: &str| {
        tooling(&[
            ("Resources:\n", "Mappings: { Branches: { eu-west-1: { branch: main } } }\nResources:\n"),
            ("BranchName: main", &format!("BranchName: !FindInMap [{keys}, {{ DefaultValue: dev }}]")),
        ])
    };
    for (keys, written) in [
        ("Branches, eu-west-1, branch", "branch: \"main\""),
        ("Branches, eu-west-2, branch", "branch: \"dev\""),
        ("Others, eu-west-1, branch", "branch: \"dev\""),
        ("Branches, !Ref Repository, branch", "branch: (branch)"),
    ] {
        let (source, _) = imported(&branch(keys));
        assert!(source.contains(written), "{keys}: {source}");
        assert_eq!(findings(&["-"], &branch(keys)), [] as [&str; 0]);
    }
}

/// A loop that makes pipelines, each with a role of its own, over a collection.
fn pipelines(collection: &str, input: &str) -> String {
    format!(
        r#"Transform: AWS::LanguageExtensions
Parameters: {{ Teams: {{ Type: CommaDelimitedList, Default: "red,blue" }} }}
Resources:
  Fn::ForEach::Pipelines:
    - Team
    - {collection}
    - "Role&{{Team}}":
        Type: AWS::IAM::Role
        Properties:
          RoleName: !Sub "${{Team}}-service"
          AssumeRolePolicyDocument:
            Statement: {{ Effect: Allow, Action: sts:AssumeRole, Principal: {{ Service: codepipeline.amazonaws.com }} }}
      "Pipeline&{{Team}}":
        Type: AWS::CodePipeline::Pipeline
        Properties:
          Name: !Join ['-', [!Ref Team, release]]
          RoleArn: !GetAtt "Role&{{Team}}.Arn"
          ArtifactStore: {{ Type: S3, Location: shop-artifacts }}
          Stages:
            - Name: Source
              Actions:
                - Name: code
                  ActionTypeId: {{ Category: Source, Owner: AWS, Provider: CodeCommit, Version: '1' }}
                  Configuration: {{ RepositoryName: "${{Team}}", BranchName: main, PollForSourceChanges: false }}
                  OutputArtifacts: [{{ Name: Code }}]
            - Name: Build
              Actions:
                - Name: build
                  ActionTypeId: {{ Category: Build, Owner: AWS, Provider: CodeBuild, Version: '1' }}
                  Configuration: {{ ProjectName: shop }}
                  InputArtifacts: [{{ Name: {input} }}]
"#
    )
}

#[test]
fn a_loop_over_what_is_written_out_makes_what_it_makes() {
    let template = pipelines("[red, b-lue]", "Code");
    assert_eq!(findings(&["-"], &template), [] as [&str; 0]);
    let options = ["-", "--account", "111111111111", "--region", "eu-west-1"];
    let (code, source, said) = xacct(&[&["import"], &options[..]].concat(), &template);
    assert_eq!((code, said.as_str()), (0, ""), "{source}");
    for part in ["name: \"red-release\"", "name: \"b-lue-release\"", "repository: \"b-lue\"", "role/b-lue-service"] {
        assert!(source.contains(part), "{part}: {source}");
    }
    assert_eq!(source.matches("pub extern role").count(), 2, "{source}");
    // One place is reported once.
    assert_eq!(
        findings(&["-"], &pipelines("[red, blue]", "Cod")),
        [
            "XA0302 31:44 Resources.Pipelinered.Properties.Stages[1].Actions[0].InputArtifacts[0].Name: no action makes artifact `Cod`"
        ]
    );
    // What differs is what the loop is over.
    let found = findings(&["-"], &pipelines("['re d', 'b ue']", "Code"));
    assert!(
        found.len() > 1 && found.iter().any(|row| row.contains("re d")) && found.iter().any(|row| row.contains("b ue"))
    );
}

#[test]
fn a_loop_over_what_is_not_known_is_reported() {
    for collection in ["!Ref Teams", "[!Ref Teams]", "!Split [',', !ImportValue teams]"] {
        let found = findings(&["-"], &pipelines(collection, "Cod"));
        assert_eq!(found, ["XA0006 4:3 : what `Fn::ForEach::Pipelines` makes is not read"], "{collection}");
    }
    let inner = "Fn::ForEach::B: [B, [x, y], { 'T${A}${B}': { Type: AWS::SNS::Topic } }]";
    let nested = format!("Resources:\n  Fn::ForEach::A: [A, [1, 2], {{ {inner} }}]\n");
    assert_eq!(findings(&["-"], &nested), [] as [&str; 0]);
    // Too many are left alone.
    let list = format!("[{}]", vec!["x"; 2000].join(","));
    let mut loops = "{ 'T${A}': { Type: AWS::SNS::Topic } }".to_owned();
    for name in ["C", "B", "A"] {
        loops = format!("{{ Fn::ForEach::{name}: [{name}, {list}, {loops}] }}");
    }
    let found = findings(&["-"], &format!("Resources: {loops}\n"));
    assert!(found.iter().all(|row| row.starts_with("XA0006")) && !found.is_empty());
}

#[test]
fn stages_that_are_not_entered_are_no_finding_where_they_are_not_known() {
    for transitions in [
        "!Ref Repository",
        "[!Ref Repository]",
        "[{ StageName: !Ref Repository, Reason: later }]",
        "[!If [C, { StageName: Deploy, Reason: later }, !Ref AWS::NoValue]]",
    ] {
        let template = tooling(&[(
            "      Name: release\n",
            &format!("      Name: release\n      DisableInboundStageTransitions: {transitions}\n"),
        )]);
        assert_eq!(findings(&["-"], &template), [] as [&str; 0], "{transitions}");
        let (_, said) = imported(&template);
        assert!(said.contains("not imported: `DisableInboundStageTransitions` is not part of a declaration"), "{said}");
    }
}
