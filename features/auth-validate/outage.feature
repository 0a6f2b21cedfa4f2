@fake
Feature: An outage is not a refusal
  A limit and an outage pass; a refused key does not. The proxy passes on 429 and 503 with `Retry-After`.
  It used to answer 401 for all of them, and clients do not try again after a 401.

  Rule: The auth service says when a new attempt makes sense

    @incident
    Scenario: Too many validations
      Given the fake answers with "rateLimited"
      When "validateKey" is called
      Then it is refused as "rateLimited"
      And the response header "Retry-After" is present
      And the response header "WWW-Authenticate" is absent
      And the exchange conforms
      And the exchange equals the snapshot "rate-limited"

    @incident
    Scenario: Something that the auth service depends on is down
      Given the fake answers with "unavailable"
      When "validateKey" is called
      Then it is refused as "unavailable"
      And the response header "Retry-After" is present
      And the response header "WWW-Authenticate" is absent
      And the exchange conforms
      And the exchange equals the snapshot "unavailable"

  Rule: Silence is an outage too

    Scenario: Nobody is there
      A timeout is the same to the proxy: it answers its own caller 503 with `Retry-After`, not 401.

      Given the fake is unreachable
      When "validateKey" is called
      Then no response comes
