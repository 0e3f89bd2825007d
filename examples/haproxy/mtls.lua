-- mtls_authorize: asks http_authorizer about the client of this request. HAProxy has no subrequests;
-- its own HTTP client (core.httpclient, since 2.5) makes the request.
--
-- txn.mtls_cert     in: base64 of the certificate, or nothing
-- txn.mtls_status   out: 200, 401 or 403; not set when there is no answer
-- txn.mtls_identity, txn.mtls_label, txn.mtls_challenge

local AUTHORIZER = os.getenv("MTLS_AUTHORIZER") or "http://127.0.0.1:9180/authorize"
local TIMEOUT_MS = 3500 -- below tune.lua.session-timeout, which is 4 s, and above --ocsp-timeout

local function first(headers, name)
    local values = headers and headers[name]
    return values and values[0]
end

core.register_action("mtls_authorize", { "http-req" }, function(txn)
    txn:unset_var("txn.mtls_status")
    local headers = {}
    local cert = txn:get_var("txn.mtls_cert")
    if cert and cert ~= "" then
        headers["x-ssl-client-der"] = { cert }
    end
    -- All values of it: the authorizer refuses a header that is there twice.
    local tokens = {}
    for _, value in pairs(txn.http:req_get_headers()["authorization"] or {}) do
        tokens[#tokens + 1] = value
    end
    if #tokens > 0 then
        headers["authorization"] = tokens
    end
    local answer = core.httpclient():get { url = AUTHORIZER, headers = headers, timeout = TIMEOUT_MS }
    if not answer or not answer.status then
        return
    end
    txn:set_var("txn.mtls_identity", first(answer.headers, "x-mtls-identity") or "-")
    txn:set_var("txn.mtls_label", first(answer.headers, "x-mtls-label") or "-")
    txn:set_var("txn.mtls_challenge", first(answer.headers, "www-authenticate") or "Bearer")
    txn:set_var("txn.mtls_status", answer.status)
end, 0)
