//! A fault, as it is described in Rust and in JSON.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::concurrent::ConcurrentRequest;

/// A fault: the calls that it is for, which of them it hits, and what happens to those.
///
/// ```
/// use codepipeline_xacct::local::{Fault, Local};
///
/// let aws = Local::new();
/// aws.faults().add(Fault::on("UpdatePipeline").account("111111111111").first(2).throttle());
/// aws.faults().add(Fault::on_any().service("iam").seeded(7, 10).unavailable());
/// ```
///
/// In JSON the first is
/// `{"operation": "UpdatePipeline", "account": "111111111111", "when": {"first": 2}, "effect": "throttle"}`.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fault {
    /// The operation; all without one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub operation: Option<String>,
    /// `codepipeline`, `iam` or `sts`; all without one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub service: Option<String>,
    /// The account of the caller; all without one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub account: Option<String>,
    /// Which of these calls are hit.
    #[serde(default)]
    pub when: When,
    /// What happens to them.
    pub effect: FaultEffect,
}

/// Which of the calls are hit.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
#[non_exhaustive]
pub enum When {
    /// All.
    #[default]
    Always,
    /// The first calls.
    First(u64),
    /// The nth call alone, from 1 on.
    Nth(u64),
    /// The nth call, and all after it.
    From(u64),
    /// Every nth call. Zero hits none.
    Every(u64),
    /// Some, the same ones under the same seed.
    Seeded {
        /// The seed.
        seed: u64,
        /// How many of 100.
        percent: u64,
    },
    /// Those that find the token bucket of their account and service empty.
    Bucket {
        /// How many tokens the bucket holds.
        burst: u64,
        /// How many come back every second, in real time.
        per_second: u64,
    },
}

/// What happens to a call.
#[derive(Clone, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
#[non_exhaustive]
pub enum FaultEffect {
    /// `ThrottlingException`, for IAM and STS `Throttling`.
    Throttle,
    /// Status 500.
    InternalError,
    /// Status 503.
    Unavailable,
    /// No answer. Nothing is done.
    Timeout,
    /// The connection is cut before anything is done.
    CutBefore,
    /// The call is carried out, and the connection is cut before its answer.
    CutAfter,
    /// The answer comes later, in real time.
    Slow {
        /// By how much.
        milliseconds: u64,
    },
    /// `ExpiredToken`.
    ExpiredToken,
    /// `AccessDenied`.
    AccessDenied,
    /// A concurrent edit: another administrator makes a request just before the call. Its outcome is in the recorder.
    Request(ConcurrentRequest),
    /// A closure that runs just before the call. Only in Rust.
    #[serde(skip)]
    Edit(Arc<dyn Fn() + Send + Sync>),
}

impl fmt::Debug for FaultEffect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Throttle => f.write_str("Throttle"),
            Self::InternalError => f.write_str("InternalError"),
            Self::Unavailable => f.write_str("Unavailable"),
            Self::Timeout => f.write_str("Timeout"),
            Self::CutBefore => f.write_str("CutBefore"),
            Self::CutAfter => f.write_str("CutAfter"),
            Self::Slow { milliseconds } => write!(f, "Slow({milliseconds} ms)"),
            Self::ExpiredToken => f.write_str("ExpiredToken"),
            Self::AccessDenied => f.write_str("AccessDenied"),
            Self::Request(request) => write!(f, "Request({request:?})"),
            Self::Edit(_) => f.write_str("Edit"),
        }
    }
}

/// A fault without its effect.
#[derive(Debug, Clone, Default)]
#[must_use = "an effect makes a fault of it"]
pub struct FaultBuilder {
    operation: Option<String>,
    service: Option<String>,
    account: Option<String>,
    when: When,
}

impl Fault {
    /// For an operation, for example `UpdatePipeline`.
    pub fn on(operation: &str) -> FaultBuilder {
        FaultBuilder { operation: Some(operation.to_owned()), ..FaultBuilder::default() }
    }

    /// For all operations.
    pub fn on_any() -> FaultBuilder {
        FaultBuilder::default()
    }

    pub(super) fn is_for(&self, service: &str, operation: &str, account: &str) -> bool {
        let is = |wanted: &Option<String>, given: &str| wanted.as_deref().is_none_or(|wanted| wanted == given);
        is(&self.service, service) && is(&self.operation, operation) && is(&self.account, account)
    }
}

impl FaultBuilder {
    /// Only calls of this service: `codepipeline`, `iam` or `sts`.
    pub fn service(mut self, service: &str) -> Self {
        self.service = Some(service.to_owned());
        self
    }

    /// Only calls of this account.
    pub fn account(mut self, account: &str) -> Self {
        self.account = Some(account.to_owned());
        self
    }

    /// Only the first `n` calls.
    pub fn first(mut self, n: u64) -> Self {
        self.when = When::First(n);
        self
    }

    /// Only the `n`th call, from 1 on.
    pub fn nth(mut self, n: u64) -> Self {
        self.when = When::Nth(n);
        self
    }

    /// Only the `n`th call and all after it.
    pub fn from(mut self, n: u64) -> Self {
        self.when = When::From(n);
        self
    }

    /// Only every `n`th call.
    pub fn every(mut self, n: u64) -> Self {
        self.when = When::Every(n);
        self
    }

    /// `percent` of 100 calls, the same ones under the same seed.
    pub fn seeded(mut self, seed: u64, percent: u64) -> Self {
        self.when = When::Seeded { seed, percent };
        self
    }

    /// Calls that find the token bucket of their account and service empty.
    pub fn bucket(mut self, burst: u64, per_second: u64) -> Self {
        self.when = When::Bucket { burst, per_second };
        self
    }

    /// See [`FaultEffect::Throttle`].
    pub fn throttle(self) -> Fault {
        self.effect(FaultEffect::Throttle)
    }

    /// See [`FaultEffect::InternalError`].
    pub fn internal_error(self) -> Fault {
        self.effect(FaultEffect::InternalError)
    }

    /// See [`FaultEffect::Unavailable`].
    pub fn unavailable(self) -> Fault {
        self.effect(FaultEffect::Unavailable)
    }

    /// See [`FaultEffect::Timeout`].
    pub fn timeout(self) -> Fault {
        self.effect(FaultEffect::Timeout)
    }

    /// See [`FaultEffect::CutBefore`].
    pub fn cut_before(self) -> Fault {
        self.effect(FaultEffect::CutBefore)
    }

    /// See [`FaultEffect::CutAfter`].
    pub fn cut_after(self) -> Fault {
        self.effect(FaultEffect::CutAfter)
    }

    /// See [`FaultEffect::Slow`].
    pub fn slow(self, by: Duration) -> Fault {
        self.effect(FaultEffect::Slow { milliseconds: u64::try_from(by.as_millis()).unwrap_or(u64::MAX) })
    }

    /// See [`FaultEffect::ExpiredToken`].
    pub fn expired_token(self) -> Fault {
        self.effect(FaultEffect::ExpiredToken)
    }

    /// See [`FaultEffect::AccessDenied`].
    pub fn access_denied(self) -> Fault {
        self.effect(FaultEffect::AccessDenied)
    }

    /// See [`FaultEffect::Request`].
    pub fn request(self, request: ConcurrentRequest) -> Fault {
        self.effect(FaultEffect::Request(request))
    }

    /// Runs a closure just before the call: a concurrent edit. It can use a clone of [`Local`](crate::local::Local).
    pub fn edit(self, edit: impl Fn() + Send + Sync + 'static) -> Fault {
        self.effect(FaultEffect::Edit(Arc::new(edit)))
    }

    fn effect(self, effect: FaultEffect) -> Fault {
        let Self { operation, service, account, when } = self;
        Fault { operation, service, account, when, effect }
    }
}
