-- The call of benches/serve.sh: a right key, and a body that keeps its schema.
wrk.method = "POST"
wrk.body = '{"service_id":"platform","client_ip":"10.0.0.1"}'
wrk.headers["Content-Type"] = "application/json"
wrk.headers["Authorization"] = "Bearer " .. os.getenv("HOKUSAI_API_KEY")
