//! Stack sets.

use super::rule::{edit, rules};

rules! {
    XA0632 Advice "keys of a stack set that do not go together",
        "A self-managed stack set has accounts as its targets, and roles; a service-managed one has organizational units, a delegated administrator, and automatic deployment instead of targets.",
        ["action-reference-StackSets"],
        edit("/stages/2/actions/0", "{\"name\": \"set\", \"actionTypeId\": {\"category\": \"Deploy\", \"owner\": \"AWS\", \"provider\": \"CloudFormationStackSet\", \"version\": \"1\"}, \"configuration\": {\"StackSetName\": \"shop\", \"TemplatePath\": \"Built::template.yaml\", \"PermissionModel\": \"SELF_MANAGED\", \"DeploymentTargets\": \"ou-abcd-12345678\", \"Regions\": \"eu-west-1\"}, \"inputArtifacts\": [{\"name\": \"Built\"}]}", "{\"name\": \"set\", \"actionTypeId\": {\"category\": \"Deploy\", \"owner\": \"AWS\", \"provider\": \"CloudFormationStackSet\", \"version\": \"1\"}, \"configuration\": {\"StackSetName\": \"shop\", \"TemplatePath\": \"Built::template.yaml\", \"PermissionModel\": \"SERVICE_MANAGED\", \"DeploymentTargets\": \"ou-abcd-12345678\", \"Regions\": \"eu-west-1\"}, \"inputArtifacts\": [{\"name\": \"Built\"}]}");
}
