//! Paths relative to the root, as strings with forward slashes: the one spelling in which everything is compared.

/// The folder of a path: `""` for a file at the root, `None` for the root itself.
pub(crate) fn parent(path: &str) -> Option<&str> {
    if path.is_empty() { None } else { Some(path.rsplit_once('/').map_or("", |(dir, _)| dir)) }
}

/// `relative` as seen from the folder `dir`, without `.` and `..`; `None` where it leaves the root or is absolute.
pub(crate) fn join(dir: &str, relative: &str) -> Option<String> {
    if relative.starts_with('/') {
        return None;
    }
    let mut parts: Vec<&str> = dir.split('/').filter(|part| !part.is_empty()).collect();
    for part in relative.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop()?;
            }
            _ => parts.push(part),
        }
    }
    Some(parts.join("/"))
}

/// `@scope/name/rest` as `@scope/name` and `rest`.
pub(crate) fn split_package(specifier: &str) -> (&str, &str) {
    let scope = if specifier.starts_with('@') { specifier.find('/').map_or(0, |at| at + 1) } else { 0 };
    let end = specifier[scope..].find('/').map_or(specifier.len(), |at| scope + at);
    (&specifier[..end], specifier[end..].trim_start_matches('/'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn joins_inside_the_root_only() {
        assert_eq!(join("a/b", "../c").as_deref(), Some("a/c"));
        assert_eq!(join("", "./x/").as_deref(), Some("x"));
        assert_eq!(join("a", ".").as_deref(), Some("a"));
        assert_eq!(join("a", "../../c"), None);
        assert_eq!(join("a", "/etc"), None);
    }

    #[test]
    fn parents_end_at_the_root() {
        assert_eq!(parent("a/b.ts"), Some("a"));
        assert_eq!(parent("b.ts"), Some(""));
        assert_eq!(parent(""), None);
    }

    #[test]
    fn splits_package_specifiers() {
        assert_eq!(split_package("@a/b/c/d"), ("@a/b", "c/d"));
        assert_eq!(split_package("a/c"), ("a", "c"));
        assert_eq!(split_package("a"), ("a", ""));
    }
}
