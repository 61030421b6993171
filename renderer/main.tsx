const begin = () => void import('./begin.tsx')

// The frame of index.html is drawn first: executed before that, the page's script would let people look at nothing.
requestAnimationFrame(() => setTimeout(begin))
// Where nothing is drawn (minimized, behind others). A module begins only once.
setTimeout(begin, 500)
