Feature: Greetings
  The website asks the greeter for a greeting. This page says what the website relies on; `counterpart check` shows that it
  is so, at a fake made from contracts/greeting and at any deployment.

  Rule: Somebody with a name is greeted

    Scenario: A greeting for Ada
      The call is the example of the OpenAPI document, with a right key.

      When "greet" is called
      Then the status is 200
      And the response field "/text" is a string
      And the exchange conforms
      And the exchange equals the snapshot "greet"

    Scenario Outline: A greeting for <name>
      Given a call of "greet"
      And the field "/name" is <name>
      When the call is sent
      Then the status is 200
      And the exchange conforms

      Examples:
        | name    |
        | "Grace" |
        | "Å"     |

    Scenario: What the greeter does not know is no mistake
      Given a call of "greet"
      And the field "/colour" is "red"
      When the call is sent
      Then the status is 200

  Rule: A greeting needs a key

    Scenario: The right key opens it, no key and a wrong key do not
      Then "greet" opens to its credential only

    Scenario: Without a key the greeter says what is missing
      Given a call of "greet"
      And the credential is missing
      When the call is sent
      Then it is refused as "keyRequired"
      And the exchange equals the snapshot "key-required"

    Scenario: Without a key nothing else is judged
      Given a call of "greet"
      And the credential is missing
      And the body is left out
      When the call is sent
      Then it is refused as "keyRequired"

  Rule: A name is needed

    Scenario Outline: <what>
      Given a call of "greet"
      And the field "/name" is <name>
      When the call is sent
      Then it is refused as "nameMissing"

      Examples:
        | what             | name |
        | An empty name    | ""   |
        | A number         | 7    |
        | Nothing          | null |

    Scenario: No name at all
      Given a call of "greet"
      And the field "/name" is left out
      When the call is sent
      Then it is refused as "nameMissing"
