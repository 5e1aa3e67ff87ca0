//! What commands and configurations name: words that may be files.
//!
//! A shell is not imitated. A word that happens to be a file's path counts as naming it.

use super::Node;
use super::layout::Layout;
use crate::discover::parent;

/// Endings of files that can be run or loaded.
const ENDINGS: &[&str] =
    &["js", "ts", "mjs", "cjs", "mts", "cts", "jsx", "tsx", "vue", "svelte", "astro", "mdx", "html"];

/// Programs that run the file which they are given, whatever its ending.
const RUNNERS: &[&str] = &[
    "node",
    "nodejs",
    "tsx",
    "ts-node",
    "ts-node-dev",
    "tsnd",
    "nodemon",
    "bun",
    "deno",
    "run",
    "watch",
    "babel-node",
    "start",
    "forever",
    "vite-node",
    "electron",
    "esno",
    "jiti",
    "swc-node",
    "esbuild",
    "ncc",
    "build",
    "bundle",
    "parcel",
    "tsup",
    "serve",
    "exec",
    "register",
    "entrypoint",
];

/// The words of a command or configuration, each with the one before it.
fn words(text: &str) -> impl Iterator<Item = (&str, &str)> {
    let is_gap = |it: char| it.is_whitespace() || "'\"`=,;&|()[]<>".contains(it);
    let mut before = "";
    text.split(is_gap).filter(|it| !it.is_empty()).map(move |word| (std::mem::replace(&mut before, word), word))
}

/// The folders that a command changes to, as written.
fn folders(text: &str) -> impl Iterator<Item = &str> {
    words(text).filter(|(before, _)| matches!(*before, "cd" | "--prefix" | "--cwd" | "-C" | "WORKDIR")).map(|it| it.1)
}

/// The nodes that a text names, seen from any of some folders and from those that it changes to.
///
/// A word with `*` names what it fits where the text is a `command`; in other texts it mostly says what is not meant.
pub(super) fn named(layout: &Layout<'_>, dirs: &[&str], text: &str, is_command: bool) -> Vec<Node> {
    let mut around: Vec<String> = dirs.iter().map(|it| (*it).to_owned()).collect();
    for dir in dirs {
        around.extend(folders(text).filter_map(|it| crate::discover::join(dir, it)));
    }
    let mut nodes = Vec::new();
    for (before, word) in words(text).filter(|it| is_command || !it.1.contains('*')) {
        let runner = before.rsplit('/').next().unwrap_or(before);
        nodes.extend(of_word(layout, &around, word, RUNNERS.contains(&runner)));
    }
    nodes
}

/// The nodes that a script names for a program to run, command by command.
pub(super) fn run(layout: &Layout<'_>, dirs: &[&str], text: &str) -> Vec<Node> {
    let is_runner = |word: &str| RUNNERS.contains(&word.rsplit('/').next().unwrap_or(word));
    let commands = text.split(['\n', ';', '|', '&']).filter_map(|command| {
        let (_, first) = words(command).find(|it| is_runner(it.1))?;
        Some(&command[first.as_ptr() as usize - command.as_ptr() as usize..])
    });
    commands.flat_map(|it| named(layout, dirs, it, false)).collect()
}

/// The nodes that one word names.
fn of_word(layout: &Layout<'_>, dirs: &[String], word: &str, is_run: bool) -> Vec<Node> {
    let word = word.split(['#', '?']).next().unwrap_or(word);
    if word.contains("://") || word.contains("node_modules") || word.starts_with(['-', '$', '~']) {
        return Vec::new();
    }
    if word.contains('*') && has_ending(word) {
        return dirs.iter().flat_map(|dir| layout.matching(dir, word)).collect();
    }
    let is_path = word.contains('/');
    if has_ending(word) {
        return dirs.iter().filter_map(|dir| from_any_root(layout, dir, word)).collect();
    }
    // `src/functions/hello.handler` names an export of a file.
    let stem = word.rsplit_once('.').filter(|(stem, _)| is_path && !stem.ends_with(['.', '/'])).map(|it| it.0);
    let candidates = (is_run && word != ".").then_some(word).into_iter().chain(stem);
    let named = |path: &str| dirs.iter().filter_map(|dir| layout.named(dir, path)).collect::<Vec<_>>();
    candidates.flat_map(named).collect()
}

/// A path from a folder; an absolute one, as in an image, from wherever its end is found.
fn from_any_root(layout: &Layout<'_>, dir: &str, word: &str) -> Option<Node> {
    let relative = word.trim_start_matches('/');
    let mut ends = std::iter::successors(Some(relative), |it| it.split_once('/').map(|(_, rest)| rest));
    if word.starts_with('/') { ends.find_map(|it| layout.named(dir, it)) } else { layout.named(dir, word) }
}

pub(super) fn has_ending(word: &str) -> bool {
    word.rsplit_once('.')
        .is_some_and(|(stem, ending)| !stem.is_empty() && ENDINGS.contains(&ending.trim_end_matches('}')))
}

/// The folder of a path and every folder around it.
pub(super) fn folders_around(path: &str) -> Vec<&str> {
    std::iter::successors(parent(path), |dir| parent(dir)).collect()
}

/// The strings of a program's text: between quotes of one kind, on one line.
pub(super) fn strings(text: &str) -> Vec<&str> {
    let mut found = Vec::new();
    for line in text.lines() {
        let mut rest = line;
        while let Some(start) = rest.find(['"', '\'', '`']) {
            let quote = rest[start..].chars().next().unwrap_or('"');
            let inner = &rest[start + 1..];
            let Some(end) = inner.find(quote) else { break };
            found.push(&inner[..end]);
            rest = &inner[end + 1..];
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::discover::discovered;
    use crate::project::modules::Modules;

    #[test]
    fn commands_name_files() {
        let found = discovered(&[
            ("package.json", "{}"),
            ("src/server.ts", ""),
            ("src/worker.ts", ""),
            ("api/main.ts", ""),
            ("jobs/a.ts", ""),
            ("jobs/b.ts", ""),
            ("fn/hello.ts", ""),
        ]);
        let modules = Modules::new(&found);
        let layout = Layout::new(&found, &modules);
        let named = |text: &str| -> Vec<&str> {
            let mut paths: Vec<_> = named(&layout, &[""], text, true).into_iter().map(|it| layout.path(it)).collect();
            paths.sort_unstable();
            paths.dedup();
            paths
        };
        assert_eq!(named("NODE_ENV=production node --require dotenv/config dist/server.js"), ["src/server.ts"]);
        assert_eq!(named("tsx watch src/worker & node ./dist/server"), ["src/server.ts", "src/worker.ts"]);
        assert_eq!(named("cd api && tsx main.ts"), ["api/main.ts"]);
        assert_eq!(named("CMD [\"node\", \"/app/dist/server.js\"]"), ["src/server.ts"]);
        assert_eq!(named("esbuild jobs/*.ts --outdir=build"), ["jobs/a.ts", "jobs/b.ts"]);
        assert_eq!(named("handler: fn/hello.handler"), ["fn/hello.ts"]);
        assert_eq!(named("echo server worker; npm run build; curl https://a.example/src/server.ts"), [""; 0]);
    }

    #[test]
    fn shell_scripts_name_what_they_run() {
        let found = discovered(&[("package.json", "{}"), ("src/a.ts", ""), ("src/b.ts", "")]);
        let modules = Modules::new(&found);
        let layout = Layout::new(&found, &modules);
        let text = "#!/bin/sh\nsed -i s/x/y/ src/b.ts\nif true; then exec node --port=1 src/a.ts; fi\nnode *.ts\n";
        let paths: Vec<&str> = run(&layout, &[""], text).into_iter().map(|it| layout.path(it)).collect();
        assert_eq!(paths, ["src/a.ts"]);
    }

    #[test]
    fn strings_stand_between_quotes() {
        assert_eq!(strings("a('x', \"it's\") + `y`\nlet b = 'z"), ["x", "it's", "y"]);
    }
}
