Feature: getReport
  `GET /reports/{name}` of Reports.

  Scenario: The promised answer
    When "getReport" is called
    Then the status is 200
    And the exchange conforms

  Scenario: The shape of the answer
    When "getReport" is called
    Then the exchange equals the snapshot "get-report"

  Scenario: Only the right credential opens it
    Then "getReport" opens to its credential only

  Scenario Outline: <value> as <parameter> is taken
    Given a call of "getReport"
    And the parameter "<parameter>" is <value>
    When the call is sent
    Then the status is 200
    And the exchange conforms

    Examples:
      | parameter | value    |
      | name      | "weekly" |
      | format    | "csv"    |
      | format    | "pdf"    |

  @fake
  Scenario Outline: It may be refused as <refusal>
    Given the fake answers with "<refusal>"
    When "getReport" is called
    Then it is refused as "<refusal>"
    And the status is <status>

    Examples:
      | refusal  | status |
      | notFound | 404    |
