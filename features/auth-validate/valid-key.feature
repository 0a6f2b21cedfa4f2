Feature: A valid key is let in
  The API proxy asks the auth service about every key that its callers send.
  It does so with one call: the key in the `Authorization` header, the service in the body.
  The proxy waits 5.0 seconds for the answer and does not try again.

  Rule: A valid key is answered with 200 and with all that the proxy needs to know about it

    Scenario: The key of a caller is valid
      Given a call of "validateKey"
      When the call is sent
      Then the status is 200
      And the exchange conforms
      And the exchange equals the snapshot "validate-key"

    Scenario: The answer is about the service that was asked for
      When "validateKey" is called
      Then the response field "/service_id" equals the request field "/service_id"

    Scenario: The answer says whose key it is and what it may do
      When "validateKey" is called
      Then the response field "/user_id" is a string
      And the response field "/key_id" is a uuid
      And the response field "/scopes" is an array
      And the response field "/rate_limit_per_hour" is an integer

    Scenario: The answer comes before the proxy gives up
      When "validateKey" is called
      Then the response comes within 5000 ms
      And the status is 200

    @fake
    Scenario: A key without a billing plan has no monthly limit
      Given the fake knows that "plans" includes "none"
      When "validateKey" is called
      Then the response field "/billing_plan" is null
      And the response field "/monthly_prediction_limit" is null
      And the exchange conforms
      And the exchange equals the snapshot "validate-key-without-plan"

  Rule: A 200 always means that the key is valid

    The consumer reads the status and not `is_valid`.
    A provider that answers 200 with `is_valid: false` lets any key in.

    @incident
    Scenario: The answer 200 is never beside is_valid false
      Seen in the provider's own document: 200 with `is_valid: false` was legal, and nobody read the field.

      When "validateKey" is called
      Then the status is 200
      And the response field "/is_valid" is true
      And the response field "/error" is null

    @incident
    Scenario: An unknown key is refused by the status, not by a field
      Given a call of "validateKey"
      And the credential is unknown
      When the call is sent
      Then the status is 401
      And the response field "/is_valid" is absent

  Rule: Only service_id is required in the body

    Scenario: A caller without a known address
      Given a call of "validateKey"
      And the field "/client_ip" is left out
      When the call is sent
      Then the status is 200
      And the exchange conforms

    Scenario Outline: The body of "<example>" is accepted
      When "validateKey" is called with the example "<example>"
      Then the status is 200
      And the exchange conforms
      And the exchange equals the snapshot "<snapshot>"

      Examples:
        | example     | snapshot                  |
        | serviceOnly | validate-key-service-only |
        | withScope   | validate-key-with-scope   |

    Scenario Outline: An empty <field> says as little as none
      Given a call of "validateKey" with the example "withScope"
      And the field "/<field>" is ""
      When the call is sent
      Then the status is 200
      And the exchange conforms

      Examples:
        | field          |
        | client_ip      |
        | required_scope |

    @fake
    Scenario: A key that is registered for the website opens the website
      Given the fake knows that "services" includes "website"
      And a call of "validateKey"
      And the field "/service_id" is "website"
      When the call is sent
      Then the status is 200
      And the response field "/service_id" is "website"
