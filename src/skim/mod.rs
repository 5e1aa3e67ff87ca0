//! Bytes in, imports, exports and triggers out, without parsing.
//!
//! One pass finds the few words behind which an import, an export or a trigger may stand; what follows such a word is read
//! by hand. Skim may report what only a comment or a string says; it never leaves out what the code says, however hostile
//! the bytes. It knows no path and resolves nothing.

mod base;
mod export;
pub(crate) mod fill;
mod import;
mod load;
mod markup;
mod pattern;
mod scan;
mod trigger;

pub use markup::{Markup, skim_markup};
pub use trigger::{Trigger, TriggerSet, Triggers};

use trigger::{Anchor, Watched};

/// What a file's bytes seem to say.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Skim {
    /// Every module that is asked for, in the order of the text.
    pub imports: Vec<SkimImport>,
    /// The names exported, sorted: `default`, `*` for `export * from`, `=` for `export =` and a whole `module.exports`.
    pub exports: Vec<Box<str>>,
    /// What its classes seem to extend, in the order of the text: the first name of each, `a` of `extends a.B`.
    pub bases: Vec<Box<str>>,
    /// The names that its classes seem to implement, in the order of the text: `a` of `implements a.B`.
    pub implemented: Vec<Box<str>>,
    /// The names of the classes that it declares `abstract`.
    pub abstracts: Vec<Box<str>>,
    /// The names of tables that it seems to write to, sorted, without case and underscores; `*` for one that the text does not name, and
    /// `~` before the name of a relation.
    pub fills: Vec<Box<str>>,
    /// The triggers that occur.
    pub triggers: TriggerSet,
    /// What is loaded by a name that only the running program knows, as globs in which `*` stands for what is not written:
    /// `./pages/*.ts`, `./pages/**`; `*` alone where nothing is.
    pub loads: Vec<Box<str>>,
}

/// One place where a module is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SkimImport {
    /// The specifier as written.
    pub specifier: Box<str>,
    /// How it is asked for.
    pub form: SkimForm,
    /// What of it is used. None for a module that is only run, located or mocked.
    pub names: Vec<SkimName>,
}

/// How a module is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SkimForm {
    /// `import … from "x"`, `import "x"`.
    Static,
    /// `import type … from "x"`, `typeof import("x")`, `import("x").Name` as a type.
    Type,
    /// `import("x")`.
    Dynamic,
    /// `require("x")`, `import x = require("x")`.
    Require,
    /// `new URL("./x", import.meta.url)`, `require.resolve("x")`: located, perhaps run elsewhere.
    Url,
    /// `new Worker("./x")`, `importScripts("./x")`.
    Worker,
    /// `jest.mock("x")`, `vi.importActual("x")` and their like.
    Mock,
    /// `export … from "x"`.
    Reexport,
}

/// One name of a module.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SkimName {
    /// The name there: `default` for a default import, `*` for everything.
    pub imported: Box<str>,
    /// What it is called here; for a re-export, the exported name; empty where it is bound to no plain name.
    pub local: Box<str>,
    /// `import type`, `{ type X }`, `export type`.
    pub is_type: bool,
}

/// Skims a JavaScript or TypeScript file.
#[must_use]
pub fn skim(text: &[u8], triggers: &Triggers) -> Skim {
    let mut skimmer = Skimmer { text, found: Skim::default(), fuel: 4 * text.len() + (64 << 10), full_checks: 64 };
    let mut from = 0;
    while let Some((key, start)) = triggers.find(text, from) {
        for watched in triggers.watched(key) {
            skimmer.look(triggers, watched, start);
        }
        // Anchors may overlap, so the search goes on within the one just seen.
        from = start + 1;
    }
    let mut found = skimmer.found;
    for names in [&mut found.exports, &mut found.fills] {
        names.sort_unstable();
        names.dedup();
    }
    found
}

/// One file being skimmed.
struct Skimmer<'t> {
    text: &'t [u8],
    found: Skim,
    /// How many bytes may still be read behind anchors, so that hostile text is not read again and again.
    fuel: usize,
    /// How many triggers may still be matched against all of the rest of the text.
    full_checks: usize,
}

impl Skimmer<'_> {
    /// What one anchor may need once the file's allowance is used up.
    const WINDOW: usize = 2048;

    fn look(&mut self, triggers: &Triggers, watched: &Watched, key_start: usize) {
        let Some((start, end)) = watched.place(self.text, key_start) else { return };
        match watched.anchor {
            Anchor::Trigger(index) => {
                let found = self.found.triggers;
                if !triggers.is_decided(found) && !found.contains(index) && self.follows(triggers, index, end) {
                    self.found.triggers.insert(index);
                }
            }
            Anchor::Module(word) => {
                let window = self.fuel.max(Self::WINDOW);
                let text = &self.text[..self.text.len().min(end.saturating_add(window))];
                let read_to = word.read(text, start, end, &mut self.found);
                self.fuel = self.fuel.saturating_sub(read_to - end);
            }
        }
    }

    fn follows(&mut self, triggers: &Triggers, index: usize, end: usize) -> bool {
        let mut rest = &self.text[end..];
        if self.full_checks == 0 {
            rest = &rest[..rest.len().min(2 * Self::WINDOW)];
        }
        let follows = triggers.follows(index, rest);
        if !follows {
            self.full_checks = self.full_checks.saturating_sub(1);
        }
        follows
    }
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use proptest::prelude::*;

    use super::*;

    fn of(text: &str) -> Skim {
        skim(text.as_bytes(), &Triggers::new([]))
    }

    /// `form specifier imported>local, type imported>local`, one line for each import.
    fn said(text: &str) -> Vec<String> {
        let name = |it: &SkimName| format!("{}{}>{}", if it.is_type { "type " } else { "" }, it.imported, it.local);
        let names = |it: &SkimImport| it.names.iter().map(name).collect::<Vec<_>>().join(", ");
        of(text).imports.iter().map(|it| format!("{:?} {} {}", it.form, it.specifier, names(it))).collect()
    }

    #[test]
    fn static_imports_bind_names() {
        assert_eq!(said(r#"import "x""#), ["Static x "]);
        assert_eq!(
            said(r#"import a, { b, type C as D, default as e } from "x""#),
            ["Static x default>a, b>b, type C>D, default>e"]
        );
        assert_eq!(said(r#"import * as a from "x""#), ["Static x *>a"]);
        assert_eq!(
            said(r#"import type { A } from "x"; import type B from "y""#),
            ["Type x type A>A", "Type y type default>B"]
        );
        assert_eq!(said("import {\n  a, // {\n  /* } */ b,\n} from 'x'"), ["Static x a>a, b>b"]);
        assert_eq!(said(r#"import a = require("x")"#), ["Require x *>a"]);
    }

    #[test]
    fn classes_extend_names() {
        let bases = |text: &str| of(text).bases.iter().map(ToString::to_string).collect::<Vec<_>>();
        assert_eq!(bases("class A extends B {}"), ["B"]);
        assert_eq!(bases("export default class extends orm.Model<A> {}"), ["orm"]);
        assert_eq!(
            bases("class A<\n  T = any, // {\n> extends /* the */ B<T> {}"),
            Vec::<String>::new(),
            "a brace ends it"
        );
        assert_eq!(bases("class A<\n  T = any,\n> extends /* the */ B<T> {}"), ["B"]);
        assert_eq!(bases("interface A extends B {} type C<T> = T extends D ? 1 : 2"), Vec::<String>::new());
    }

    #[test]
    fn classes_implement_names() {
        let names = |text: &str| of(text).implemented.join(" ");
        assert_eq!(names("class A extends B<C> implements D<E, () => F>, /* g */ h.I {}"), "D h");
        assert_eq!(names("class A implements B, C {} class D implements E {}"), "B C E");
        let text = "export abstract class A {} abstract /* b */ class C {} /* abstract */";
        assert_eq!(of(text).abstracts, ["A", "C"].map(Into::into));
        assert_eq!(names("class A { b() { /* implements C */ } } const d = 'implements E'"), "");
    }

    #[test]
    fn requires_bind_what_is_taken_of_them() {
        assert_eq!(said(r#"const { a: b, c = 1, ...d } = require("x")"#), ["Require x a>b, c>c, *>d"]);
        assert_eq!(said(r#"const a = require("x").b"#), ["Require x b>a"]);
        assert_eq!(said(r#"require("x").y()"#), ["Require x y>"]);
        assert_eq!(said(r#"const a = require("x")"#), ["Require x *>a"]);
        assert_eq!(said(r#"f(require("x"))"#), ["Require x *>"]);
        assert_eq!(said(r#"const a: B = require("x")"#), ["Require x *>"]);
    }

    #[test]
    fn dynamic_imports_bind_what_is_taken_of_them() {
        assert_eq!(said(r#"const { a, b: c } = await import("x")"#), ["Dynamic x a>a, b>c"]);
        assert_eq!(said(r#"const a = (await import(`x`)).b"#), ["Dynamic x b>a"]);
        assert_eq!(said(r#"import("x").then(({ a, b: c }) => a)"#), ["Dynamic x a>a, b>c"]);
        assert_eq!(said(r#"import("x").then((m) => m.a)"#), ["Dynamic x *>"]);
        assert_eq!(said("import(`./${x}`); import(x)"), [""; 0]);
        assert_eq!(said(r#"let a: typeof import("x"); let b: import("y").C"#), ["Type x *>", "Type y type C>"]);
    }

    #[test]
    fn re_exports_are_imports_too() {
        let text =
            r#"export { a as b, type C } from "x"; export * from "y"; export * as d from "z"; export type * from "w""#;
        assert_eq!(said(text), ["Reexport x a>b, type C>C", "Reexport y *>*", "Reexport z *>d", "Reexport w type *>*"]);
        assert_eq!(of(text).exports, ["*", "C", "b", "d"].map(Into::into));
    }

    #[test]
    fn modules_may_be_located_run_and_mocked() {
        assert_eq!(said(r#"new URL("./a", import.meta.url); new URL("/b", base); new URL("https://c")"#), ["Url ./a "]);
        assert_eq!(
            said(r#"new Worker("./a.js"); new SharedWorker("b.js"); new Worker("queue", f)"#),
            ["Worker ./a.js ", "Worker b.js "]
        );
        assert_eq!(
            said(r#"jest.mock("a"); vi.doMock<A>("b"); vi.importActual("c"); jest.requireActual<D>("d")"#),
            ["Mock a ", "Mock b ", "Mock c ", "Mock d "]
        );
        assert_eq!(said(r#"f.mock.calls("a"); block("b"); remock("c")"#), [""; 0]);
    }

    #[test]
    fn folders_may_be_loaded_without_naming_their_files() {
        let loads = |text: &str| of(text).loads.join(" ");
        assert_eq!(loads("import(`./${x}/page.ts`); require('./jobs/' + name); import(x)"), "./*/page.ts ./jobs/* *");
        assert_eq!(
            loads("import.meta.glob('./a/*.ts'); import.meta.globEager([\"/b/*.ts\", '!c'])"),
            "./a/*.ts /b/*.ts !c"
        );
        assert_eq!(loads(r"require.context('./d', true, /\.js$/); require.context('.')"), "./d/** ./**");
        assert_eq!(loads(r#"import("x"); import(/* a */ `b`); require("c"); required(d); import.meta.url"#), "");
        assert_eq!(loads("import(); require(); require; import"), "");
    }

    #[test]
    fn exports_are_named() {
        let names = |text: &str| of(text).exports.join(" ");
        assert_eq!(names("export const a = f(b, c), d = { e }, [g, { h: i }] = j;"), "a d g i");
        assert_eq!(names("export const a = 1\nconst b = 2, c = 3"), "a");
        assert_eq!(names("export const a = () => {\n  b, c\n}\nf(d), e"), "a e", "only a parser knows that line's end");
        assert_eq!(names("export default class A {}; export { b as c, d as default }"), "c default");
        assert_eq!(names("export async function* a() {} export abstract class B {} export const enum C {}"), "B C a");
        assert_eq!(names("module.exports = a; exports.b = c; exports['d'] = e; if (exports.f == g) {}"), "= b d");
        assert_eq!(names("reexport const a = 1; const { exported } = b; xexports.c = 1"), "");
    }

    const BLANK: &str = r"(?:\s|//[^\n]*\n|/\*(?s:.)*?\*/)*";

    fn hits(text: &str) -> Vec<usize> {
        let then = |shape: String| -> Option<&'static str> { Some(shape.leak()) };
        let literal = r#"(?:null|undefined|true|false|\d+|"[^"\n]*"|'[^'\n]*'|\[\s*\]|\{\s*\})"#;
        let statement = format!(r"(?:(?:return\b|[\w.$]+\s*=[^=])\s*{literal}?\s*;?{BLANK})?");
        let catch = then(format!(r"\s*(?:\([^)]*\)\s*)?\{{{BLANK}{statement}\}}"));
        let callback =
            then(format!(r"\s*(?:noop|(?:\([^)]*\)|\w+)\s*=>\s*(?:\{{{BLANK}\}}|\(?\s*{literal}\s*\)?))\s*,?\s*\)"));
        let triggers = Triggers::new([
            Trigger { anchor: "catch", then: catch },
            Trigger { anchor: ".catch(", then: callback },
            Trigger { anchor: "addEventListener", then: None },
            Trigger { anchor: ".limit(", then: None },
            Trigger { anchor: "atlas-ignore", then: None },
            Trigger { anchor: ".catch(console", then: None },
            Trigger { anchor: "importantLimit", then: None },
        ]);
        skim(text.as_bytes(), &triggers).triggers.iter().collect()
    }

    #[test]
    fn triggers_are_as_narrow_as_their_shape() {
        for empty in [
            "catch {}",
            "catch(e){ }",
            "catch (e) {\n // why }\n /* { */\n}",
            "catch { return null; }",
            "catch { x = 1 }",
        ] {
            assert_eq!(hits(&format!("try {{ f() }} {empty}")), [0], "{empty}");
        }
        for other in ["catch (e) { log(e) }", "catch { return f() }", "xcatch {}", "catchAll {}", "$catch {}"] {
            assert_eq!(hits(&format!("try {{ f() }} {other}")), [0; 0], "{other}");
        }
        for empty in ["() => {}", "noop", "() => null", "(e) => ({})", "e => { /* fine */ }", "\n  () => undefined,\n"]
        {
            assert_eq!(hits(&format!("f().catch({empty})")), [1], "{empty}");
        }
        for other in ["log", "(e) => log(e)", "() => { f() }", "noopener"] {
            assert_eq!(hits(&format!("f().catch({other})")), [0; 0], "{other}");
        }
        assert_eq!(hits("window.addEventListener('x', f); q.limit(5); // atlas-ignore rule: why"), [2, 3, 4]);
        assert_eq!(hits("query.limit\n(5); removeaddEventListener()"), [0; 0]);
    }

    #[test]
    fn once_one_decides_no_other_trigger_is_looked_for() {
        let triggers = ["first", "second", "third"].map(|anchor| Trigger { anchor, then: None });
        let found = |text: &[u8], n: usize| {
            skim(text, &Triggers::new(triggers).deciding(n)).triggers.iter().collect::<Vec<_>>()
        };
        assert_eq!(found(b"third second first", 0), [0, 1, 2]);
        assert_eq!(found(b"third second first", 2), [1, 2]);
        assert_eq!(found(b"import 'a'; first; third", 2), [0]);
    }

    #[test]
    fn an_anchor_may_be_the_end_of_a_word() {
        let triggers =
            Triggers::new([Trigger { anchor: "*Limit(", then: None }, Trigger { anchor: "Limit", then: None }]);
        let found = |text: &[u8]| skim(text, &triggers).triggers.iter().collect::<Vec<_>>();
        assert_eq!(found(b"mapLimit(rows, 5, f)"), [0]);
        assert_eq!(found(b"mapLimits(rows); Limit"), [1]);
    }

    #[test]
    fn anchors_may_hold_and_overlap_each_other() {
        assert_eq!(hits("f().catch(console.error)"), [5]);
        assert_eq!(hits("importantLimit"), [6]);
        assert_eq!(said(r#"export import a = require("x")"#), ["Require x *>a"]);
    }

    #[test]
    fn more_anchors_than_vector_registers_hold_are_found_as_well() {
        let anchors =
            (0..TriggerSet::CAPACITY).map(|index| Trigger { anchor: format!("word{index:03}.").leak(), then: None });
        let triggers = Triggers::new(anchors);
        let found = skim(b"word000. word127. xword001. import \"x\"", &triggers);
        assert_eq!(found.triggers.iter().collect::<Vec<_>>(), [0, 127]);
        assert_eq!(found.imports.len(), 1);
    }

    #[test]
    fn hostile_text_is_read_in_linear_time() {
        let units = [
            "import/*",
            "import{",
            "import(",
            "export const a=(",
            "export const a=`",
            "}=require(\"",
            "{a}=require('",
            "catch{/*",
        ];
        for unit in units {
            let text = unit.repeat(400_000 / unit.len());
            let start = Instant::now();
            hits(&text);
            assert!(start.elapsed() < Duration::from_secs(20), "{unit}: {:?}", start.elapsed());
        }
    }

    /// Pieces that lead deep into the code, in any order.
    const PIECES: &str = r#"import export require { } ( ) "x" ' ` ${ from as type * , = /* */ // \ const default new URL( Worker(
        .mock mock. < > . ... [ ] : s é await typeof then catch / @ ; defineProperty(exports, let enum function class"#;

    fn pieces() -> impl Strategy<Value = Vec<u8>> {
        let known: Vec<&str> = PIECES.split_whitespace().chain([" ", "\n", "\u{feff}"]).collect();
        let piece = prop_oneof![
            8 => proptest::sample::select(known).prop_map(|piece| piece.as_bytes().to_vec()),
            1 => proptest::collection::vec(any::<u8>(), 0..4),
        ];
        proptest::collection::vec(piece, 0..60).prop_map(|pieces| pieces.concat())
    }

    proptest! {
        #[test]
        fn any_bytes_are_skimmed(text in pieces()) {
            let triggers = Triggers::new([Trigger { anchor: "catch", then: Some(BLANK) }]);
            let once = skim(&text, &triggers);
            prop_assert_eq!(&once, &skim(&text, &triggers));
            let _ = skim_markup(&text, Markup::Mdx, &triggers);
            let _ = skim_markup(&text, Markup::Tags, &triggers);
        }

        #[test]
        fn a_line_above_hides_nothing(text in pieces()) {
            let triggers = Triggers::new([]);
            let below = [b"const a = 1;\n", text.as_slice()].concat();
            prop_assert_eq!(skim(&text, &triggers).imports, skim(&below, &triggers).imports);
        }
    }
}
