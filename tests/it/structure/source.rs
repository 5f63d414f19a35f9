//! Reads a Rust source for the rules of `structure`: its code without comments, strings and tests.

use std::fs;
use std::path::{Path, PathBuf};

/// One file below the root of the repository.
pub struct Source {
    /// From the root of the repository, with `/`.
    pub path: String,
    /// Comments, the content of strings and `#[cfg(test)]` items are blanks; line breaks stay.
    pub code: String,
    /// The content of string literals.
    pub strings: Vec<String>,
    /// Where the modules lie that are declared behind `#[cfg(test)]`, without `.rs`.
    test_modules: Vec<String>,
}

impl Source {
    pub fn new(path: &str, text: &str) -> Self {
        let (code, strings) = split(text);
        let test_modules = test_modules(path, &code);
        Self { path: path.to_owned(), code: without_tests(&code), strings, test_modules }
    }

    /// The room that a file belongs to: `src/web/pages/accounts.rs` is of `web`.
    pub fn room(&self) -> &str {
        let below = self.path.strip_prefix("src/").unwrap_or(&self.path);
        below.split('/').next().unwrap_or(below).trim_end_matches(".rs")
    }

    /// `src/linking.rs` is the top of its room, `src/linking/connect.rs` is not.
    fn is_top_of_room(&self) -> bool {
        self.path.matches('/').count() == 1
    }

    /// The first names of all paths: rooms of this crate as `crate::room`, other crates by name.
    pub fn first_names(&self) -> Vec<String> {
        let tokens = tokens(&self.code);
        let mut names = Vec::new();
        for (at, token) in tokens.iter().enumerate() {
            let begins_a_path = at == 0 || !matches!(tokens[at - 1], "::" | ".");
            if !begins_a_path || !is_name(token) {
                continue;
            }
            let is_path = tokens.get(at + 1) == Some(&"::");
            let is_own_crate = *token == "crate"
                || *token == "linkhub"
                || (*token == "super" && self.is_top_of_room());
            if is_path && is_own_crate {
                names.extend(heads(&tokens[at + 2..]).map(|head| format!("crate::{head}")));
            } else if is_path || (at > 0 && tokens[at - 1] == "use") {
                names.push((*token).to_owned());
            }
        }
        names
    }

    pub fn tokens(&self) -> Vec<&str> {
        tokens(&self.code)
    }
}

/// The names that a use tree begins with: `{a::b, c::{d, e}}` gives a and c, `a::b` gives a.
fn heads<'a>(rest: &'a [&'a str]) -> impl Iterator<Item = &'a str> {
    let mut depth = 0_usize;
    let mut found = Vec::new();
    for (at, token) in rest.iter().enumerate() {
        match *token {
            "{" => depth += 1,
            "}" => depth = depth.saturating_sub(1),
            name if is_name(name) && depth == 0 => found.push(name),
            name if is_name(name) && depth == 1 && matches!(rest[at - 1], "{" | ",") => {
                found.push(name);
            }
            _ => {}
        }
        if depth == 0 {
            break;
        }
    }
    found.into_iter()
}

/// Every Rust file of a folder, but for modules that only tests have.
pub fn sources_below(folder: &str) -> Vec<Source> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut files = Vec::new();
    collect(&root.join(folder), &mut files);
    assert!(!files.is_empty(), "no Rust file below {folder}: is the test run from the repository?");
    let sources = files.iter().map(|file| {
        let path = file.strip_prefix(root).expect("it was found below the root");
        let text = fs::read_to_string(file).expect("a source file is readable text");
        Source::new(&path.to_string_lossy(), &text)
    });
    without_test_modules(sources.collect())
}

pub fn without_test_modules(mut sources: Vec<Source>) -> Vec<Source> {
    let tests: Vec<String> = sources.iter().flat_map(|s| s.test_modules.clone()).collect();
    sources.retain(|source| {
        let is_of = |module: &String| {
            let rest = source.path.strip_prefix(module.as_str());
            rest.is_some_and(|rest| rest == ".rs" || rest.starts_with('/'))
        };
        !tests.iter().any(is_of)
    });
    sources
}

/// `#[cfg(test)] mod samples;` in `src/web.rs` is `src/web/samples`.
fn test_modules(path: &str, code: &str) -> Vec<String> {
    let folder = path.trim_end_matches(".rs").trim_end_matches("/lib").trim_end_matches("/main");
    let tokens = tokens(code);
    let behind_attribute =
        |at: usize| tokens[at..].starts_with(&["#", "[", "cfg", "(", "test", ")", "]"]);
    (0..tokens.len())
        .filter(|at| behind_attribute(*at))
        .filter_map(|at| {
            let item = &tokens[at + 7..];
            let at = item.iter().take(6).position(|token| *token == "mod")?;
            (item.get(at + 2) == Some(&";")).then(|| format!("{folder}/{}", item[at + 1]))
        })
        .collect()
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) {
    let mut entries: Vec<_> = fs::read_dir(folder)
        .expect("the folder is part of the repository")
        .map(|entry| entry.expect("its entries are readable").path())
        .collect();
    entries.sort();
    for path in entries {
        if path.is_dir() {
            collect(&path, files);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
}

/// Blanks comments and strings, and gives the strings on their own.
fn split(text: &str) -> (String, Vec<String>) {
    let mut code = String::with_capacity(text.len());
    let mut strings = Vec::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let before_is_name = code.ends_with(|c: char| c.is_alphanumeric() || c == '_');
        let length = if rest.starts_with("//") {
            rest.find('\n').unwrap_or(rest.len())
        } else if rest.starts_with("/*") {
            block_comment(rest)
        } else if first == '"' {
            let length = quoted(rest);
            strings.push(rest[1..length].trim_end_matches('"').to_owned());
            length
        } else if first == 'r' && !before_is_name && raw_hashes(rest).is_some() {
            let hashes = raw_hashes(rest).unwrap_or_default();
            let end = format!("\"{}", "#".repeat(hashes));
            let start = hashes + 2;
            let length = rest[start..].find(&end).map_or(rest.len(), |at| start + at + end.len());
            strings.push(rest[start..(length - end.len()).max(start)].to_owned());
            length
        } else if first == '\'' {
            char_literal(rest)
        } else {
            0
        };
        if length == 0 {
            code.push(first);
            rest = &rest[first.len_utf8()..];
        } else {
            code.extend(rest[..length].chars().map(|c| if c == '\n' { '\n' } else { ' ' }));
            rest = &rest[length..];
        }
    }
    (code, strings)
}

fn block_comment(text: &str) -> usize {
    let mut depth = 0_usize;
    let mut at = 0;
    while at < text.len() {
        if text[at..].starts_with("/*") {
            depth += 1;
            at += 2;
        } else if text[at..].starts_with("*/") {
            depth -= 1;
            at += 2;
            if depth == 0 {
                return at;
            }
        } else {
            at += text[at..].chars().next().map_or(1, char::len_utf8);
        }
    }
    text.len()
}

fn quoted(text: &str) -> usize {
    let mut escaped = false;
    for (at, c) in text.char_indices().skip(1) {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => return at + 1,
            _ => {}
        }
    }
    text.len()
}

fn raw_hashes(text: &str) -> Option<usize> {
    let after = &text[1..];
    let hashes = after.chars().take_while(|c| *c == '#').count();
    after[hashes..].starts_with('"').then_some(hashes)
}

/// The length of `'x'` or `'\n'`; 0 for a lifetime.
fn char_literal(text: &str) -> usize {
    let mut chars = text.char_indices().skip(1);
    match chars.next() {
        Some((_, '\\')) => text[2..].find('\'').map_or(0, |at| {
            // The quote itself may be what is escaped: '\''.
            if at == 0 { 4 } else { at + 3 }
        }),
        Some(_) => chars.next().filter(|(_, c)| *c == '\'').map_or(0, |(at, _)| at + 1),
        None => 0,
    }
}

/// Blanks the items that stand behind `#[cfg(test)]`.
fn without_tests(code: &str) -> String {
    let mut kept = code.to_owned();
    while let Some(start) = kept.find("#[cfg(test)]") {
        let mut depth = 0_usize;
        let mut end = kept.len();
        for (at, c) in kept[start..].char_indices() {
            match c {
                '{' => depth += 1,
                '}' => depth -= 1,
                _ => {}
            }
            if depth == 0 && matches!(c, ';' | '}') {
                end = start + at + 1;
                break;
            }
        }
        let blank: String =
            kept[start..end].chars().map(|c| if c == '\n' { '\n' } else { ' ' }).collect();
        kept.replace_range(start..end, &blank);
    }
    kept
}

fn is_name(token: &str) -> bool {
    token.starts_with(|c: char| c.is_alphabetic() || c == '_')
}

fn tokens(code: &str) -> Vec<&str> {
    let mut found = Vec::new();
    let mut rest = code.trim_start();
    while let Some(first) = rest.chars().next() {
        let length = if first.is_alphanumeric() || first == '_' {
            rest.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(rest.len())
        } else if rest.starts_with("::") {
            2
        } else {
            first.len_utf8()
        };
        found.push(&rest[..length]);
        rest = rest[length..].trim_start();
    }
    found
}
