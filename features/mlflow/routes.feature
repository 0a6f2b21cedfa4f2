Feature: The client finds its routes, and knows a missing one from an outage
  The client always calls <tracking URI>/api/2.0/mlflow. What stands before it belongs to the deployment, and so does whether the
  deployment says "api" or "ajax-api". A 404 has three meanings here: no entity, no route, no MLflow.

  Rule: The routes are where the tracking URI says

    @incident
    Scenario: The documented path is there
      A server with a static prefix served "ajax-api" below it and answered the documented "api" with 404.
      Given a request "GET /experiments/search?max_results=1"
      And the credential is valid
      When the call is sent
      Then the status is 200
      And the response media type is "application/json"
      And the response field "/experiments" is an array

    Scenario: A path that nobody serves is 404, in whichever words
      Given a request "POST /experiments"
      And the credential is valid
      When the call is sent
      Then the status is 404

    @direct
    Scenario: MLflow answers for a missing route with a page
      So a client that reads `error_code` of every 404 fails here. A proxy may turn the page into JSON.
      Given a request "GET /no-such-route"
      And the credential is valid
      When the call is sent
      Then it is refused as "routeMissing"
      And the response media type is "text/html"
      And the exchange equals the snapshot "route-missing"

    @proxy @fake
    Scenario: A proxy may turn the page into JSON
      Given the fake answers with "routeMissingAtProxy"
      And a request "GET /no-such-route"
      And the credential is valid
      When the call is sent
      Then it is refused as "routeMissingAtProxy"
      And the response field "/error_code" is "RESOURCE_NOT_FOUND"
      And the exchange equals the snapshot "route-missing-at-proxy"

    @proxy @incident
    Scenario: The proxy has the mount
      One release had lost it: a caller with the right key got 404 `{"detail": "Not Found"}`, without an `error_code`. The mount
      /api/2.0/mlflow answers like this to this day.

      When "searchExperiments" is called
      Then the status is 200
      And the exchange conforms

  Rule: A wrong method is told which ones are taken

    Scenario Outline: <request> is told to use <method>
      Given a request "<request>"
      And the credential is valid
      When the call is sent
      Then it is refused as "methodNotAllowed"
      And the response header "Allow" contains "<method>"

      Examples:
        | request                      | method |
        | POST /runs/get               | GET    |
        | PUT /registered-models/alias | DELETE |

    Scenario: MLflow answers for a wrong method with a page
      Given a request "GET /experiments/create"
      And the credential is valid
      When the call is sent
      Then it is refused as "methodNotAllowed"
      And the response media type is "text/html"
      And the response header "Allow" contains "POST"
      And the exchange equals the snapshot "method-not-allowed"

  Rule: An outage behind the proxy is neither a refusal nor an empty answer

    @proxy @fake @incident
    Scenario: Nothing is behind the proxy
      The proxy ran without the address of the tracking server.
      Given the fake answers with "trackingUnreachable"
      When "searchExperiments" is called
      Then it is refused as "trackingUnreachable"
      And the exchange conforms
      And the exchange equals the snapshot "tracking-unreachable"

    @proxy @fake
    Scenario: Artifacts are switched off
      Given the fake answers with "artifactsOff"
      When "createModelVersion" is called
      Then it is refused as "artifactsOff"
      And the exchange conforms
      And the exchange equals the snapshot "artifacts-off"

    @proxy @fake
    Scenario: The tracking server is too slow for the proxy
      Given the fake answers with "trackingTimeout"
      When "searchExperiments" is called
      Then it is refused as "trackingTimeout"
      And the exchange conforms
      And the exchange equals the snapshot "tracking-timeout"

    @fake
    Scenario: Nobody is there
      Given the fake is unreachable
      When "searchExperiments" is called
      Then no response comes
