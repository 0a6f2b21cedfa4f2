//! The vocabulary as glue code that the Cucumber language server reads, so that editors complete steps and underline what is none.
//!
//! The server reads step definitions from sources, by language; a file in JavaScript may hold parameter types beside them, so that
//! no setting is needed. Nothing runs it.

use super::catalogue::{own_parameters, steps};
use super::step::keyword_name;
use std::fmt::Write as _;

const HEAD: &str = "\
// The steps of counterpart, for editors: the Cucumber language server reads them here. Nothing runs this file.
// Written by `counterpart list steps --format glue`; docs/editors.md says more.
";
const TAKES: &str = "a text takes every write";

/// The glue: a definition for each parameter type of our own and for each step.
pub fn javascript() -> String {
    let mut text = HEAD.to_owned();
    for (name, pattern) in own_parameters() {
        let pattern = pattern.replace('/', "\\/");
        write!(text, "\ndefineParameterType({{ name: '{name}', regexp: /{pattern}/ }})\n").expect(TAKES);
    }
    for step in steps() {
        let keyword = keyword_name(step.kind.keywords()[0]);
        let expression = step.expression.replace('\\', "\\\\").replace('`', "\\`");
        let quote = ['\'', '"', '`'].into_iter().find(|quote| !expression.contains(*quote)).unwrap_or('`');
        write!(text, "\n// {}\n{keyword}({quote}{expression}{quote}, () => {{}})\n", step.meaning).expect(TAKES);
    }
    text
}
