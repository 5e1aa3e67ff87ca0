//! Where a file's code runs: on a server, in a browser, at the edge of a network.
//!
//! Judged by what a file and those that import it ask for, and by the places that frameworks give a meaning to. A file that
//! shows nothing is not guessed at: both answers are then no.

use rustc_hash::FxHashSet as HashSet;

use super::definition::entry;
use super::{Project, Target};
use crate::facts::{ExportSource, ExprId, ExprKind};
use crate::source::FileId;

/// Where code is seen to run; several may hold.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Runtime {
    /// In a process that answers many callers.
    pub server: bool,
    /// In instances that a platform starts per request or so.
    pub serverless: bool,
    /// In an isolate at the edge, with a lifetime of one request or so.
    pub edge: bool,
    /// In a browser.
    pub browser: bool,
}

/// Packages that only a server has a use for; `/` at the end stands for all below.
const SERVER: &[&str] = &[
    "express",
    "fastify",
    "koa",
    "@koa/router",
    "@hapi/hapi",
    "@hono/node-server",
    "hono",
    "restify",
    "polka",
    "h3",
    "next/server",
    "next/headers",
    "@trpc/server",
    "@apollo/server",
    "apollo-server-express",
    "graphql-yoga",
    "ws",
    "socket.io",
    "bullmq",
    "bull",
    "@nestjs/",
    "@fastify/",
    "@remix-run/node",
    "@remix-run/express",
    "@react-router/node",
    "server-only",
    "@medusajs/framework",
    "@medusajs/framework/",
    "node-cron",
    "pg-boss",
    "graphile-worker",
    "@temporalio/worker",
    "next-auth",
    "inngest",
];

/// Modules of the runtime that no browser has and no bundler replaces.
const SERVER_BUILTINS: &[&str] = &[
    "http",
    "https",
    "http2",
    "net",
    "tls",
    "fs",
    "fs/promises",
    "cluster",
    "child_process",
    "worker_threads",
    "async_hooks",
    "dgram",
];

/// Packages that only code in a browser has a use for.
const BROWSER: &[&str] = &[
    "react-dom",
    "react-dom/client",
    "@tanstack/react-query",
    "swr",
    "zustand",
    "dexie",
    "idb",
    "vue",
    "svelte",
    "@angular/core",
    "jquery",
];

impl Project {
    /// Where a file's code runs, by itself and by the files that lead to it.
    #[must_use]
    pub fn runtime(&self, file: FileId) -> Runtime {
        let own = self.own_runtime(file);
        if own != Runtime::default() {
            return own;
        }
        let mut found = Runtime::default();
        let mut seen = HashSet::from_iter([file]);
        let mut pending = vec![file];
        while let Some(at) = pending.pop() {
            for &importer in self.importers(at) {
                if !self.file(importer).is_audited || !seen.insert(importer) {
                    continue;
                }
                let own = self.own_runtime(importer);
                found = found.and(own);
                if own == Runtime::default() {
                    pending.push(importer);
                }
            }
        }
        found
    }

    /// The files that import a file.
    pub(super) fn importers(&self, file: FileId) -> &[FileId] {
        let importers = self.importers.get_or_init(|| {
            let mut importers = vec![Vec::new(); self.files.len()];
            for (index, it) in self.files.iter().enumerate() {
                let targets: HashSet<FileId> = it
                    .targets
                    .values()
                    .filter_map(|it| if let Target::File(id) = it { Some(*id) } else { None })
                    .collect();
                for target in targets {
                    importers[target.index()].push(FileId(index as u32));
                }
            }
            importers
        });
        &importers[file.index()]
    }

    fn own_runtime(&self, file: FileId) -> Runtime {
        let it = self.file(file);
        let mut found = by_path(&it.path);
        for (specifier, target) in &it.targets {
            match target {
                Target::Package(name) if listed(SERVER, name) => found.server = true,
                Target::Package(name) if listed(BROWSER, name) => found.browser = true,
                Target::Package(name)
                    if matches!(&**name, "aws-lambda" | "@vercel/functions" | "@netlify/functions") =>
                {
                    found.serverless = true
                }
                Target::Builtin if SERVER_BUILTINS.contains(&specifier.strip_prefix("node:").unwrap_or(specifier)) => {
                    found.server = true
                }
                _ if specifier.starts_with("https://")
                    || specifier.starts_with("jsr:")
                    || specifier.starts_with("cloudflare:") =>
                {
                    found.edge = true
                }
                _ => {}
            }
        }
        let hooks = self.facts(file).is_some_and(|facts| {
            let is_client = facts.directives.iter().any(|it| facts.name(*it) == "use client");
            let react = facts.imports.iter().filter(|it| facts.name(it.specifier) == "react");
            let mut names = react.flat_map(|it| &it.names).map(|it| facts.name(it.imported));
            is_client
                || names.any(|it| matches!(it, "useEffect" | "useState" | "useCallback" | "useRef" | "useReducer"))
        });
        found.browser |= hooks;
        found.edge |= self.asks_for_edge(file);
        found.server |= !found.browser && self.deployment.started.contains(&file);
        found.serverless |= found.server && self.deployment.is_serverless && by_path(&it.path).server;
        if found.edge { Runtime { edge: true, ..Runtime::default() } } else { found }
    }
}

impl Project {
    /// `export const runtime = "edge"`, `export const config = { runtime: "edge" }`.
    fn asks_for_edge(&self, file: FileId) -> bool {
        let Some(facts) = self.facts(file) else { return false };
        let named = facts.exports.iter().filter_map(|it| match it.source {
            ExportSource::Local(binding) => Some((facts.name(it.name), facts.binding(binding).init?)),
            _ => None,
        });
        let value = named.filter_map(|(name, value)| match name {
            "runtime" => Some(value),
            "config" => entry(facts, value, "runtime"),
            _ => None,
        });
        let is_edge = |it: ExprId| matches!(facts.expr(it).kind, ExprKind::Str(text) if matches!(facts.name(text), "edge" | "experimental-edge"));
        value.into_iter().any(is_edge)
    }
}

impl Runtime {
    /// Whether many callers share one process, or one database behind many instances.
    #[must_use]
    pub fn serves(self) -> bool {
        self.server || self.serverless
    }

    fn and(self, other: Self) -> Self {
        Self {
            server: self.server || other.server,
            serverless: self.serverless || other.serverless,
            edge: self.edge || other.edge,
            browser: self.browser || other.browser,
        }
    }
}

fn listed(list: &[&str], name: &str) -> bool {
    list.iter().any(|it| *it == name || it.ends_with('/') && name.starts_with(it))
}

/// What a path alone says, by the conventions of frameworks and platforms.
fn by_path(path: &str) -> Runtime {
    let name = path.rsplit('/').next().unwrap_or(path);
    let stem = name.split('.').next().unwrap_or(name);
    let holds = |folder: &str| path.starts_with(folder) || path.contains(&format!("/{folder}"));
    if holds("supabase/functions/") {
        return Runtime { edge: true, ..Runtime::default() };
    }
    let serverless = path.starts_with("api/") || holds("netlify/functions/");
    let server = holds("pages/api/")
        || stem == "route" && holds("app/")
        || stem == "+server"
        || name.contains(".server.")
        || name.contains(".controller.") && !name.ends_with("x");
    Runtime { server, serverless, ..Runtime::default() }
}
