//! Targets of `counterpart.toml`.

use crate::project::Project;

const NEEDS_A_VARIABLE: &str = "[target.staging.contract.greeting]\nurl = \"http://${STAGE_HOST}\"\n";

#[test]
fn a_target_that_is_not_called_may_need_a_variable_that_is_not_set() {
    Project::greeting().file("counterpart.toml", NEEDS_A_VARIABLE).run("check --quiet").exits(0);
}

#[test]
fn a_target_that_is_called_names_the_variable_that_is_not_set() {
    let project = Project::greeting().file("counterpart.toml", NEEDS_A_VARIABLE);
    project.run("check --target staging").exits(2).says("the environment variable STAGE_HOST is not set");
}

#[test]
fn a_url_may_hold_a_variable() {
    let project = Project::greeting().file("counterpart.toml", NEEDS_A_VARIABLE);
    let call = project.call("check --target staging").variable("STAGE_HOST", "127.0.0.1:9");
    call.run().exits(4).says("nobody answers at http://127.0.0.1:9");
}

#[test]
fn a_secret_that_was_typed_into_the_settings_is_not_shown() {
    let settings = format!("{NEEDS_A_VARIABLE}secrets = {{ GREETING_KEY = \"hk_test_typed_by_mistake\" }}\n");
    let ran = Project::greeting().file("counterpart.toml", &settings).run("check").exits(2);
    ran.says("counterpart.toml:3:1").says("never a value").does_not_say("typed_by_mistake");
}
