@writes
Feature: Whoever tests a consumer tells a fake what it knows and how it behaves
  Each scenario has a session of its own: at a real endpoint they run side by side.

  Scenario: A fake refuses every request, until it is told otherwise
    When "steerFake" is called with
      | session  | of refusals   |
      | /answers | "unavailable" |
    Then the status is 200
    And the exchange conforms
    And the response field "/session" is "of refusals"
    And the response field "/answers" is "unavailable"
    And the response field "/knows/services" is ["platform"]
    And the response field "/knows/expired_keys" is ["hk_test_expired_0123456789"]
    When "readFake" is called with
      | session | of refusals |
    Then the response field "/answers" is "unavailable"
    When "steerFake" is called with
      | session   | of refusals |
      | /delay_ms | 1           |
    Then the response field "/answers" is "unavailable"
    When "steerFake" is called with
      | session  | of refusals |
      | /answers | null        |
    Then the response field "/answers" is null
    When "readFake" is called with
      | session | of refusals |
    Then the response field "/answers" is null

  Scenario: A fake is slow
    When "steerFake" is called with
      | session   | of delays |
      | /delay_ms | 1500      |
    Then the response field "/delay_ms" is 1500
    When "readFake" is called with
      | session | of delays |
    Then the response field "/delay_ms" is 1500

  Scenario Outline: A fake takes <delay> ms at least or at most
    When "steerFake" is called with
      | session   | of the delay <delay> |
      | /delay_ms | <delay>              |
    Then the response field "/delay_ms" is <delay>

    Examples:
      | delay  |
      | 0      |
      | 600000 |

  Scenario Outline: A list may be <what> (<field>)
    When "steerFake" is called with
      | session | of <what> in <field> |
      | <field> | {"services": <list>} |
    Then the status is 200
    And the exchange conforms

    Examples:
      | field   | what          | list |
      | /knows  | empty         | []   |
      | /knows  | an empty text | [""] |
      | /learns | empty         | []   |
      | /learns | an empty text | [""] |

  Scenario: A fake is unreachable, and back again
    When "steerFake" is called with
      | session      | of absence |
      | /unreachable | true       |
    Then the response field "/unreachable" is true
    When "readFake" is called with
      | session | of absence |
    Then the response field "/unreachable" is true
    When "steerFake" is called with
      | session      | of absence |
      | /unreachable | false      |
    Then the response field "/unreachable" is false

  Scenario: A list becomes another one, then longer
    When "steerFake" is called with
      | session | of lists            |
      | /knows  | {"plans": ["none"]} |
    Then the response field "/knows/plans" is ["none"]
    When "steerFake" is called with
      | session | of lists            |
      | /learns | {"plans": ["gold"]} |
    Then the response field "/knows/plans" is ["none", "gold"]
    When "readFake" is called with
      | session | of lists |
    Then the response field "/knows/plans" is ["none", "gold"]

  Scenario: Further keys are counted and never told
    When "resetFake" is called with
      | session | of keys |
    And "steerFake" is called with
      | session | of keys                                |
      | /learns | {"keys": ["hk_test_second_0123456789"]} |
    Then the response field "/keys" is 1
    And the response field "/knows/keys" is absent
    When "readFake" is called with
      | session | of keys |
    Then the response field "/keys" is 1
    And the response field "/knows/keys" is absent

  Scenario: A session is begun anew
    When "steerFake" is called with
      | session      | of resets                               |
      | /answers     | "unavailable"                           |
      | /delay_ms    | 5                                       |
      | /unreachable | true                                    |
      | /knows       | {"plans": ["none"]}                     |
      | /learns      | {"keys": ["hk_test_second_0123456789"]} |
    And "resetFake" is called with
      | session | of resets |
    Then the status is 200
    And the exchange conforms
    And the response field "/session" is "of resets"
    And the response field "/knows/services" is ["platform"]
    And the response field "/knows/expired_keys" is ["hk_test_expired_0123456789"]
    And the response field "/knows/plans" is ["standard"]
    When "readFake" is called with
      | session | of resets |
    Then the response fields are
      | /answers     | null  |
      | /delay_ms    | 0     |
      | /unreachable | false |
      | /keys        | 0     |
    And the response field "/knows/plans" is ["standard"]

  Scenario: Sessions do not see each other, nor what all share
    When "steerFake" is called with
      | session   | of one |
      | /delay_ms | 7      |
    And "readFake" is called with
      | session | of another |
    Then the response field "/delay_ms" is 0
    When "readFake" is called
    Then the response field "/delay_ms" is 0

  Scenario: A change without a session is for all that name none
    When "steerFake" is called with
      | session  |               |
      | /answers | "rateLimited" |
    Then the response field "/session" is null
    When "readFake" is called
    Then the response field "/answers" is "rateLimited"
    When "resetFake" is called with
      | session | |
    Then the response field "/session" is null
    And the response field "/answers" is null
