//! The page at `/`.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use sha2::{Digest as _, Sha256};

use crate::client::Client;

/// What stands between two words of the page.
fn between<'t>(text: &'t str, begin: &str, end: &str) -> &'t str {
    let (_, rest) = text.split_once(begin).expect("a beginning");
    rest.split_once(end).expect("an end").0
}

#[test]
fn the_page_stands_by_itself_and_runs_nothing_but_its_own_script() {
    let mut client = Client::with("agent: {name: '</title><script>alert(1)</script>'}");
    let page = client.request("GET", "/", "");
    assert_eq!(page.status, 200);
    let digest = |text: &str| format!("'sha256-{}'", STANDARD.encode(Sha256::digest(text)));
    let (style, script) = (
        digest(between(&page.body, "<style>", "</style>")),
        digest(between(&page.body, "<script>", "</script>")),
    );
    let policy = format!(
        "\r\ncontent-security-policy: default-src 'none'; style-src {style}; script-src {script}; connect-src 'self'; img-src data:; \
         base-uri 'none'; form-action 'none'; frame-ancestors 'none'\r\n"
    );
    for header in [
        policy.as_str(),
        "\r\nContent-Type: text/html; charset=utf-8\r\n",
        "\r\ncache-control: no-store\r\n",
        "\r\nx-content-type-options: nosniff\r\n",
        "\r\nreferrer-policy: no-referrer\r\n",
    ] {
        assert!(page.head.contains(header), "{header}: {}", page.head);
    }
    // Nothing of the bench is in it, and nothing from elsewhere.
    for text in [
        "alert(1)",
        "http:",
        "https:",
        "//fonts",
        "innerHTML",
        "/*STYLE*/",
        "/*SCRIPT*/",
    ] {
        assert!(!page.body.contains(text), "{text}");
    }
}

#[test]
fn the_page_is_there_for_get_and_head_at_the_root_only() {
    let mut client = Client::new();
    let page = client.request("GET", "/?x=1", "");
    client.send("HEAD / HTTP/1.1\r\nHost: a\r\n\r\n");
    let (head, _) = client.receive();
    assert!(
        head.contains(&format!("\r\nContent-Length: {}\r\n\r\n", page.body.len())),
        "{head}"
    );
    assert!(head.ends_with("\r\n\r\n"), "{head}");
    let post = client.request("POST", "/", "");
    assert_eq!(
        (post.status, post.error()),
        (
            405,
            "method POST is not allowed here, only GET, HEAD".into()
        )
    );
    assert!(
        post.head.contains("\r\nAllow: GET, HEAD\r\n"),
        "{}",
        post.head
    );
    for path in ["/index.html", "/api", "/page.js"] {
        let other = client.request("GET", path, "");
        assert_eq!(
            (other.status, other.error()),
            (404, format!("path {path} not found on the simulated bench"))
        );
    }
}
