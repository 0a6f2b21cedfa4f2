Feature: The desk's health, without a key

  Scenario: The desk is open
    When "health" is called
    Then the status is 200
    And the response field "/status" is "ok"
