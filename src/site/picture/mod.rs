//! Pictures: SVG that is drawn here, with its words as text.

pub mod parties;
pub mod sequence;

/// How wide a character of the pictures' fixed-width letters is, in the picture's units.
const LETTER: usize = 8;

/// How wide a text is.
fn width(text: &str) -> usize {
    text.chars().count() * LETTER
}
