//! What `init` writes: every key with its default, commented out, so that nothing changes until somebody changes it.

/// What `init` writes.
pub const TEMPLATE: &str = "\
# atlas-audit configuration. Every key is optional; what stands here is the default. A flag beats a key.

# Fail on a graded finding this severe or worse: \"P0\", \"P1\", \"P2\", \"P3\" or \"never\".
# fail_on = \"P1\"

# Fail below this score, 0 to 100. Not set: the score never fails.
# min_score = 85

# With --since or --staged: fail when the score falls by more points than this. Not set: it may fall.
# max_drop = 2

# Audit test files too.
# include_tests = false

# Leave these out, besides what .gitignore names. Globs, relative to this file.
# exclude = [\"legacy/**\", \"**/*.generated.ts\"]

# Start from another file, relative to this one; what stands here goes before it.
# extends = \"../atlas-audit.base.toml\"

# Another gate for a part: for paths, rules and packages (by name or folder), whichever are given. The last one that is about
# a finding decides fail_on; min_score and max_drop are about the score of that part alone. A package's own atlas-audit.toml
# says the same about that package.
# [[gate]]
# paths = [\"apps/billing/**\"]
# fail_on = \"P2\"

# Another severity where the rule's page is wrong about this code base; the last one that is about a finding decides.
# [[severity]]
# rule = \"empty-catch\"
# kind = \"best-effort\"
# severity = \"P2\"
# reason = \"whatever is dropped here is missing in the books\"

# Libraries of your own: the keys are those of the shipped tables. `gives` may name what a shipped library gives.
# [[library]]
# id = \"acme-db\"
# name = \"our data layer\"
# kind = \"orm\"
# transport = \"tcp\"
# evidence = \"doc\"
# docs = \"\"
# imports = [\"@acme/db\"]
# exports = [{ path = \"users\", gives = \"Table\" }]
#
# [library.receivers.Table]
# methods = [
#   { names = [\"fetchOne\"], kind = \"read\", rows = \"one\" },
#   { names = [\"fetchAll\"], kind = \"read\", rows = \"many\" },
#   { names = [\"save\"], kind = \"write\" },
# ]
";
