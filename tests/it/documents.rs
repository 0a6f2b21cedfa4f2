//! Documents beyond the five contracts: every security scheme (`tests/projects/schemes`), a union (`tests/projects/pets`).

use crate::project::{Project, root};

#[test]
fn a_contract_of_every_security_scheme_is_kept_at_its_fake() {
    let project = Project::empty().folder(&root().join("tests/projects/schemes"));
    let ran = project.run("check --quiet").exits(0);
    assert!(ran.stdout.contains("25 scenarios: 25 kept"), "{}", ran.text());
}

#[test]
fn a_signature_that_is_left_as_it_is_is_not_refused() {
    let project = Project::empty().folder(&root().join("tests/projects/schemes")).replace(
        "features/orders/schemes.feature",
        "And the field \"/1/seal/1\" is \"0000\"",
        "And the field \"/1/note\" is \"x\"",
    );
    let ran = project.run("check --quiet").exits(1);
    assert!(ran.stdout.contains("refusal-missing"), "{}", ran.text());
}

#[test]
fn a_discriminator_tells_the_members_of_a_union_apart() {
    let ran = Project::empty().folder(&root().join("tests/projects/pets")).run("check --quiet").exits(0);
    assert!(ran.stdout.contains("6 scenarios: 6 kept"), "{}", ran.text());
}
