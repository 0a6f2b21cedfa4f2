//! What the run did not prove of a contract's protected operations.

use crate::contract::Contract;
use crate::feature::source::Listed;
use crate::record::{FindingRecord, Protection};
use crate::verdict::{Code, Finding};

/// What was run of a contract.
pub struct Coverage<'a> {
    /// The contract.
    pub contract: &'a Contract,
    /// What was shown of its operations.
    pub protections: &'a [Protection],
    /// The scenarios that were left out although they were asked for.
    pub left_out: &'a [Listed],
    /// Whether only a part of the scenarios was asked for.
    pub narrowed: bool,
}

impl Coverage<'_> {
    /// A finding for each protected operation whose protection nothing proved.
    ///
    /// In a narrowed run only operations count that refused and never accepted: the refusals prove nothing then.
    pub fn findings(&self) -> Vec<FindingRecord> {
        let protected = self.contract.operations.values().filter(|operation| operation.security.is_required());
        let unproven = protected.filter_map(|operation| {
            let shown = self.protections.iter().find(|protection| protection.operation == operation.id);
            let excused =
                self.left_out.iter().any(|listed| listed.operations.iter().any(|name| *name == operation.id.as_str()));
            let missing = match shown {
                Some(shown) if shown.is_proven() => return None,
                Some(shown) if (shown.refused_without || shown.refused_wrong) && !shown.accepted => {
                    missing_words(shown)
                }
                Some(_) | None if self.narrowed || excused => return None,
                Some(shown) => missing_words(shown),
                None => "no scenario calls it".to_owned(),
            };
            let expected = "right credential accepted, none refused, wrong refused, on the same path";
            let finding = Finding::new(Code::ProtectionUnproven, crate::exchange::Location::Path, expected, missing);
            Some(FindingRecord::of(finding.of(&operation.id).at(operation.place.clone())))
        });
        unproven.collect()
    }
}

fn missing_words(shown: &Protection) -> String {
    let parts = [
        (!shown.accepted, "the right credential was never accepted"),
        (!shown.refused_without, "a call without one was never refused as promised"),
        (!shown.refused_wrong, "a wrong one was never refused as promised"),
    ];
    let missing: Vec<&str> = parts.iter().filter(|(missing, _)| *missing).map(|(_, words)| *words).collect();
    missing.join("; ")
}
