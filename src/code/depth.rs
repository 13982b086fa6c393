//! How deep a syntax tree can get, told from the tokens before there is one: parsing, walking and dropping a tree take a stack as deep
//! as the tree is.

use ruff_python_ast::token::TokenKind;
use ruff_python_parser::{Mode, lexer};

/// Levels of brackets, blocks and operators at one place. CPython itself takes 200 brackets and 100 blocks.
pub const MAX_DEPTH: usize = 1_000;

/// Whether a place may lie deeper than [`MAX_DEPTH`].
pub fn is_too_deep(text: &str) -> bool {
    let mut tokens = lexer::lex(text, Mode::Module);
    let mut blocks = 0usize;
    // For each open bracket the operators since the last comma within: each may be one level of the tree.
    let mut open = vec![0usize];
    let mut depth = 0;
    loop {
        let before = depth;
        match tokens.next_token() {
            TokenKind::EndOfFile => return false,
            TokenKind::Newline => {
                depth = 0;
                open.clear();
                open.push(0);
            }
            TokenKind::Indent => blocks += 1,
            TokenKind::Dedent => blocks = blocks.saturating_sub(1),
            TokenKind::Comma | TokenKind::Semi => {
                if let Some(last) = open.last_mut() {
                    depth -= *last;
                    *last = 0;
                }
            }
            TokenKind::Lpar
            | TokenKind::Lsqb
            | TokenKind::Lbrace
            | TokenKind::FStringStart
            | TokenKind::TStringStart => {
                depth += 1;
                if let Some(last) = open.last_mut() {
                    *last += 1;
                }
                open.push(0);
            }
            TokenKind::Rpar
            | TokenKind::Rsqb
            | TokenKind::Rbrace
            | TokenKind::FStringEnd
            | TokenKind::TStringEnd
                if open.len() > 1 =>
            {
                depth -= open.pop().unwrap_or_default();
            }
            token if token.is_operator() || token.is_keyword() => {
                depth += 1;
                if let Some(last) = open.last_mut() {
                    *last += 1;
                }
            }
            _ => {}
        }
        if depth >= before && depth + blocks > MAX_DEPTH {
            return true;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn depth_is_that_of_operators_and_brackets_and_blocks() {
        let long = "1, ".repeat(MAX_DEPTH * 2);
        let lines = "x = [1, (2), -3]\n".repeat(MAX_DEPTH);
        let words = "\"a\" ".repeat(MAX_DEPTH * 2);
        for shallow in [format!("x = [{long}]\n"), lines, format!("x = ({words})\n")] {
            assert!(!is_too_deep(&shallow));
        }
        let blocks: String = (0..=MAX_DEPTH)
            .map(|level| format!("{}if x:\n", " ".repeat(level)))
            .collect();
        for deep in [
            "(".repeat(MAX_DEPTH + 1),
            format!("x = {}1\n", "-".repeat(MAX_DEPTH + 1)),
            format!("x = {}1\n", "not ".repeat(MAX_DEPTH + 1)),
            format!("x = 1{}\n", " + 1".repeat(MAX_DEPTH + 1)),
            format!("x = f{}\n", "()".repeat(MAX_DEPTH + 1)),
            format!("x = a{}\n", ".a".repeat(MAX_DEPTH + 1)),
            format!("x = {}1\n", "lambda: ".repeat(MAX_DEPTH + 1)),
            blocks,
        ] {
            assert!(is_too_deep(&deep), "{}", &deep[..20]);
        }
    }
}
