Feature: A refused key is answered with 401 and with its cause
  The cause stands in `detail`. The proxy passes it on: a consumer that makes one text of all 401s
  makes two causes look the same.

  Rule: An unknown key and an expired key have the same text

    Scenario: Nobody knows the key
      Given a call of "validateKey"
      And the credential is unknown
      When the call is sent
      Then it is refused as "invalidKey"
      And the response field "/detail" is "Invalid or expired API key"
      And the exchange equals the snapshot "invalid-key"

    Scenario: The key has expired
      Given a call of "validateKey"
      And the credential is "${expired_key}"
      When the call is sent
      Then it is refused as "expiredKey"
      And the response field "/detail" is "Invalid or expired API key"
      And the exchange equals the snapshot "expired-key"

    Scenario: A key of another form is an unknown key
      Given a call of "validateKey"
      And the credential is malformed
      When the call is sent
      Then it is refused as "invalidKey"

  Rule: A valid key of another service has a text of its own

    @incident
    Scenario: The key is valid, but not for the service ml-platform
      After the header was right, `service_id: "ml-platform"` was still refused. One text for all 401s hid it.

      Given a call of "validateKey"
      And the field "/service_id" is "ml-platform"
      When the call is sent
      Then it is refused as "otherService"
      And the response field "/detail" starts with "API key does not have access to service 'ml-platform'."
      And the response field "/detail" contains "This key is registered for service 'platform'."
      And the exchange equals the snapshot "other-service"

    Scenario: A service without a name is another service
      Given a call of "validateKey"
      And the field "/service_id" is ""
      When the call is sent
      Then it is refused as "otherService"
      And the response field "/detail" starts with "API key does not have access to service ''."

    Scenario: An unknown key is refused before its service is looked at
      Given a call of "validateKey"
      And the credential is unknown
      And the field "/service_id" is "ml-platform"
      When the call is sent
      Then it is refused as "invalidKey"

  Rule: No answer carries WWW-Authenticate or X-RateLimit headers

    Scenario Outline: A key that is <state>
      Given a call of "validateKey"
      And the credential is <state>
      When the call is sent
      Then the status is <status>
      And the response header "WWW-Authenticate" is absent
      And the response header "X-RateLimit-Limit" is absent
      And the response header "X-RateLimit-Remaining" is absent
      And the response header "X-RateLimit-Reset" is absent

      Examples:
        | state   | status |
        | missing | 401    |
        | unknown | 401    |
        | valid   | 200    |
