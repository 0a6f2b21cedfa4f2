//! Rule: a request's path, query, header and cookie parameters keep their schemas.

use super::RequestCase;
use crate::contract::operation::{Operation, Parameter, ParameterIn};
use crate::contract::schema::Violation;
use crate::contract::scheme::{PlacedPart, Scheme};
use crate::exchange::{Location, Request};
use crate::verdict::{Code, Finding};
use serde_json::{Value, json};

/// A parameter that is not as the contract wants it.
#[derive(Debug)]
pub struct ParameterFault<'a> {
    /// The parameter.
    pub parameter: &'a Parameter,
    /// Its value; `None` where it is missing.
    pub value: Option<Value>,
    /// How the value departs from its schema.
    pub violations: Vec<Violation>,
}

/// The parameters of a request that are missing or depart from their schemas.
pub fn faults<'a>(
    operation: &'a Operation,
    path_parameters: &[(String, String)],
    request: &Request,
) -> Vec<ParameterFault<'a>> {
    let query = request.query_pairs();
    let cookies = request.cookies();
    let fault = |parameter: &'a Parameter| {
        let pairs = match parameter.location {
            ParameterIn::Path => path_parameters,
            ParameterIn::Query => &query,
            ParameterIn::Cookie => &cookies,
            ParameterIn::Header => {
                let values: Vec<&str> = request.headers.all(&parameter.name).collect();
                return fault_of(parameter, &values);
            }
        };
        let values: Vec<&str> =
            pairs.iter().filter(|(name, _)| *name == parameter.name).map(|(_, value)| value.as_str()).collect();
        fault_of(parameter, &values)
    };
    operation.parameters.iter().filter_map(fault).collect()
}

fn fault_of<'a>(parameter: &'a Parameter, values: &[&str]) -> Option<ParameterFault<'a>> {
    if values.is_empty() {
        return parameter.required.then(|| ParameterFault { parameter, value: None, violations: Vec::new() });
    }
    let schema = parameter.schema.as_ref()?;
    // On the wire everything is text: a value is right if one way of reading it keeps the schema.
    let readings = readings(values);
    if readings.iter().any(|reading| schema.accepts(reading)) {
        return None;
    }
    let value = readings.into_iter().next()?;
    let violations = schema.violations(&value);
    Some(ParameterFault { parameter, value: Some(value), violations })
}

fn readings(values: &[&str]) -> Vec<Value> {
    let read = |text: &str| serde_json::from_str::<Value>(text).ok().filter(|value| !value.is_object());
    let mut readings = Vec::new();
    if let [text] = values {
        readings.extend(read(text));
        readings.push(json!(text));
        readings.push(text.split(',').map(|item| json!(item)).collect());
    }
    readings.push(values.iter().map(|text| read(text).unwrap_or_else(|| json!(text))).collect());
    readings.push(values.iter().map(|text| json!(text)).collect());
    readings
}

/// What is wrong with the parameters.
pub fn check(case: &RequestCase<'_>) -> Vec<Finding> {
    let mut findings: Vec<Finding> = faults(case.operation, case.path_parameters, case.request)
        .into_iter()
        .map(|fault| {
            let location = fault.parameter.location.named(&fault.parameter.name);
            let (expected, actual) = match (fault.violations.first(), &fault.value) {
                (Some(violation), Some(value)) => (violation.expected.clone(), value.to_string()),
                _ => ("the parameter".to_owned(), "nothing".to_owned()),
            };
            let finding = Finding::new(Code::RequestParameterInvalid, location, expected, actual);
            finding.of(&case.operation.id).at(fault.parameter.place.clone())
        })
        .collect();
    for (name, value) in case.request.query_pairs() {
        if !is_documented(case, &name) {
            let location = Location::Query(name);
            let finding = Finding::new(Code::RequestParameterUndocumented, location, "no such parameter", value);
            findings.push(finding.of(&case.operation.id).at(case.operation.place.clone()));
        }
    }
    findings
}

fn is_documented(case: &RequestCase<'_>, name: &str) -> bool {
    let declared =
        case.operation.parameters.iter().any(|known| known.location == ParameterIn::Query && known.name == name);
    declared
        || case.operation.security.credentials().into_iter().filter_map(|id| case.contract.credentials.get(id)).any(
            |credential| match &credential.scheme {
                Scheme::Key { location: ParameterIn::Query, name: known } => known == name,
                Scheme::Placed(placed) => {
                    placed.places.iter().any(|part| matches!(part, PlacedPart::Query(known, _) if known == name))
                }
                _ => false,
            },
        )
}
