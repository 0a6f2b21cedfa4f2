Feature: Greetings

  Scenario: Somebody is greeted
    When "greet" is called
    Then the status is 200
    And the response field "/text" is a string
    And the exchange conforms

  Scenario: A greeting needs a key
    Then "greet" opens to its credential only

  Scenario: The service is there
    Given the fake is unreachable
    When "health" is called
    Then the status is 200
