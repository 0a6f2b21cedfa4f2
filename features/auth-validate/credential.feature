Feature: The key travels in the Authorization header and nowhere else
  `Authorization: Bearer <key>` is the only placement. A key at any other place is no key:
  the answer is 401 `API key required`, the same as for a call without one.

  Rule: The call opens to a valid key only

    @incident
    Scenario: The right key is accepted, no key and a wrong key are refused
      Every key was refused in the incident, and a lone 401 did not say why.
      All three calls go to the same path, so that an acceptance stands beside the refusals.

      Then "validateKey" opens to its credential only

    Scenario: A call without a key
      Given a call of "validateKey"
      And the credential is missing
      When the call is sent
      Then it is refused as "keyRequired"
      And the response field "/detail" is "API key required"
      And the exchange equals the snapshot "key-required"

  Rule: A valid key at another place is refused

    @incident
    Scenario Outline: The key in the <place> "<name>"
      Given a call of "validateKey"
      And the credential is sent in the <place> "<name>" instead
      When the call is sent
      Then it is refused as "keyRequired"

      Examples: tried in the incident
        | place  | name              |
        | header | X-API-Key         |
        | header | X-Hokusai-API-Key |
        | query  | api_key           |

      Examples: a place that nobody tried
        | place  | name    |
        | cookie | api_key |

    @incident
    Scenario: The key in the body beside service_id and client_ip
      Sent by the first consumer: `{"api_key", "client_ip", "service_id"}` and no header. Every key was refused.

      Given a call of "validateKey"
      And the credential is sent in the body "/api_key" instead
      When the call is sent
      Then the status is 401
      And the response field "/detail" is "API key required"
      And the exchange equals the snapshot "key-in-body"

    @incident
    Scenario: The raw key in the Authorization header
      Given a call of "validateKey"
      And the credential is sent without a scheme
      When the call is sent
      Then it is refused as "keyRequired"
      And the exchange equals the snapshot "raw-key"

    Scenario Outline: The key behind the word "<word>"
      Given a call of "validateKey"
      And the credential is sent with the scheme "<word>"
      When the call is sent
      Then it is refused as "keyRequired"

      Examples: the word is case-sensitive
        | word   |
        | bearer |
        | BEARER |

      Examples: words of other schemes, also the one that the proxy takes from its own callers
        | word   |
        | ApiKey |
        | Basic  |

  Rule: The key is not sent a second time in the body

    @incident @fake
    Scenario: A key in the header and one in the body
      Called double authentication: Bearer to pass the middleware, `api_key` in the body to be validated.
      A provider may overlook the second one, so only the fake is asked: it refuses the body.

      Given a call of "validateKey"
      And the field "/api_key" is "hk_test_second_0123456789"
      When the call is sent
      Then it is refused as "invalid"

    @incident
    Scenario: The wire decides, not the provider's own document
      Published once by the provider: `api_key` required in the body, no credential, only 200 and 422.
      A body without `api_key` is accepted, so that document was wrong.

      Given a call of "validateKey"
      And the body is
        """json
        {"service_id": "platform", "client_ip": "203.0.113.7"}
        """
      When the call is sent
      Then the status is 200
      And the exchange conforms
