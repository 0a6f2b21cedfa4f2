//! `counterpart init`: a project that runs at once, and contracts from OpenAPI documents.
//!
//! Each folder of `tests/starts` holds a document and `expected.txt`, what `init --from` says of it; `basic` holds what is
//! written, too. After a wanted change, `COUNTERPART_BLESS=1 cargo test init` writes these anew; read them before committing.

use crate::project::{Project, Ran, is_as_in, root};
use crate::provider::{Answer, Provider};
use std::path::{Path, PathBuf};

/// A folder in which nothing is.
fn nothing() -> Project {
    Project::empty().without("counterpart.toml")
}

fn starts() -> Vec<PathBuf> {
    let entries = std::fs::read_dir(root().join("tests/starts")).expect("there are documents to start from");
    let mut folders: Vec<PathBuf> = entries.map(|entry| entry.expect("they can be read").path()).collect();
    folders.sort();
    folders
}

/// The document of a start, by the name under which it is given.
fn document(start: &Path) -> (&'static str, String) {
    let read = |file: &str| std::fs::read_to_string(start.join(file)).ok();
    match read("openapi.yaml") {
        Some(text) => ("document.yaml", text),
        None => ("document.json", read("openapi.json").expect("a start has a document")),
    }
}

/// A folder with the document of a start, and how `init` is called there.
fn given(start: &str) -> (Project, String) {
    let (name, text) = document(&root().join("tests/starts").join(start));
    (nothing().file(name, &text), format!("init --from {name}"))
}

/// The project's files by their names, sorted.
fn names(project: &Project) -> Vec<String> {
    let start = project.path("");
    let name = |path: PathBuf| path.strip_prefix(&start).expect("it is below").to_string_lossy().into_owned();
    project.files().into_iter().map(name).collect()
}

#[test]
fn a_new_project_is_kept_at_once_and_notices_every_drift() {
    let project = nothing();
    project.run("init").exits(0).says("counterpart check").says("features/greeting/greeting.feature");
    project.run("check").exits(0).says("1 contract: 1 kept");
    assert_eq!(project.pending(), Vec::<String>::new());
    project.run("mutate").exits(0).says("100 %");
}

#[test]
fn the_commands_that_init_names_next_work_in_a_folder_of_another_name() {
    let project = nothing();
    let ran = project.run("init pacts/first").exits(0).says("counterpart check --project pacts/first");
    assert!(ran.stdout.contains("pacts/first/contracts/greeting/contract.toml"), "{}", ran.text());
    project.run("check --project pacts/first").exits(0);
}

#[test]
fn what_is_there_is_named_and_nothing_is_written() {
    for taken in ["counterpart.toml", "contracts/greeting/notes.txt", "features/greeting/own.feature"] {
        let project = nothing().file(taken, "mine\n");
        let place = taken.rsplit_once('/').map_or(taken, |(folder, _)| folder);
        project.run("init").exits(2).says("nothing was written").says(place);
        assert_eq!(names(&project), [taken], "more than was there");
        assert_eq!(project.read(taken), "mine\n");
    }
}

#[test]
fn a_list_of_ignored_files_is_left_as_it_is() {
    let project = nothing().file(".gitignore", "target\n");
    project.run("init").exits(0).says("these lines belong into it: *.snap.new");
    assert_eq!(project.read(".gitignore"), "target\n");
    assert!(nothing().run("init").exits(0).stdout.contains(".gitignore"));
}

#[test]
fn every_document_becomes_a_contract_that_is_kept_and_what_is_open_is_named() {
    for start in starts() {
        let name = start.file_name().expect("it has a name").to_string_lossy().into_owned();
        let (project, command) = given(&name);
        let ran = project.run(&command).exits(0);
        is_as_in(&start.join("expected.txt"), &ran.stdout);
        assert!(!ran.text().contains("not kept"), "{name}:\n{}", ran.text());
        every_place_is_there(&project, &ran);
        project.run("check").exits(if project.pending().is_empty() { 0 } else { 3 });
        project.run("accept").exits(0);
        let checked = project.run("check").exits(0).says("1 contract: 1 kept");
        assert!(!checked.text().contains("note:"), "{name}:\n{}", checked.text());
    }
}

/// Each `file:line:column` that was said is one of the project's.
#[track_caller]
fn every_place_is_there(project: &Project, ran: &Ran) {
    let lines = ran.stdout.lines().map(str::trim).filter(|line| line.starts_with("contracts/"));
    for line in lines.filter(|line| !line.contains(' ') && line.contains(':')) {
        let mut parts = line.split(':');
        let text = project.read(parts.next().unwrap_or_default());
        let number: usize = parts.next().and_then(|number| number.parse().ok()).expect("a place has a line");
        assert!((1..=text.lines().count()).contains(&number), "{line} is not there");
    }
}

#[test]
fn what_is_written_of_a_small_document_is_as_it_was_read() {
    let (project, command) = given("basic");
    project.run(&command).exits(0);
    let written = root().join("tests/starts/basic/written");
    for file in ["contracts/reports/openapi.yaml", "contracts/reports/contract.toml", "counterpart.toml"] {
        is_as_in(&written.join(Path::new(file).file_name().expect("it has a name")), &project.read(file));
    }
    is_as_in(&written.join("get-report.feature"), &project.read("features/reports/get-report.feature"));
    // A pending snapshot has a line of this program's source, which is nobody's promise.
    let pending = project.read("snapshots/reports/get-report.snap.new");
    let pending =
        pending.split_inclusive('\n').filter(|line| !line.starts_with("assertion_line: ")).collect::<String>();
    is_as_in(&written.join("get-report.snap"), &pending);
}

#[test]
fn a_document_keeps_its_lines_and_comments() {
    for name in ["basic", "cookie", "petstore"] {
        let (project, command) = given(name);
        project.run(&command).exits(0);
        let (file, text) = document(&root().join("tests/starts").join(name));
        assert_eq!(project.read(file), text, "{name}: the document itself was changed");
        let contracts = names(&project).into_iter().find(|name| name.ends_with("openapi.yaml"));
        let written = project.read(&contracts.expect("the contract has a document"));
        let mut lines = written.lines();
        for line in text.lines() {
            assert!(lines.any(|written| written == line), "{name}: {line:?} is gone or in another order:\n{written}");
        }
    }
}

#[test]
fn accepted_at_once_a_contract_is_kept_right_after() {
    let (project, command) = given("shared-parameters");
    project.run(&format!("{command} --accept")).exits(0).says("accepted: what was seen at the fake");
    project.run("check").exits(0).says("1 contract: 1 kept");
}

#[test]
fn the_features_of_a_document_notice_most_drifts() {
    let (project, command) = given("fastapi");
    project.run(&format!("{command} --accept")).exits(0);
    project.run("mutate --fail-under 95").exits(0);
}

#[test]
fn a_secret_is_not_hidden_in_an_answer_that_has_no_room_for_a_field() {
    let (project, command) = given("oauth2");
    project.run(&format!("{command} --accept")).exits(0);
    project.run("mutate --kind response-secret-echoed").exits(0).says("100 %");
}

#[test]
fn a_contract_is_added_beside_the_others() {
    let (_, text) = document(&root().join("tests/starts/basic"));
    let project = Project::greeting().file("given/reports.yaml", &text);
    let settings = project.read("counterpart.toml");
    project
        .run("init --from given/reports.yaml --contract paper --accept")
        .exits(0)
        .says("contracts/paper/contract.toml");
    assert_eq!(project.read("counterpart.toml"), settings);
    project.run("check").exits(0).says("2 contracts: 2 kept");
    let before = names(&project);
    let again = project.run("init --from given/reports.yaml --contract paper").exits(2);
    again.says("nothing was written").says("contracts/paper").says("features/paper").says("another --contract");
    assert_eq!(names(&project), before);
}

#[test]
fn a_title_that_is_taken_is_refused_too() {
    let (project, command) = given("basic");
    let project = project.file("contracts/reports/openapi.yaml", "mine\n");
    project.run(&command).exits(2).says("contracts/reports");
    assert_eq!(names(&project), ["contracts/reports/openapi.yaml", "document.yaml"]);
}

fn publishing(answer: impl Fn() -> Answer + Send + Sync + 'static) -> Provider {
    Provider::answering(move |asked| match asked.line.as_str() {
        line if line.starts_with("GET /v1/openapi.json") => answer(),
        _ => Answer::json(404, "{}"),
    })
}

#[test]
fn a_document_is_taken_from_a_url() {
    let (_, text) = document(&root().join("tests/starts/fastapi"));
    let service = publishing(move || Answer::json(200, text.clone()));
    let project = nothing();
    project.run(&format!("init --accept --from {}/v1/openapi.json", service.url())).exits(0).says("laid out in lines");
    let settings = project.read("counterpart.toml");
    assert!(settings.contains(&format!("# url = \"{}/v1\"", service.url())), "{settings}");
    project.run("check").exits(0).says("1 contract: 1 kept");
}

#[test]
fn a_url_without_a_document_is_told_from_one_with_another_thing() {
    let told = |answer: fn() -> Answer, words: &str| {
        let service = publishing(answer);
        let project = nothing();
        project
            .run(&format!("init --from {}/v1/openapi.json?token=hk_test_1 here", service.url()))
            .exits(4)
            .says(words)
            .does_not_say("hk_test_1");
        assert_eq!(names(&project), Vec::<String>::new());
        assert!(!project.path("here").exists(), "the folder was made");
    };
    told(
        || Answer::of_type("text/html", 200, "<!doctype html><html>Docs</html>"),
        "HTML or XML, not an OpenAPI document",
    );
    told(|| Answer::json(404, "{}"), "status 404");
    told(|| Answer::json(401, "{}"), "it asks for a credential");
    told(|| Answer::json(307, "").header("Location", "/docs/openapi.json"), "it redirects to /docs/openapi.json");
    told(|| Answer::json(200, r#"{"status":"ok"}"#), "not an OpenAPI document: it has no `openapi`");
    told(|| Answer::json(200, r#"{"swagger":"2.0","paths":{}}"#), "a Swagger document of version \"2.0\"");
    told(|| Answer::json(200, r#"{"openapi":"4.0.0","paths":{}}"#), "an OpenAPI document of version \"4.0.0\"");
    told(|| Answer::text(200, "- a\n: b: c"), "neither JSON nor YAML");
}

#[test]
fn a_service_that_nobody_answers_for_is_named() {
    let project = nothing();
    project.run("init --from http://127.0.0.1:9/openapi.json").exits(4).says("nobody answers at http://127.0.0.1:9");
    project.run("init --from missing.yaml").exits(4).says("missing.yaml").says("--from takes a file, or a URL");
    assert_eq!(names(&project), Vec::<String>::new());
}

#[test]
fn a_user_in_a_url_is_wrong_usage_and_is_not_repeated() {
    let ran = nothing().run("init --from http://me:hk_test_2@127.0.0.1:9/openapi.json").exits(2);
    ran.says("the URL holds a user or a password").does_not_say("hk_test_2");
}

const LACKING: &str = r#"openapi: 3.1.0
info: { title: Codes, version: "1" }
paths:
  /codes/{code}:
    put:
      operationId: putCode
      parameters:
        - { name: code, in: path, required: true, schema: { type: string, pattern: "^[A-Z]{3}$" } }
      requestBody:
        content:
          application/json:
            schema: { type: object, required: [digits], properties: { digits: { type: string, pattern: "^[0-9]+$" } } }
            example: { digits: one }
      responses:
        "200":
          description: It is put.
          content:
            application/json:
              schema: { type: string, pattern: "^[0-9]+$" }
"#;

#[test]
fn what_a_document_lacks_is_said_with_its_place() {
    let project = nothing().file("codes.yaml", LACKING);
    let ran = project.run("init --from codes.yaml").exits(4);
    let ran =
        ran.says("no example of path parameter code of putCode could be made from its schema").says("codes.yaml:8");
    let ran = ran.says("the example of the body of putCode departs from its schema: /digits").says("codes.yaml:9");
    ran.says("no example of the answer 200 of putCode could be made").says("codes.yaml:15").says("add an `example`");
    assert_eq!(names(&project), ["codes.yaml"]);
}

#[test]
fn a_document_in_several_files_comes_with_them() {
    let split = LACKING
        .replace("schema: { type: string, pattern: \"^[A-Z]{3}$\" }", "schema: { $ref: \"parts/code.yaml#/Code\" }")
        .replace("example: { digits: one }", "example: { digits: \"1\" }")
        .replace("schema: { type: string, pattern: \"^[0-9]+$\" }", "schema: { type: integer }");
    let project =
        nothing().file("given/codes.yaml", &split).file("given/parts/code.yaml", "Code: { enum: [ABC, XYZ] }\n");
    project.run("init --accept --from given/codes.yaml").exits(0).says("contracts/codes/parts/code.yaml");
    project.run("check").exits(0);
    let lost = nothing().file("given/codes.yaml", &split);
    lost.run("init --from given/codes.yaml").exits(4).says("\"parts/code.yaml\" cannot be read");
}

#[test]
fn options_that_do_not_go_together_are_wrong_usage() {
    let (project, command) = given("basic");
    project.run("init --contract own").exits(2).says("add --from FILE_OR_URL");
    project.run("init --accept").exits(2);
    project.run(&format!("{command} --contract a/b")).exits(2).says("not the name of a folder");
    project.run(&format!("{command} --contract a --contract b")).exits(2).says("given twice");
    project.run("init document.yaml").exits(2).says("is no folder");
    project.run("init one --project two").exits(2).says("given twice");
    assert_eq!(names(&project), ["document.yaml"]);
}

#[test]
fn a_schema_that_holds_itself_comes_to_an_end() {
    let tree = r##"openapi: 3.1.0
info: { title: Trees, version: "1" }
paths:
  /tree:
    get:
      operationId: tree
      responses:
        "200":
          description: A tree.
          content: { application/json: { schema: { $ref: "#/components/schemas/Tree" } } }
components:
  schemas:
    Tree:
      type: object
      required: [parent, children]
      properties:
        parent: { anyOf: [{ $ref: "#/components/schemas/Tree" }, { type: "null" }] }
        children: { type: array, items: { $ref: "#/components/schemas/Tree" } }
"##;
    let project = nothing().file("trees.yaml", tree);
    project.run("init --accept --from trees.yaml").exits(0);
    project.run("check").exits(0);
}

#[test]
fn the_page_of_help_has_examples_and_exit_codes() {
    let ran = nothing().run("init --help").exits(0);
    ran.says("counterpart init --from openapi.yaml").says("0 written 2 wrong usage, or something is in the way 4");
}
