-- Opens a file with Neovim's LSP client and does what a user does there; prints the answer as one line of JSON.

local function finish(answer)
  io.stdout:write(vim.fn.json_encode(answer) .. '\n')
  io.stdout:flush()
  vim.cmd('qall!')
end

local function wait_until(what, condition)
  if not vim.wait(20000, condition, 20) then
    io.stdout:write('no ' .. what .. ' in 20 s\n')
    io.stdout:flush()
    vim.cmd('cquit!')
  end
end

local function main()
  assert(load(vim.env.KREFLENS_SETUP))()
  vim.cmd('edit ' .. vim.env.KREFLENS_FILE)
  vim.bo.filetype = 'c'

  wait_until('diagnostics', function() return #vim.diagnostic.get(0) > 0 end)
  local diagnostics = vim.diagnostic.get(0)
  local answer = { diagnostics = {}, hover = '', symbols = {}, callers = {}, actions = {}, afterFix = {} }
  for _, one in ipairs(diagnostics) do
    local code = one.code or (one.user_data and one.user_data.lsp and one.user_data.lsp.code)
    table.insert(answer.diagnostics, { line = one.lnum, code = code, message = one.message })
  end

  vim.api.nvim_win_set_cursor(0, { diagnostics[1].lnum + 1, diagnostics[1].col })
  local hovers = vim.lsp.buf_request_sync(0, 'textDocument/hover', vim.lsp.util.make_position_params(), 10000) or {}
  for _, hover in pairs(hovers) do
    if hover.result then
      answer.hover = table.concat(vim.lsp.util.convert_input_to_markdown_lines(hover.result.contents), '\n')
    end
  end

  local function ask(method, params)
    for _, one in pairs(vim.lsp.buf_request_sync(0, method, params, 10000) or {}) do
      if one.result then return one.result end
    end
    return {}
  end
  for _, one in ipairs(ask('workspace/symbol', { query = 'lock:groups_lock' })) do table.insert(answer.symbols, one.name) end
  vim.fn.search('^static void \\zsgroup_put', 'bw')
  local item = ask('textDocument/prepareCallHierarchy', vim.lsp.util.make_position_params())[1]
  vim.api.nvim_win_set_cursor(0, { diagnostics[1].lnum + 1, diagnostics[1].col })
  for _, one in ipairs(ask('callHierarchy/incomingCalls', { item = item })) do table.insert(answer.callers, one.from.name .. ': ' .. one.from.detail) end

  local chosen = false
  vim.ui.select = function(items, options, choose)
    for _, item in ipairs(items) do
      local title = options.format_item(item) -- It answers two values.
      table.insert(answer.actions, title)
    end
    choose(items[1])
    chosen = true
  end
  vim.lsp.buf.code_action()
  wait_until('code actions', function() return chosen end)

  wait_until('diagnostics after the fix', function() return #vim.diagnostic.get(0) < #diagnostics end)
  for _, one in ipairs(vim.diagnostic.get(0)) do table.insert(answer.afterFix, one.message) end
  finish(answer)
end

local fine, problem = pcall(main)
if not fine then
  io.stdout:write(tostring(problem) .. '\n')
  io.stdout:flush()
  vim.cmd('cquit!')
end
