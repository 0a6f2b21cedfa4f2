Feature: Every way of carrying a credential

  Rule: An operation opens to its credential only

    Scenario Outline: <operation>
      Then "<operation>" opens to its credential only

      Examples:
        | operation      |
        | byHeader       |
        | byQuery        |
        | byCookie       |
        | byBearer       |
        | byBasic        |
        | byBoth         |
        | byEither       |
        | signedInHeader |
        | signedInQuery  |
        | signedItems    |

  Rule: Each alternative opens

    Scenario Outline: <scheme>
      Given a call of "byEither"
      And the credential is the scheme "<scheme>"
      When the call is sent
      Then the status is 200
      And the exchange conforms

      Examples:
        | scheme    |
        | cookieKey |
        | login     |

  Rule: Of two keys together neither may be missing

    Scenario Outline: Without <header>
      Given a call of "byBoth"
      And the header "<header>" is left out
      When the call is sent
      Then it is refused as "refused"

      Examples:
        | header        |
        | X-Key         |
        | Authorization |

  Rule: An optional credential may be left out, and an open operation asks for none

    Scenario Outline: <operation>
      Given a call of "<operation>"
      And the credential is missing
      When the call is sent
      Then the status is 200
      And the exchange conforms

      Examples:
        | operation      |
        | byNoneOrHeader |
        | open           |

  Rule: A signature grows old, and covers what it says

    Scenario Outline: <operation>, <fault>
      Given a call of "<operation>"
      And the credential is <fault>
      When the call is sent
      Then it is refused as "refused"

      Examples:
        | operation      | fault                    |
        | signedInHeader | stale                    |
        | signedInHeader | early                    |
        | signedInQuery  | stale                    |
        | signedItems    | stale                    |
        | signedInHeader | malformed                |
        | signedInHeader | signed over "{{ path }}" |
        | signedItems    | signed in seconds        |

    Scenario: The word bearer is read without its case, as RFC 9110 says
      Given a call of "byBearer"
      And the credential is sent with the scheme "bEARER"
      When the call is sent
      Then the status is 200

    Scenario: A body with its bytes changed after signing
      Given a call of "signedItems"
      And the field "/1/seal/1" is "0000"
      When the call is sent
      Then it is refused as "refused"
