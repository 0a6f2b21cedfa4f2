@fake
Feature: An outage of the auth service is not a wrong key
  The API asks the auth service about every key. It once answered 401 whatever went wrong there,
  and clients do not try again after a 401.

  Rule: A failure that passes is answered with Retry-After

    @incident
    Scenario: The auth service limits the rate
      Given the fake answers with "rateLimited"
      When "predict" is called
      Then the status is 429
      And it is refused as "rateLimited"
      And the response header "Retry-After" is present
      And the exchange conforms
      And the exchange equals the snapshot "rate-limited"

    @incident
    Scenario: The auth service is down, or does not answer in time
      Given the fake answers with "authUnavailable"
      When "predict" is called
      Then the status is 503
      And it is refused as "authUnavailable"
      And the response header "Retry-After" is present
      And the exchange conforms
      And the exchange equals the snapshot "auth-unavailable"
