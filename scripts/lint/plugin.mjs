// The linter's rules of our own. Loaded by .oxlintrc.json.

const STARTERS = /^(spawn|spawnSync|execFile|execFileSync|fork)$/
const nameOf = (node) =>
  node?.type === 'Identifier' ? node.name : node?.type === 'MemberExpression' ? nameOf(node.property) : undefined
const isFalse = (node) => node.type === 'Literal' && node.value === false
const isTrue = (node) => node.type === 'Literal' && node.value === true

/** `shell: true` anywhere, and any `shell` but false in the options of a call that starts a program. */
const noShell = {
  meta: { type: 'problem' },
  create: (context) => ({
    Property(node) {
      const key = node.key.type === 'Literal' ? node.key.value : node.computed ? undefined : node.key.name
      if (key !== 'shell' || isFalse(node.value)) return
      const call = node.parent.parent
      if (isTrue(node.value) || (call?.type === 'CallExpression' && STARTERS.test(nameOf(call.callee) ?? '')))
        context.report({ node, message: 'Start programs with an argument list, never through a shell.' })
    },
  }),
}

export default { meta: { name: 'goready' }, rules: { 'no-shell': noShell } }
