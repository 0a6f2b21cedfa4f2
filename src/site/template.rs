//! The templates of the pages, and what they share.

use minijinja::syntax::SyntaxConfig;
use minijinja::{AutoEscape, Environment, Error, Value, escape_formatter};
use pulldown_cmark::{CowStr, Event, Options, Parser, Tag, TagEnd, html};
use serde::Serialize;
use std::sync::LazyLock;

/// The templates by name.
const TEMPLATES: &[(&str, &str)] = &[
    ("page.html", include_str!("templates/page.html")),
    ("told.html", include_str!("templates/told.html")),
    ("front.html", include_str!("templates/front.html")),
    ("contract.html", include_str!("templates/contract.html")),
    ("operations.html", include_str!("templates/operations.html")),
    ("feature.html", include_str!("templates/feature.html")),
    ("gaps.html", include_str!("templates/gaps.html")),
    ("text.html", include_str!("templates/text.html")),
    ("search.html", include_str!("templates/search.html")),
];

static ENVIRONMENT: LazyLock<Environment<'static>> = LazyLock::new(|| {
    let mut environment = Environment::new();
    environment.set_auto_escape_callback(|_| AutoEscape::Html);
    // The engine's own escaping writes `/` as six characters, which makes up a fifth of a site.
    environment.set_formatter(|out, state, value| match value.as_str() {
        Some(text) if !value.is_safe() => out.write_str(&escaped(text)).map_err(Error::from),
        _ => escape_formatter(out, state, value),
    });
    let syntax = SyntaxConfig::builder().trim_blocks(true).lstrip_blocks(true).build();
    environment.set_syntax(syntax.expect("only blanks are set"));
    environment.add_filter("markdown", |text: &str| Value::from_safe_string(markdown(text)));
    environment.add_filter("slug", slug);
    environment.add_filter("text", |text: &str| Value::from_safe_string(between_tags(text)));
    for (name, source) in TEMPLATES {
        environment.add_template(name, source).expect("the templates were compiled by the tests");
    }
    environment
});

/// The page that the template `name` makes of `context`.
pub fn render(name: &str, context: &impl Serialize) -> String {
    let template = ENVIRONMENT.get_template(name).expect("every page has its template");
    let value = Value::from(minijinja::value::Serde(context));
    template.render(value).unwrap_or_else(|error| panic!("{name}: {error:?}"))
}

/// A text as it may stand in HTML and SVG, also in an attribute between `"`.
pub fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

/// A text as it may stand between tags, where a `"` is itself: JSON has many.
fn between_tags(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

/// CommonMark as HTML. HTML within it is shown as text: a description cannot change the page.
pub fn markdown(text: &str) -> String {
    let events = Parser::new_ext(text, Options::ENABLE_TABLES).map(|event| match event {
        Event::Html(text) | Event::InlineHtml(text) => Event::Text(text),
        Event::Start(tag) => Event::Start(harmless(tag)),
        Event::End(TagEnd::Image) => Event::End(TagEnd::Link),
        other => other,
    });
    let mut page = String::new();
    html::push_html(&mut page, events);
    page
}

/// A link or picture that leads to the web or within the site; others, such as `javascript:`, lead nowhere.
fn harmless(tag: Tag<'_>) -> Tag<'_> {
    let known = |url: CowStr<'_>| {
        let scheme = url.split_once(':').map(|(scheme, _)| scheme.to_ascii_lowercase());
        let leads = scheme.is_none_or(|scheme| matches!(scheme.as_str(), "http" | "https" | "mailto"));
        CowStr::from(if leads { url.into_string() } else { String::new() })
    };
    match tag {
        // A picture would be a request to another host: it becomes a link to it.
        Tag::Link { link_type, dest_url, title, id } | Tag::Image { link_type, dest_url, title, id } => {
            Tag::Link { link_type, dest_url: known(dest_url), title, id }
        }
        other => other,
    }
}

/// A text as a name within a page's address: `the-right-key-is-accepted`.
pub fn slug(text: &str) -> String {
    let mut slug = String::new();
    for character in text.chars() {
        if character.is_alphanumeric() {
            slug.extend(character.to_lowercase());
        } else if !slug.is_empty() && !slug.ends_with('-') {
            slug.push('-');
        }
    }
    slug.trim_end_matches('-').to_owned()
}
