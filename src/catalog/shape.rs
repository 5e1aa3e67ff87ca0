//! Receivers as they are written in the catalog: what can be read from a value, and what calling its methods does.
//!
//! Names stand for other receivers: a bare name is one of the same library, `pg.Pool` one of another, `self` the receiver
//! itself. [`super::receiver`] is the resolved form.

use serde::Deserialize;

use super::library::Evidence;

/// What a call does to the store.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum EffectKind {
    /// Reads.
    Read,
    /// Writes.
    Write,
    /// Either: only its text says.
    Raw,
    /// Opens a transaction or checks a connection out.
    Tx,
    /// Changes the schema.
    Ddl,
    /// Hands over a job.
    Enqueue,
}

/// How many rows come back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Rows {
    /// None, or only what was written.
    #[default]
    None,
    /// At most one is read: by key, or with a limit that the method adds.
    One,
    /// One is returned, all that match are read.
    FirstOfAll,
    /// A number.
    Scalar,
    /// Any number.
    Many,
}

/// When a call takes effect.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Exec {
    /// When it is called.
    #[default]
    Eager,
    /// When its result is awaited or its `then` is called.
    Lazy,
    /// When it is called, as the end of a chain that does nothing without it.
    Terminal,
    /// When its result is iterated or drained.
    Cursor,
    /// Never by itself: it starts or extends a chain that a terminal ends.
    Builder,
    /// As a tagged template, when its result is awaited.
    Tag,
}

/// What becomes of calls made in the same tick, as in `Promise.all(ids.map(…))`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SameTick {
    /// They become one query.
    Batched,
    /// They share one round trip.
    Pipelined,
}

/// Where a limit may stand; argument positions start at 0.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Deserialize)]
#[serde(tag = "form", rename_all = "lowercase", deny_unknown_fields)]
pub enum LimitSite {
    /// An argument of this very call is the limit: `.limit(n)`.
    Arg {
        /// Which.
        arg: u8,
    },
    /// Two arguments bound it: `.range(from, to)`.
    Range {
        /// The first row.
        from: u8,
        /// The last.
        to: u8,
        /// Whether the last counts.
        inclusive: bool,
    },
    /// A key of an options argument: `findMany({ take })`.
    Key {
        /// The options.
        arg: u8,
        /// The path in them, with dots.
        key: String,
    },
    /// A key of an element of an array argument: `aggregate([{ $limit: n }])`.
    Stage {
        /// The array.
        arg: u8,
        /// The key.
        key: String,
    },
    /// A key of an options argument that, if true, leaves no rows at all: `{ head: true }`.
    Flag {
        /// The options.
        arg: u8,
        /// The path in them.
        key: String,
    },
    /// A call of this exported function among the arguments: `query(ref, limit(n))`; its first argument is the limit.
    Call {
        /// The function.
        name: String,
    },
    /// `LIMIT` or `FETCH FIRST` in the text of the statement.
    Sql,
}

/// How a filter compares.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Test {
    /// Equality.
    Eq,
    /// Membership in a list.
    In,
    /// Less, greater, between.
    Range,
}

/// Where a filter may stand; argument positions start at 0.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Deserialize)]
#[serde(tag = "form", rename_all = "lowercase", deny_unknown_fields)]
pub enum FilterSite {
    /// Column, value: `.eq("a", 1)`, `.whereIn("a", ids)`.
    Column {
        /// How it compares.
        test: Test,
    },
    /// Column, operator, value; without an operator equality, with an object alone its entries: `.where("a", "=", 1)`.
    Where,
    /// An object of column to value in an argument, or under a key of it: `{ where: { a: 1 } }`.
    Object {
        /// Which argument.
        arg: u8,
        /// The path in it; the argument itself where absent.
        key: Option<String>,
    },
    /// An object under a key of an element of an array argument: `aggregate([{ $match: { a: 1 } }])`.
    Stage {
        /// The array.
        arg: u8,
        /// The key.
        key: String,
    },
    /// An expression built by the library's functions: `.where(eq(users.id, 1))`.
    Expression {
        /// Which argument.
        arg: u8,
        /// Whether it is about another table: the condition of a join.
        #[serde(default)]
        joined: bool,
    },
    /// An argument is the key of the row, or a list of keys: `findByPk(1)`.
    Id {
        /// Which argument.
        arg: u8,
    },
    /// A call of this exported function among the arguments, with column, operator and value: `query(ref, where(…))`.
    Call {
        /// The function.
        name: String,
    },
    /// Related tables that are joined: objects under a key, each with a condition of its own that a row has to meet unless it
    /// says `required: false`.
    Include {
        /// Which argument.
        arg: u8,
        /// The key that lists them.
        key: String,
    },
    /// `WHERE` in the text of the statement.
    Sql,
}

/// Where the text of a statement stands.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SqlText {
    /// The argument; of a tagged template it is the template.
    pub arg: u8,
    /// The key, where the argument is an object instead: `{ text, values }`.
    pub key: Option<String>,
}

/// A property that is a value of another receiver.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MemberShape {
    /// The property, or `*` for any.
    pub name: String,
    /// The receiver, by name.
    pub gives: String,
    /// Whether the property's name is that of a table.
    #[serde(default)]
    pub table: bool,
}

/// Methods that act alike. `()` is a call of the value itself, ` `` ` a tagged template.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MethodShape {
    /// Their names.
    pub names: Vec<String>,
    /// What they do; a method without a kind only refines what the chain already does.
    pub kind: Option<EffectKind>,
    /// How many rows come back.
    pub rows: Option<Rows>,
    /// When they take effect.
    pub exec: Option<Exec>,
    /// Whether one call acts on a set in one round trip.
    #[serde(default)]
    pub batch: bool,
    /// The argument that makes it so when it is an array.
    pub batch_arg: Option<u8>,
    /// What becomes of calls in the same tick.
    pub same_tick: Option<SameTick>,
    /// Rows at most where no limit is stated.
    pub cap: Option<u64>,
    /// Whether it blocks the event loop while it works.
    #[serde(default)]
    pub sync: bool,
    /// Where the statement's text stands.
    pub sql: Option<SqlText>,
    /// The argument that names the table.
    pub table_arg: Option<u8>,
    /// The argument whose own chain carries table, limits and filters: `getDocs(query(…))`.
    pub source_arg: Option<u8>,
    /// The receiver whose methods, by the name of the class constructed as first argument, say what the call does:
    /// `send(new GetCommand(…))`.
    pub commands: Option<String>,
    /// Where a limit may stand; the receiver's own where absent and rows are many.
    pub limits: Option<Vec<LimitSite>>,
    /// Where a filter may stand; the receiver's own where absent.
    pub filters: Option<Vec<FilterSite>>,
    /// The receiver that comes back, promises aside.
    pub returns: Option<String>,
    /// What a callback (the last function among the arguments) gets, by position; `-` for nothing of ours.
    #[serde(default)]
    pub callback: Vec<String>,
    /// The method of what comes back that must be called to give it back.
    pub checkout: Option<String>,
    /// How this is known; the receiver's or library's evidence where absent.
    pub evidence: Option<Evidence>,
    /// What a reader of a finding should know.
    #[serde(default)]
    pub note: String,
}

/// One type of value.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReceiverShape {
    /// Type names whose values, and classes whose instances and subclasses' instances, are this: `PoolClient`.
    #[serde(default)]
    pub types: Vec<String>,
    /// Base classes that make the class itself this: `Model` in `class User extends Model`.
    #[serde(default)]
    pub statics_of: Vec<String>,
    /// Receivers whose members and methods it has as well.
    #[serde(default)]
    pub like: Vec<String>,
    /// What a row is that its reads give, where rows have methods of their own: `user` of `await User.findOne()`.
    pub row: Option<String>,
    /// Whether methods that are not listed return the receiver itself.
    #[serde(default)]
    pub fluent: bool,
    /// Properties that are receivers.
    #[serde(default)]
    pub members: Vec<MemberShape>,
    /// Methods.
    #[serde(default)]
    pub methods: Vec<MethodShape>,
    /// Where a limit may stand in its reads of many rows.
    #[serde(default)]
    pub limits: Vec<LimitSite>,
    /// Where a filter may stand in its reads and writes.
    #[serde(default)]
    pub filters: Vec<FilterSite>,
    /// How its facts are known; the library's evidence where absent.
    pub evidence: Option<Evidence>,
}

/// An exported value that is a receiver already.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExportShape {
    /// Its export path.
    pub path: String,
    /// The receiver, by name.
    pub gives: String,
}
