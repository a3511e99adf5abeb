//! Actions with the configuration of another provider.

use super::rule::{edit, rules};

rules! {
    XA0637 Refused "the configuration of another provider",
        "All keys of the configuration belong to one other provider, and every key that it requires is there.",
        ["structure-configuration-examples"],
        edit("/stages/2/actions/0", "{\"name\": \"swap\", \"actionTypeId\": {\"category\": \"Deploy\", \"owner\": \"AWS\", \"provider\": \"CodeDeploy\", \"version\": \"1\"}, \"configuration\": {\"ApplicationName\": \"shop\", \"DeploymentGroupName\": \"web\", \"TaskDefinitionTemplateArtifact\": \"Built\", \"AppSpecTemplateArtifact\": \"Built\"}, \"inputArtifacts\": [{\"name\": \"Built\"}]}", "{\"name\": \"swap\", \"actionTypeId\": {\"category\": \"Deploy\", \"owner\": \"AWS\", \"provider\": \"CodeDeployToECS\", \"version\": \"1\"}, \"configuration\": {\"ApplicationName\": \"shop\", \"DeploymentGroupName\": \"web\", \"TaskDefinitionTemplateArtifact\": \"Built\", \"AppSpecTemplateArtifact\": \"Built\"}, \"inputArtifacts\": [{\"name\": \"Built\"}]}"),
        // Findings about the keys of the provider that is named follow from this one.
        hides [XA0602, XA0604, XA0605, XA0606, XA0610, XA0611, XA0612, XA0613, XA0621, XA0623],
        aws InvalidActionDeclaration;
}
