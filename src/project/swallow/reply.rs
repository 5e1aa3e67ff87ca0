//! What a request is answered with where an error was dropped: that something is missing, that it may not be, that all is well.
//!
//! Only answers that are written out in the handler are read, by their shape and the usual names of what answers.

use super::super::Project;
use super::super::callee::{among, names_a_failure};
use super::super::chain::{ChainLink, unroll};
use super::super::definition::entry;
use super::super::iteration::callee_name;
use super::leaving::holds_call;
use crate::facts::{CallForm, ExprId, ExprKind, FileFacts, PropKey};
use crate::source::FileId;

/// What an answer makes of a failure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reply {
    /// What was asked for is not there.
    Missing,
    /// Who asked may not.
    Refused,
    /// Who asked made a mistake.
    Blamed,
    /// Something failed.
    Broken,
    /// All is well.
    Fine,
}

impl Project {
    /// The answer that an expression gives to a request, if it is the same whatever failed.
    pub(super) fn reply(&self, file: FileId, facts: &FileFacts, expr: ExprId) -> Option<Reply> {
        let (root, links) = unroll(facts, expr);
        let Some(ChainLink::Call(last)) = links.last().copied() else { return None };
        let root = match facts.expr(root).kind {
            ExprKind::Local(id) => facts.name(facts.binding(id).name),
            ExprKind::Global(name) => facts.name(name),
            _ => return None,
        };
        let (name, _) = callee_name(facts, last)?;
        let call = facts.call(last);
        let body = call.args.first().copied();
        let second = call.args.get(1).copied();
        let chained = links.iter().find_map(|it| match it {
            ChainLink::Call(id) if *id != last => {
                callee_name(facts, *id).filter(|(name, _)| among("status code", name)).map(|_| *id)
            }
            _ => None,
        });
        let status = match () {
            () if call.form == CallForm::New && among("Response NextResponse", root) => second,
            () if among("Response NextResponse", root) && name == "json" => second,
            () if among("c ctx context", root) && name == "notFound" => return Some(Reply::Missing),
            () if among("c ctx context", root) && among("json text body html", name) && links.len() == 2 => second,
            () if name == "json" && links.len() == 1 && body.is_some() => second,
            () if among("res response reply resp", root) && name == "sendStatus" => Some(body?),
            () if among("res response reply resp", root) && among("json send end", name) => {
                chained.and_then(|it| facts.call(it).args.first().copied())
            }
            () => return None,
        };
        if call.args.iter().any(|it| holds_call(facts, facts.expr(*it).span)) {
            return None;
        }
        let reply = status.map_or(Some(Reply::Fine), |it| self.class_of(file, facts, it))?;
        let says_so = || body.is_none_or(|it| self.tells_failure(file, facts, it));
        (reply != Reply::Fine || !says_so()).then_some(reply)
    }

    /// What a status stands for.
    fn class_of(&self, file: FileId, facts: &FileFacts, status: ExprId) -> Option<Reply> {
        let number = match facts.expr(status).kind {
            ExprKind::Num(number) => number,
            ExprKind::Object(_) => {
                return entry(facts, status, "status").map_or(Some(Reply::Fine), |it| self.class_of(file, facts, it));
            }
            _ => return by_name(self.text_of(self.place_of(file, status))),
        };
        Some(match number as u32 {
            200..=399 => Reply::Fine,
            401 | 403 | 407 => Reply::Refused,
            404 | 410 => Reply::Missing,
            400..=499 => Reply::Blamed,
            500..=599 => Reply::Broken,
            _ => return None,
        })
    }

    /// Whether a body says that something failed: `{ error: … }`, `{ ok: false }`, words about a failure.
    pub(super) fn tells_failure(&self, file: FileId, facts: &FileFacts, body: ExprId) -> bool {
        facts.within(facts.expr(body).span).any(|(id, it)| match &it.kind {
            ExprKind::Str(text) => names_a_failure(facts.name(*text)),
            ExprKind::Template { .. } => names_a_failure(self.text_of(self.place_of(file, id))),
            ExprKind::Object(props) => props.iter().any(|it| match it.key {
                PropKey::Name(key) => {
                    names_a_failure(facts.name(key))
                        || among("ok success status message", facts.name(key))
                            && !matches!(facts.expr(it.value).kind, ExprKind::Bool(true))
                }
                _ => false,
            }),
            _ => false,
        })
    }
}

/// What the name of a status stands for: `StatusCodes.NOT_FOUND`.
fn by_name(text: &str) -> Option<Reply> {
    const NAMES: &[(&str, Reply)] = &[
        ("NOT_FOUND NotFound GONE Gone", Reply::Missing),
        ("UNAUTHORIZED Unauthorized FORBIDDEN Forbidden", Reply::Refused),
        ("BAD_REQUEST BadRequest UNPROCESSABLE_ENTITY CONFLICT Conflict", Reply::Blamed),
        ("INTERNAL_SERVER_ERROR InternalServerError SERVICE_UNAVAILABLE BAD_GATEWAY", Reply::Broken),
        ("OK Ok ACCEPTED NO_CONTENT", Reply::Fine),
    ];
    let name = text.rsplit('.').next().unwrap_or(text);
    NAMES.iter().find(|(names, _)| among(names, name)).map(|(_, it)| *it)
}
