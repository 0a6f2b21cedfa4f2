Feature: What is embedded keeps its limits
  Limits are a matter of shape: 422, with the place of each mistake, whatever the signature is worth.

  Rule: A text has 1 to 10000 characters

    Scenario: An empty text is refused
      Given a call of "embedText"
      And the field "/text" is ""
      When the call is sent
      Then it is refused as "invalidShape"
      And the response conforms
      And the response field "/detail/0/type" is "string_too_short"
      And the response field "/detail/0/loc" is ["body", "text"]
      And the exchange equals the snapshot "text-too-short"

    Scenario: A text of more than 10000 characters is refused
      Given a call of "embedText"
      And the field "/text" is a text of 10001 characters
      When the call is sent
      Then it is refused as "invalidShape"
      And the response field "/detail/0/type" is "string_too_long"
      And the response field "/detail/0/loc" is ["body", "text"]

    Scenario: Every mistake is named, not only the first
      Given a call of "embedText"
      And the credential is missing
      And the field "/text" is renamed to "query"
      When the call is sent
      Then it is refused as "invalidShape"
      And the response field "/detail" has 2 items
      And the response field "/detail/0/loc" is ["body", "text"]
      And the response field "/detail/1/loc" is ["body", "auth"]

  Rule: An image is named by an http address

    Scenario: An ftp address is refused
      Given a call of "embedImage"
      And the field "/image_url" is "ftp://images.invalid/cat.jpg"
      When the call is sent
      Then it is refused as "invalidShape"
      And the response field "/detail/0/loc" is ["body", "image_url"]

    Scenario: An ftp address in a batch is refused
      Given a call of "embedImageBatch"
      And the field "/items/0/image_url" is "ftp://images.invalid/cat.jpg"
      When the call is sent
      Then it is refused as "invalidShape"
      And the response field "/detail/0/loc" is ["body", "items", 0, "image_url"]

  Rule: What keeps the limits is taken

    Scenario Outline: "<operation>" takes <what>
      Given a call of "<operation>"
      And the field "<field>" is <value>
      When the call is sent
      Then the status is 200
      And the exchange conforms

      Examples:
        | operation       | what                       | field               | value                                                          |
        | embedText       | a text of one character    | /text               | "a"                                                            |
        | embedText       | an empty name for the call | /request_id         | ""                                                             |
        | embedText       | null for the call's name   | /request_id         | null                                                           |
        | embedImage      | an empty name for the call | /request_id         | ""                                                             |
        | embedImage      | null for the call's name   | /request_id         | null                                                           |
        | embedImageBatch | a single item              | /items              | [{"image_url": "https://images.invalid/a", "request_id": "a"}] |
        | embedImageBatch | an empty name for an item  | /items/0/request_id | ""                                                             |

    Scenario Outline: "<operation>" does not mind an unknown field <field>
      Given a call of "<operation>"
      And the field "<field>" is "red"
      When the call is sent
      Then the status is 200
      And the exchange conforms

      Examples:
        | operation       | field           |
        | embedText       | /colour         |
        | embedImage      | /colour         |
        | embedImageBatch | /colour         |
        | embedImageBatch | /items/0/colour |

  Rule: Only the name of a single call may be null

    Scenario Outline: "<operation>" refuses null in <field>
      Given a call of "<operation>"
      And the credential is signed over "null"
      And the field "<field>" is null
      When the call is sent
      Then it is refused as "invalidShape"
      And the response field "/detail/0/loc" is <place>

      Examples:
        | operation       | field               | place                              |
        | embedText       | /text               | ["body", "text"]                   |
        | embedText       | /normalize          | ["body", "normalize"]              |
        | embedImage      | /image_url          | ["body", "image_url"]              |
        | embedImage      | /normalize          | ["body", "normalize"]              |
        | embedImageBatch | /items              | ["body", "items"]                  |
        | embedImageBatch | /items/0/image_url  | ["body", "items", 0, "image_url"]  |
        | embedImageBatch | /items/0/request_id | ["body", "items", 0, "request_id"] |
        | embedImageBatch | /items/0/normalize  | ["body", "items", 0, "normalize"]  |

  Rule: The body is JSON

    Scenario: A body that is no JSON is refused at the character where it breaks
      Given a call of "embedText"
      And the body is
        """
        {"text": "red car",
        """
      When the call is sent
      Then it is refused as "invalidShape"
      And the response conforms
      And the response field "/detail/0/type" is "json_invalid"
      And the response field "/detail/0/loc/0" is "body"
      And the response field "/detail/0/loc/1" is an integer
      And the exchange equals the snapshot "body-not-json"
