Feature: Greetings

  Scenario: Somebody is greeted
    When "greet" is called
    Then the status is 200
    And the response field "/text" is a string
    And the exchange conforms

  Scenario: A greeting needs a key
    Then "greet" opens to its credential only

  Scenario: The service is there
    When "health" is called
    Then the status is 200

  Scenario Outline: Nobody is greeted without a name
    Given a call of "greet"
    And the field "/name" is <name>
    When the call is sent
    Then it is refused as "<refusal>"

    Examples:
      | name |
      | ""   |
