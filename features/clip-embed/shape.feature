Feature: A body of the wrong shape is refused before its signature is looked at
  FastAPI checks the shape, the worker checks the signature. So 422 means: mend the body; 401 means: mend the signature, the
  secret or the clock. The entries of `detail` name the place of each mistake.

  Rule: "auth" is an object of "ts" and "sig"

    @incident
    Scenario: A plain signature text in place of the object is refused
      The search API sent `auth` as a text. The worker answered 422, and the search API still answered its caller 200.
      Given a call of "embedText"
      And the field "/auth" is "162b836b2cd52bfccb9a1d77d851f22e38aabe8b1fd1014be5a822e4888c3d41"
      When the call is sent
      Then it is refused as "invalidShape"
      And the response conforms
      And the response field "/detail/0/type" is "model_attributes_type"
      And the response field "/detail/0/loc" is ["body", "auth"]
      And the exchange equals the snapshot "auth-as-text"

    Scenario Outline: An "auth" that is <what> is refused as no object
      Given a call of "embedImage"
      And the field "/auth" is <value>
      When the call is sent
      Then it is refused as "invalidShape"
      And the response field "/detail/0/type" is "model_attributes_type"
      And the response field "/detail/0/loc" is ["body", "auth"]

      Examples:
        | what     | value        |
        | null     | null         |
        | a list   | [1766904259] |
        | a number | 1766904259   |

    Scenario: A call without "auth" is refused as incomplete, not as unauthorised
      Given a call of "embedText"
      And the credential is missing
      When the call is sent
      Then it is refused as "invalidShape"
      And the response conforms
      And the response field "/detail/0/type" is "missing"
      And the response field "/detail/0/loc" is ["body", "auth"]
      And the exchange equals the snapshot "auth-missing"

    Scenario: The parts of "auth" beside the text are no "auth"
      Given a call of "embedText"
      And the credential is missing
      And the field "/ts" is 1766904259
      And the field "/sig" is "162b836b2cd52bfccb9a1d77d851f22e38aabe8b1fd1014be5a822e4888c3d41"
      When the call is sent
      Then it is refused as "invalidShape"
      And the response field "/detail/0/type" is "missing"
      And the response field "/detail/0/loc" is ["body", "auth"]

    Scenario: A signature in headers is no "auth"
      Given a call of "embedText"
      And the credential is missing
      And the header "X-Timestamp" is "1766904259"
      And the header "X-Signature" is "162b836b2cd52bfccb9a1d77d851f22e38aabe8b1fd1014be5a822e4888c3d41"
      When the call is sent
      Then it is refused as "invalidShape"
      And the response field "/detail/0/loc" is ["body", "auth"]

    Scenario: An empty "auth" lacks both parts
      Given a call of "embedText"
      And the field "/auth" is {}
      When the call is sent
      Then it is refused as "invalidShape"
      And the response conforms
      And the response field "/detail" has 2 items
      And the response fields are
        | field          | value                   |
        | /detail/0/type | "missing"               |
        | /detail/0/loc  | ["body", "auth", "ts"]  |
        | /detail/1/type | "missing"               |
        | /detail/1/loc  | ["body", "auth", "sig"] |
      And the exchange equals the snapshot "auth-empty"

    Scenario: Other names for the two parts are no better than none
      Given a call of "embedText"
      And the field "/auth/ts" is renamed to "timestamp"
      And the field "/auth/sig" is renamed to "signature"
      When the call is sent
      Then it is refused as "invalidShape"
      And the response field "/detail/0/loc" is ["body", "auth", "ts"]
      And the response field "/detail/1/loc" is ["body", "auth", "sig"]

    Scenario Outline: An "auth" with <what> is refused at "<part>"
      Given a call of "embedText"
      And the field "/auth/<part>" is <value>
      When the call is sent
      Then it is refused as "invalidShape"
      And the response field "/detail/0/loc" is ["body", "auth", "<part>"]

      Examples:
        | what                         | part | value                                                               |
        | a time of 0                  | ts   | 0                                                                   |
        | a time in words              | ts   | "2025-12-28T06:44:19Z"                                              |
        | a signature of 63 characters | sig  | "162b836b2cd52bfccb9a1d77d851f22e38aabe8b1fd1014be5a822e4888c3d4"   |
        | a signature of 65 characters | sig  | "162b836b2cd52bfccb9a1d77d851f22e38aabe8b1fd1014be5a822e4888c3d411" |

    Scenario: A malformed "auth" is 422 even when it is old
      Given a call of "embedText"
      And the credential is stale
      And the field "/auth/sig" is left out
      When the call is sent
      Then it is refused as "invalidShape"
      And the response field "/detail/0/loc" is ["body", "auth", "sig"]
