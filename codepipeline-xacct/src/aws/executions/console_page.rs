//! Pages of the console.

use crate::core::ids::{ExecutionId, PipelineArn};

/// The page of an execution, where the console of the partition is known. The reader has to be signed in to the account of the pipeline.
pub(super) fn execution(pipeline: &PipelineArn, id: &ExecutionId) -> Option<String> {
    let (region, name, host) = (pipeline.region(), pipeline.name(), pipeline.partition().console()?);
    Some(format!(
        "https://{region}.{host}/codesuite/codepipeline/pipelines/{name}/executions/{id}/timeline?region={region}"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "01234567-89ab-cdef-0123-456789abcdef";

    #[test]
    fn the_console_is_that_of_the_partition() {
        let link = |arn: &str| execution(&arn.parse().unwrap(), &ID.parse().unwrap());
        let page = |arn: &str| link(arn).unwrap();
        assert_eq!(link("arn:aws-iso:codepipeline:us-iso-east-1:111111111111:p"), None);
        assert_eq!(
            page("arn:aws:codepipeline:eu-west-1:111111111111:p"),
            "https://eu-west-1.console.aws.amazon.com/codesuite/codepipeline/pipelines/p/executions/01234567-89ab-cdef-0123-456789abcdef/timeline?region=eu-west-1"
        );
        assert!(
            page("arn:aws-cn:codepipeline:cn-north-1:111111111111:p")
                .starts_with("https://cn-north-1.console.amazonaws.cn/")
        );
        assert!(
            page("arn:aws-us-gov:codepipeline:us-gov-west-1:111111111111:p")
                .starts_with("https://us-gov-west-1.console.amazonaws-us-gov.com/")
        );
    }
}
