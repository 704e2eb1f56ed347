-- Requests of scale.mjs, each with another bearer token: `wrk -s bearer.lua URL -- COUNT` uses the tokens that
-- databases.mjs numbers from 1 to COUNT.

local count

function init(arguments)
  count = tonumber(arguments[1])
end

function request()
  local token = string.format("sk-%043d", math.random(count))
  return wrk.format("GET", nil, { Authorization = "Bearer " .. token })
end

function done(summary)
  if summary.errors.status + summary.errors.connect + summary.errors.timeout > 0 then os.exit(1) end
end
