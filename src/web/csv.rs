//! Comma-separated values (RFC 4180) for people who open them in a spreadsheet.

/// One line of cells that no spreadsheet takes for formulas: an apostrophe stands before what would begin one.
pub fn line<'a>(cells: impl IntoIterator<Item = &'a str>) -> String {
    let cells: Vec<String> = cells.into_iter().map(cell).collect();
    format!("{}\r\n", cells.join(","))
}

/// A spreadsheet that separates by semicolons or tabs, as many do in Europe, does not heed our quotes: it finds
/// cells within a cell. So a sign is no less dangerous behind what may begin another one.
fn cell(text: &str) -> String {
    let mut safe = String::with_capacity(text.len() + 2);
    let mut begins = true;
    for c in text.chars() {
        if begins && matches!(c, '=' | '+' | '-' | '@' | '＝' | '＋' | '－' | '＠') {
            safe.push('\'');
        }
        let separates = matches!(c, ';' | '\t' | '\r' | '\n');
        begins = separates || begins && (c.is_whitespace() || c.is_control() || c == '"');
        safe.push(c);
    }
    if safe.contains(['"', ',', ';', '\r', '\n', '\t']) {
        format!("\"{}\"", safe.replace('"', "\"\""))
    } else {
        safe
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_is_never_a_formula_and_never_two_cells() {
        for (text, expected) in [
            ("plain", "plain"),
            ("", ""),
            ("株式会社", "株式会社"),
            ("a,b", "\"a,b\""),
            ("a;b", "\"a;b\""),
            ("say \"x\"", "\"say \"\"x\"\"\""),
            ("two\nlines", "\"two\nlines\""),
            ("=1+1", "'=1+1"),
            ("  =1+1", "  '=1+1"),
            ("\u{a0}=1", "\u{a0}'=1"),
            ("\0=1", "\0'=1"),
            ("+1", "'+1"),
            ("-1", "'-1"),
            ("@SUM(A1)", "'@SUM(A1)"),
            ("＝1", "'＝1"),
            ("\t=1", "\"\t'=1\""),
            ("\r=1", "\"\r'=1\""),
            ("=HYPERLINK(\"x\",\"y\")", "\"'=HYPERLINK(\"\"x\"\",\"\"y\"\")\""),
            ("x;=1+1;y", "\"x;'=1+1;y\""),
            ("x; \"=1+1;y", "\"x; \"\"'=1+1;y\""),
            ("x\r\n@y", "\"x\r\n'@y\""),
            ("a=1", "a=1"),
            ("2026-11-23T10:00:00Z", "2026-11-23T10:00:00Z"),
            ("{\"n\":-1}", "\"{\"\"n\"\":-1}\""),
        ] {
            assert_eq!(line([text]), format!("{expected}\r\n"));
        }
        assert_eq!(line(["a", "", "b"]), "a,,b\r\n");
    }
}
