Feature: Health needs no signature
  Everything outside the routes of the workers is open. A test that signs a call of an open route
  tests nothing: with a wrong signature it gets the same 200.

  Rule: Health is answered without a signature

    Scenario Outline: The route of "<operation>"
      Given a call of "<operation>"
      And the credential is missing
      When the call is sent
      Then the status is 200
      And the exchange conforms
      And the response field "/status" is a string
      And the exchange equals the snapshot "<snapshot>"

      Examples:
        | operation    | snapshot      |
        | systemHealth | system-health |
        | health       | health        |

  Rule: A signature at an open route is not looked at

    @incident
    Scenario Outline: "<operation>" with a garbage signature
      Called by a test that read the 200 as "authentication works". This route would have said so to anyone.
      Whether a signature is checked is shown at the routes of the workers, by three calls to one path.

      Given a call of "<operation>"
      And the header "X-Service-ID" is "npu-worker"
      And the header "X-Service-Timestamp" is "1759742876"
      And the header "X-Service-Signature" is "garbage"
      When the call is sent
      Then the status is 200

      Examples:
        | operation    |
        | systemHealth |
        | health       |
