Feature: Transfers, with two keys together

  Scenario: Money is moved
    When "transfer" is called
    Then the status is 201
    And the response field "/amount_cents" equals the request field "/amount_cents"

  Scenario: A transfer needs both keys
    Then "transfer" opens to its credential only
