-- Asks the api who is calling, and puts the answer into the request. Needs nothing but HAProxy 2.6 or later with Lua.
-- haproxy.cfg: `lua-load` in `global`, then `http-request lua.passerelle CONDITIONS` (`-` for none) before the request goes on.

local VERIFY = "http://127.0.0.1:8000/v1/auth/verify"
local TIMEOUT = 5000
local VERIFIED = {
  "x-auth-user-id", "x-auth-email", "x-auth-name", "x-auth-role", "x-auth-permissions", "x-auth-organization",
  "x-auth-siret", "x-auth-acr", "x-auth-token-id", "x-auth-token-kind", "authorization", "cookie",
}
local ASKED_WITH = {
  "authorization", "cookie", "x-api-key", "accept", "origin", "sec-fetch-site", "sec-fetch-mode", "sec-fetch-dest",
  "x-request-id",
}
-- What only this proxy may say. A client's `Connection: X-Auth-Email` would remove that header further on.
local FORBIDDEN = {
  ["x-api-key"] = true, ["connection"] = true, ["forwarded"] = true, ["x-real-ip"] = true, ["remote-user"] = true,
}
local TOLD = { "www-authenticate", "location", "x-auth-reason", "retry-after", "content-type" }
local UNAVAILABLE = "Le service d’identification ne répond pas. Réessayez dans un instant. / "
  .. "The login service does not answer. Try again in a moment.\n"

local function is_forbidden(name)
  -- Many applications read X_Auth_Email as X-Auth-Email, and none needs names with `_`.
  return FORBIDDEN[name] or name:find("_", 1, true) or name:find("^x%-auth%-") or name:find("^x%-forwarded%-")
    or name:find("^x%-original%-")
end

-- HAProxy counts the values of a header from 0.
local function values(header)
  local list = {}
  if header then
    local last = -1
    for index in pairs(header) do last = math.max(last, index) end
    for index = 0, last do list[#list + 1] = header[index] end
  end
  return list
end

local function question(txn, headers)
  local asked = {}
  for _, name in ipairs(ASKED_WITH) do
    local found = values(headers[name])
    if #found > 0 then asked[name] = found end
  end
  local host = headers.host and headers.host[0] or ""
  asked["host"] = { host }
  asked["x-forwarded-host"] = { host }
  asked["x-forwarded-proto"] = { txn.f:ssl_fc() == 1 and "https" or "http" }
  asked["x-forwarded-for"] = { txn.f:src() }
  asked["x-forwarded-method"] = { txn.f:method() }
  asked["x-forwarded-uri"] = { txn.f:pathq() }
  return asked
end

local function refuse(txn, answer)
  local reply = txn:reply({ status = 503, body = UNAVAILABLE })
  local status = answer and answer.status or 0
  if status == 401 or status == 403 or status == 429 then
    reply:set_status(status)
    reply:set_body(answer.body or "")
    for _, name in ipairs(TOLD) do
      for _, value in ipairs(values(answer.headers[name])) do reply:add_header(name, value) end
    end
    -- A browser goes where a 401 leads, if it leads anywhere; a program sees the 401.
    if status == 401 and answer.headers.location then reply:set_status(302) end
  else
    reply:add_header("content-type", "text/plain; charset=utf-8")
    reply:add_header("retry-after", "5")
  end
  reply:add_header("cache-control", "no-store")
  txn:done(reply)
end

core.register_action("passerelle", { "http-req" }, function(txn, conditions)
  local headers = txn.http:req_get_headers()
  local url = conditions == "-" and VERIFY or VERIFY .. "?" .. conditions
  local answer = core.httpclient():get({ url = url, headers = question(txn, headers), timeout = TIMEOUT })
  if not answer or answer.status ~= 200 then return refuse(txn, answer) end

  for name in pairs(headers) do
    if is_forbidden(name) then txn.http:req_del_header(name) end
  end
  for _, name in ipairs(VERIFIED) do
    local value = answer.headers[name] and answer.headers[name][0] or ""
    txn.http:req_del_header(name)
    if value ~= "" then txn.http:req_add_header(name, value) end
  end
end, 1)
