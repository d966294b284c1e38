/**
 * `node:http` without what an `import` of it costs: that reads all its exports, and the getters of
 * some (WebSocket and its like) load a second HTTP client, 30 ms that nothing here has a use for.
 */
export function http(): typeof import('node:http') {
  return process.getBuiltinModule('node:http')
}
