Feature: Orders, with a key in a header

  Scenario: Parcels are ordered
    When "createOrder" is called
    Then the status is 201
    And the response field "/customer_id" equals the request field "/customer_id"

  Scenario: An order needs its key
    Then "createOrder" opens to its credential only

  Scenario: Orders cannot be deleted
    Given a request "DELETE /orders"
    When the call is sent
    Then it is refused as "methodNotAllowed"
    And the response header "Allow" is "POST"
