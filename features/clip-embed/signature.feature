Feature: A call is signed, and the signature is checked
  The signature is the lower-case hex HMAC-SHA256 of METHOD|PATH|PAYLOAD|TIME under the shared secret. The payload of a text is
  its SHA-256, that of an image its normalised URL. A right signature that is accepted and a wrong one that is refused, on the
  same path, prove together that the worker looks.

  Rule: Only the holder of the secret gets a vector

    @incident
    Scenario Outline: "<operation>" is closed to a missing and to a wrong signature
      A test that counted a call with a wrong secret among "5/5 passed" proved nothing.
      Given a call of "<operation>"
      And the field "<field>" is <value>
      Then "<operation>" opens to its credential only

      Examples:
        | operation       | field              | value          |
        | embedText       | /text              | "red car"      |
        | embedImage      | /image_url         | "${image_url}" |
        | embedImageBatch | /items/0/image_url | "${image_url}" |

    Scenario: A signature under another secret is refused
      Given a call of "embedText"
      And the credential is unknown
      When the call is sent
      Then it is refused as "signatureMismatch"
      And the exchange conforms
      And the exchange equals the snapshot "signature-mismatch"

    Scenario Outline: A signature of "<operation>" in upper case is a wrong one
      Given a call of "<operation>"
      And the credential is in another case
      When the call is sent
      Then it is refused as "<refusal>"

      Examples:
        | operation       | refusal           |
        | embedText       | signatureMismatch |
        | embedImage      | signatureMismatch |
        | embedImageBatch | itemNotAuthentic  |

  Rule: The message is METHOD|PATH|PAYLOAD|TIME

    Scenario: The message of "red car", written out
      Neither "normalize" nor "request_id" is signed.
      Given a call of "embedText"
      And the field "/text" is "red car"
      And the field "/normalize" is false
      And the field "/request_id" is "search-42"
      And the value "hash" is "d51a29d69d9f7a605b45147409aa2afba1d0f812090adcbe35cc1b9ad603ca39"
      And the credential is signed over "POST|/v1/embed/text|${hash}|{{ timestamp }}"
      When the call is sent
      Then the status is 200
      And the exchange conforms

    Scenario: A text in any script is hashed as UTF-8
      Given a call of "embedText"
      And the field "/text" is "빨간 자동차 🚗 café"
      And the value "hash" is "3ba42fa781ded9ac9caaf633b0e0643a5d8ebefdc0c2838e8fb886ee187bed21"
      And the credential is signed over "POST|/v1/embed/text|${hash}|{{ timestamp }}"
      When the call is sent
      Then the status is 200

    Scenario: A query is no part of the path that is signed
      Given a request "POST /v1/embed/text?colour=red"
      And the credential is signed over "POST|/v1/embed/text|{{ body.text | sha256 }}|{{ timestamp }}"
      And the body is
        """json
        {"text": "red car"}
        """
      When the call is sent
      Then the status is 200
      And the response field "/embedding" has 512 items

    @incident
    Scenario: The raw text without the time is another message
      The message was POST|/v1/embed/text|text=red car. It lay hidden behind the wrong shape of `auth`: mending the shape alone
      gives 401.
      Given a call of "embedText"
      And the credential is signed over "POST|/v1/embed/text|text={{ body.text }}"
      When the call is sent
      Then it is refused as "signatureMismatch"

    @incident
    Scenario Outline: <what> is another payload
      Given a call of "embedText"
      And the credential is signed over "{{ method }}|{{ path }}|<payload>|{{ timestamp }}"
      When the call is sent
      Then it is refused as "signatureMismatch"

      Examples:
        | what                       | payload                   |
        | The raw text               | {{ body.text }}           |
        | The hash in upper case     | {{ payload \| upper }}    |
        | The whole body             | {{ raw_body }}            |
        | The hash of the whole body | {{ raw_body \| sha256 }}  |

    @incident
    Scenario: A signature without the time is refused
      Given a call of "embedText"
      And the credential is signed over "{{ method }}|{{ path }}|{{ payload }}"
      When the call is sent
      Then it is refused as "signatureMismatch"

  Rule: An image is signed by its normalised URL

    Scenario Outline: <typed> is signed as <signed>
      Nobody answers under `.invalid`: a call that comes as far as the download has passed the signature.
      Given a call of "embedImage"
      And the field "/image_url" is "<typed>"
      And the credential is signed over "POST|/v1/embed/image|<signed>|{{ timestamp }}"
      When the call is sent
      Then it is refused as "imageUnfetchable"

      Examples:
        | typed                    | signed                   |
        | https://IMAGES.INVALID/a | https://images.invalid/a |
        | http://images.invalid:80 | http://images.invalid/   |

    Scenario: An item of a batch is signed by its normalised URL, too
      Given a call of "embedImageBatch"
      And the field "/items" is [{"image_url": "https://IMAGES.INVALID/a", "request_id": "img-1"}]
      And the credential is signed over "POST|/v1/embed/image-batch|https://images.invalid/a|{{ timestamp }}"
      When the call is sent
      Then the status is 200
      And the response field "/results/0/error/code" is "DOWNLOAD_ERROR"

    Scenario: A URL signed as it was typed is refused
      Given a call of "embedImage"
      And the field "/image_url" is "https://IMAGES.INVALID:443/a"
      And the credential is signed over "POST|/v1/embed/image|https://IMAGES.INVALID:443/a|{{ timestamp }}"
      When the call is sent
      Then it is refused as "signatureMismatch"

    @fake
    Scenario: The image under https://EXAMPLE.com:443/a is that under https://example.com/a
      Given a call of "embedImage"
      And the field "/image_url" is "https://EXAMPLE.com:443/a"
      And the credential is signed over "POST|/v1/embed/image|https://example.com/a|{{ timestamp }}"
      When the call is sent
      Then the status is 200
      And the exchange conforms

  Rule: A signature is taken up to 120 seconds before and after the worker's clock

    Scenario Outline: A signature from <seconds> seconds <direction> is taken
      Given a call of "embedText"
      And the credential is signed <seconds> seconds <direction>
      When the call is sent
      Then the status is 200

      Examples:
        | seconds | direction |
        | 100     | ago       |
        | 100     | ahead     |

    @incident
    Scenario Outline: A signature from <seconds> seconds <direction> is refused
      A retry that sends its old signature again after the window looks like this.
      Given a call of "embedText"
      And the credential is signed <seconds> seconds <direction>
      When the call is sent
      Then it is refused as "outsideWindow"
      And the exchange conforms
      And the response field "/error/message" starts with "Request timestamp outside allowed window ("

      Examples:
        | seconds | direction |
        | 140     | ago       |
        | 140     | ahead     |

    Scenario: An old signature of an image is refused before the download
      Given a call of "embedImage"
      And the field "/image_url" is "https://images.invalid/no.jpg"
      And the credential is stale
      When the call is sent
      Then it is refused as "outsideWindow"
      And the exchange equals the snapshot "outside-window"

    @incident
    Scenario: A time in milliseconds lies far ahead
      Given a call of "embedText"
      And the credential is signed in milliseconds
      When the call is sent
      Then it is refused as "outsideWindow"

    Scenario: The same signature is taken twice inside the window
      A retry inside the window needs no new signature; the window is all that limits a replay.
      Given "embedText" is called
      When the same request is sent again
      Then the status is 200
      And the exchange conforms
