Feature: Pets of two kinds

  Scenario Outline: A <kind>
    When "addPet" is called with the example "<kind>"
    Then the status is 201
    And the exchange conforms

    Examples:
      | kind |
      | dog  |
      | cat  |

  Scenario Outline: A pet of kind <kind> with "<field>" as a text is none
    Given a call of "addPet" with
      | /kind     | "<kind>" |
      | /<field>  | "loud"   |
    When the call is sent
    Then it is refused as "noPet"

    Examples:
      | kind | field |
      | dog  | bark  |
      | cat  | meow  |

  Scenario: A field of the other kind is no concern
    Given a call of "addPet" with
      | /kind | "cat"  |
      | /bark | "loud" |
    When the call is sent
    Then the status is 201

  Scenario: Another kind is none
    Given a call of "addPet" with the example "dog"
    And the field "/kind" is "bird"
    When the call is sent
    Then it is refused as "noPet"
