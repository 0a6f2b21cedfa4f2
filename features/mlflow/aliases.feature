Feature: An alias points at one version of a model
  "champion" is the version that serves. Setting it again moves it, deleting it takes it away.

  Background:
    Given "model" is a new name
    And "createRegisteredModel" is called with
      | name  | value      |
      | /name | "${model}" |
    And a call of "createModelVersion" with
      | name    | value                            |
      | /name   | "${model}"                       |
      | /source | "mlflow-artifacts:/models/first" |
    And the field "/run_id" is left out
    And the call is sent
    And the response field "/model_version/version" is remembered as "version"

  Rule: An alias that is set is what is read

    @writes
    Scenario: A client lets "champion" point at a version
      When "setAlias" is called with
        | name     | value        |
        | /name    | "${model}"   |
        | /version | "${version}" |
      Then the status is 200
      And the exchange conforms
      And the exchange equals the snapshot "set-alias"

    @writes
    Scenario: Whoever serves reads the version behind "champion"
      Given "setAlias" is called with
        | name     | value        |
        | /name    | "${model}"   |
        | /version | "${version}" |
      When "getAlias" is called with
        | name | value    |
        | name | ${model} |
      Then the status is 200
      And the exchange conforms
      And the response field "/model_version/name" is "${model}"
      And the response field "/model_version/version" is "${version}"
      And the exchange equals the snapshot "get-alias"

    @writes
    Scenario: An alias needs a version that exists
      When "setAlias" is called with
        | name     | value      |
        | /name    | "${model}" |
        | /version | "99"       |
      Then it is refused as "versionUnknown"
      And the exchange conforms
      And the exchange equals the snapshot "version-unknown"

    @writes
    Scenario: An alias that nobody set is 400, not 404
      When "getAlias" is called with
        | name  | value    |
        | name  | ${model} |
        | alias | nobody   |
      Then it is refused as "aliasUnknown"
      And the exchange conforms
      And the response field "/error_code" is "INVALID_PARAMETER_VALUE"
      And the exchange equals the snapshot "alias-unknown"

  Rule: A deleted alias is gone

    @writes @incident
    Scenario: The body of a DELETE arrives
      A proxy that drops the body of a DELETE turns this into a 400: no alias can be deleted through it.
      Given "setAlias" is called with
        | name     | value        |
        | /name    | "${model}"   |
        | /version | "${version}" |
      When "deleteAlias" is called with
        | name  | value      |
        | /name | "${model}" |
      Then the status is 200
      And the exchange conforms
      And the exchange equals the snapshot "delete-alias"
      When "getAlias" is called with
        | name | value    |
        | name | ${model} |
      Then it is refused as "aliasUnknown"

    @writes
    Scenario: A DELETE without a body is refused
      Given a call of "deleteAlias"
      And the body is left out
      When the call is sent
      Then it is refused as "invalidParameter"

  Rule: An alias belongs to a model that exists

    Scenario: The alias of a model that nobody registered
      When "getAlias" is called with
        | name | value                  |
        | name | counterpart-no-such-one |
      Then it is refused as "modelUnknown"
      And the exchange conforms

    @writes
    Scenario: Deleting the alias of a model that nobody registered
      When "deleteAlias" is called with
        | name  | value                     |
        | /name | "counterpart-no-such-one" |
      Then it is refused as "modelUnknown"
      And the exchange conforms
