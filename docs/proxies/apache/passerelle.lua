-- Asks the api who is calling, and puts the answer into the request. Needs mod_lua and LuaSocket (Debian: lua-socket).

local http = require("socket.http")
local ltn12 = require("ltn12")

local VERIFY = "http://127.0.0.1:8000/v1/auth/verify"
local VERIFIED = {
  "X-Auth-User-Id", "X-Auth-Email", "X-Auth-Name", "X-Auth-Role", "X-Auth-Permissions", "X-Auth-Organization",
  "X-Auth-Siret", "X-Auth-Acr", "X-Auth-Token-Id", "X-Auth-Token-Kind", "Authorization", "Cookie",
}
local ASKED_WITH = {
  "Authorization", "Cookie", "X-API-Key", "Accept", "Origin", "Sec-Fetch-Site", "Sec-Fetch-Mode", "Sec-Fetch-Dest",
}
-- What only this proxy may say. A client's `Connection: X-Auth-Email` would remove that header further on.
local FORBIDDEN = {
  ["x-api-key"] = true, ["connection"] = true, ["forwarded"] = true, ["x-real-ip"] = true, ["remote-user"] = true,
}
local TOLD = { "WWW-Authenticate", "Location", "X-Auth-Reason", "Retry-After" }

local function is_forbidden(name)
  -- Many applications read X_Auth_Email as X-Auth-Email, and none needs names with `_`.
  return FORBIDDEN[name] or name:find("_", 1, true) or name:find("^x%-auth%-") or name:find("^x%-forwarded%-")
    or name:find("^x%-original%-")
end

local function ask(r, url)
  local host = r.headers_in["Host"] or ""
  local asked = {
    ["Host"] = host,
    ["Connection"] = "close",
    ["X-Forwarded-Host"] = host,
    ["X-Forwarded-Proto"] = r.is_https and "https" or "http",
    ["X-Forwarded-For"] = r.useragent_ip,
    ["X-Forwarded-Method"] = r.method,
    ["X-Forwarded-Uri"] = r.unparsed_uri,
    ["X-Request-Id"] = r.subprocess_env["UNIQUE_ID"],
  }
  for _, name in ipairs(ASKED_WITH) do asked[name] = r.headers_in[name] end
  local _, status, headers = http.request({
    url = url, headers = asked, redirect = false, sink = ltn12.sink.null(),
    create = function()
      local socket = require("socket").tcp()
      socket:settimeout(5)
      return socket
    end,
  })
  return status, headers
end

local function check(r, url)
  local status, headers = ask(r, url)
  if status ~= 200 then
    r.err_headers_out["Cache-Control"] = "no-store"
    if status ~= 401 and status ~= 403 and status ~= 429 then
      r.err_headers_out["Retry-After"] = "5"
      return 503
    end
    for _, name in ipairs(TOLD) do
      if headers[name:lower()] then r.err_headers_out[name] = headers[name:lower()] end
    end
    -- A browser goes where a 401 leads, if it leads anywhere; a program sees the 401.
    return status == 401 and headers.location and 302 or status
  end
  for name in pairs(r:headers_in_table()) do
    if is_forbidden(name:lower()) then r.headers_in[name] = nil end
  end
  for _, name in ipairs(VERIFIED) do
    local value = headers[name:lower()]
    r.headers_in[name] = value ~= "" and value or nil
  end
  return apache2.OK
end

function anybody(r)
  return check(r, VERIFY)
end

function admin(r)
  return check(r, VERIFY .. "?role=Admin")
end
