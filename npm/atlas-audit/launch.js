#!/usr/bin/env node
// Starts the program that npm installed for this platform, and ends as it ends. Downloads nothing.
"use strict";

const { spawnSync } = require("node:child_process");

/** The platforms' packages that may fit here, the likelier first. */
function candidates() {
  const base = `${process.platform}-${process.arch}`;
  if (process.platform !== "linux") return [base];
  const isGlibc = Boolean(process.report?.getReport().header.glibcVersionRuntime);
  return isGlibc ? [`${base}-gnu`, `${base}-musl`] : [`${base}-musl`, `${base}-gnu`];
}

function program() {
  const file = process.platform === "win32" ? "atlas-audit.exe" : "atlas-audit";
  for (const name of candidates()) {
    try {
      return require.resolve(`@atlas-audit/${name}/${file}`);
    } catch {
      // Not installed: the next one may be.
    }
  }
  return undefined;
}

const path = program();
if (path === undefined) {
  console.error(
    `atlas-audit: no program is installed for ${process.platform}-${process.arch}\n` +
      `  help: install without --omit=optional; the packages are ${candidates().map((it) => `@atlas-audit/${it}`).join(" or ")}`,
  );
  // As for any other run that could not begin.
  process.exit(2);
}

const { error, status, signal } = spawnSync(path, process.argv.slice(2), { stdio: "inherit", windowsHide: true });
if (error) {
  console.error(`atlas-audit: cannot start ${path}: ${error.message}`);
  process.exit(2);
}
if (signal) process.kill(process.pid, signal);
process.exit(status ?? 2);
