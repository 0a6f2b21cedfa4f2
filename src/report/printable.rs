//! Text that others sent, such that it cannot steer a terminal or hide what it says.

/// Control characters, and those that reverse the direction of writing, as their escapes.
pub fn printable(text: &str) -> String {
    let mut printable = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '\n' | '\t' => printable.push(character),
            '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => printable.extend(character.escape_unicode()),
            _ if character.is_control() => printable.extend(character.escape_debug()),
            _ => printable.push(character),
        }
    }
    printable
}
