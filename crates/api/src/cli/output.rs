//! What commands print: a table for people, or one JSON object a line for programs.

use std::io::Write as _;

use serde_json::Value;

/// The columns of a row, or the members of an object, in their order: a name and a value each.
pub(super) type Row = Vec<(&'static str, Value)>;

/// Collects rows and prints them.
pub(super) struct Output {
    json: bool,
    rows: Vec<Row>,
}

impl Output {
    pub(super) fn new(json: bool) -> Self {
        Self { json, rows: Vec::new() }
    }

    /// Adds a row. All of them have the same columns.
    pub(super) fn row(&mut self, row: Row) {
        self.rows.push(row);
    }

    /// Prints what was added.
    pub(super) fn print(&mut self) {
        let rows = std::mem::take(&mut self.rows);
        write(&if self.json { lines(&rows) } else { table(&rows) });
    }

    /// Prints what was added, and for people what it comes to.
    pub(super) fn sum_up(mut self, sentence: &str) {
        self.print();
        if !self.json {
            write(&(clean(sentence) + "\n"));
        }
    }
}

/// Prints what a command did: one JSON object for programs, sentences for people.
pub(super) fn tell(json: bool, done: Row, sentences: impl IntoIterator<Item = String>) {
    let lines = if json {
        lines(&[done])
    } else {
        sentences.into_iter().map(|sentence| clean(&sentence) + "\n").collect()
    };
    write(&lines);
}

/// Prints text. A reader who has left is no error.
pub(super) fn write(text: &str) {
    let _ = std::io::stdout().write_all(text.as_bytes());
}

fn lines(rows: &[Row]) -> String {
    let object = |row: &Row| {
        let members = row.iter().map(|(name, value)| format!("{}:{value}", Value::from(*name)));
        format!("{{{}}}\n", members.collect::<Vec<_>>().join(","))
    };
    rows.iter().map(object).collect()
}

fn table(rows: &[Row]) -> String {
    let Some(first) = rows.first() else { return String::new() };
    let mut cells: Vec<Vec<String>> = vec![first.iter().map(|(name, _)| (*name).to_owned()).collect()];
    cells.extend(rows.iter().map(|row| row.iter().map(|(_, value)| cell(value)).collect()));
    let width = |column: usize| {
        let widths = cells.iter().filter_map(|row: &Vec<String>| row.get(column));
        widths.map(|cell| cell.chars().count()).max().unwrap_or_default()
    };
    let widths: Vec<usize> = (0..first.len()).map(width).collect();
    let line = |row: &Vec<String>| {
        let padded: Vec<String> =
            row.iter().zip(&widths).map(|(cell, width)| format!("{cell:width$}")).collect();
        padded.join("  ").trim_end().to_owned() + "\n"
    };
    cells.iter().map(line).collect()
}

/// A value as people read it. What people wrote passes on no control character: a terminal would obey it.
fn cell(value: &Value) -> String {
    match value {
        Value::Null => "-".to_owned(),
        Value::String(text) => clean(text),
        Value::Array(items) => items.iter().map(cell).collect::<Vec<_>>().join(","),
        value => clean(&value.to_string()),
    }
}

fn clean(text: &str) -> String {
    let shown = |character: char| {
        let turns =
            matches!(character, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
        if character.is_control() || turns { '\u{fffd}' } else { character }
    };
    text.chars().map(shown).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_table_is_aligned_and_obeyed_by_no_terminal() {
        let rows = [
            vec![("id", json!(1)), ("name", json!("\u{1b}[31mrouge\n"))],
            vec![("id", json!(10)), ("name", Value::Null)],
        ];
        assert_eq!(table(&rows), "id  name\n1   \u{fffd}[31mrouge\u{fffd}\n10  -\n");
        assert_eq!(lines(&rows).lines().nth(1), Some(r#"{"id":10,"name":null}"#));
        assert!(!lines(&rows).contains('\u{1b}'), "JSON escapes it");
    }
}
