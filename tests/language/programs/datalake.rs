use codepipeline_xacct::{Topology, pipeline};

pipeline! {
    pub account Lake = "444444444444";

    pub role Runner in Lake {
        name: "lake-runner",
        policies: [
            {
                Effect: "Allow",
                Action: ["glue:StartJobRun", "glue:GetJobRun"],
                Resource: "arn:aws:glue:us-east-1:444444444444:job/lake-*",
            },
            {
                Effect: "Allow",
                Action: "lambda:InvokeFunction",
                Resource: "arn:aws:lambda:us-east-1:444444444444:function:lake-fresh",
            },
            { Effect: "Allow", Action: "cloudwatch:DescribeAlarms", Resource: "*" },
        ],
        tags: { team: "lake", cost_center: "1200" },
    }

    /// New definitions of jobs, tried on a sample, then run over everything.
    pub pipeline LakeJobs in Lake {
        name: "lake-jobs",
        region: "us-east-1",
        execution_mode: SUPERSEDED,
        service_role: Runner,
        artifact_bucket: "lake-artifacts",
        variables: {
            day,
            sample: "1000",
            owner: { default_value: "lake@example.com", description: "Who is told" },
        },

        stage "Definitions" {
            source "jobs": S3 {
                s3_bucket: "lake-definitions",
                s3_object_key: "jobs/definitions.zip",
                poll: false,
                output: Jobs,
                namespace: Definitions,
            }
        }
        stage "Sample" {
            on_failure: ROLLBACK,
            action "load": StepFunctions {
                state_machine_arn: "arn:aws:states:us-east-1:444444444444:stateMachine:lake-sample",
                execution_name_prefix: "sample",
                input_type: Literal,
                state_machine_input: "{\"day\": \"#{variables.day}\", \"rows\": \"#{variables.sample}\"}",
                namespace: Sample,
            }
            action "profile": Invoke::Lambda {
                run_order: 2,
                function_name: "lake-profile",
                user_parameters: "{\"execution\": \"#{Sample.ExecutionArn}\"}",
                input: Jobs,
                output: Profile,
                namespace: Profiled,
            }
        }
        stage "Review" {
            action "review": Manual {
                notification_arn: "arn:aws:sns:us-east-1:444444444444:lake-reviews",
                custom_data: "#{Profiled.rows} rows of #{variables.day}, tell #{variables.owner}",
                timeout_in_minutes: 1440,
            }
        }
        stage "Full" {
            before_entry: FAIL({
                night: DeploymentWindow({ cron: "* * 22-23 ? * * *", time_zone: "America/New_York" }),
                fresh: LambdaInvoke({ function_name: "lake-fresh", user_parameters: "#{variables.day}" }),
            }),
            on_success: ROLLBACK({
                late: CloudWatchAlarm({ alarm_name: "lake-late", wait_time: 30 }),
            }),
            on_failure: RETRY(ALL_ACTIONS),
            action "load": StepFunctions {
                state_machine_arn: "arn:aws:states:us-east-1:444444444444:stateMachine:lake-full",
                input_type: FilePath,
                state_machine_input: "full.json",
                input: Jobs,
            }
            action "glue": Invoke::Lambda {
                run_order: 2,
                function_name: "lake-start-glue",
                user_parameters: "#{variables.day}",
            }
            action "publish": S3 {
                run_order: 3,
                bucket_name: "lake-catalogue",
                object_key: "profiles/#{variables.day}.zip",
                extract: false,
                input: Profile,
            }
        }
    }
}

fn main() {
    match Topology::builder("lake").add(LakeJobs).build() {
        Ok(topology) => topology.warnings().iter().for_each(|warning| println!("{warning}")),
        Err(findings) => println!("{findings}"),
    }
}
