// Packs the program for npm: the launcher, or one platform's package around a built binary.
//
//   node npm/pack.mjs OUT                       the package atlas-audit
//   node npm/pack.mjs OUT PLATFORM BINARY       the package @atlas-audit/PLATFORM, such as linux-x64-gnu
//
// Versions, license and description are Cargo.toml's. Prints the path of the tarball.

import { execFileSync } from "node:child_process";
import { chmodSync, copyFileSync, cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const root = dirname(here);
const manifest = readFileSync(join(root, "Cargo.toml"), "utf8");
const platforms = JSON.parse(readFileSync(join(here, "platforms.json"), "utf8"));

/** A key of the first table of Cargo.toml, `[package]`. */
function cargo(key) {
  const value = manifest.split(/^\[(?!package\])/m)[0].match(new RegExp(`^${key} = "(.*)"$`, "m"));
  if (!value) throw new Error(`Cargo.toml has no ${key}`);
  return value[1];
}

const version = cargo("version");
const common = { version, description: cargo("description"), license: cargo("license") };

function launcher(folder) {
  cpSync(join(here, "atlas-audit"), folder, { recursive: true });
  return {
    name: "atlas-audit",
    ...common,
    keywords: ["audit", "scalability", "static-analysis", "typescript", "javascript"],
    bin: { "atlas-audit": "launch.js" },
    files: ["launch.js"],
    engines: { node: ">=18" },
    optionalDependencies: Object.fromEntries(platforms.map(({ name }) => [`@atlas-audit/${name}`, version])),
  };
}

function platform(folder, name, binary) {
  const found = platforms.find((it) => it.name === name);
  if (!found) throw new Error(`no platform is called ${name}; there are ${platforms.map((it) => it.name).join(", ")}`);
  const file = found.os === "win32" ? "atlas-audit.exe" : "atlas-audit";
  copyFileSync(binary, join(folder, file));
  chmodSync(join(folder, file), 0o755);
  writeFileSync(join(folder, "README.md"), `The program of the package atlas-audit for ${name}.\n`);
  return {
    name: `@atlas-audit/${name}`,
    ...common,
    os: [found.os],
    cpu: [found.cpu],
    ...(found.libc ? { libc: [found.libc] } : {}),
    files: [file],
    // Yarn would keep it in an archive, from which nothing can be started.
    preferUnplugged: true,
  };
}

const [out, name, binary] = process.argv.slice(2);
if (!out || (name && !binary)) {
  console.error("usage: node npm/pack.mjs OUT [PLATFORM BINARY]");
  process.exit(2);
}
mkdirSync(out, { recursive: true });
const folder = mkdtempSync(join(tmpdir(), "atlas-audit-pack-"));
try {
  const content = name ? platform(folder, name, resolve(binary)) : launcher(folder);
  copyFileSync(join(root, "LICENSE"), join(folder, "LICENSE"));
  writeFileSync(join(folder, "package.json"), `${JSON.stringify(content, null, 2)}\n`);
  const npm = process.platform === "win32" ? "npm.cmd" : "npm";
  const options = { cwd: folder, encoding: "utf8", stdio: ["ignore", "pipe", "inherit"], shell: process.platform === "win32" };
  const packed = execFileSync(npm, ["pack", "--silent", "--pack-destination", resolve(out)], options);
  console.log(join(resolve(out), basename(packed.trim().split("\n").at(-1))));
} finally {
  rmSync(folder, { recursive: true, force: true });
}
