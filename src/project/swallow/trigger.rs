//! The byte shapes by which a file is known that may swallow errors: blank handlers, and such as leave one fixed thing.
//!
//! They over-report; what a handler leaves is read from the facts.

use crate::skim::Trigger;

macro_rules! gap {
    () => {
        r"(?:\s|//[^\n]*\n|/\*[^*]*\*+(?:[^/*][^*]*\*+)*/)*"
    };
}
macro_rules! literal {
    () => {
        r#"(?:null|undefined|void 0|true|false|-?[0-9.]+|\[\s*\]|\(?\{\s*(?:[\w$]+(?:\s*:\s*(?:0|null|undefined|false|"[^"\n]*"|'[^'\n]*'|\[\s*\]|\{\s*(?:[\w$]+\s*:\s*(?:\{\s*\}|\[\s*\])\s*,?\s*)*\}))?\s*,?\s*)*\}\)?|"[^"\n]*"|'[^'\n]*'|`[^`$]*`|new (?:Map|Set)(?:<[^()]*>)?\(\)|Option\.none(?:<[^()]*>)?\(\)|[A-Z][A-Z0-9_]+)(?:\s+as\s[^;}\n]*)?"#
    };
}
macro_rules! hollow {
    () => {
        concat!(r"\{", gap!(), r"(?:(?:return\b\s*|[\w.$\[\]]+\s*=\s*)(?:", literal!(), r")?\s*;?", gap!(), r")?\}")
    };
}

// Of more than a default: a name that is returned, an answer to a request, a state that is set, a word in a list, the next round.
macro_rules! fixed {
    () => {
        r"(?:if\s*\([^{}\n]{0,120}?\binstanceof\b|return\s+[\w$]+(?:\.[\w$]+)*\s*;?\s*\}|continue\b|(?:return\s+)?(?:await\s+)?(?:(?:new\s+)?(?:Next)?Response\b|next\(\)|return\s*\{\s*(?:success|ok|error)\b|(?:res|reply|response|resp|c|ctx|context)\s*\.\s*(?:status|code|sendStatus|json|send|end|text|body|html|notFound)\b|json\(|set[A-Z]\w*\(|[\w$.]+\.(?:push|add)\())"
    };
}

/// Blocks that are blank or hold one default, behind `catch`; handlers like that, or named for nothing, in `.catch(…)`.
pub const SWALLOWING: &[Trigger] = &[
    Trigger {
        anchor: "catch",
        then: Some(concat!(r"\s*(?:\([^()]*\)\s*)?(?:", hollow!(), r"|\{", gap!(), fixed!(), ")")),
    },
    Trigger {
        anchor: ".catch",
        then: Some(concat!(
            r"\s*\(",
            gap!(),
            r"(?:\)|(?:async\s+)?(?:(?:\([^()]*\)|[\w$]+)\s*=>|function\b[^()]*\([^()]*\))\s*(?:",
            hollow!(),
            "|",
            literal!(),
            r"\s*[,)]|\{",
            gap!(),
            fixed!(),
            "|",
            fixed!(),
            r"|[\w$]+(?:\.[\w$]+)*\s*\))|(?:[\w$]+\.)*(?:[\w$]*[nN]oop|noOp|nop|NOOP|doNothing)\s*\))"
        )),
    },
    Trigger {
        anchor: ".then(",
        then: Some(concat!(r"[^;]{0,300}?,\s*(?:\([^()]*\)|[\w$]+)\s*=>\s*\{", gap!(), r"\}\s*,?\s*\)")),
    },
    Trigger { anchor: "Promise.allSettled(", then: None },
    Trigger {
        anchor: "Effect.",
        then: Some(concat!(
            r"(?:ignore\s*[,)]|orElseSucceed\(|catchAll(?:Cause)?\(",
            gap!(),
            r"\([^()]*\)\s*=>",
            gap!(),
            r"(?:\{\s*return\s+)?Effect\.(?:void|succeed))"
        )),
    },
    Trigger { anchor: "finally", then: Some(r"\s*\{[^{}]{0,400}?\breturn\b") },
];

/// Calls of clients that return their errors.
pub const RETURNING: &[Trigger] = &[
    Trigger { anchor: ".from", then: Some(r#"^\s*(?:<[^>]*>)?\(\s*["'`]"#) },
    Trigger { anchor: ".rpc", then: Some(r"^\s*(?:<[^>]*>)?\(") },
];
