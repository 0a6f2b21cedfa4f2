@writes
Feature: A change that is wrong changes nothing, and says what is wrong

  Scenario: A body that is not JSON
    Given a call of "steerFake"
    And the body is
      """
      {"answers": unavailable}
      """
    When the call is sent
    Then it is refused as "notJson"

  Scenario: No body
    Given a call of "steerFake"
    And the body is left out
    When the call is sent
    Then it is refused as "notJson"

  Scenario Outline: A body that is <what>
    Given a call of "steerFake"
    And the body is
      """json
      <body>
      """
    When the call is sent
    Then it is refused as "wrongChange"

    Examples:
      | what             | body                           |
      | a list           | [{}, {}, null, 5, true]        |
      | a text           | "unavailable"                  |
      | a misspelt field | {"answer": "unavailable"}      |
      | a text of time   | {"delay_ms": "soon"}           |
      | no whole number  | {"delay_ms": 1.5}              |
      | a negative time  | {"delay_ms": -1}               |
      | too long a time  | {"delay_ms": 600001}           |
      | null for a time  | {"delay_ms": null}             |
      | a number of keys | {"learns": {"keys": 2}}        |
      | a list of one    | {"knows": {"plans": [1]}}      |
      | null for lists   | {"knows": null}                |
      | null for more    | {"learns": null}               |
      | a text of truth  | {"unreachable": "yes"}         |
      | null for truth   | {"unreachable": null}          |
      | a list of names  | {"answers": ["unavailable"]}   |

  Scenario Outline: A list that the fake does not have (<field>)
    Given a call of "steerFake" with
      | <field> | {"plan": ["gold"]} |
    When the call is sent
    Then it is refused as "unknownList"
    And the response field "/error" contains "plan"

    Examples:
      | field   |
      | /knows  |
      | /learns |

  Scenario: A refusal that the contract does not have
    Given a call of "steerFake" with
      | /answers | "unavailble" |
    When the call is sent
    Then it is refused as "unknownAnswer"
    And the response field "/error" contains "unavailble"

  Scenario: An empty text is no refusal either
    Given a call of "steerFake" with
      | /answers | "" |
    When the call is sent
    Then it is refused as "unknownAnswer"

  Scenario: What is right beside it is not changed either
    Given a call of "steerFake" with
      | session   | of mistakes        |
      | /delay_ms | 9                  |
      | /learns   | {"plan": ["gold"]} |
    When the call is sent
    Then it is refused as "unknownList"
    When "readFake" is called with
      | session | of mistakes |
    Then the response field "/delay_ms" is 0
