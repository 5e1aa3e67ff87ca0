// Packs the launcher and this platform's package, installs both offline and runs what came out.
//
//   node npm/test.mjs BINARY

import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const binary = resolve(process.argv[2]);
const isGlibc = Boolean(process.report.getReport().header.glibcVersionRuntime);
const libc = process.platform === "linux" ? (isGlibc ? "-gnu" : "-musl") : "";
const platform = `${process.platform}-${process.arch}${libc}`;

const folder = mkdtempSync(join(tmpdir(), "atlas-audit-npm-"));
const project = join(folder, "project");
const npm = (...args) => execFileSync("npm", args, { cwd: project, encoding: "utf8", stdio: ["ignore", "pipe", "inherit"] });
const pack = (...args) => execFileSync("node", [join(here, "pack.mjs"), folder, ...args], { encoding: "utf8" }).trim();
const run = (...args) => spawnSync("npx", ["--no-install", "atlas-audit", ...args], { cwd: project, encoding: "utf8" });

try {
  mkdirSync(join(project, "src"), { recursive: true });
  writeFileSync(join(project, "package.json"), '{ "name": "project", "private": true }\n');
  writeFileSync(join(project, "src/a.ts"), 'export async function a() {\n  try { await fetch("https://example.org"); } catch {}\n}\n');
  const launcher = pack();

  // Without the platform's package there is a word on what is missing, and no pass.
  npm("install", "--offline", "--no-audit", "--no-fund", "--silent", launcher);
  const lacking = run("--version");
  assert.equal(lacking.status, 2);
  assert.match(lacking.stderr, new RegExp(`@atlas-audit/${platform}`));

  npm("install", "--offline", "--no-audit", "--no-fund", "--silent", launcher, pack(platform, binary));
  assert.match(run("--version").stdout, /^atlas-audit \d/);
  const passed = run(".", "--format", "concise");
  assert.equal(passed.status, 0, passed.stderr);
  assert.match(passed.stdout, /^src\/a\.ts:2:\d+: P2 empty-catch/);
  assert.equal(run(".", "--fail-on", "P2", "--quiet").status, 1, "the exit code is the program's");
  assert.equal(run("none").status, 2);
  console.log(`the npm package works on ${platform}`);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
