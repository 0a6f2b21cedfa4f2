Feature: A wrong call is told apart from a wrong key
  The checks come in this order: path, method, key, body, service.

  Rule: A body of the wrong shape is answered with 422 and the place of the mistake

    Scenario: The service is not named
      Given a call of "validateKey"
      And the field "/service_id" is left out
      When the call is sent
      Then it is refused as "invalid"
      And the response field "/detail/0/type" is "missing"
      And the response field "/detail/0/loc" is ["body", "service_id"]
      And the exchange equals the snapshot "service-id-missing"

    Scenario Outline: The field <field> as <type>
      Given a call of "validateKey" with the example "withScope"
      And the field "/<field>" is retyped to <type>
      When the call is sent
      Then it is refused as "invalid"
      And the response field "/detail/0/type" is "string_type"
      And the response field "/detail/0/loc" is ["body", "<field>"]

      Examples:
        | field          | type   |
        | service_id     | number |
        | service_id     | null   |
        | client_ip      | object |
        | required_scope | array  |
        | required_scope | null   |

    Scenario: A body that is not JSON
      Given a call of "validateKey"
      And the body is
        """json
        {"service_id": "platform"
        """
      When the call is sent
      Then it is refused as "invalid"
      And the response field "/detail/0/type" is "json_invalid"

    Scenario: No body
      Given a call of "validateKey"
      And the body is left out
      When the call is sent
      Then it is refused as "invalid"
      And the response field "/detail/0/type" is "missing"

    @fake
    Scenario: The address is left out when it is unknown, it is never null
      A provider may overlook the null, so only the fake is asked: it refuses the body.

      Given a call of "validateKey"
      And the field "/client_ip" is null
      When the call is sent
      Then it is refused as "invalid"

  Rule: A missing key is noticed before the body is looked at

    Scenario: A body without service_id and without a key
      Given a call of "validateKey"
      And the credential is missing
      And the field "/service_id" is left out
      When the call is sent
      Then it is refused as "keyRequired"

  Rule: The route knows POST only

    Scenario: A GET of the route names the method that works
      Given a request "GET /keys/validate"
      When the call is sent
      Then it is refused as "methodNotAllowed"
      And the response header "Allow" is "POST"
      And the exchange equals the snapshot "method-not-allowed"

    Scenario Outline: The method <method> is refused
      Given a request "<method> /keys/validate"
      And the credential is valid
      When the call is sent
      Then it is refused as "methodNotAllowed"

      Examples:
        | method |
        | PUT    |
        | DELETE |

  Rule: A missing route is 404, with a key and without

    Scenario: A route that is not there
      Given a request "POST /keys/no-such-route"
      When the call is sent
      Then it is refused as "notFound"
      And the exchange equals the snapshot "not-found"
