Feature: The worker is up, away or slow
  The search API gives a call 1.5 seconds and tries once more. When there is no vector it searches without one, so it has to tell
  a refusal (mend the call) from an outage (try later).

  Rule: Anyone may ask whether the worker is up

    Scenario: The health check needs no signature
      When "health" is called
      Then the status is 200
      And the exchange conforms
      And the response field "/status" is "ok"
      And the response field "/uptime_seconds" is a number
      And the exchange equals the snapshot "health"

  Rule: Only the named routes and methods are there

    Scenario: The answer to an unknown path
      Given a request "GET /no-such-route"
      When the call is sent
      Then it is refused as "notFound"
      And the exchange equals the snapshot "not-found"

    Scenario: The answer to an unknown method
      Given a request "GET /v1/embed/text"
      When the call is sent
      Then it is refused as "methodNotAllowed"
      And the response header "Allow" is "POST"
      And the exchange equals the snapshot "method-not-allowed"

  Rule: An outage does not look like a refusal

    @fake
    Scenario: No worker has started yet
      Given the fake answers with "unavailable"
      When "embedText" is called
      Then it is refused as "unavailable"
      And the exchange conforms
      And the exchange equals the snapshot "unavailable"

    @fake
    Scenario: The model fails
      Given the fake answers with "inferenceFailed"
      When "embedText" is called
      Then it is refused as "inferenceFailed"
      And the exchange conforms
      And the response field "/embedding" is absent
      And the exchange equals the snapshot "inference-failed"

    @fake
    Scenario: A worker that takes its time is still in time
      Given the fake takes 20 ms to answer
      When "embedText" is called
      Then the status is 200
      And the response comes within 1500 ms

    @fake
    Scenario: A worker that is too slow gives no answer
      The search API waits 1.5 s; the scenario shortens both times by the same factor.

      Given the fake takes 150 ms to answer
      And the consumer waits 90 ms at most
      When "embedText" is called
      Then no response comes

    @fake
    Scenario: Nobody is there
      Given the fake is unreachable
      When "embedText" is called
      Then no response comes

    @fake
    Scenario Outline: "<operation>" answers an outage with <refusal>
      Given the fake answers with "<refusal>"
      When "<operation>" is called
      Then it is refused as "<refusal>"
      And the exchange conforms

      Examples:
        | operation       | refusal         |
        | embedImage      | unavailable     |
        | embedImageBatch | unavailable     |
        | embedImage      | inferenceFailed |
        | embedImageBatch | inferenceFailed |
