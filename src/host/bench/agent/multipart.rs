//! The file in a multipart/form-data body.

use super::{problem::Problem, server::decode};

/// A file as it was sent.
#[derive(Debug, PartialEq)]
pub struct Upload<'a> {
    pub name: String,
    pub bytes: &'a [u8],
}

/// Finds the part `file`.
pub fn file<'a>(content_type: Option<&str>, body: &'a [u8]) -> Result<Upload<'a>, Problem> {
    let malformed = |what: &str| {
        Problem::bad_request(format!(
            "the file must come as multipart/form-data with a part named \"file\": {what}"
        ))
    };
    let parameters = content_type
        .and_then(|text| text.split_once(';'))
        .filter(|(kind, _)| kind.trim().eq_ignore_ascii_case("multipart/form-data"))
        .map(|(_, parameters)| parameters);
    let boundary = parameters
        .and_then(|parameters| parameter(parameters, "boundary"))
        .filter(|boundary| !boundary.is_empty())
        .ok_or_else(|| malformed("the Content-Type names no boundary"))?;
    let delimiter = format!("\r\n--{boundary}").into_bytes();
    // The first one may stand at the very beginning, without an end of line before it.
    let mut rest = match body.strip_prefix(delimiter.get(2..).unwrap_or_default()) {
        Some(rest) => rest,
        None => {
            split(body, &delimiter)
                .ok_or_else(|| malformed("the boundary is not in the body"))?
                .1
        }
    };
    loop {
        let line = split(rest, b"\r\n").filter(|(padding, _)| padding.trim_ascii().is_empty());
        let Some((_, part)) = line else {
            return Err(malformed("there is no such part"));
        };
        let (part, after) =
            split(part, &delimiter).ok_or_else(|| malformed("its last boundary is missing"))?;
        // A part without headers begins with the empty line.
        let (head, bytes) = match part.strip_prefix(b"\r\n") {
            Some(bytes) => (&b""[..], bytes),
            None => split(part, b"\r\n\r\n").ok_or_else(|| malformed("a part has no content"))?,
        };
        let head = String::from_utf8_lossy(head);
        let disposition = head.lines().find_map(|line| {
            let (name, value) = line.split_once(':')?;
            name.trim()
                .eq_ignore_ascii_case("Content-Disposition")
                .then_some(value)
        });
        let disposition = disposition.unwrap_or_default();
        if parameter(disposition, "name").as_deref() == Some("file") {
            let name = file_name(disposition)?.ok_or_else(|| malformed("it has no file name"))?;
            return Ok(Upload { name, bytes });
        }
        rest = after;
    }
}

/// `filename*`, which may be in any language, before `filename`.
fn file_name(disposition: &str) -> Result<Option<String>, Problem> {
    let Some(extended) = parameter(disposition, "filename*") else {
        return Ok(parameter(disposition, "filename"));
    };
    let mut pieces = extended.splitn(3, '\'');
    let utf8 = pieces
        .next()
        .is_some_and(|charset| charset.eq_ignore_ascii_case("UTF-8"));
    match (utf8, pieces.next(), pieces.next()) {
        (true, Some(_), Some(encoded)) => decode(encoded).map(|name| Some(name.into_owned())),
        _ => Err(Problem::bad_request(format!(
            "the file name \"{extended}\" must be percent-encoded UTF-8, such as UTF-8''a%20b.txt"
        ))),
    }
}

/// A parameter of a header's value, quoted or not.
fn parameter(text: &str, wanted: &str) -> Option<String> {
    let mut rest = text;
    loop {
        // Up to the `=` of the next parameter; what has none is skipped.
        let end = rest.find([';', '='])?;
        let (name, after) = rest.split_at(end);
        let Some(after) = after.strip_prefix('=') else {
            rest = after.get(1..)?;
            continue;
        };
        let after = after.trim_start();
        let (value, after) = match after.strip_prefix('"') {
            Some(quoted) => unquote(quoted)?,
            None => {
                let end = after.find(';').unwrap_or(after.len());
                let (value, after) = after.split_at(end);
                (value.trim().into(), after)
            }
        };
        if name.trim().eq_ignore_ascii_case(wanted) {
            return Some(value);
        }
        rest = after.trim_start().strip_prefix(';').unwrap_or(after);
    }
}

/// The text up to the closing quote, and what follows.
fn unquote(text: &str) -> Option<(String, &str)> {
    let mut value = String::new();
    let mut chars = text.char_indices();
    while let Some((at, c)) = chars.next() {
        match c {
            '"' => return Some((value, text.get(at + 1..)?)),
            '\\' => value.push(chars.next()?.1),
            c => value.push(c),
        }
    }
    None
}

/// What stands before and behind the first `mark`.
fn split<'a>(bytes: &'a [u8], mark: &[u8]) -> Option<(&'a [u8], &'a [u8])> {
    let at = bytes
        .windows(mark.len())
        .position(|window| window == mark)?;
    Some((bytes.get(..at)?, bytes.get(at + mark.len()..)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn upload(head: &str, content: &[u8]) -> Result<(String, Vec<u8>), String> {
        let head = format!(
            "preamble\r\n--B\r\nContent-Disposition: form-data; name=\"x\"\r\n\r\n1\r\n--B\r\n{head}\r\n\r\n"
        );
        let mut body = head.into_bytes();
        body.extend(content);
        body.extend(b"\r\n--B--\r\n");
        file(
            Some("multipart/form-data; charset=x; boundary=\"B\""),
            &body,
        )
        .map(|upload| (upload.name, upload.bytes.to_vec()))
        .map_err(|problem| problem.text)
    }

    #[test]
    fn a_file_is_found_however_its_name_is_written() {
        let content = b"\r\n--not the boundary\r\n\x00\xff";
        for (disposition, name) in [
            ("name=\"file\"; filename*=UTF-8''a%20%C3%A4.txt", "a ä.txt"),
            ("name=file; filename=a.txt", "a.txt"),
            ("filename=\"a;\\\"=b.txt\"; name=\"file\"", "a;\"=b.txt"),
            (
                "name=file; filename=\"=?utf-8?\"; filename*=utf-8''%C3%A4",
                "ä",
            ),
        ] {
            let head = format!(
                "content-disposition: form-data; {disposition}\r\nContent-Type: application/octet-stream"
            );
            let found = upload(&head, content);
            assert_eq!(found, Ok((name.into(), content.to_vec())), "{disposition}");
        }
        let at_the_start =
            b"--B\r\nContent-Disposition: form-data; name=file; filename=a\r\n\r\n\r\n--B--";
        let found = file(Some("multipart/form-data; boundary=B"), at_the_start).unwrap();
        assert_eq!((found.name.as_str(), found.bytes), ("a", &b""[..]));
    }

    #[test]
    fn what_is_no_upload_is_refused() {
        let start = "the file must come as multipart/form-data with a part named \"file\": ";
        let whole = |content_type, body: &str| {
            let problem = file(content_type, body.as_bytes()).unwrap_err();
            problem.text.replace(start, "")
        };
        let kind = Some("multipart/form-data; boundary=B");
        for (content_type, body, text) in [
            (None, "", "the Content-Type names no boundary"),
            (
                Some("multipart/form-data"),
                "",
                "the Content-Type names no boundary",
            ),
            (kind, "nothing", "the boundary is not in the body"),
            (kind, "--B--\r\n", "there is no such part"),
            (kind, "--B\r\n\r\nx\r\n--B--", "there is no such part"),
            (kind, "--B\r\nA: b\r\n\r\nx", "its last boundary is missing"),
            (kind, "--B\r\nA: b\r\n--B--", "a part has no content"),
            (
                kind,
                "--B\r\nContent-Disposition: form-data; name=file\r\n\r\nx\r\n--B--",
                "it has no file name",
            ),
        ] {
            assert_eq!(whole(content_type, body), text, "{body}");
        }
        let latin = upload(
            "Content-Disposition: form-data; name=file; filename*=latin1''a",
            b"",
        );
        assert_eq!(
            latin.unwrap_err(),
            "the file name \"latin1''a\" must be percent-encoded UTF-8, such as UTF-8''a%20b.txt"
        );
    }
}
