-- Requests of flood.mjs, from an attacker who wants to stop all logins: `wrk -s flood.lua URL -- KIND ADDRESS PAUSE`.
-- ADDRESS is the client address that the proxy reports; `many` means another one for each request. Each connection
-- pauses for PAUSE milliseconds between its requests.

local VARIANTS = 1000

local function random(length)
  local alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
  local letters = {}
  for position = 1, length do
    local letter = math.random(#alphabet)
    letters[position] = alphabet:sub(letter, letter)
  end
  return table.concat(letters)
end

local kinds = {
  -- The cookie has the right name, so that the api tries to open it.
  callback = function(headers)
    local state = random(43)
    headers.Cookie = "passerelle_login_0000000000_" .. state:sub(1, 16) .. "=" .. random(600)
    return "GET", "/v1/oauth2/callback?code=" .. random(43) .. "&state=" .. state
  end,
  bearer = function(headers)
    headers.Authorization = "Bearer sk-" .. random(42) .. "A"
    return "GET", "/v1/me/info"
  end,
  login = function() return "GET", "/v1/oauth2/login?origin=https://" .. random(20) .. ".example" end,
  url = function() return "GET", "/v1/oauth2/login?origin=" .. random(16000) end,
  path = function() return "GET", "/" .. random(12) .. "/" .. random(12) end,
}

local function request_of(kind, address)
  local headers = { ["X-Forwarded-For"] = address }
  if address == "many" then
    headers["X-Forwarded-For"] = string.format("198.18.%d.%d", math.random(0, 255), math.random(0, 255))
  end
  local method, path = kinds[kind](headers)
  return wrk.format(method, path, headers)
end

local requests = {}
local last = 0

function init(arguments)
  local kind, address, pause = arguments[1], arguments[2], tonumber(arguments[3])
  if pause > 0 then
    delay = function() return pause end
  end
  local names = {}
  if kind == "all" then
    for name in pairs(kinds) do table.insert(names, name) end
  else
    names[1] = kind
  end
  for number = 1, VARIANTS do
    requests[number] = request_of(names[number % #names + 1], address)
  end
end

function request()
  last = last % VARIANTS + 1
  return requests[last]
end
