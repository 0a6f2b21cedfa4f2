//! `completions`: the scripts that shells complete from.

use crate::project::Project;
use std::process::{Command, Stdio};

/// Each shell, and what only its scripts have.
const SHELLS: [(&str, &str); 5] = [
    ("bash", "complete -F _counterpart"),
    ("zsh", "#compdef counterpart"),
    ("fish", "complete -c counterpart"),
    ("powershell", "Register-ArgumentCompleter"),
    ("elvish", "edit:completion:arg-completer"),
];

#[test]
fn every_shell_gets_a_script_that_knows_every_verb() {
    let project = Project::greeting();
    let help = project.run("help").exits(0).stdout;
    let commands =
        help.split("Commands:\n").nth(1).and_then(|rest| rest.split("\n\n").next()).expect("help lists verbs");
    let words = commands.lines().filter(|line| line.starts_with("  ") && !line.starts_with("   "));
    let verbs: Vec<&str> = words.filter_map(|line| line.split_whitespace().next()).collect();
    assert!(verbs.contains(&"completions") && verbs.len() > 10, "{verbs:?}");
    for (shell, mark) in SHELLS {
        let script = project.run(&format!("completions {shell}")).exits(0).stdout;
        let missing: Vec<&&str> = verbs.iter().filter(|verb| !script.contains(**verb)).collect();
        assert!(missing.is_empty(), "{shell} knows nothing of {missing:?}");
        assert!(script.contains(mark), "{shell} cannot read this:\n{script}");
        assert!(script.contains("changed-since"), "{shell} does not know the options");
    }
}

#[test]
fn help_says_where_each_script_goes() {
    let help = Project::greeting().run("completions --help").exits(0).stdout;
    for (shell, _) in SHELLS {
        assert!(help.contains(&format!("counterpart completions {shell} >")), "{shell}: {help}");
    }
}

#[test]
fn bash_completes_with_its_script() {
    let script = Project::greeting().run("completions bash").exits(0).stdout;
    let asked =
        "COMP_WORDS=(counterpart do); COMP_CWORD=1; _counterpart counterpart do counterpart; echo \"${COMPREPLY[@]}\"";
    let output =
        Command::new("bash").args(["--norc", "-c", &format!("{script}\n{asked}")]).stdin(Stdio::null()).output();
    let output = output.expect("there is a bash");
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(said.split_whitespace().any(|word| word == "doctor"), "{said}{}", String::from_utf8_lossy(&output.stderr));
}
